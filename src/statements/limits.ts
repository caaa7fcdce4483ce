import { notAStatement, unreadable } from './faults.ts';

const MEBIBYTE = 1024 * 1024;

/** No bank writes longer files; a million lines of the wordiest format have less than half of it. */
export const MOST_BYTES = 4096 * MEBIBYTE;

/** The longest line, text, tag or comment, in characters: nothing that is kept while it is read can be longer. */
export const LONGEST_TOKEN = MEBIBYTE;

/** Elements inside each other. The deepest place in any version of camt is 20 deep. */
export const DEEPEST_NESTING = 100;

/** Statements in one file: a bank's file for all accounts of a company has some hundreds. */
export const MOST_STATEMENTS = 100_000;

/** References of one line: a batch of payments that was booked as one line has one each. */
export const MOST_REFERENCES = 10_000;

/** The longest text of a line that is kept, in characters. */
export const LONGEST_DESCRIPTION = 4_000;

/** Faults of one statement that are told one by one; the others are counted. */
export const MOST_FAULTS = 50;

/** The pieces of a file, as long as there are not too many bytes in them. Throws usage NOT_A_STATEMENT. */
export function* withinSize(pieces: Iterable<Uint8Array>, mostBytes = MOST_BYTES): Generator<Uint8Array> {
  let bytes = 0;
  for (const piece of pieces) {
    bytes += piece.length;
    if (bytes > mostBytes) throw notAStatement(`The file has more than ${mostBytes} bytes, which no statement has.`);
    yield piece;
  }
}

/** Refuses a token that goes on for too long, before it fills the memory. Throws usage STATEMENT_UNREADABLE. */
export function assertTokenLength(length: number, position: number | null): void {
  if (length > LONGEST_TOKEN)
    throw unreadable(position, `something goes on for more than ${LONGEST_TOKEN} characters without an end`);
}

/** Refuses elements that lie too deep inside each other. Throws usage STATEMENT_UNREADABLE. */
export function assertDepth(depth: number, position: number): void {
  if (depth > DEEPEST_NESTING)
    throw unreadable(position, `elements lie more than ${DEEPEST_NESTING} deep inside each other`);
}
