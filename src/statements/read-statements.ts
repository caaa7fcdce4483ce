import { decimalsOf } from './currency.ts';
import { quoted } from '../domain/quoted.ts';
import { type ReadablePart, readableParts, type Wanted } from './detect.ts';
import type { StatementFault } from './faults.ts';
import { withinSize } from './limits.ts';
import type { LineBlock } from './line-block.ts';
import { aProof, type Proof, type ProvedStatement } from './proof.ts';
import type { StatementHeader, StatementLine } from './statement.ts';

/** How a file is to be read. */
export interface ReadingOptions extends Wanted {
  /** Currency of amounts where the file names none. */
  readonly currency: string | null;
  /** The day on which it is read, after which no line is booked, but for some days ahead. */
  readonly today: string;
  /** Told of every line: of which statement of the file it is, counted from 1, and what that is known of so far. */
  readonly onLine?: (line: StatementLine, header: StatementHeader, statement: number) => void;
  /** Told of lines that come together, in their place among the others; without it every line is told by itself. */
  readonly onBlock?: (block: LineBlock, header: StatementHeader) => void;
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
 * Reads a file of any format to its end and proves each of its statements, in memory that does not grow with its lines. Of an
 * archive every statement file is read; what is said of one begins with its name. Throws usage NOT_A_STATEMENT,
 * STATEMENT_UNREADABLE or STATEMENT_TYPE_UNKNOWN.
 */
export async function readStatements(pieces: Iterable<Uint8Array>, options: ReadingOptions): Promise<ReadStatements> {
  const { parts, passedOver } = await readableParts(withinSize(pieces), options);
  const proof = aProof(options.today);
  const statements: ProvedStatement[] = [];
  const rest: StatementFault[] = passedOver.map((name) => ({
    message: `${quoted(name)} in the archive is no statement, and was passed over`,
    position: null,
  }));
  for (const part of parts) {
    for await (const proved of provedIn(part, proof, options, statements)) statements.push(named(proved, part.name));
    rest.push(...proof.rest().map((fault) => namedFault(fault, part.name)));
  }
  return { statements, rest };
}

async function* provedIn(
  { parse, parseBlocks, all }: ReadablePart,
  proof: Proof,
  { currency, onLine, onBlock }: ReadingOptions,
  before: readonly ProvedStatement[],
): AsyncGenerator<ProvedStatement> {
  let header: StatementHeader | null = null;
  let read = 0;
  // Who asks for no lines, or takes them together, need not have each by itself.
  const events = (onLine === undefined || onBlock !== undefined ? parseBlocks : parse)(all, {
    ...{ currency, exponentOf: decimalsOf },
  });
  for (const event of events) {
    if (event.kind === 'begin') header = event.header;
    if (event.kind === 'line' && header !== null) onLine?.(event.line, header, before.length + 1);
    if (event.kind === 'lines' && header !== null) onBlock?.(event.block, header);
    const proved = proof.take(event);
    if (proved !== null) yield proved;
    read += event.kind === 'lines' ? event.block.count : 1;
    if (read < EVENTS_AT_ONCE) continue;
    read = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function named(proved: ProvedStatement, name: string | null): ProvedStatement {
  if (name === null) return proved;
  const told = (faults: readonly StatementFault[]): StatementFault[] => faults.map((fault) => namedFault(fault, name));
  return { ...proved, contradictions: told(proved.contradictions), warnings: told(proved.warnings) };
}

const namedFault = ({ message, position }: StatementFault, name: string | null): StatementFault => ({
  message: name === null ? message : `${quoted(name)}: ${message}`,
  position,
});
