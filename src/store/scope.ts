import { and, eq, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Grant, Place } from '../domain/access.ts';
import { bound } from './transaction.ts';

interface PlaceColumns {
  readonly companyId: PgColumn;
  readonly regionId: PgColumn;
  readonly branchId: PgColumn;
}

/** Rows at places that the grants reach; everything for a grant of the whole office. */
export function withinScope(columns: PlaceColumns, grants: readonly Grant[]): SQL | undefined {
  if (grants.some((grant) => grant.companyId === null)) return undefined;
  const reached = grants.map((grant) =>
    and(
      grant.companyId === null ? undefined : eq(columns.companyId, grant.companyId),
      grant.regionId === null ? undefined : eq(columns.regionId, grant.regionId),
      grant.branchId === null ? undefined : eq(columns.branchId, grant.branchId),
    ),
  );
  return or(...reached) ?? sql`false`;
}

/** Rows of the companies that the grants belong to: what is outside exists for nobody of them (exit 3). */
export function withinCompanies(columns: Pick<PlaceColumns, 'companyId'>, grants: readonly Grant[]): SQL | undefined {
  if (grants.some((grant) => grant.companyId === null)) return undefined;
  const companies = [...new Set(grants.flatMap((grant) => (grant.companyId === null ? [] : [grant.companyId])))];
  return or(...companies.map((company) => eq(columns.companyId, company))) ?? sql`false`;
}

/** Places that a prepared statement has parameters for. More of them make a statement of their own. */
const PREPARED_PLACES = [1, 2, 3] as const;
const NOWHERE: Place = { companyId: '00000000-0000-0000-0000-000000000000', regionId: null, branchId: null };

/** The grants as parameters of `withinPreparedScope` and `withinPreparedCompanies`; null when they are too many for them. */
export function scopeParameters(grants: readonly Grant[]): Record<string, string | null> | null {
  const everywhere = grants.some((grant) => grant.companyId === null);
  const places = everywhere
    ? []
    : grants.map(({ companyId, regionId, branchId }) => ({ companyId, regionId, branchId }));
  if (places.length > PREPARED_PLACES.length) return null;
  const [first = everywhere ? { ...NOWHERE, companyId: null } : NOWHERE] = places;
  return Object.fromEntries(
    PREPARED_PLACES.flatMap((slot, at) => {
      const { companyId, regionId, branchId } = places[at] ?? first;
      return [
        [`company${slot}`, companyId],
        [`region${slot}`, regionId],
        [`branch${slot}`, branchId],
      ];
    }),
  );
}

/** `withinScope` for a prepared statement, with parameters instead of the grants. */
export function withinPreparedScope(columns: PlaceColumns): SQL {
  const within = (column: PgColumn, name: string) =>
    sql`(${isAbsent(column, name)} or ${column} = ${bound(column, name)})`;
  const reached = PREPARED_PLACES.map(
    (slot) =>
      sql`(${columns.companyId} = ${bound(columns.companyId, `company${slot}`)} and ${within(columns.regionId, `region${slot}`)} and ${within(columns.branchId, `branch${slot}`)})`,
  );
  return sql`(${isAbsent(columns.companyId, 'company1')} or ${sql.join(reached, sql` or `)})`;
}

/** `withinCompanies` for a prepared statement, with parameters instead of the grants. */
export function withinPreparedCompanies({ companyId }: Pick<PlaceColumns, 'companyId'>): SQL {
  const companies = PREPARED_PLACES.map((slot) => bound(companyId, `company${slot}`));
  return sql`(${isAbsent(companyId, 'company1')} or ${companyId} in (${sql.join(companies, sql`, `)}))`;
}

/** Postgres must be told the type of a parameter that it only asks for being there. */
const isAbsent = (column: PgColumn, name: string): SQL => sql`cast(${bound(column, name)} as text) is null`;
