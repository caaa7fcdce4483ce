import { aliasedTable as alias, and, asc, count, desc, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';
import { insertRow } from './whole-rows.ts';

export const insertSchedule = insertRow('schedules');

const naming: Naming = { table: 'schedules', noun: 'schedule', codes: [], listCommand: 'treasury schedule list' };

/** What waits for its time, and when that is over nobody else's. */
type Lease = Pick<Row<'schedules'>, 'leaseHolder' | 'leaseUntil'>;

const NOBODYS: Lease = { leaseHolder: null, leaseUntil: null };

/** The id of the schedule that a reference or id names, of the whole office or among the companies of the grants. */
export async function resolveSchedule(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, schedules } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies &&
    sql`(${schedules.fundId} is null or exists (select 1 from ${funds} where ${funds.id} = ${schedules.fundId} and ${companies}))`;
  return resolveName(tx, naming, text, theirs);
}

/** The schedule's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockSchedule(tx: Tx, id: string): Promise<Row<'schedules'>> {
  const { schedules } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(schedules).where(eq(schedules.id, id)), schedules);
  if (row === undefined) throw new Error(`schedule ${id} has gone`);
  return row;
}

/** The schedule that a payment waits for; undefined when none is active or paused. */
export async function findOpenSchedule(tx: Tx, paymentId: string): Promise<Row<'schedules'> | undefined> {
  const { schedules } = tx.t;
  const [row] = await tx.db
    .select()
    .from(schedules)
    .where(and(eq(schedules.paymentId, paymentId), inArray(schedules.status, ['active', 'paused'])));
  return row;
}

/** Ids of one statement, so that none has more parameters than a database takes. */
const IDS_AT_ONCE = 500;

/** The schedules that payments wait for, active or paused, each locked until the transaction ends. */
export async function lockOpenSchedules(tx: Tx, paymentIds: readonly string[]): Promise<Row<'schedules'>[]> {
  const { schedules } = tx.t;
  const found: Row<'schedules'>[] = [];
  const ids = paymentIds.toSorted();
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const open = and(
      inArray(schedules.paymentId, ids.slice(at, at + IDS_AT_ONCE)),
      inArray(schedules.status, ['active', 'paused']),
    );
    found.push(
      ...(await lock(tx, tx.db.select().from(schedules).where(open).orderBy(asc(schedules.paymentId)), schedules)),
    );
  }
  return found;
}

const dueRows = preparedRows('due_schedules', (tx) => {
  const { schedules } = tx.t;
  return tx.db
    .select({ id: schedules.id })
    .from(schedules)
    .where(
      and(
        sql`${schedules.nextAt} <= ${bound(schedules.nextAt, 'now')}`,
        or(isNull(schedules.leaseUntil), sql`${schedules.leaseUntil} <= ${bound(schedules.leaseUntil, 'now')}`),
      ),
    )
    .orderBy(asc(schedules.nextAt), asc(schedules.id))
    .limit(AT_ONCE);
});

/** Told at once at most; what is left is told the next time. */
const AT_ONCE = 50;

/** Schedules of which it is time and that nobody holds, longest due first. */
export const dueSchedules = (tx: Tx): Promise<{ id: string }[]> => dueRows(tx, { now: tx.now });

/** Takes the lease of a schedule that is still due, for as long as its kind may take; null when somebody was faster. */
export async function leaseSchedule(
  tx: Tx,
  id: string,
  {
    leaseHolder,
    leaseMs,
  }: { readonly leaseHolder: string; readonly leaseMs: Readonly<Record<'payment' | 'job', number>> },
): Promise<Row<'schedules'> | null> {
  const { schedules } = tx.t;
  const [found] = await lock(tx, tx.db.select().from(schedules).where(eq(schedules.id, id)), schedules);
  if (found === undefined || found.status !== 'active' || found.nextAt === null || found.nextAt > tx.now) return null;
  if (found.leaseUntil !== null && found.leaseUntil > tx.now) return null;
  const lease = {
    leaseHolder,
    leaseUntil: new Date(tx.now.getTime() + leaseMs[found.kind === 'payment' ? 'payment' : 'job']),
  };
  await tx.db.update(schedules).set(lease).where(eq(schedules.id, id));
  return { ...found, ...lease };
}

/** What became of a run. */
export type RunOutcome = Pick<
  Row<'schedules'>,
  'status' | 'nextAt' | 'failures' | 'lastOutcome' | 'lastDetail' | 'endedAt'
>;

/** Records a run by who holds the lease, and ends the lease; 0 when it is no longer theirs, so that nothing of it may be kept. */
export async function recordRun(
  tx: Tx,
  { id, holder }: { id: string; holder: string },
  run: RunOutcome,
): Promise<number> {
  const { schedules } = tx.t;
  const rows = await tx.db
    .update(schedules)
    .set({ ...run, ...NOBODYS, lastRunAt: tx.now })
    .where(and(eq(schedules.id, id), eq(schedules.leaseHolder, holder), eq(schedules.status, 'active')))
    .returning({ id: schedules.id });
  return rows.length;
}

/** Moves a schedule that the caller has locked. */
export async function moveSchedule(
  tx: Tx,
  id: string,
  change: Pick<Row<'schedules'>, 'status' | 'nextAt' | 'endedAt'>,
): Promise<void> {
  const { schedules } = tx.t;
  await tx.db
    .update(schedules)
    .set({ ...change, ...NOBODYS })
    .where(eq(schedules.id, id));
}

/** A schedule with the names that people know its parts by. */
export interface ScheduleView {
  readonly schedule: Row<'schedules'>;
  readonly payment: string | null;
  readonly fundCode: string | null;
  readonly createdBy: string;
}

export interface ScheduleFilter {
  readonly status?: string | undefined;
}

/** Schedules that the grants reach, newest first, and how many there are in all. */
export async function listSchedules(
  tx: Tx,
  filter: ScheduleFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: ScheduleView[]; next: string | null; count: number }> {
  const { funds, schedules } = tx.t;
  const scope = withinScope(funds, grants);
  const condition = and(
    filter.status === undefined ? undefined : eq(schedules.status, filter.status),
    scope && or(isNull(schedules.fundId), scope),
  );
  const [total] = await tx.db
    .select({ count: count() })
    .from(schedules)
    .leftJoin(funds, eq(funds.id, schedules.fundId))
    .where(condition);
  const found = await views(tx, and(condition, afterCursor(schedules, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.schedule.createdAt, id: view.schedule.id })),
    page,
  );
  return { rows: rows.map(({ view }) => view), next, count: total?.count ?? 0 };
}

/** One schedule with everything that is shown of it. */
export async function getSchedule(tx: Tx, id: string): Promise<ScheduleView> {
  const [view] = await views(tx, eq(tx.t.schedules.id, id), 1);
  if (view === undefined) throw new Error(`schedule ${id} has gone`);
  return view;
}

function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<ScheduleView[]> {
  const { funds, payments, schedules, users } = tx.t;
  const maker = alias(users, 'maker');
  return tx.db
    .select({ schedule: schedules, payment: payments.ref, fundCode: funds.code, createdBy: maker.username })
    .from(schedules)
    .innerJoin(maker, eq(maker.id, schedules.createdBy))
    .leftJoin(payments, eq(payments.id, schedules.paymentId))
    .leftJoin(funds, eq(funds.id, schedules.fundId))
    .where(condition)
    .orderBy(desc(schedules.createdAt), desc(schedules.id))
    .limit(limit);
}
