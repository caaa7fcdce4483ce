import { and, asc, eq, gte, inArray, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Days that statements are asked for; null for all of them. */
export interface Days {
  readonly from: string | null;
  readonly to: string | null;
}

/** Accounts that the statements of a fund are of. */
export async function accountsOfFund(tx: Tx, fundId: string): Promise<string[]> {
  const { statements } = tx.t;
  const rows = await tx.db
    .selectDistinct({ account: statements.account })
    .from(statements)
    .where(eq(statements.fundId, fundId))
    .orderBy(asc(statements.account));
  return rows.flatMap(({ account }) => account ?? []);
}

/**
 * Statements of a fund, of these accounts or of none, that share a day with these, and all that end last before them or begin first
 * after them; those in whose place another came left out. Oldest first.
 */
export async function statementsAround(
  tx: Tx,
  { fundId, accounts, days: { from, to } }: { fundId: string; accounts: readonly string[]; days: Days },
): Promise<Row<'statements'>[]> {
  const { statements } = tx.t;
  const account = or(
    isNull(statements.account),
    accounts.length === 0 ? undefined : inArray(statements.account, accounts),
  );
  const own = and(eq(statements.fundId, fundId), isNull(statements.replacedBy), account);
  if (from === null || to === null) return [];
  const edge = async (day: SQL, condition: SQL | undefined): Promise<string | null> =>
    (
      await tx.db
        .select({ day: sql<string | null>`${day}` })
        .from(statements)
        .where(condition)
    )[0]?.day ?? null;
  const last = await edge(sql`max(${statements.toDay})`, and(own, lt(statements.toDay, from)));
  const first = await edge(sql`min(${statements.fromDay})`, and(own, sql`${statements.fromDay} > ${to}`));
  return tx.db
    .select()
    .from(statements)
    .where(
      and(
        own,
        or(
          and(gte(statements.toDay, from), lte(statements.fromDay, to)),
          last === null ? undefined : eq(statements.toDay, last),
          first === null ? undefined : eq(statements.fromDay, first),
        ),
      ),
    )
    .orderBy(asc(statements.createdAt), asc(statements.id));
}

/** What is known of these statements; oldest first. */
export async function statementsById(
  tx: Tx,
  ids: readonly string[],
): Promise<Pick<Row<'statements'>, 'id' | 'ref' | 'replacedBy'>[]> {
  const { id, ref, replacedBy, createdAt } = tx.t.statements;
  const found: Pick<Row<'statements'>, 'id' | 'ref' | 'replacedBy'>[] = [];
  for (let start = 0; start < ids.length; start += STATEMENTS_AT_ONCE) {
    const some = inArray(id, ids.slice(start, start + STATEMENTS_AT_ONCE));
    found.push(
      ...(await tx.db
        .select({ id, ref, replacedBy })
        .from(tx.t.statements)
        .where(some)
        .orderBy(asc(createdAt), asc(id))),
    );
  }
  return found;
}

const STATEMENTS_AT_ONCE = 500;

/** A part of a fund's lines: those whose identities begin with these days, the second left out. */
export interface LinesOfDays {
  readonly fundId: string;
  readonly from: string;
  readonly before: string;
  /** Only lines of statements of these accounts or of none; null for all that the fund has. */
  readonly accounts: readonly string[] | null;
  /** Only lines that came with this statement. */
  readonly statementId?: string;
}

/** How many lines are stored of these days. */
export async function countLines(tx: Tx, days: LinesOfDays): Promise<number> {
  const { statementLines: lines } = tx.t;
  const [row] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(lines)
    .where(ofDays(tx, days));
  return row?.count ?? 0;
}

/** A stored line, as far as it is compared. */
export type ComparedLine = Pick<
  Row<'statementLines'>,
  'ref' | 'statementId' | 'seq' | 'identity' | 'occurrence' | 'bookedOn' | 'amountMinor'
>;

/** Tells the lines that are stored of these days, those that say the same side by side. */
export async function eachLine(tx: Tx, days: LinesOfDays, take: (line: ComparedLine) => void): Promise<void> {
  const { statementLines: lines } = tx.t;
  const { ref, statementId, seq, identity, occurrence, bookedOn, amountMinor } = lines;
  let after: ComparedLine | undefined;
  do {
    const next = after && sql`(${identity}, ${occurrence}) > (${after.identity}, ${after.occurrence})`;
    const page: ComparedLine[] = await tx.db
      .select({ ref, statementId, seq, identity, occurrence, bookedOn, amountMinor })
      .from(lines)
      .where(and(ofDays(tx, days), next))
      .orderBy(asc(identity), asc(occurrence))
      .limit(LINES_AT_ONCE);
    for (const line of page) take(line);
    after = page.length < LINES_AT_ONCE ? undefined : page.at(-1);
  } while (after !== undefined);
}

const LINES_AT_ONCE = 2_000;

function ofDays(tx: Tx, { fundId, from, before, accounts, statementId }: LinesOfDays): SQL | undefined {
  const { statementLines: lines, statements } = tx.t;
  const ofAccounts = (known: readonly string[]): SQL =>
    sql`exists (select 1 from ${statements} where ${statements.id} = ${lines.statementId} and ${or(
      isNull(statements.account),
      known.length === 0 ? undefined : inArray(statements.account, [...known]),
    )})`;
  return and(
    eq(lines.fundId, fundId),
    gte(lines.identity, from),
    lt(lines.identity, before),
    accounts === null ? undefined : ofAccounts(accounts),
    statementId === undefined ? undefined : eq(lines.statementId, statementId),
  );
}

/** Says that a whole statement came in the place of one with faults, once. */
export async function replaceStatement(tx: Tx, id: string, by: string): Promise<void> {
  await tx.db.update(tx.t.statements).set({ replacedBy: by }).where(eq(tx.t.statements.id, id));
}
