import { and, desc, eq, sql, type Placeholder, type SQL } from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import { fundChain } from './audit-chain.ts';
import { exactSum } from './exact-sum.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { scopeParameters, withinCompanies, withinPreparedScope, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type RowsQuery, type Tx } from './transaction.ts';

/** How a fund is named: id, reference or code. */
const fundNaming = (tx: Tx): Naming => ({
  table: 'funds',
  noun: 'fund',
  codes: [tx.t.funds.code],
  listCommand: 'treasury fund list',
});

/** The id of the fund that a text names, among the companies of the grants. Throws not found or ambiguous. */
export const resolveFund = (tx: Tx, text: string, grants: readonly Grant[]): Promise<string> =>
  resolveName(tx, fundNaming(tx), text, withinCompanies(tx.t.funds, grants));

/** The fund's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockFund(tx: Tx, id: string): Promise<Row<'funds'>> {
  const [row] = await lockedFund(tx, { id });
  if (row === undefined) throw new Error(`fund ${id} has gone`);
  tx.guard.see(tx, fundChain(row.code), row);
  return row;
}

const lockedFund = preparedRows('locked_fund', (tx) => {
  const { funds } = tx.t;
  const one = tx.db
    .select()
    .from(funds)
    .where(sql`${funds.id} = ${bound(funds.id, 'id')}`);
  return lock(tx, one, funds);
});

/** Every fund's row, locked in the order of their ids. */
export async function lockEveryFund(tx: Tx): Promise<Row<'funds'>[]> {
  const { funds } = tx.t;
  const rows = await lock(tx, tx.db.select().from(funds).orderBy(funds.id), funds);
  for (const row of rows) tx.guard.see(tx, fundChain(row.code), row);
  return rows;
}

/** Stores a new fund. */
export async function insertFund(tx: Tx, fund: Row<'funds'>): Promise<void> {
  await tx.db.insert(tx.t.funds).values(fund);
}

/** Changes columns of a fund that the caller has locked. */
export async function updateFund(tx: Tx, id: string, change: Partial<Row<'funds'>>): Promise<void> {
  await tx.db.update(tx.t.funds).set(change).where(eq(tx.t.funds.id, id));
}

/** Every fund of the office with what counts whole books. */
export async function listFundBooks(tx: Tx): Promise<Pick<Row<'funds'>, 'id' | 'companyId' | 'code' | 'entrySeq'>[]> {
  const { funds } = tx.t;
  return tx.db
    .select({ id: funds.id, companyId: funds.companyId, code: funds.code, entrySeq: funds.entrySeq })
    .from(funds);
}

/** A fund with the codes of its place, and its open replenishment request. */
export interface FundView {
  readonly fund: Row<'funds'>;
  readonly company: string;
  readonly region: string | null;
  readonly branch: string | null;
  readonly openReplenishment: string | null;
  /** How many variances of it and its payments wait. */
  readonly pendingVariances: number;
}

/** One fund with everything that is shown of it. */
export async function getFund(tx: Tx, id: string): Promise<FundView> {
  const [view] = await fundViews(tx, eq(tx.t.funds.id, id));
  if (view === undefined) throw new Error(`fund ${id} has gone`);
  return view;
}

export interface FundFilter {
  /** Funds at this place and below it. */
  readonly place?: Place | null;
  /** Open funds with a balance below their reorder level. */
  readonly low?: boolean;
  readonly id?: string;
}

export interface FundPage {
  readonly rows: FundView[];
  readonly next: string | null;
  readonly count: number;
  /** Balances by currency, over all pages. */
  readonly totals: readonly { readonly currency: string; readonly sum: bigint }[];
}

/** Funds that the grants reach, newest first, with how many there are in all and their balances by currency. */
export async function listFunds(
  tx: Tx,
  filter: FundFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<FundPage> {
  const { found, totals } = await askForFunds(tx, filter, page, grants);
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.fund.createdAt, id: view.fund.id })),
    page,
  );
  const count = totals.reduce((all, total) => all + total.count, 0);
  return { rows: rows.map((row) => row.view), next, count, totals };
}

/** The first page of all funds is what people look at all day, so its statements are prepared once. */
async function askForFunds(tx: Tx, filter: FundFilter, page: PageRequest, grants: readonly Grant[]) {
  const scope = scopeParameters(grants);
  const isPlain = page.after === null && Object.values(filter).every((wish) => !wish);
  if (scope !== null && isPlain) {
    return { found: await firstFunds(tx, { ...scope, limit: rowsToAsk(page) }), totals: await allTotals(tx, scope) };
  }
  const { funds } = tx.t;
  const condition = and(conditionOf(tx, filter), withinScope(funds, grants));
  return {
    found: await fundViews(tx, and(condition, afterCursor(funds, page.after)), rowsToAsk(page)),
    totals: await fundTotals(tx, condition),
  };
}

