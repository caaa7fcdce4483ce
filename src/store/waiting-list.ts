import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { covers, type Grant, type Place } from '../domain/access.ts';
import { batchCoveredFrom } from '../domain/otp.ts';
import { scopeParameters } from './scope.ts';
import { bound, type Tx } from './transaction.ts';

/** One thing that waits for somebody, as short as it is shown. */
export interface Waiting extends Place {
  readonly ref: string;
  /** What people call it besides: a requisition's number, a fund's code. */
  readonly name: string;
  readonly amountMinor: number | null;
  readonly currency: string;
  /** Payee, or whoever asked. */
  readonly who: string;
  readonly since: Date;
  /** What carries it, where it is a payment under way: `manual` when somebody pays it in an app; and how far that is. */
  readonly gateway?: string | null;
  readonly state?: string | null;
  /** Whether it is the person's own doing, wherever it lies. */
  readonly mine: boolean | null;
  /** How many there are in all. */
  readonly count: number;
}

/** A batch of which rows wait, told as one: its reference, the sum of those rows, and who made it. */
export interface WaitingBatch extends Waiting {
  /** How many of its rows wait. */
  readonly rows: number;
  readonly status: string;
  /** Whether the person began it by a code that still covers it; false when somebody else did, null when no code covers it. */
  readonly begun: boolean | null;
  /** Whether the person has given a code for it that is good now. */
  readonly coded: boolean;
}

/** The first few of what waits, batches as one each, and how many there are, all rows counted. */
export interface WaitingList {
  readonly count: number;
  readonly rows: readonly (Waiting | WaitingBatch)[];
}

/** Shown of each kind. */
export const FIRST_FEW = 3;
/** More than any office has waiting at once; only who holds roles at many places is told by looking at all. */
const ALL = 100_000;

/** A statement that tells what waits. */
export type Ask<R extends Waiting = Waiting> = (tx: Tx, parameters: Record<string, unknown>) => Promise<R[]>;

/** Two statements of one matter: what waits by itself, and the batches of which rows wait. */
export interface AskBoth {
  readonly alone: Ask;
  readonly batches: Ask<WaitingBatch>;
}

/**
 * What a statement finds at the places of these grants, for one person. A statement is prepared for a few places only: for more of
 * them everything of their companies is read, and the rule itself says which rows they reach.
 */
export async function ask<R extends Waiting | WaitingBatch>(
  tx: Tx,
  statement: Ask<R>,
  grants: readonly Grant[],
  userId: string,
): Promise<{ readonly count: number; readonly rows: readonly R[] }> {
  const asked = { me: userId, now: tx.now, coveredFrom: batchCoveredFrom(tx.now) };
  const exact = scopeParameters(grants);
  if (exact !== null) {
    const rows = await statement(tx, { ...exact, ...asked, limit: FIRST_FEW });
    return { count: rows[0]?.count ?? 0, rows };
  }
  const found = await statement(tx, { ...wideParameters(grants), ...asked, limit: ALL });
  const rows = found.filter((row) => row.mine === true || grants.some((grant) => covers(grant, row)));
  const count = rows.reduce((sum, row) => sum + ('rows' in row ? row.rows : 1), 0);
  return { count, rows: rows.slice(0, FIRST_FEW) };
}

/** The same of what waits by itself and of batches together, those first that have waited longest. */
export async function askBoth(
  tx: Tx,
  { alone, batches }: AskBoth,
  grants: readonly Grant[],
  userId: string,
): Promise<WaitingList> {
  const [one, many] = await Promise.all([ask(tx, alone, grants, userId), ask(tx, batches, grants, userId)]);
  const rows: (Waiting | WaitingBatch)[] = [...one.rows, ...many.rows];
  return {
    count: one.count + many.count,
    rows: rows.toSorted((a, b) => a.since.getTime() - b.since.getTime()).slice(0, FIRST_FEW),
  };
}

/** The places of the grants' companies, or everything, as parameters of a prepared statement. */
function wideParameters(grants: readonly Grant[]): Record<string, string | null> | null {
  const companies = [...new Set(grants.map(({ companyId }) => companyId))];
  const wide = companies.map((companyId): Grant => ({ role: 'auditor', companyId, regionId: null, branchId: null }));
  const everywhere = scopeParameters([{ role: 'auditor', companyId: null, regionId: null, branchId: null }]);
  return scopeParameters(wide) ?? everywhere;
}

/** What a statement without a limit finds of funds at the places of these grants. */
export async function rowsOfFunds<R extends Place>(
  tx: Tx,
  statement: (tx: Tx, parameters: Record<string, unknown>) => Promise<R[]>,
  grants: readonly Grant[],
): Promise<R[]> {
  const exact = scopeParameters(grants);
  if (exact !== null) return statement(tx, exact);
  const found = await statement(tx, { ...wideParameters(grants) });
  return found.filter((row) => grants.some((grant) => covers(grant, row)));
}

/** What is nobody's doing in particular. */
export const nobodys = () => sql<boolean | null>`null`;
/** How many rows there are without the limit. */
export const counted = () => sql<number>`count(*) over ()`.mapWith(Number);
/** How many rows there are without the limit, where a row stands for several. */
export const countedOfGroups = () => sql<number>`sum(count(*)) over ()`.mapWith(Number);
/** How many rows are asked for. */
export const limit = () => sql.placeholder('limit');
/** The person who asks. */
export const me = (column: PgColumn): SQL => sql`${bound(column, 'me')}`;
/** The place of a fund or requisition. */
export const placeOf = ({ companyId, regionId, branchId }: Record<keyof Place, PgColumn>) => ({
  companyId,
  regionId,
  branchId,
});
