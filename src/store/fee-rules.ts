import { and, asc, eq, isNull } from 'drizzle-orm';
import type { FeeRule, TariffStep } from '../domain/reconciliation/fee-rule.ts';
import type { Tx } from './transaction.ts';

/** The fee rules of a fund that are in force, by name. */
export async function liveFeeRules(tx: Tx, fundId: string): Promise<FeeRule[]> {
  const { feeRules: r } = tx.t;
  const rows = await tx.db
    .select()
    .from(r)
    .where(and(eq(r.fundId, fundId), isNull(r.endedAt)))
    .orderBy(asc(r.name));
  // Only the tool writes tariffs, as this list.
  return rows.map(({ ref, name, contains, tariff }) => ({
    ref,
    name,
    contains,
    tariff: JSON.parse(tariff) as TariffStep[],
  }));
}
