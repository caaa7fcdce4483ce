import { and, gt, isNull, or, type SQL } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

/** Grants that count now: neither taken away nor ended by themselves. */
export function liveGrant(tx: Tx): SQL | undefined {
  const { roleGrants } = tx.t;
  return and(isNull(roleGrants.revokedAt), or(isNull(roleGrants.endsAt), gt(roleGrants.endsAt, tx.now)));
}
