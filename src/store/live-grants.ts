import { and, gt, isNull, or, sql, type SQL } from 'drizzle-orm';
import { bound, type Tx } from './transaction.ts';

/** Grants that count now: neither taken away nor ended by themselves. */
export function liveGrant(tx: Tx): SQL | undefined {
  const { roleGrants } = tx.t;
  return and(isNull(roleGrants.revokedAt), or(isNull(roleGrants.endsAt), gt(roleGrants.endsAt, tx.now)));
}

/** The same of the parameter `now`, for statements that are planned. */
export function liveGrantAtNow(tx: Tx): SQL | undefined {
  const { roleGrants } = tx.t;
  return and(
    isNull(roleGrants.revokedAt),
    or(isNull(roleGrants.endsAt), sql`${roleGrants.endsAt} > ${bound(roleGrants.endsAt, 'now')}`),
  );
}
