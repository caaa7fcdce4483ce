import { and, asc, desc, eq, gte, inArray, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Grant } from '../domain/access.ts';
import { requisitionNumber } from '../domain/requisition.ts';
import { givenAs } from './approvals.ts';
import { exactSum } from './exact-sum.ts';
import type { Naming } from './naming.ts';
import { resolveName } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { NewRow, Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** How a requisition is named: id, reference or number. */
const requisitionNaming = (tx: Tx): Naming => ({
  table: 'requisitions',
  noun: 'requisition',
  codes: [tx.t.requisitions.number],
  listCommand: 'treasury requisition list',
});

/** The id of the requisition that a text names, among the companies of the grants. Throws not found or ambiguous. */
export const resolveRequisition = (tx: Tx, text: string, grants: readonly Grant[]): Promise<string> =>
  resolveName(tx, requisitionNaming(tx), text, withinCompanies(tx.t.requisitions, grants));

/** The requisition's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockRequisition(tx: Tx, id: string): Promise<Row<'requisitions'>> {
  const { requisitions } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(requisitions).where(eq(requisitions.id, id)), requisitions);
  if (row === undefined) throw new Error(`requisition ${id} has gone`);
  return row;
}

/** The requisition's row. Throws when it has gone, which cannot happen. */
export async function getRequisition(tx: Tx, id: string): Promise<Row<'requisitions'>> {
  const [row] = await tx.db.select().from(tx.t.requisitions).where(eq(tx.t.requisitions.id, id));
  if (row === undefined) throw new Error(`requisition ${id} has gone`);
  return row;
}

/** The next numbers of the office's year, `count` of them without gaps. Locks the office's row. */
export async function takeRequisitionNumbers(tx: Tx, year: number, count: number): Promise<string[]> {
  const { office } = tx.t;
  const [row] = await lock(
    tx,
    tx.db.select({ year: office.requisitionYear, seq: office.requisitionSeq }).from(office),
    office,
  );
  if (row === undefined) throw new Error('the office has not been set up');
  // A clock that ran back over the new year goes on counting in the later year.
  const counted = Math.max(year, row.year);
  const last = counted === row.year ? row.seq : 0;
  await tx.db
    .update(office)
    .set({ requisitionYear: counted, requisitionSeq: last + count })
    .where(sql`true`);
  return Array.from({ length: count }, (_, index) => requisitionNumber(counted, last + index + 1));
}

/** Rows of one insert, so that no statement has more parameters than a database takes. */
const ROWS_AT_ONCE = 500;

/** Stores new requisitions. */
export async function insertRequisitions(tx: Tx, rows: readonly NewRow<'requisitions'>[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await tx.db.insert(tx.t.requisitions).values(rows.slice(start, start + ROWS_AT_ONCE));
  }
}

/** Changes a requisition that the caller has locked. */
export async function updateRequisition(tx: Tx, id: string, change: Partial<Row<'requisitions'>>): Promise<void> {
  await tx.db.update(tx.t.requisitions).set(change).where(eq(tx.t.requisitions.id, id));
}

/** Stores a decision about one revision of a requisition. */
export async function insertDecision(tx: Tx, decision: Row<'requisitionApprovals'>): Promise<void> {
  await tx.db.insert(tx.t.requisitionApprovals).values(decision);
}

/** A requisition's payments that are not cancelled, oldest first. */
export async function livePaymentsOf(
  tx: Tx,
  requisitionId: string,
): Promise<Pick<Row<'payments'>, 'ref' | 'status' | 'executorId'>[]> {
  const { payments } = tx.t;
  return tx.db
    .select({ ref: payments.ref, status: payments.status, executorId: payments.executorId })
    .from(payments)
    .where(and(eq(payments.requisitionId, requisitionId), ne(payments.status, 'cancelled')))
    .orderBy(asc(payments.createdAt), asc(payments.id));
}

export interface RequisitionFilter {
  readonly status?: string | undefined;
  readonly requesterId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly search?: string | undefined;
}

export interface ApprovalView {
  readonly requisitionId: string;
  readonly revision: number;
  readonly approver: string;
  readonly approverId: string;
  readonly decision: string;
  readonly asCfo: boolean;
  readonly asApprover: boolean;
  readonly reason: string | null;
  /** The version of the policy that was in force. */
  readonly policyVersion: number;
  readonly createdAt: Date;
}

export interface RequisitionPayment {
  readonly requisitionId: string;
  readonly ref: string;
  readonly fund: string;
  readonly amountMinor: number;
  readonly status: string;
}

/** A requisition with the names that people know its parts by. */
export interface RequisitionView {
  readonly requisition: Row<'requisitions'>;
  readonly requester: string;
  readonly company: string;
  readonly region: string | null;
  readonly branch: string | null;
  readonly approvals: readonly ApprovalView[];
  readonly payments: readonly RequisitionPayment[];
}

export interface RequisitionPage {
  readonly rows: RequisitionView[];
  readonly next: string | null;
  readonly count: number;
  readonly totals: readonly { readonly currency: string; readonly sum: bigint }[];
}

/** Requisitions that the grants reach, newest first, with how many there are in all and their sums by currency. */
export async function listRequisitions(
  tx: Tx,
  filter: RequisitionFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<RequisitionPage> {
  const { requisitions } = tx.t;
  const condition = and(conditionOf(tx, filter), withinScope(requisitions, grants));
  const found = await viewsWithoutLists(tx, and(condition, afterCursor(requisitions, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.requisition.createdAt, id: view.requisition.id })),
    page,
  );
  const totals = await tx.db
    .select({
      currency: requisitions.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(requisitions.amountMinor),
    })
    .from(requisitions)
    .where(condition)
    .groupBy(requisitions.currency)
    .orderBy(requisitions.currency);
  const count = totals.reduce((all, total) => all + total.count, 0);
  return {
    rows: await withLists(
      tx,
      rows.map((row) => row.view),
    ),
    next,
    count,
    totals,
  };
}

/** One requisition with everything that is shown of it. */
export async function getRequisitionView(tx: Tx, id: string): Promise<RequisitionView> {
  const [view] = await withLists(tx, await viewsWithoutLists(tx, eq(tx.t.requisitions.id, id), 1));
  if (view === undefined) throw new Error(`requisition ${id} has gone`);
  return view;
}

/** Several requisitions with everything that is shown of them, newest first. */
export async function getRequisitionViews(tx: Tx, ids: readonly string[]): Promise<RequisitionView[]> {
  const views: RequisitionView[] = [];
  for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
    const some = inArray(tx.t.requisitions.id, ids.slice(start, start + ROWS_AT_ONCE));
    views.push(...(await withLists(tx, await viewsWithoutLists(tx, some, ROWS_AT_ONCE))));
  }
  return views;
}

