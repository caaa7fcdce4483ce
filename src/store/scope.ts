import { and, eq, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Grant } from '../domain/access.ts';

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
