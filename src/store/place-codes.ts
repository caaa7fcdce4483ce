import type { Place } from '../domain/access.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Every place of the office by its code. */
export interface PlaceBook {
  readonly companies: ReadonlyMap<string, Row<'companies'>>;
  readonly regions: ReadonlyMap<string, Row<'regions'>>;
  readonly branches: ReadonlyMap<string, Row<'branches'>>;
}

/** The codes that name a place: a company, a region or a branch; what stands above may be given too. */
export interface PlaceCodes {
  readonly company?: string | undefined;
  readonly region?: string | undefined;
  readonly branch?: string | undefined;
}

/** Reads all places at once; an office has few. `belongs` leaves out companies that a person may not know of. */
export async function readPlaces(tx: Tx, belongs: (companyId: string) => boolean): Promise<PlaceBook> {
  const { companies, regions, branches } = tx.t;
  const byCode = <R extends { code: string }>(rows: readonly R[]) => new Map(rows.map((row) => [row.code, row]));
  return {
    companies: byCode((await tx.db.select().from(companies)).filter((row) => belongs(row.id))),
    regions: byCode((await tx.db.select().from(regions)).filter((row) => belongs(row.companyId))),
    branches: byCode((await tx.db.select().from(branches)).filter((row) => belongs(row.companyId))),
  };
}

/** A place, or what is wrong with the codes; `missing` is the noun and code of the one that does not exist. */
export type FoundPlace =
  | { readonly place: Place }
  | { readonly fault: string; readonly missing: { readonly noun: string; readonly code: string } | null };

/** The lowest place that codes name. `null` when none is given. */
export function findPlace(book: PlaceBook, codes: PlaceCodes): FoundPlace | null {
  const company = named(book.companies, codes.company);
  const region = named(book.regions, codes.region);
  const branch = named(book.branches, codes.branch);
  for (const [noun, code, row] of [
    ['company', codes.company, company],
    ['region', codes.region, region],
    ['branch', codes.branch, branch],
  ] as const) {
    if (code !== undefined && row === undefined) {
      return { fault: `there is no ${noun} ${JSON.stringify(code.slice(0, 64))}`, missing: { noun, code } };
    }
  }
  const place = branch
    ? { companyId: branch.companyId, regionId: branch.regionId, branchId: branch.id }
    : region
      ? { companyId: region.companyId, regionId: region.id, branchId: null }
      : company
        ? { companyId: company.id, regionId: null, branchId: null }
        : null;
  if (place === null) return null;
  if (company !== undefined && company.id !== place.companyId)
    return elsewhere(branch ?? region, `company ${company.code}`);
  if (region !== undefined && region.id !== place.regionId) return elsewhere(branch, `region ${region.code}`);
  return { place };
}

const named = <R>(rows: ReadonlyMap<string, R>, code: string | undefined): R | undefined =>
  code === undefined ? undefined : rows.get(code.trim().toUpperCase());

const elsewhere = (row: { code: string } | undefined, above: string): FoundPlace => ({
  fault: `${row?.code ?? 'the place'} is not in ${above}`,
  missing: null,
});
