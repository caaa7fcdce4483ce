import { and, asc, eq, gt } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** What the event of an import vouches for. */
export interface VouchedImport {
  readonly chain: string;
  readonly at: Date;
  /** The reference of the run whose event it is. */
  readonly run: string;
  /** SHA-256 of the file, in hex. */
  readonly file: string | null;
  readonly newLines: number;
  readonly linesDigest: string | null;
}

/** What the events of all imports vouch for, oldest first in each chain. */
export async function vouchedImports(tx: Tx): Promise<VouchedImport[]> {
  const { auditEvents: events } = tx.t;
  const rows = await tx.db
    .select({ chain: events.chain, body: events.body })
    .from(events)
    .where(eq(events.action, 'statement.reconciled'))
    .orderBy(asc(events.chain), asc(events.seq));
  return rows.map(({ chain, body }) => {
    // Only the tool writes bodies.
    const { at, subject, payload } = JSON.parse(body) as { at: string; subject: string; payload: Payload };
    const { file, new_lines: newLines, lines_digest: linesDigest } = payload;
    return { ...{ chain, at: new Date(at), run: subject }, ...{ file, newLines, linesDigest } };
  });
}

interface Payload {
  readonly file: string | null;
  readonly new_lines: number;
  readonly lines_digest: string | null;
}

/** Every statement that came with lines which were not known, with the code of its fund; as they came. */
export async function statementsWithLines(tx: Tx): Promise<{ statement: Row<'statements'>; fund: string }[]> {
  const { statements, funds } = tx.t;
  return tx.db
    .select({ statement: statements, fund: funds.code })
    .from(statements)
    .innerJoin(funds, eq(funds.id, statements.fundId))
    .where(gt(statements.newLines, 0))
    .orderBy(asc(statements.createdAt), asc(statements.id));
}

/** Lines of a statement behind a place in it, in their order. */
export async function linesBehind(
  tx: Tx,
  { statementId, after, limit }: { statementId: string; after: number; limit: number },
): Promise<Row<'statementLines'>[]> {
  const { statementLines: lines } = tx.t;
  return tx.db
    .select()
    .from(lines)
    .where(and(eq(lines.statementId, statementId), gt(lines.seq, after)))
    .orderBy(asc(lines.seq))
    .limit(limit);
}
