import { and, asc, eq, sql } from 'drizzle-orm';
import { IdArray } from './id-array.ts';
import { droppedLines } from './open-lines.ts';
import { newIdentity } from './references.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type RowsQuery, type Tx } from './transaction.ts';
import { insertRows } from './whole-rows.ts';

/** Adds lines of a statement, however many. */
export const insertStatementLines = insertRows('statementLines');

/** Stores a statement; its lines follow. */
export async function insertStatement(
  tx: Tx,
  statement: Omit<Row<'statements'>, 'id' | 'ref' | 'createdAt'>,
): Promise<Row<'statements'>> {
  const row = { ...(await newIdentity(tx, 'statements')), ...statement, createdAt: tx.now };
  await tx.db.insert(tx.t.statements).values(row);
  return row;
}

/** The statements of a fund that came in this very file, in its order. */
export async function findStatementsOfFile(
  tx: Tx,
  { fundId, digest }: { fundId: string; digest: string },
): Promise<Row<'statements'>[]> {
  const { statements } = tx.t;
  return tx.db
    .select()
    .from(statements)
    .where(and(eq(statements.fileDigest, digest), eq(statements.fundId, fundId)))
    .orderBy(asc(statements.createdAt), asc(statements.id));
}

/** The lines of a file, as far as they are to be found among the stored ones. */
export interface FileLines {
  readonly size: number;
  identityAt(index: number): string;
  /** How many lines up to this one say what it says. */
  occurrenceAt(index: number): number;
}

/** What is stored of a file's lines already. */
export interface StoredLines {
  /** The ids of those that are stored. */
  readonly ids: IdArray;
  /** For each of the others the occurrence that it gets. */
  readonly occurrences: Uint32Array;
}

/**
 * Which of a file's lines are stored for its fund: the first that say something are the first stored that say so, the second the
 * second. Lines of the statements in `apart` are other movements than those of the file, even where they say the same, and what a
 * whole statement came without never happened: a line that says so again is a new one.
 */
export async function findStoredLines(
  tx: Tx,
  fundId: string,
  lines: FileLines,
  apart: ReadonlySet<string> = new Set(),
): Promise<StoredLines> {
  const found = { ids: new IdArray(lines.size), occurrences: new Uint32Array(lines.size) };
  const none = !(await fundHasLines(tx, fundId));
  const dropped = none ? NO_IDS : await droppedLines(tx, fundId);
  for (let start = 0; start < lines.size; start += LOOKED_UP_AT_ONCE) {
    const end = Math.min(start + LOOKED_UP_AT_ONCE, lines.size);
    const stored = none ? NOTHING : await storedBetween(tx, fundId, lines, { start, end });
    for (let index = start; index < end; index += 1) {
      const same = stored.get(lines.identityAt(index)) ?? [];
      const own = same.filter(({ id, statementId }) => !apart.has(statementId) && !dropped.has(id));
      const occurrence = lines.occurrenceAt(index);
      const line = own[occurrence - 1];
      if (line !== undefined) found.ids.set(index, line.id);
      found.occurrences[index] = line?.occurrence ?? same.length - own.length + occurrence;
    }
  }
  return found;
}

/** Whether any line was ever stored for a fund. */
export async function fundHasLines(tx: Tx, fundId: string): Promise<boolean> {
  const { statementLines: lines } = tx.t;
  const rows = await tx.db
    .select({ one: sql<number>`1` })
    .from(lines)
    .where(eq(lines.fundId, fundId))
    .limit(1);
  return rows.length > 0;
}

type StoredLine = Pick<Row<'statementLines'>, 'id' | 'statementId' | 'identity' | 'occurrence'>;
type Stored = ReadonlyMap<string, readonly StoredLine[]>;
const NOTHING: Stored = new Map();
const NO_IDS: ReadonlySet<string> = new Set();
const LOOKED_UP_AT_ONCE = 100;

/** Stored lines that say what lines of this part of a file say, by their identity. */
async function storedBetween(
  tx: Tx,
  fundId: string,
  lines: FileLines,
  { start, end }: { start: number; end: number },
): Promise<Stored> {
  const parameters: Record<string, string> = { fundId };
  // Where fewer are left, the last stands for the others: the statement has a place for each.
  for (let at = 0; at < LOOKED_UP_AT_ONCE; at += 1)
    parameters[nameOf(at)] = lines.identityAt(Math.min(start + at, end - 1));
  return Map.groupBy(await sayingTheSame(tx, parameters), ({ identity }) => identity);
}

const nameOf = (at: number): string => `i${at}`;

const sayingTheSame = preparedRows('statement_lines_by_identity', (tx): RowsQuery<StoredLine> => {
  const { statementLines: lines } = tx.t;
  const { id, statementId, identity, occurrence } = lines;
  const identities = Array.from({ length: LOOKED_UP_AT_ONCE }, (_, at) => bound(identity, nameOf(at)));
  return tx.db
    .select({ id, statementId, identity, occurrence })
    .from(lines)
    .where(and(eq(lines.fundId, bound(lines.fundId, 'fundId')), sql`${identity} in (${sql.join(identities, sql`, `)})`))
    .orderBy(asc(identity), asc(occurrence));
});
