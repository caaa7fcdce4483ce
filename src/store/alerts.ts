import { and, count, desc, eq, inArray, isNotNull, isNull, lte, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { fundCauses, limitText, type AlertLimits, type AlertStatus, type Cause } from '../domain/alert.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { newIdentity } from './references.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

const naming: Naming = { table: 'alerts', noun: 'alert', codes: [], listCommand: 'treasury alert list' };

/** The id of the alert that a reference or id names, among the companies of the grants. */
export async function resolveAlert(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { alerts, funds } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs = companies && inArray(alerts.fundId, tx.db.select({ id: funds.id }).from(funds).where(companies));
  return resolveName(tx, naming, text, theirs);
}

/** Alerts whose cause was there when somebody last looked, locked. */
export async function lockOpenAlerts(tx: Tx): Promise<Row<'alerts'>[]> {
  const { alerts } = tx.t;
  return lock(tx, tx.db.select().from(alerts).where(isNull(alerts.resolvedAt)), alerts);
}

/** The alert's row, locked until the transaction ends. */
export async function lockAlert(tx: Tx, id: string): Promise<Row<'alerts'>> {
  const { alerts } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(alerts).where(eq(alerts.id, id)), alerts);
  if (row === undefined) throw new Error(`alert ${id} has gone`);
  return row;
}

/** Everything that somebody has to look at now. */
export async function findCauses(tx: Tx, limits: AlertLimits): Promise<Cause[]> {
  const { funds, payments, varianceAdjustments: variances, replenishmentRequests: requests } = tx.t;
  const before = (ms: number) => new Date(tx.now.getTime() - ms);
  const open = await tx.db.select().from(funds).where(eq(funds.state, 'open'));
  const failed = await tx.db.select().from(payments).where(eq(payments.status, 'failed'));
  const stuck = await tx.db
    .select()
    .from(payments)
    .where(and(eq(payments.status, 'executing'), lte(payments.executedAt, before(limits.stuckMs))));
  const differing = await tx.db
    .select()
    .from(variances)
    .where(and(eq(variances.status, 'pending'), lte(variances.createdAt, before(limits.varianceMs))));
  const asked = await tx.db
    .select()
    .from(requests)
    .where(
      and(inArray(requests.status, ['pending', 'approved']), lte(requests.createdAt, before(limits.replenishmentMs))),
    );
  const of = (row: { id: string; ref: string; fundId: string }) => ({
    ...{ subjectId: row.id, subject: row.ref, fundId: row.fundId },
  });
  return [
    ...open.flatMap(fundCauses),
    ...failed.map((row): Cause => ({
      ...of(row),
      kind: 'payment_failed',
      message: `${row.ref} failed: ${row.lastError ?? 'nobody knows why'}.`,
    })),
    ...stuck.map((row): Cause => ({
      ...of(row),
      kind: 'payment_stuck',
      message: `Whether ${row.ref} was paid is not known for more than ${limitText(limits.stuckMs)}.`,
    })),
    ...differing.map((row): Cause => ({
      ...of(row),
      kind: 'variance_waiting',
      message: `${row.ref} waits for a CFO for more than ${limitText(limits.varianceMs)}.`,
    })),
    ...asked.map((row): Cause => ({
      ...of(row),
      kind: 'replenishment_waiting',
      message: `${row.ref} is ${row.status} for more than ${limitText(limits.replenishmentMs)}.`,
    })),
  ];
}

/** Raises an alert; answers its row. */
export async function insertAlert(tx: Tx, cause: Cause): Promise<Row<'alerts'>> {
  const row = {
    ...(await newIdentity(tx, 'alerts')),
    ...cause,
    ...{ createdAt: tx.now, acknowledgedBy: null, acknowledgedAt: null, resolvedAt: null },
  };
  await tx.db.insert(tx.t.alerts).values(row);
  return row;
}

/** Resolves alerts of which the cause is gone. */
export async function resolveAlerts(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .update(tx.t.alerts)
    .set({ resolvedAt: tx.now })
    .where(inArray(tx.t.alerts.id, [...ids]));
}

/** Notes that a person has seen an alert. */
export async function acknowledge(tx: Tx, id: string, acknowledgedBy: string): Promise<void> {
  await tx.db.update(tx.t.alerts).set({ acknowledgedBy, acknowledgedAt: tx.now }).where(eq(tx.t.alerts.id, id));
}

/** An alert with the names that people know its parts by. */
export interface AlertView {
  readonly alert: Row<'alerts'>;
  readonly fundCode: string;
  readonly acknowledgedBy: string | null;
}

/** Alerts of funds that the grants reach, newest first, and how many there are in all. */
export async function listAlerts(
  tx: Tx,
  { status }: { readonly status: AlertStatus | 'unresolved' },
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: AlertView[]; next: string | null; count: number }> {
  const { alerts, funds } = tx.t;
  const condition = and(inStatus(tx, status), withinScope(funds, grants));
  const [total] = await tx.db
    .select({ count: count() })
    .from(alerts)
    .innerJoin(funds, eq(funds.id, alerts.fundId))
    .where(condition);
  const found = await views(tx, and(condition, afterCursor(alerts, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.alert.createdAt, id: view.alert.id })),
    page,
  );
  return { rows: rows.map(({ view }) => view), next, count: total?.count ?? 0 };
}

function inStatus({ t: { alerts } }: Tx, status: AlertStatus | 'unresolved'): SQL | undefined {
  if (status === 'resolved') return isNotNull(alerts.resolvedAt);
  const unresolved = isNull(alerts.resolvedAt);
  if (status === 'unresolved') return unresolved;
  return and(unresolved, status === 'open' ? isNull(alerts.acknowledgedAt) : isNotNull(alerts.acknowledgedAt));
}

/** One alert with everything that is shown of it. */
export async function getAlert(tx: Tx, id: string): Promise<AlertView> {
  const [view] = await views(tx, eq(tx.t.alerts.id, id), 1);
  if (view === undefined) throw new Error(`alert ${id} has gone`);
  return view;
}

function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<AlertView[]> {
  const { alerts, funds, users } = tx.t;
  return tx.db
    .select({ alert: alerts, fundCode: funds.code, acknowledgedBy: users.username })
    .from(alerts)
    .innerJoin(funds, eq(funds.id, alerts.fundId))
    .leftJoin(users, eq(users.id, alerts.acknowledgedBy))
    .where(condition)
    .orderBy(desc(alerts.createdAt), desc(alerts.id))
    .limit(limit);
}
