import { aliasedTable as alias, and, desc, eq, gte, inArray, lt, sql, type SQL } from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import type { InFlight } from '../domain/in-flight.ts';
import { approvedVariance } from './approved-variance.ts';
import { exactSum } from './exact-sum.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

const naming: Naming = {
  table: 'varianceAdjustments',
  noun: 'variance',
  codes: [],
  listCommand: 'treasury variance list',
};

/** The id of the variance that a reference or id names, among the companies of the grants. Throws not found or ambiguous. */
export async function resolveVariance(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, varianceAdjustments: variances } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${variances.fundId} and ${companies})`;
  return resolveName(tx, naming, text, theirs);
}

/** Variances as they are, in the order of their ids; their terms never change, their status may until they are locked. */
export const findVariances = (tx: Tx, ids: readonly string[]): Promise<Row<'varianceAdjustments'>[]> =>
  selectVariances(tx, ids);

/** The same, locked until the transaction ends. The caller has locked their payments and funds before. */
export const lockVariances = (tx: Tx, ids: readonly string[]): Promise<Row<'varianceAdjustments'>[]> =>
  lock(tx, selectVariances(tx, ids), tx.t.varianceAdjustments);

function selectVariances({ db, t: { varianceAdjustments: variances } }: Tx, ids: readonly string[]) {
  return db
    .select()
    .from(variances)
    .where(inArray(variances.id, [...ids]))
    .orderBy(variances.id);
}

/** Stores a new variance. */
export async function insertVariance(tx: Tx, variance: Row<'varianceAdjustments'>): Promise<void> {
  await tx.db.insert(tx.t.varianceAdjustments).values(variance);
}

/** What a decision says; the database keeps everything else as it was recorded. */
export type VarianceDecision = Pick<
  Row<'varianceAdjustments'>,
  'status' | 'decidedBy' | 'decidedAt' | 'decidedReason' | 'policyVersion' | 'entryId'
>;

/** Decides on a locked variance. */
export async function updateVariance(tx: Tx, id: string, decision: VarianceDecision): Promise<void> {
  await tx.db.update(tx.t.varianceAdjustments).set(decision).where(eq(tx.t.varianceAdjustments.id, id));
}

/** A payment's amount as its approved variances have adjusted it, in minor units. */
export async function adjustedMinor(tx: Tx, { id }: Pick<Row<'payments'>, 'id'>): Promise<number> {
  const { payments } = tx.t;
  const [row] = await tx.db
    .select({ minor: sql<number>`${payments.amountMinor} + ${approvedVariance(sql`${payments.id}`)}`.mapWith(Number) })
    .from(payments)
    .where(eq(payments.id, id));
  if (row === undefined) throw new Error(`payment ${id} has gone`);
  return row.minor;
}

/** What waits to be decided about a fund, oldest first: of its counts, of one of its payments, or all. */
export async function pendingVariances(
  tx: Tx,
  fundId: string,
  of: 'anything' | 'counts' | { readonly paymentId: string },
): Promise<{ ref: string; paymentId: string | null }[]> {
  const { varianceAdjustments: variances } = tx.t;
  const about =
    of === 'anything'
      ? undefined
      : of === 'counts'
        ? sql`${variances.paymentId} is null`
        : eq(variances.paymentId, of.paymentId);
  return (
    tx.db
      .select({ ref: variances.ref, paymentId: variances.paymentId })
      .from(variances)
      // Written out, as in the condition of the index of what waits.
      .where(and(eq(variances.fundId, fundId), sql`status = 'pending'`, about))
      .orderBy(variances.createdAt, variances.id)
  );
}

/** The variance that waits and was recorded with one of these matches; undefined when none does. */
export async function pendingVarianceOf(tx: Tx, matchIds: readonly string[]): Promise<string | undefined> {
  const { varianceAdjustments: variances } = tx.t;
  const [row] = await tx.db
    .select({ ref: variances.ref })
    .from(variances)
    .where(and(inArray(variances.matchId, [...matchIds]), sql`status = 'pending'`));
  return row?.ref;
}

/** Payments of a fund of which the outcome is open, and what carries each, oldest first. */
export async function paymentsInFlightOf(tx: Tx, fundId: string): Promise<Pick<InFlight, 'ref' | 'carrier'>[]> {
  const { payments, paymentAttempts: attempts } = tx.t;
  return tx.db
    .select({ ref: payments.ref, carrier: { gateway: attempts.gateway, state: attempts.state } })
    .from(payments)
    .leftJoin(
      attempts,
      and(eq(attempts.paymentId, payments.id), sql`${attempts.state} in ('reserved', 'sent', 'accepted', 'unknown')`),
    )
    .where(and(eq(payments.fundId, fundId), sql`${payments.status} = 'executing'`))
    .orderBy(payments.createdAt, payments.id);
}

/** A variance with the names that people know its parts by. */
export interface VarianceView {
  readonly variance: Row<'varianceAdjustments'>;
  readonly fund: { readonly code: string; readonly currency: string } & Place;
  readonly payment: { readonly ref: string; readonly payee: string } | null;
  readonly recordedBy: string;
  readonly decidedBy: string | null;
  readonly entryRef: string | null;
  readonly matchRef: string | null;
}

export interface VarianceFilter {
  readonly status?: string | undefined;
  readonly fundId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface VariancePage {
  readonly rows: VarianceView[];
  readonly next: string | null;
  readonly count: number;
  /** Differences by currency, each by its size, over all pages. */
  readonly totals: readonly { readonly currency: string; readonly sum: bigint }[];
}

/** Variances of funds that the grants reach, newest first, with how many there are in all and their sizes by currency. */
export async function listVariances(
  tx: Tx,
  filter: VarianceFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<VariancePage> {
  const { funds, varianceAdjustments: variances } = tx.t;
  const condition = and(
    filter.status === undefined ? undefined : eq(variances.status, filter.status),
    filter.fundId === undefined ? undefined : eq(variances.fundId, filter.fundId),
    filter.since === undefined ? undefined : gte(variances.createdAt, filter.since),
    filter.until === undefined ? undefined : lt(variances.createdAt, filter.until),
    withinScope(funds, grants),
  );
  const found = await views(tx, and(condition, afterCursor(variances, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.variance.createdAt, id: view.variance.id })),
    page,
  );
  const totals = await tx.db
    .select({
      currency: funds.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(sql`abs(${variances.varianceMinor})`),
    })
    .from(variances)
    .innerJoin(funds, eq(funds.id, variances.fundId))
    .where(condition)
    .groupBy(funds.currency)
    .orderBy(funds.currency);
  const count = totals.reduce((all, total) => all + total.count, 0);
  return { rows: rows.map((row) => row.view), next, count, totals };
}

/** One variance with everything that is shown of it. */
export async function getVariance(tx: Tx, id: string): Promise<VarianceView> {
  const [view] = await views(tx, eq(tx.t.varianceAdjustments.id, id), 1);
  if (view === undefined) throw new Error(`variance ${id} has gone`);
  return view;
}

async function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<VarianceView[]> {
  const { funds, users, payments, ledgerEntries, matches, varianceAdjustments: variances } = tx.t;
  const recorder = alias(users, 'recorder');
  const decider = alias(users, 'decider');
  return tx.db
    .select({
      variance: variances,
      fund: {
        code: funds.code,
        currency: funds.currency,
        companyId: funds.companyId,
        regionId: funds.regionId,
        branchId: funds.branchId,
      },
      payment: { ref: payments.ref, payee: payments.payee },
      recordedBy: recorder.username,
      decidedBy: decider.username,
      entryRef: ledgerEntries.ref,
      matchRef: matches.ref,
    })
    .from(variances)
    .innerJoin(funds, eq(funds.id, variances.fundId))
    .innerJoin(recorder, eq(recorder.id, variances.recordedBy))
    .leftJoin(payments, eq(payments.id, variances.paymentId))
    .leftJoin(decider, eq(decider.id, variances.decidedBy))
    .leftJoin(ledgerEntries, eq(ledgerEntries.id, variances.entryId))
    .leftJoin(matches, eq(matches.id, variances.matchId))
    .where(condition)
    .orderBy(desc(variances.createdAt), desc(variances.id))
    .limit(limit);
}
