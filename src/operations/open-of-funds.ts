import type { Grant } from '../domain/access.ts';
import { dayInZone, daysBetween } from '../domain/day.ts';
import { isMissed } from '../domain/reconciliation/missed.ts';
import { getOfficeZone } from '../store/office.ts';
import { getPolicy } from '../store/policies.ts';
import type { Tx } from '../store/transaction.ts';
import { FIRST_FEW } from '../store/waiting-list.ts';
import { openLinesByFund, unreconciledByDay, type FundsList, type OpenOfFund } from '../store/waiting-of-funds.ts';

const NOTHING: FundsList = { count: 0, rows: [] };

/** Lines that nothing explains, and payments that a statement should have shown, at the places of the grants. */
export async function openOfFunds(
  tx: Tx,
  grants: readonly Grant[],
): Promise<Readonly<Record<'unmatched_lines' | 'missed_payments', FundsList>>> {
  if (grants.length === 0) return { unmatched_lines: NOTHING, missed_payments: NOTHING };
  const [lines, payments] = await Promise.all([openLinesByFund(tx, grants), unreconciledByDay(tx, grants)]);
  if (lines.length + payments.length === 0) return { unmatched_lines: NOTHING, missed_payments: NOTHING };
  const today = dayInZone(tx.now, (await getOfficeZone(tx)).timezone);
  return {
    unmatched_lines: listOf(lines, today),
    missed_payments: payments.length === 0 ? NOTHING : listOf(await missedOf(tx, payments), today),
  };
}

/** Those that statements should have shown, fund by fund; days come the oldest first. */
async function missedOf(tx: Tx, days: readonly OpenOfFund[]): Promise<OpenOfFund[]> {
  const staleDays = (await getPolicy(tx)).terms?.stale.statementDays ?? 0;
  const funds = new Map<string, OpenOfFund>();
  for (const one of days) {
    if (!isMissed(one.day, { to: one.statementsTo, staleDays })) continue;
    const older = funds.get(one.ref);
    const { count, sumMinor } = older ?? { count: 0, sumMinor: 0 };
    funds.set(one.ref, { ...(older ?? one), count: count + one.count, sumMinor: sumMinor + one.sumMinor });
  }
  return [...funds.values()];
}

const listOf = (funds: readonly OpenOfFund[], today: string): FundsList => ({
  count: funds.reduce((sum, { count }) => sum + count, 0),
  rows: funds.slice(0, FIRST_FEW).map(({ ref, code, currency, count, sumMinor, day }) => ({
    ...{ ref, code, currency, count, sumMinor },
    ...{ oldest: day, ageDays: daysBetween(day, today) },
  })),
});
