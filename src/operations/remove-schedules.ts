import type { Actor } from '../domain/access.ts';
import type { Happening } from '../store/audit-chain.ts';
import { lockOpenSchedules, moveSchedule } from '../store/schedules.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** Schedules that were removed with their payments, as they stood, and what is to be recorded of each. */
export interface RemovedSchedules {
  readonly schedules: readonly Row<'schedules'>[];
  readonly happenings: readonly Happening[];
}

/**
 * Removes the schedules of payments that will never be paid, or are executed by hand: nothing is left to be due. The caller holds the locks of the payments and
 * of their fund, and records what happened. A worker that has just taken one finds that it is no longer its own, and keeps nothing.
 */
export async function removeSchedulesOf(
  tx: Tx,
  { username, origin }: Actor,
  payments: readonly Pick<Row<'payments'>, 'id' | 'ref'>[],
  reason: string | null,
): Promise<RemovedSchedules> {
  const refs = new Map(payments.map(({ id, ref }) => [id, ref]));
  const schedules = await lockOpenSchedules(tx, [...refs.keys()]);
  for (const { id } of schedules) await moveSchedule(tx, id, { status: 'removed', nextAt: null, endedAt: tx.now });
  const happenings = schedules.map((schedule) => ({
    ...{ actor: username, action: 'schedule.removed', subject: schedule.ref, origin },
    payload: { before: schedule.status, payment: refs.get(schedule.paymentId ?? '') ?? null, job: null, reason },
  }));
  return { schedules, happenings };
}
