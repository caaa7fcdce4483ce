import { like, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Grant } from '../domain/access.ts';
import { notFound, Problem } from '../domain/problem.ts';
import { PREFIXES, type Referable } from './references.ts';
import { scopeParameters } from './scope.ts';
import { bound, preparedRows, type RowsQuery, type Tx } from './transaction.ts';

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

interface Found {
  readonly id: string;
  readonly ref: string;
  readonly exact: boolean;
}

/**
 * The id of the thing that a text names: an id, a reference, a unique beginning of one (four characters or more after the
 * underscore) or a human code. `visible` limits the search to what the person may know of.
 * Throws not found (3), or usage (2) with the candidates when several begin alike.
 */
export async function resolveName(tx: Tx, naming: Naming, text: string, visible: SQL | undefined): Promise<string> {
  const wanted = wantedName(naming, text);
  const meaning = wanted.form === 'code' ? anyCode(naming, wanted.text) : meaningOf(tx, naming.table, wanted);
  if (meaning === undefined) throw missing(naming, text);
  const found = await selectNamed(tx, naming.table, {
    condition: visible === undefined ? meaning : sql`${meaning} and (${visible})`,
    exact: sql`${wanted.text}`,
  });
  return theOne(naming, text, found);
}

/**
 * As `resolveName`, for what is named in the shortest commands: ids and references by a statement that is prepared once,
 * of which `visible` is a part (see scope.ts), and everything else by `otherwise`.
 */
export function preparedNames(
  naming: Naming,
  { visible, otherwise }: PreparedNaming,
): (tx: Tx, text: string, grants: readonly Grant[]) => Promise<string> {
  const { table } = naming;
  const named = (form: 'id' | 'reference') =>
    preparedRows(`name_${table}_by_${form}`, (tx): RowsQuery<Found> => {
      const { id, ref } = tx.t[table];
      const parameters = {
        text: bound(form === 'id' ? id : ref, 'text'),
        last: bound(ref, 'last'),
        like: bound(ref, 'like'),
      };
      return selectNamed(tx, table, {
        condition: sql`${form === 'id' ? sql`${id} = ${parameters.text}` : beginsWith(ref, parameters)} and ${visible(tx)}`,
        exact: bound(ref, 'exact'),
      });
    });
  const [byId, byReference] = [named('id'), named('reference')];
  return async (tx, text, grants) => {
    const wanted = wantedName(naming, text);
    const scope = scopeParameters(grants);
    if (scope === null || wanted.form === 'code') return otherwise(tx, text, grants);
    const find = wanted.form === 'id' ? byId : byReference;
    return theOne(naming, text, await find(tx, { ...scope, ...wanted, exact: wanted.text }));
  };
}

export interface PreparedNaming {
  readonly visible: (tx: Tx) => SQL;
  readonly otherwise: (tx: Tx, text: string, grants: readonly Grant[]) => Promise<string>;
}

type Wanted =
  | { readonly form: 'id' | 'code'; readonly text: string }
  | ({ readonly form: 'reference' } & Record<'text' | 'last' | 'like', string>);

/** Rows of a table that a text can mean as an id, a reference or the beginning of one; undefined where it is none of these. */
export function rowsMeant(tx: Tx, table: Referable, text: string): SQL | undefined {
  const wanted = wantedForm(table, text);
  return wanted === undefined || wanted.form === 'code' ? undefined : meaningOf(tx, table, wanted);
}

/** What a text can mean. Throws not found for what nothing can be called. */
function wantedName(naming: Naming, text: string): Wanted {
  const wanted = wantedForm(naming.table, text);
  if (wanted === undefined) throw missing(naming, text);
  return wanted;
}

function wantedForm(table: Referable, text: string): Wanted | undefined {
  const wanted = text.trim();
  if (wanted === '' || wanted.length > LONGEST_NAME) return undefined;
  const lower = wanted.toLowerCase();
  if (UUID.test(lower)) return { form: 'id', text: lower };
  const prefix = `${PREFIXES[table]}_`;
  const rest = lower.startsWith(prefix) ? lower.slice(prefix.length) : '';
  if (rest.length < SHORTEST_PREFIX || !/^[0-9a-z]+$/.test(rest)) return { form: 'code', text: lower };
  // z is the last letter of a reference.
  const last = lower.padEnd(LONGEST_NAME, 'z');
  return { form: 'reference', text: lower, last, like: `${prefix.replace('_', '\\_')}${rest}%` };
}

const anyCode = (naming: Naming, lower: string): SQL | undefined =>
  or(...naming.codes.map((column) => sql`lower(${column}) = ${lower}`));

function meaningOf(tx: Tx, table: Referable, wanted: Exclude<Wanted, { form: 'code' }>): SQL {
  const { id, ref } = tx.t[table];
  return wanted.form === 'reference' ? beginsWith(ref, wanted) : sql`${id} = ${wanted.text}`;
}

/** The range finds the place in the index, which LIKE with a parameter does not. */
const beginsWith = (ref: PgColumn, text: Record<'text' | 'last' | 'like', SQL | string>): SQL =>
  sql`(${ref} >= ${text.text} and ${ref} <= ${text.last} and ${like(ref, text.like)} escape '\\')`;

const selectNamed = (tx: Tx, table: Referable, { condition, exact }: { condition: SQL; exact: SQL }) =>
  tx.db
    .select({
      id: tx.t[table].id,
      ref: tx.t[table].ref,
      exact: sql<boolean>`${tx.t[table].ref} = ${exact}`.mapWith(Boolean),
    })
    .from(tx.t[table])
    .where(condition)
    .orderBy(tx.t[table].ref)
    .limit(6);

function theOne(naming: Naming, text: string, found: readonly Found[]): string {
  const exact = found.find((row) => row.exact);
  const [only, another] = found;
  if (exact !== undefined) return exact.id;
  if (only === undefined) throw missing(naming, text);
  if (another === undefined) return only.id;
  throw new Problem(
    'usage',
    'AMBIGUOUS_REFERENCE',
    `${text.trim()} could be ${found.map((row) => row.ref).join(', ')}.`,
    {
      unchanged: 'Nothing was changed.',
      fix: 'give more characters of the one you mean',
    },
  );
}

function missing(naming: Naming, text: string): Problem {
  const named = text.trim().slice(0, LONGEST_NAME);
  return notFound(naming.noun, JSON.stringify(named), otherKind(naming, named) ?? naming.listCommand);
}

/** What shows a thing of another kind, where a text is called as those are, whether or not there is one. */
function otherKind(naming: Naming, named: string): string | null {
  const table = NUMBERED_REQUISITION.test(named) ? 'requisitions' : tableOf(named);
  const command = table === undefined || table === naming.table ? undefined : SHOWN_BY[table];
  return command === undefined ? null : `treasury ${command} show ${named}`;
}

const NUMBERED_REQUISITION = /^REQ-\d{4}-\d+$/i;
const tableOf = (named: string): Referable | undefined =>
  /^[a-z]{3}_[0-9a-z]{4,}$/.test(named) ? KINDS.find((table) => named.startsWith(`${PREFIXES[table]}_`)) : undefined;
const SHOWN_BY: Partial<Record<Referable, string>> = {
  requisitions: 'requisition',
  payments: 'payment',
  ledgerEntries: 'ledger',
  replenishmentRequests: 'replenish',
  changes: 'change',
  batches: 'batch',
  varianceAdjustments: 'variance',
};
const KINDS = Object.keys(SHOWN_BY) as Referable[];
