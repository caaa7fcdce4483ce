import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import type { Tally } from '../domain/batch.ts';
import { batchDeciders, newestStart, type BatchStart } from './batches.ts';
import { exactSum } from './exact-sum.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A batch with the names that people know its parts by, and what became of its rows. */
export interface BatchView {
  readonly batch: Row<'batches'>;
  readonly fund: { readonly code: string } & Place;
  readonly creator: string;
  /** Who has decided on its requisitions. */
  readonly deciders: readonly string[];
  readonly start: BatchStart | null;
  readonly tally: Tally;
  /** What was paid, in minor units. */
  readonly paidMinor: number;
}

export interface BatchFilter {
  readonly fundId?: string | undefined;
  readonly status?: string | undefined;
}

/** One batch with what is shown of it. */
export async function getBatchView(tx: Tx, id: string): Promise<BatchView> {
  const [view] = await views(tx, eq(tx.t.batches.id, id), 1);
  if (view === undefined) throw new Error(`batch ${id} has gone`);
  return view;
}

/** Batches of funds that the grants reach, newest first, with how many there are in all and their sums by currency. */
export async function listBatches(
  tx: Tx,
  filter: BatchFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: BatchView[]; next: string | null; count: number; totals: { currency: string; sum: bigint }[] }> {
  const { batches, funds } = tx.t;
  const condition = and(
    filter.fundId === undefined ? undefined : eq(batches.fundId, filter.fundId),
    filter.status === undefined ? undefined : statusIs(tx, filter.status),
    withinScope(funds, grants),
  );
  const found = await views(tx, and(condition, afterCursor(batches, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.batch.createdAt, id: view.batch.id })),
    page,
  );
  const totals = await tx.db
    .select({
      currency: batches.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(batches.totalMinor),
    })
    .from(batches)
    .innerJoin(funds, eq(funds.id, batches.fundId))
    .where(condition)
    .groupBy(batches.currency)
    .orderBy(batches.currency);
  const count = totals.reduce((all, total) => all + total.count, 0);
  return { rows: rows.map(({ view }) => view), next, count, totals };
}

/** `done` is an executing one of which nothing is left. */
function statusIs({ t: { batches } }: Tx, status: string): SQL | undefined {
  const left = sql`exists (select 1 from batch_items i join batch_payments b on b.item_id = i.id join payments p on p.id = b.payment_id where i.batch_id = ${batches.id} and p.status in ('pending', 'executing', 'failed'))`;
  if (status === 'executing') return and(eq(batches.status, 'executing'), left);
  if (status === 'done') return and(eq(batches.status, 'executing'), sql`not ${left}`);
  return eq(batches.status, status);
}

async function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<BatchView[]> {
  const { batches, funds, users } = tx.t;
  const found = await tx.db
    .select({
      batch: batches,
      fund: { code: funds.code, companyId: funds.companyId, regionId: funds.regionId, branchId: funds.branchId },
      creator: users.username,
      ...counts(tx),
    })
    .from(batches)
    .innerJoin(funds, eq(funds.id, batches.fundId))
    .innerJoin(users, eq(users.id, batches.createdBy))
    .where(condition)
    .orderBy(desc(batches.createdAt), desc(batches.id))
    .limit(limit);
  const all: BatchView[] = [];
  for (const { paidMinor, paid, inFlight, failed, cancelled, ...view } of found) {
    const waiting = view.batch.rowCount - paid - inFlight - failed - cancelled;
    const start = view.batch.status === 'submitted' ? null : await newestStart(tx, view.batch.id);
    const deciders = (await batchDeciders(tx, view.batch.id)).map(({ username }) => username);
    all.push({ ...view, deciders, start, paidMinor, tally: { waiting, paid, inFlight, failed, cancelled } });
  }
  return all;
}

/** What became of the rows of each selected batch. */
function counts({ t: { batches } }: Tx) {
  const of = (figure: SQL, condition: SQL) =>
    // Nested, as Drizzle leaves the table's name out of columns that stand directly in a field.
    sql<number>`coalesce((${sql`select ${figure} from batch_items i join requisitions r on r.id = i.requisition_id left join batch_payments b on b.item_id = i.id left join payments p on p.id = b.payment_id where i.batch_id = ${batches.id} and ${condition}`}), 0)`.mapWith(
      Number,
    );
  const paid = sql`p.status in ('success', 'reconciled', 'reversed')`;
  return {
    paidMinor: of(sql`sum(p.amount_minor)`, paid),
    paid: of(sql`count(*)`, paid),
    inFlight: of(sql`count(*)`, sql`p.status = 'executing'`),
    failed: of(sql`count(*)`, sql`p.status = 'failed'`),
    cancelled: of(
      sql`count(*)`,
      sql`(p.status = 'cancelled' or (p.id is null and r.status in ('cancelled', 'rejected')))`,
    ),
  };
}
