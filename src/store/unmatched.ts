import { and, asc, desc, eq, gte, inArray, isNull, lte, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { fundIdsInScope } from './funds.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** How much of something is open, and since when. */
export interface OpenFigures {
  readonly count: number;
  readonly sumMinor: number;
  /** The oldest day; null when nothing is open. */
  readonly oldest: string | null;
  /** Of those, older than a week and older than a month. */
  readonly overWeek: number;
  readonly overMonth: number;
}

/** How far a fund is reconciled. */
export interface FundReconciliation {
  readonly fund: Row<'funds'>;
  readonly lastStatement: Row<'statements'> | null;
  readonly lines: OpenFigures;
  readonly entries: OpenFigures;
  readonly matched: number;
  /** Statements that were taken although they do not hold, and not replaced yet. */
  readonly unbalanced: number;
}

const openEntry = (tx: Tx): SQL =>
  sql`${tx.t.ledgerEntries.kind} not in ('opening', 'variance') and not exists (select 1 from matches m where m.entry_id = ${tx.t.ledgerEntries.id} and m.undone_at is null)`;

/** How far each of these funds is reconciled, by code; of days before `week` and `month` as older. */
export async function reconciliationOf(
  tx: Tx,
  wish: { readonly fundId: string | null; readonly week: string; readonly month: string },
  grants: readonly Grant[],
): Promise<FundReconciliation[]> {
  const ids = wish.fundId === null ? await fundIdsInScope(tx, grants) : [wish.fundId];
  const { funds } = tx.t;
  const rows = await tx.db
    .select()
    .from(funds)
    .where(ids === null ? undefined : inArray(funds.id, [...ids]))
    .orderBy(asc(funds.code));
  const found: FundReconciliation[] = [];
  for (const fund of rows) found.push(await ofFund(tx, fund, wish));
  return found;
}

async function ofFund(
  tx: Tx,
  fund: Row<'funds'>,
  { week, month }: { week: string; month: string },
): Promise<FundReconciliation> {
  const { statements: s, openLines: o, ledgerEntries: e, reconciliations: r } = tx.t;
  const [lastStatement = null] = await tx.db
    .select()
    .from(s)
    .where(eq(s.fundId, fund.id))
    .orderBy(desc(s.toDay), desc(s.createdAt))
    .limit(1);
  const [lines] = await tx.db
    .select(figures(o.bookedOn, o.amountMinor, { week, month }))
    .from(o)
    .where(and(eq(o.fundId, fund.id), isNull(o.closedAt)));
  const delta = sql`case when ${e.type} = 'debit' then -${e.amountMinor} else ${e.amountMinor} end`;
  const [entries] = await tx.db
    .select(figures(e.valueDate, delta, { week, month }))
    .from(e)
    .where(and(eq(e.fundId, fund.id), openEntry(tx)));
  const [matched] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(tx.t.matches)
    .innerJoin(r, eq(r.id, tx.t.matches.reconciliationId))
    .where(and(eq(r.fundId, fund.id), isNull(tx.t.matches.undoneAt)));
  const [unbalanced] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(s)
    .where(and(eq(s.fundId, fund.id), sql`${s.faults} <> '[]'`, isNull(s.replacedBy)));
  return {
    fund,
    lastStatement,
    lines: lines ?? NOTHING_OPEN,
    entries: entries ?? NOTHING_OPEN,
    matched: matched?.count ?? 0,
    unbalanced: unbalanced?.count ?? 0,
  };
}

const NOTHING_OPEN: OpenFigures = { count: 0, sumMinor: 0, oldest: null, overWeek: 0, overMonth: 0 };

// Nested, as Drizzle leaves the table's name out of columns that stand directly in a field.
const figures = (day: unknown, amount: unknown, { week, month }: { week: string; month: string }) => ({
  count: sql<number>`count(*)`.mapWith(Number),
  sumMinor: sql<number>`coalesce(sum(${sql`${amount}`}), 0)`.mapWith(Number),
  oldest: sql<string | null>`min(${sql`${day}`})`,
  overWeek: sql<number>`coalesce(sum(case when ${sql`${day}`} < ${week} then 1 else 0 end), 0)`.mapWith(Number),
  overMonth: sql<number>`coalesce(sum(case when ${sql`${day}`} < ${month} then 1 else 0 end), 0)`.mapWith(Number),
});

/** One thing that no match explains. */
export interface UnmatchedItem {
  readonly fundCode: string;
  readonly currency: string;
  readonly side: 'statement' | 'ledger';
  readonly ref: string;
  readonly day: string;
  readonly amountMinor: number;
  readonly reference: string | null;
  readonly about: string;
  readonly payment: string | null;
}

/** Everything that is open of these funds, oldest first. */
export async function unmatchedItems(
  tx: Tx,
  wish: { readonly fundId: string | null; readonly since: string | null; readonly until: string | null },
  grants: readonly Grant[],
): Promise<UnmatchedItem[]> {
  const ids = wish.fundId === null ? await fundIdsInScope(tx, grants) : [wish.fundId];
  const { statementLines: l, openLines: o, ledgerEntries: e, funds, payments, paymentExecutions: x } = tx.t;
  const within = (day: typeof o.bookedOn | typeof e.valueDate): (SQL | undefined)[] => [
    wish.since === null ? undefined : gte(day, wish.since),
    wish.until === null ? undefined : lte(day, wish.until),
    ids === null ? undefined : inArray(funds.id, [...ids]),
  ];
  const lines = await tx.db
    .select({ line: l, fundCode: funds.code, currency: funds.currency })
    .from(o)
    .innerJoin(l, eq(l.id, o.lineId))
    .innerJoin(funds, eq(funds.id, o.fundId))
    .where(and(isNull(o.closedAt), ...within(o.bookedOn)));
  const entries = await tx.db
    .select({
      entry: e,
      fundCode: funds.code,
      currency: funds.currency,
      payment: payments.ref,
      reference: x.gatewayReference,
    })
    .from(e)
    .innerJoin(funds, eq(funds.id, e.fundId))
    .leftJoin(payments, eq(payments.id, e.paymentId))
    .leftJoin(x, eq(x.id, e.executionId))
    .where(and(openEntry(tx), ...within(e.valueDate)));
  const items: UnmatchedItem[] = [
    ...lines.map(({ line, ...fund }) => ({
      ...fund,
      side: 'statement' as const,
      ...{
        ref: line.ref,
        day: line.bookedOn,
        amountMinor: line.amountMinor,
        reference: line.externalId,
        payment: null,
      },
      about: [line.counterparty, line.description].filter((text) => text !== null && text !== '').join(': '),
    })),
    ...entries.map(({ entry, payment, reference, ...fund }) => ({
      ...fund,
      side: 'ledger' as const,
      ...{ ref: entry.ref, day: entry.valueDate, reference, payment, about: entry.description },
      amountMinor: entry.type === 'debit' ? -entry.amountMinor : entry.amountMinor,
    })),
  ];
  return items.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.ref < b.ref ? -1 : 1));
}
