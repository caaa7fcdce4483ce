import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { covers, type Grant, type Place } from '../domain/access.ts';
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
  /** Whether it is the person's own doing, wherever it lies. */
  readonly mine: boolean | null;
  /** How many there are in all. */
  readonly count: number;
}

/** The first few of what waits, and how many there are. */
export interface WaitingList {
  readonly count: number;
  readonly rows: readonly Waiting[];
}

/** Shown of each kind. */
export const FIRST_FEW = 3;
/** More than any office has waiting at once; only who holds roles at many places is told by looking at all. */
const ALL = 100_000;

/** A statement that tells what waits. */
export type Ask = (tx: Tx, parameters: Record<string, unknown>) => Promise<Waiting[]>;

/**
 * What a statement finds at the places of these grants, for one person. A statement is prepared for a few places only: for more of
 * them everything of their companies is read, and the rule itself says which rows they reach.
 */
export async function ask(tx: Tx, statement: Ask, grants: readonly Grant[], userId: string): Promise<WaitingList> {
  const exact = scopeParameters(grants);
  if (exact !== null) {
    const rows = await statement(tx, { ...exact, me: userId, limit: FIRST_FEW });
    return { count: rows[0]?.count ?? 0, rows };
  }
  const found = await statement(tx, { ...wideParameters(grants), me: userId, limit: ALL });
  const rows = found.filter((row) => row.mine === true || grants.some((grant) => covers(grant, row)));
  return { count: rows.length, rows: rows.slice(0, FIRST_FEW) };
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
