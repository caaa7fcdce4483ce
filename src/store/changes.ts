import {
  aliasedTable as alias,
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  isNull,
  lt,
  or,
  sql,
  type SQL,
} from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import type { ChangeStatus } from '../domain/change.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { newId, newIdentity } from './references.ts';
import { withinCompanies, withinScope } from './scope.ts';
import { columnsWithout } from './seen-columns.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

const NAMING: Naming = { table: 'changes', noun: 'change', codes: [], listCommand: 'treasury change list' };

/** Whether the office has ever paid: from then on what opens doors needs two people. */
export async function hasPaid(tx: Tx): Promise<boolean> {
  const rows = await tx.db
    .select({ one: sql<number>`1` })
    .from(tx.t.paymentExecutions)
    .limit(1);
  return rows.length > 0;
}

/** The id of the change that a text names, among those of the whole office and of the companies of the grants. */
export const resolveChange = (tx: Tx, text: string, grants: readonly Grant[]): Promise<string> => {
  const companies = withinCompanies(tx.t.changes, grants);
  return resolveName(tx, NAMING, text, companies && or(isNull(tx.t.changes.companyId), companies));
};

export interface NewChange {
  readonly kind: string;
  readonly subject: string;
  readonly subjectUserId: string | null;
  readonly place: Place | null;
  /** Canonical JSON. */
  readonly before: string;
  readonly after: string;
  readonly payload: string;
  readonly reason: string | null;
  readonly proposedBy: string;
}

/** Stores a new change; answers its row. */
export async function insertChange(tx: Tx, { place, ...change }: NewChange): Promise<Row<'changes'>> {
  const row: Row<'changes'> = {
    ...(await newIdentity(tx, 'changes')),
    ...change,
    companyId: place?.companyId ?? null,
    regionId: place?.regionId ?? null,
    branchId: place?.branchId ?? null,
    status: 'pending',
    decidedBy: null,
    decidedAt: null,
    decidedReason: null,
    createdAt: tx.now,
  };
  await tx.db.insert(tx.t.changes).values(row);
  return row;
}

/** The change's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockChange(tx: Tx, id: string): Promise<Row<'changes'>> {
  const [row] = await lock(tx, tx.db.select().from(tx.t.changes).where(eq(tx.t.changes.id, id)), tx.t.changes);
  if (row === undefined) throw new Error(`change ${id} has gone`);
  return row;
}

/** The pending change of a kind about a subject; there is at most one. */
export async function findPending(tx: Tx, kind: string, subject: string): Promise<Row<'changes'> | undefined> {
  const { changes } = tx.t;
  const [row] = await tx.db
    .select()
    .from(changes)
    .where(and(eq(changes.kind, kind), eq(changes.subject, subject), eq(changes.status, 'pending')));
  return row;
}

/** Who has confirmed changes, in order. */
export async function confirmationsOf(
  tx: Tx,
  changeIds: readonly string[],
): Promise<{ changeId: string; userId: string; username: string }[]> {
  const { changeConfirmations: confirmations, users } = tx.t;
  return tx.db
    .select({ changeId: confirmations.changeId, userId: confirmations.userId, username: users.username })
    .from(confirmations)
    .innerJoin(users, eq(users.id, confirmations.userId))
    .where(inArray(confirmations.changeId, [...changeIds]))
    .orderBy(asc(confirmations.createdAt), asc(confirmations.id));
}

/** Stores that a person confirmed a change. */
export async function insertConfirmation(tx: Tx, changeId: string, userId: string): Promise<void> {
  await tx.db.insert(tx.t.changeConfirmations).values({ id: newId(), changeId, userId, createdAt: tx.now });
}

/** Ends a pending change that the caller has locked. */
export async function decideChange(
  tx: Tx,
  id: string,
  decision: { status: Exclude<ChangeStatus, 'pending'>; decidedBy: string; decidedReason: string | null },
): Promise<void> {
  await tx.db
    .update(tx.t.changes)
    .set({ ...decision, decidedAt: tx.now })
    .where(eq(tx.t.changes.id, id));
}

