import { aliasedTable as alias, and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { exactSum } from './exact-sum.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

export { insertReplenishment } from './execution-writes.ts';

const naming: Naming = {
  table: 'replenishmentRequests',
  noun: 'replenishment',
  codes: [],
  listCommand: 'treasury replenish list',
};

/** The id of the request that a reference or id names, among the companies of the grants. */
export async function resolveReplenishment(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, replenishmentRequests: requests } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${requests.fundId} and ${companies})`;
  return resolveName(tx, naming, text, theirs);
}

/** The request's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockReplenishment(tx: Tx, id: string): Promise<Row<'replenishmentRequests'>> {
  const { replenishmentRequests: requests } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(requests).where(eq(requests.id, id)), requests);
  if (row === undefined) throw new Error(`replenishment ${id} has gone`);
  return row;
}

/** What changes in a request when it is decided or funded. */
export type ReplenishmentChange = Partial<
  Pick<
    Row<'replenishmentRequests'>,
    | 'requestedMinor'
    | 'approvedMinor'
    | 'fundedMinor'
    | 'status'
    | 'approvedBy'
    | 'rejectedBy'
    | 'fundedBy'
    | 'decidedReason'
    | 'reference'
    | 'decidedAt'
    | 'fundedAt'
  >
>;

/** Moves a locked request on. */
export async function updateReplenishment(tx: Tx, id: string, change: ReplenishmentChange): Promise<void> {
  await tx.db.update(tx.t.replenishmentRequests).set(change).where(eq(tx.t.replenishmentRequests.id, id));
}

/** A request with the names that people know its parts by. */
export interface ReplenishmentView {
  readonly request: Row<'replenishmentRequests'>;
  readonly fundCode: string;
  readonly currency: string;
  readonly requestedBy: string | null;
  readonly approvedBy: string | null;
  readonly rejectedBy: string | null;
  readonly fundedBy: string | null;
}

export interface ReplenishmentFilter {
  readonly status?: string | undefined;
  readonly fundId?: string | undefined;
}

export interface ReplenishmentPage {
  readonly rows: ReplenishmentView[];
  readonly next: string | null;
  readonly count: number;
  /** Requested amounts by currency, over all pages. */
  readonly totals: readonly { readonly currency: string; readonly sum: bigint }[];
}

/** Requests for funds that the grants reach, newest first, with how many there are in all and their sums by currency. */
export async function listReplenishments(
  tx: Tx,
  filter: ReplenishmentFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<ReplenishmentPage> {
  const { funds, replenishmentRequests: requests } = tx.t;
  const condition = and(
    filter.status === undefined ? undefined : eq(requests.status, filter.status),
    filter.fundId === undefined ? undefined : eq(requests.fundId, filter.fundId),
    withinScope(funds, grants),
  );
  const found = await views(tx, and(condition, afterCursor(requests, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.request.createdAt, id: view.request.id })),
    page,
  );
  const totals = await tx.db
    .select({
      currency: funds.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(requests.requestedMinor),
    })
    .from(requests)
    .innerJoin(funds, eq(funds.id, requests.fundId))
    .where(condition)
    .groupBy(funds.currency)
    .orderBy(funds.currency);
  const count = totals.reduce((all, total) => all + total.count, 0);
  return { rows: rows.map((row) => row.view), next, count, totals };
}

/** One request with everything that is shown of it. */
export async function getReplenishment(tx: Tx, id: string): Promise<ReplenishmentView> {
  const [view] = await views(tx, eq(tx.t.replenishmentRequests.id, id), 1);
  if (view === undefined) throw new Error(`replenishment ${id} has gone`);
  return view;
}

async function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<ReplenishmentView[]> {
  const { funds, users, replenishmentRequests: requests } = tx.t;
  const requester = alias(users, 'requester');
  const approver = alias(users, 'approver');
  const rejecter = alias(users, 'rejecter');
  const funder = alias(users, 'funder');
  return tx.db
    .select({
      request: requests,
      fundCode: funds.code,
      currency: funds.currency,
      requestedBy: requester.username,
      approvedBy: approver.username,
      rejectedBy: rejecter.username,
      fundedBy: funder.username,
    })
    .from(requests)
    .innerJoin(funds, eq(funds.id, requests.fundId))
    .leftJoin(requester, eq(requester.id, requests.requestedBy))
    .leftJoin(approver, eq(approver.id, requests.approvedBy))
    .leftJoin(rejecter, eq(rejecter.id, requests.rejectedBy))
    .leftJoin(funder, eq(funder.id, requests.fundedBy))
    .where(condition)
    .orderBy(desc(requests.createdAt), desc(requests.id))
    .limit(limit);
}
