import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { resolveName } from './naming.ts';
import { withinCompanies } from './scope.ts';
import type { Match } from './matches.ts';
import type { StoredLine } from './statement-lines.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** The id of the statement line that a reference or id names, among the companies of the grants. */
export async function resolveLine(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, statementLines: lines } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs = companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${lines.fundId} and ${companies})`;
  const naming = {
    table: 'statementLines',
    noun: 'statement line',
    codes: [],
    listCommand: 'treasury reconcile unmatched',
  } as const;
  return resolveName(tx, naming, text, theirs);
}

/** The id of the match that a reference or id names, among the companies of the grants. */
export async function resolveMatch(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, matches: m } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies &&
    sql`exists (select 1 from reconciliations run join ${funds} on ${funds.id} = run.fund_id where run.id = ${m.reconciliationId} and ${companies})`;
  const naming = { table: 'matches', noun: 'match', codes: [], listCommand: 'treasury reconcile status' } as const;
  return resolveName(tx, naming, text, theirs);
}

/** One match. Throws when it has gone, which cannot happen. */
export async function getMatch(tx: Tx, id: string): Promise<Match> {
  const [row] = await tx.db.select().from(tx.t.matches).where(eq(tx.t.matches.id, id));
  if (row === undefined) throw new Error(`match ${id} has gone`);
  return row;
}

/** A line with the live match that explains it, and the statement in place of its own that does not have it. */
export async function getLine(
  tx: Tx,
  id: string,
): Promise<{ line: StoredLine; matchedBy: string | null; droppedBy: string | null }> {
  const { statementLines: lines, openLines: o, statements: s, matches: m } = tx.t;
  const [row] = await tx.db
    .select({ line: lines, matchedBy: m.ref, droppedBy: s.ref })
    .from(lines)
    .leftJoin(m, and(eq(m.lineId, lines.id), isNull(m.undoneAt)))
    .leftJoin(o, eq(o.lineId, lines.id))
    .leftJoin(s, eq(s.id, o.replacedBy))
    .where(eq(lines.id, id))
    .limit(1);
  if (row === undefined) throw new Error(`statement line ${id} has gone`);
  return row;
}

/** An entry with the live match that explains it, and the payment that it is of. */
export async function getMatchedEntry(
  tx: Tx,
  id: string,
): Promise<{ entry: Row<'ledgerEntries'>; payment: Row<'payments'> | null; matchedBy: string | null }> {
  const { ledgerEntries: e, payments, matches: m } = tx.t;
  const [row] = await tx.db
    .select({ entry: e, payment: payments, matchedBy: m.ref })
    .from(e)
    .leftJoin(payments, eq(payments.id, e.paymentId))
    .leftJoin(m, and(eq(m.entryId, e.id), isNull(m.undoneAt)))
    .where(eq(e.id, id))
    .limit(1);
  if (row === undefined) throw new Error(`ledger entry ${id} has gone`);
  return row;
}

/** What explains a payment: the first live match of its debit. */
export interface ReconciledPayment {
  readonly matchRef: string;
  readonly lineRef: string | null;
  readonly by: string;
  readonly at: Date;
}

/** The live match that explains a payment; null when none does. */
export async function findReconciliation(tx: Tx, paymentId: string): Promise<ReconciledPayment | null> {
  const { ledgerEntries: e, matches: m, statementLines: l, users } = tx.t;
  const [row] = await tx.db
    .select({ matchRef: m.ref, lineRef: l.ref, by: users.username, at: m.createdAt })
    .from(e)
    .innerJoin(m, and(eq(m.entryId, e.id), isNull(m.undoneAt), eq(m.entryPart, 1)))
    .innerJoin(users, eq(users.id, m.matchedBy))
    .leftJoin(l, eq(l.id, m.lineId))
    .where(and(eq(e.paymentId, paymentId), eq(e.kind, 'payment')));
  return row ?? null;
}
