import { decimalsOf } from '../../src/statements/currency.ts';
import { formatOf, openStatement } from '../../src/statements/detect.ts';
import type { StatementFault } from '../../src/statements/faults.ts';
import { aProof, type ProvedStatement } from '../../src/statements/proof.ts';
import type { StatementLine, StatementParser } from '../../src/statements/statement.ts';

/** A statement that was read whole: what was proved of it, and its lines. */
export interface ReadStatement extends Omit<ProvedStatement, 'lines'> {
  readonly lines: readonly StatementLine[];
}

/** Everything that a file says, and what was said of it outside of its statements. */
export interface ReadFile {
  readonly statements: readonly ReadStatement[];
  readonly rest: readonly StatementFault[];
}

const OPTIONS = { currency: null, exponentOf: decimalsOf };

/** Reads a file to its end, in pieces of so many bytes. */
export async function readStatements(
  file: string | Uint8Array,
  { type = null, pieceBytes = 64 * 1024 }: { type?: string | null; pieceBytes?: number } = {},
): Promise<ReadFile> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const [{ head, all }] = await openStatement(piecesOf(bytes, pieceBytes));
  return readWith(await formatOf(head, type).load(), all);
}

/** The same with a parser that is at hand. */
export function readWith(
  parse: StatementParser,
  pieces: Iterable<Uint8Array>,
  currency: string | null = null,
): ReadFile {
  const proof = aProof();
  const statements: ReadStatement[] = [];
  let lines: StatementLine[] = [];
  for (const event of parse(pieces, { ...OPTIONS, currency })) {
    if (event.kind === 'begin') lines = [];
    if (event.kind === 'line') lines.push(event.line);
    const proved = proof.take(event);
    if (proved !== null) statements.push({ ...proved, lines });
  }
  return { statements, rest: proof.rest() };
}

/** Bytes in pieces, as they come from a disk or a pipe. */
export function* piecesOf(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