const firstFunds = preparedRows('first_funds', (tx): RowsQuery<FundView> =>
  fundViews(tx, withinPreparedScope(tx.t.funds), sql.placeholder('limit')),
);
const allTotals = preparedRows('all_fund_totals', (tx) => fundTotals(tx, withinPreparedScope(tx.t.funds)));

function fundTotals({ db, t: { funds } }: Tx, condition: SQL | undefined) {
  return db
    .select({
      currency: funds.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(funds.balanceMinor),
    })
    .from(funds)
    .where(condition)
    .groupBy(funds.currency)
    .orderBy(funds.currency);
}

/** The ids of the funds that the grants reach, or null when that is every fund there is. */
export async function fundIdsInScope(tx: Tx, grants: readonly Grant[]): Promise<string[] | null> {
  const { funds } = tx.t;
  const scope = withinScope(funds, grants);
  if (scope === undefined) return null;
  const rows = await tx.db
    .select({ id: funds.id, reached: sql<boolean>`${scope}`.mapWith(Boolean) })
    .from(funds)
    .orderBy(funds.id);
  return rows.every((row) => row.reached) ? null : rows.filter((row) => row.reached).map((row) => row.id);
}

/** Whether a code is taken by a fund of any company: they are unique in the office. */
export async function fundCodeTaken(tx: Tx, code: string): Promise<boolean> {
  const rows = await tx.db.select({ id: tx.t.funds.id }).from(tx.t.funds).where(eq(tx.t.funds.code, code));
  return rows.length > 0;
}

/** A fund's payments that are not finished: pending, executing or failed, oldest first. */
export async function openPaymentsOf(tx: Tx, fundId: string): Promise<{ ref: string; status: string }[]> {
  const { payments } = tx.t;
  return tx.db
    .select({ ref: payments.ref, status: payments.status })
    .from(payments)
    .where(and(eq(payments.fundId, fundId), sql`${payments.status} in ('pending', 'executing', 'failed')`))
    .orderBy(payments.createdAt, payments.id);
}

// Written out, not bound: only so does SQLite see that the index of open requests answers it.
const open = (): SQL => sql`status in ('pending', 'approved')`;

function fundViews(tx: Tx, condition: SQL | undefined, limit: number | Placeholder = 1) {
  const { funds, companies, regions, branches } = tx.t;
  return tx.db
    .select({
      fund: funds,
      company: companies.code,
      region: regions.code,
      branch: branches.code,
      openReplenishment: sql<
        string | null
      >`(select ref from replenishment_requests where fund_id = ${funds.id} and ${open()})`,
      pendingVariances:
        sql<number>`(select count(*) from variance_adjustments where fund_id = ${funds.id} and status = 'pending')`.mapWith(
          Number,
        ),
    })
    .from(funds)
    .innerJoin(companies, eq(companies.id, funds.companyId))
    .leftJoin(regions, eq(regions.id, funds.regionId))
    .leftJoin(branches, eq(branches.id, funds.branchId))
    .where(condition)
    .orderBy(desc(funds.createdAt), desc(funds.id))
    .limit(limit);
}

function conditionOf(tx: Tx, filter: FundFilter): SQL | undefined {
  const { funds } = tx.t;
  const { place } = filter;
  return and(
    filter.id === undefined ? undefined : eq(funds.id, filter.id),
    place ? eq(funds.companyId, place.companyId) : undefined,
    place?.regionId ? eq(funds.regionId, place.regionId) : undefined,
    place?.branchId ? eq(funds.branchId, place.branchId) : undefined,
    filter.low === true
      ? sql`${funds.state} = 'open' and ${funds.balanceMinor} < ${funds.reorderLevelMinor}`
      : undefined,
  );
}

/** The request of a fund that is pending or approved; there is at most one. */
export async function findOpenReplenishment(tx: Tx, fundId: string): Promise<Row<'replenishmentRequests'> | undefined> {
  const { replenishmentRequests: requests } = tx.t;
  const [row] = await tx.db
    .select()
    .from(requests)
    .where(and(eq(requests.fundId, fundId), open()));
  return row;
}
