import { like, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { notFound, Problem } from '../domain/problem.ts';
import { PREFIXES, type Referable } from './references.ts';
import type { Tx } from './transaction.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Characters of a reference after its underscore that a prefix needs at least. */
const SHORTEST_PREFIX = 4;
const LONGEST_NAME = 64;

export interface Naming {
  readonly table: Referable;
  /** What people call the thing: "fund", "payment". */
  readonly noun: string;
  /** Columns that hold human codes: fund code, requisition number, username. */
  readonly codes: readonly PgColumn[];
  /** The command that lists what there is. */
  readonly listCommand: string;
}

/**
 * The id of the thing that a text names: an id, a reference, a unique beginning of one (four characters or more after the
 * underscore) or a human code. `visible` limits the search to what the person may know of.
 * Throws not found (3), or usage (2) with the candidates when several begin alike.
 */
export async function resolveName(tx: Tx, naming: Naming, text: string, visible: SQL | undefined): Promise<string> {
  const table = tx.t[naming.table];
  const wanted = text.trim();
  const limit = visible === undefined ? sql`true` : sql`(${visible})`;
  const meaning = conditionFor(tx, naming, wanted);
  if (meaning === null) throw missing(naming, wanted);
  const found: { id: string; ref: string; exact: boolean }[] = await tx.db
    .select({
      id: table.id,
      ref: table.ref,
      exact: sql<boolean>`${table.ref} = ${wanted.toLowerCase()}`.mapWith(Boolean),
    })
    .from(table)
    .where(sql`${meaning} and ${limit}`)
    .orderBy(table.ref)
    .limit(6);
  const exact = found.find((row) => row.exact);
  const [only, another] = found;
  if (exact !== undefined) return exact.id;
  if (only === undefined) throw missing(naming, wanted);
  if (another === undefined) return only.id;
  throw new Problem('usage', 'AMBIGUOUS_REFERENCE', `${wanted} could be ${found.map((row) => row.ref).join(', ')}.`, {
    unchanged: 'Nothing was changed.',
    fix: 'give more characters of the one you mean',
  });
}

const missing = (naming: Naming, wanted: string): Problem =>
  notFound(naming.noun, JSON.stringify(wanted.slice(0, LONGEST_NAME)), naming.listCommand);

function conditionFor(tx: Tx, naming: Naming, wanted: string): SQL | null {
  const table = tx.t[naming.table];
  if (wanted === '' || wanted.length > LONGEST_NAME) return null;
  const lower = wanted.toLowerCase();
  if (UUID.test(lower)) return sql`${table.id} = ${lower}`;
  const prefix = `${PREFIXES[naming.table]}_`;
  const rest = lower.startsWith(prefix) ? lower.slice(prefix.length) : null;
  if (rest !== null && rest.length >= SHORTEST_PREFIX && /^[0-9a-z]+$/.test(rest)) {
    // The range finds the place in the index, which LIKE with a parameter does not; z is the last letter of a reference.
    const range = sql`${table.ref} >= ${prefix + rest} and ${table.ref} <= ${(prefix + rest).padEnd(LONGEST_NAME, 'z')}`;
    return sql`(${range} and ${like(table.ref, `${prefix.replace('_', '\\_')}${rest}%`)} escape '\\')`;
  }
  const codes = or(...naming.codes.map((column) => sql`lower(${column}) = ${lower}`));
  return codes ?? null;
}