/** The text of the event that proposed a change; the audit trail proves what was proposed. */
export async function proposalEvent(tx: Tx, ref: string): Promise<string | undefined> {
  const { auditEvents: events } = tx.t;
  const [row] = await tx.db
    .select({ body: events.body })
    .from(events)
    .where(and(eq(events.subject, ref), eq(events.action, 'change.proposed')));
  return row?.body;
}

/** A change with the names that people know its parts by. */
export interface ListedChange {
  /** Without what it would do word for word, which may hold what is kept of a password. */
  readonly change: Omit<Row<'changes'>, 'payload'>;
  readonly proposer: string;
  readonly decider: string | null;
  readonly confirmations: readonly string[];
}

export interface ChangeView extends ListedChange {
  readonly change: Row<'changes'>;
}

export interface ChangeFilter {
  readonly status?: ChangeStatus | undefined;
  readonly kind?: string | undefined;
  readonly subject?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Changes of the whole office and of places that the grants reach, newest first, and how many there are in all. */
export async function listChanges(
  tx: Tx,
  filter: ChangeFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: ListedChange[]; next: string | null; count: number }> {
  const { changes } = tx.t;
  const reached = withinScope(changes, grants);
  const condition = and(conditionOf(tx, filter), reached && or(isNull(changes.companyId), reached));
  const [total] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(changes)
    .where(condition);
  const found = await changeViews(tx, and(condition, afterCursor(changes, page.after)), rowsToAsk(page));
  const cut = cutPage(
    found.map((view) => ({ view, createdAt: view.change.createdAt, id: view.change.id })),
    page,
  );
  return { rows: cut.rows.map(({ view }) => view), next: cut.next, count: total?.count ?? 0 };
}

/** One change with everything that is shown of it. */
export async function getChangeView(tx: Tx, id: string): Promise<ChangeView> {
  const [view] = await changeViews(tx, eq(tx.t.changes.id, id), 1);
  const [row] = await tx.db.select({ payload: tx.t.changes.payload }).from(tx.t.changes).where(eq(tx.t.changes.id, id));
  if (view === undefined || row === undefined) throw new Error(`change ${id} has gone`);
  return { ...view, change: { ...view.change, ...row } };
}

function conditionOf(tx: Tx, filter: ChangeFilter): SQL | undefined {
  const { changes } = tx.t;
  return and(
    filter.status === undefined ? undefined : eq(changes.status, filter.status),
    filter.kind === undefined ? undefined : eq(changes.kind, filter.kind),
    filter.subject === undefined ? undefined : sql`lower(${changes.subject}) = ${filter.subject.trim().toLowerCase()}`,
    filter.since === undefined ? undefined : gte(changes.createdAt, filter.since),
    filter.until === undefined ? undefined : lt(changes.createdAt, filter.until),
  );
}

async function changeViews(tx: Tx, condition: SQL | undefined, limit: number): Promise<ListedChange[]> {
  const { changes, users } = tx.t;
  const decider = alias(users, 'decider');
  const rows: Omit<ListedChange, 'confirmations'>[] = await tx.db
    .select({
      change: columnsWithout(getTableColumns(changes), 'payload'),
      proposer: users.username,
      decider: decider.username,
    })
    .from(changes)
    .innerJoin(users, eq(users.id, changes.proposedBy))
    .leftJoin(decider, eq(decider.id, changes.decidedBy))
    .where(condition)
    .orderBy(desc(changes.createdAt), desc(changes.id))
    .limit(limit);
  const confirmations = new Map<string, string[]>();
  for (let start = 0; start < rows.length; start += LOOKED_UP_AT_ONCE) {
    const ids = rows.slice(start, start + LOOKED_UP_AT_ONCE).map(({ change }) => change.id);
    for (const { changeId, username } of await confirmationsOf(tx, ids))
      confirmations.set(changeId, [...(confirmations.get(changeId) ?? []), username]);
  }
  return rows.map((row) => ({ ...row, confirmations: confirmations.get(row.change.id) ?? [] }));
}

const LOOKED_UP_AT_ONCE = 500;