type Bare = Omit<RequisitionView, 'approvals' | 'payments'>;

async function viewsWithoutLists(tx: Tx, condition: SQL | undefined, limit: number): Promise<Bare[]> {
  const { requisitions, users, companies, regions, branches } = tx.t;
  return tx.db
    .select({
      requisition: requisitions,
      requester: users.username,
      company: companies.code,
      region: regions.code,
      branch: branches.code,
    })
    .from(requisitions)
    .innerJoin(users, eq(users.id, requisitions.requestedBy))
    .innerJoin(companies, eq(companies.id, requisitions.companyId))
    .leftJoin(regions, eq(regions.id, requisitions.regionId))
    .leftJoin(branches, eq(branches.id, requisitions.branchId))
    .where(condition)
    .orderBy(desc(requisitions.createdAt), desc(requisitions.id))
    .limit(limit);
}

async function withLists(tx: Tx, views: readonly Bare[]): Promise<RequisitionView[]> {
  const approvals = new Map<string, ApprovalView[]>();
  const payments = new Map<string, RequisitionPayment[]>();
  for (let start = 0; start < views.length; start += ROWS_AT_ONCE) {
    const ids = views.slice(start, start + ROWS_AT_ONCE).map((view) => view.requisition.id);
    for (const approval of await approvalViews(tx, ids)) add(approvals, approval);
    for (const payment of await paymentViews(tx, ids)) add(payments, payment);
  }
  return views.map((view) => ({
    ...view,
    approvals: approvals.get(view.requisition.id) ?? [],
    payments: payments.get(view.requisition.id) ?? [],
  }));
}

function add<V extends { readonly requisitionId: string }>(lists: Map<string, V[]>, value: V): void {
  const list = lists.get(value.requisitionId);
  if (list === undefined) lists.set(value.requisitionId, [value]);
  else list.push(value);
}

async function approvalViews(tx: Tx, ids: readonly string[]): Promise<ApprovalView[]> {
  const { requisitionApprovals: approvals, users } = tx.t;
  return tx.db
    .select({
      requisitionId: approvals.requisitionId,
      revision: approvals.revision,
      approver: users.username,
      approverId: approvals.approverId,
      decision: approvals.decision,
      ...givenAs(),
      reason: approvals.reason,
      policyVersion: approvals.policyVersion,
      createdAt: approvals.createdAt,
    })
    .from(approvals)
    .innerJoin(users, eq(users.id, approvals.approverId))
    .where(inArray(approvals.requisitionId, [...ids]))
    .orderBy(asc(approvals.createdAt), asc(approvals.id));
}

async function paymentViews(tx: Tx, ids: readonly string[]): Promise<RequisitionPayment[]> {
  const { payments, funds } = tx.t;
  return tx.db
    .select({
      requisitionId: payments.requisitionId,
      ref: payments.ref,
      fund: funds.code,
      amountMinor: payments.amountMinor,
      status: payments.status,
    })
    .from(payments)
    .innerJoin(funds, eq(funds.id, payments.fundId))
    .where(inArray(payments.requisitionId, [...ids]))
    .orderBy(asc(payments.createdAt), asc(payments.id));
}

function conditionOf(tx: Tx, filter: RequisitionFilter): SQL | undefined {
  const { requisitions } = tx.t;
  return and(
    filter.status === undefined ? undefined : eq(requisitions.status, filter.status),
    filter.requesterId === undefined ? undefined : eq(requisitions.requestedBy, filter.requesterId),
    filter.since === undefined ? undefined : gte(requisitions.createdAt, filter.since),
    filter.until === undefined ? undefined : lt(requisitions.createdAt, filter.until),
    filter.search === undefined ? undefined : holding(tx, filter.search),
  );
}

/** Payee, purpose, destination, category, number or reference that hold a text, whatever its case. */
function holding(tx: Tx, text: string): SQL | undefined {
  const { requisitions } = tx.t;
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const holds = (column: PgColumn) => sql`lower(${column}) like ${pattern} escape '\\'`;
  return or(
    ...[
      requisitions.payee,
      requisitions.purpose,
      requisitions.destination,
      requisitions.category,
      requisitions.number,
      requisitions.ref,
    ].map(holds),
  );
}
