import { asc, eq, sql } from 'drizzle-orm';
import { covers, type Grant, type Place } from '../domain/access.ts';
import { notFound, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A place as people name it; the lowest one named is meant, and those above it must be where it lies. */
export interface PlaceNames {
  readonly company?: string | undefined;
  readonly region?: string | undefined;
  readonly branch?: string | undefined;
}

const LIST = 'treasury org tree';

/**
 * The place that codes name, or null when none is named. What lies in a company to which none of the grants belongs is not
 * found (3). Throws usage PLACE_CONTRADICTS when the named ones do not lie in each other.
 */
export async function resolvePlace(tx: Tx, names: PlaceNames, grants: readonly Grant[]): Promise<Place | null> {
  if (names.company === undefined && names.region === undefined && names.branch === undefined) return null;
  const { companies, regions, branches } = tx.t;
  const [company] =
    names.company === undefined ? [] : await tx.db.select().from(companies).where(same(companies.code, names.company));
  const [region] =
    names.region === undefined ? [] : await tx.db.select().from(regions).where(same(regions.code, names.region));
  const [branch] =
    names.branch === undefined ? [] : await tx.db.select().from(branches).where(same(branches.code, names.branch));
  const theirs = (companyId: string) =>
    grants.some((grant) => grant.companyId === null || grant.companyId === companyId);
  if (names.company !== undefined && !(company && theirs(company.id)))
    throw notFound('company', quoted(names.company), LIST);
  if (names.region !== undefined && !(region && theirs(region.companyId)))
    throw notFound('region', quoted(names.region), LIST);
  if (names.branch !== undefined && !(branch && theirs(branch.companyId)))
    throw notFound('branch', quoted(names.branch), LIST);
  const place = placeOf(branch ?? null, region ?? null, company ?? null);
  if (place === null) return null;
  if (company !== undefined && company.id !== place.companyId) throw contradiction(names);
  if (region !== undefined && region.id !== place.regionId) throw contradiction(names);
  return place;
}

const same = (column: Parameters<typeof eq>[0], text: string) => sql`${column} = ${text.trim().toUpperCase()}`;

function placeOf(
  branch: Row<'branches'> | null,
  region: Row<'regions'> | null,
  company: Row<'companies'> | null,
): Place | null {
  if (branch !== null) return { companyId: branch.companyId, regionId: branch.regionId, branchId: branch.id };
  if (region !== null) return { companyId: region.companyId, regionId: region.id, branchId: null };
  return company === null ? null : { companyId: company.id, regionId: null, branchId: null };
}

const contradiction = ({ company, region, branch }: PlaceNames) =>
  usage(
    'PLACE_CONTRADICTS',
    `${branch ?? region ?? ''} does not lie in ${[branch === undefined ? undefined : region, company].filter(Boolean).join(', ')}.`,
    { unchanged: 'Nothing was changed.', fix: LIST },
  );

/** The code of a place's lowest part; null for the whole office. */
export async function codeOfPlace(tx: Tx, place: Place | null): Promise<string | null> {
  if (place === null) return null;
  const { companies, regions, branches } = tx.t;
  const [table, id] =
    place.branchId !== null
      ? ([branches, place.branchId] as const)
      : place.regionId !== null
        ? ([regions, place.regionId] as const)
        : ([companies, place.companyId] as const);
  const [row] = await tx.db.select({ code: table.code }).from(table).where(eq(table.id, id));
  return row?.code ?? null;
}

/** The only company that the grants belong to. Throws usage PLACE_MISSING, which names the choices, when there are several. */
export async function onlyCompany(tx: Tx, grants: readonly Grant[]): Promise<Place> {
  const companies = await visibleCompanies(tx, grants);
  const [only, another] = companies;
  if (only !== undefined && another === undefined) return { companyId: only.id, regionId: null, branchId: null };
  const choices = companies.map((company) => company.code).join(', ');
  throw usage('PLACE_MISSING', `Which place? The companies are ${choices}.`, {
    unchanged: 'Nothing was changed.',
    fix: 'add --company CODE, --region CODE or --branch CODE',
  });
}

/** Every company of the office. */
export const allCompanies = (tx: Tx): Promise<Row<'companies'>[]> =>
  tx.db.select().from(tx.t.companies).orderBy(asc(tx.t.companies.code));

async function visibleCompanies(tx: Tx, grants: readonly Grant[]): Promise<Row<'companies'>[]> {
  const companies = await tx.db.select().from(tx.t.companies).orderBy(asc(tx.t.companies.code));
  return companies.filter(({ id }) => grants.some((grant) => grant.companyId === null || grant.companyId === id));
}

export type PlaceKind = 'company' | 'region' | 'branch';

/** One place of the office, with the codes of what is above it and of the funds that stand at it. */
export interface PlaceView {
  readonly id: string;
  readonly kind: PlaceKind;
  readonly code: string;
  readonly name: string;
  readonly company: string;
  readonly region: string | null;
  readonly funds: readonly string[];
  readonly createdAt: Date;
}

/** Every place of the companies that the grants belong to, each directly above what lies in it. Funds only where a grant reaches. */
export async function listPlaces(tx: Tx, grants: readonly Grant[]): Promise<PlaceView[]> {
  const { regions, branches, funds } = tx.t;
  const companies = await visibleCompanies(tx, grants);
  const regionRows = await tx.db.select().from(regions).orderBy(asc(regions.code));
  const branchRows = await tx.db.select().from(branches).orderBy(asc(branches.code));
  const fundRows = (await tx.db.select().from(funds).orderBy(asc(funds.code))).filter((fund) =>
    grants.some((grant) => covers(grant, fund)),
  );
  const fundsAt = (id: string) =>
    fundRows.filter((fund) => (fund.branchId ?? fund.regionId ?? fund.companyId) === id).map((fund) => fund.code);
  const view = (
    kind: PlaceKind,
    row: { id: string; code: string; name: string; createdAt: Date },
    company: string,
    region: string | null,
  ) => ({
    id: row.id,
    kind,
    code: row.code,
    name: row.name,
    company,
    region,
    funds: fundsAt(row.id),
    createdAt: row.createdAt,
  });
  return companies.flatMap((company) => {
    const branchesIn = (region: Row<'regions'> | null) =>
      branchRows
        .filter((row) => row.companyId === company.id && row.regionId === (region?.id ?? null))
        .map((row) => view('branch', row, company.code, region?.code ?? null));
    const inside = regionRows
      .filter((row) => row.companyId === company.id)
      .flatMap((row) => [view('region', row, company.code, null), ...branchesIn(row)]);
    return [view('company', company, company.code, null), ...inside, ...branchesIn(null)];
  });
}

/** Whether a code is taken by a place of this kind. */
export async function placeExists(tx: Tx, kind: PlaceKind, code: string): Promise<boolean> {
  const table = { company: tx.t.companies, region: tx.t.regions, branch: tx.t.branches }[kind];
  const rows = await tx.db.select({ code: table.code }).from(table).where(eq(table.code, code));
  return rows.length > 0;
}

/** Adds a place below another; a company has none above. */
export async function insertPlace(
  tx: Tx,
  place: { kind: PlaceKind; code: string; name: string; within: Place | null },
): Promise<string> {
  const row = { id: newId(), code: place.code, name: place.name, createdAt: tx.now };
  const { companies, regions, branches } = tx.t;
  if (place.kind === 'company') await tx.db.insert(companies).values(row);
  else if (place.within === null) throw new Error(`a ${place.kind} lies in a company`);
  else if (place.kind === 'region') await tx.db.insert(regions).values({ ...row, companyId: place.within.companyId });
  else {
    await tx.db.insert(branches).values({ ...row, companyId: place.within.companyId, regionId: place.within.regionId });
  }
  return row.id;
}
