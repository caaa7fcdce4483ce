import { decimalsOf } from './currency.ts';
import { openStatement, parserFor, type Wanted } from './detect.ts';
import type { StatementFault } from './faults.ts';
import { withinSize } from './limits.ts';
import { aProof, type ProvedStatement } from './proof.ts';
import type { StatementHeader, StatementLine } from './statement.ts';

/** How a file is to be read. */
export interface ReadingOptions extends Wanted {
  /** Currency of amounts where the file names none. */
  readonly currency: string | null;
  /** Told of every line: of which statement of the file it is, counted from 1, and what that is known of so far. */
  readonly onLine?: (line: StatementLine, header: StatementHeader, statement: number) => void;
}

/** Everything that a file says. */
export interface ReadStatements {
  readonly statements: readonly ProvedStatement[];
  /** What was said after the last statement. */
  readonly rest: readonly StatementFault[];
}

/** So many events are read between two moments in which an interruption is heard. */
const EVENTS_AT_ONCE = 10_000;

/**
 * Reads a file of any format to its end and proves each of its statements, in memory that does not grow with its lines.
 * Throws usage NOT_A_STATEMENT, STATEMENT_UNREADABLE or STATEMENT_TYPE_UNKNOWN.
 */
export async function readStatements(pieces: Iterable<Uint8Array>, options: ReadingOptions): Promise<ReadStatements> {
  const { head, all } = await openStatement(withinSize(pieces));
  const parse = await parserFor(head, options);
  const proof = aProof();
  const statements: ProvedStatement[] = [];
  let header: StatementHeader | null = null;
  let events = 0;
  for (const event of parse(all, { currency: options.currency, exponentOf: decimalsOf })) {
    if (event.kind === 'begin') header = event.header;
    if (event.kind === 'line' && header !== null) options.onLine?.(event.line, header, statements.length + 1);
    const proved = proof.take(event);
    if (proved !== null) statements.push(proved);
    events += 1;
    if (events % EVENTS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { statements, rest: proof.rest() };
}
