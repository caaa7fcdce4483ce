import { nextLook } from '../domain/evidence.ts';
import { secretToken } from '../store/random.ts';
import type { Row } from '../store/tables.ts';

/** This process among all that share a database. */
export const THIS_PROCESS = secretToken();

/** Longer than the deadline of any call: whoever still holds it then has crashed. */
const LEASE_MS = 90_000;

/** What makes one process the only one that may send an attempt or ask about it; it is due for others when the lease is over. */
export const leaseOn = (
  now: Date,
  holder: string,
): Pick<Row<'paymentAttempts'>, 'leaseHolder' | 'leaseUntil' | 'nextLookAt'> => {
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  return { leaseHolder: holder, leaseUntil, nextLookAt: leaseUntil };
};

/** An attempt that nobody holds, to be asked about again when it is time. */
export const leaseEnded = (
  now: Date,
  looks: number,
): Pick<Row<'paymentAttempts'>, 'leaseHolder' | 'leaseUntil' | 'nextLookAt' | 'looks'> => ({
  leaseHolder: null,
  leaseUntil: null,
  nextLookAt: nextLook(looks, now),
  looks,
});

/** Whether somebody else may be sending or asking at this moment. */
export const isHeldByAnother = (
  { leaseHolder, leaseUntil }: Pick<Row<'paymentAttempts'>, 'leaseHolder' | 'leaseUntil'>,
  holder: string,
  now: Date,
): boolean => leaseHolder !== null && leaseHolder !== holder && leaseUntil !== null && leaseUntil > now;
