import type { ProvedStatement } from './proof.ts';

/** What is wrong with a statement that says what one before it says. */
export const AGAIN = 'one before it in the file says the same: its lines would count twice';

const PRIME = 0x01000193;

/** A digest of numbers in their order, and the next one. */
export const digestWith = (digest: number, value: number): number => Math.imul(digest, PRIME) ^ value;

/** So much of a text is looked at: lines that differ do so in fewer characters, nearly always. */
const MOST_DIGESTED = 64;

/** The same with a text. */
export function digestOf(digest: number, text: string): number {
  let next = digestWith(digest, text.length);
  const length = Math.min(text.length, MOST_DIGESTED);
  for (let at = 0; at < length; at += 1) next = digestWith(next, text.charCodeAt(at));
  return next;
}

/** Statements of one file beyond so many are no longer compared. */
const MOST_COMPARED = 50_000;

/** Knows the statements of one file again: two reports that were put together, or a copy in an archive. */
export class Repeats {
  readonly #seen = new Set<string>();

  /** Whether one before it says the same in all, of which `digest` is that of its lines. A statement without lines doubles nothing. */
  isRepeated(statement: ProvedStatement, digest: number): boolean {
    const { header, openingMinor, closingMinor, from, to, lines, creditsMinor, debitsMinor } = statement;
    if (lines === 0) return false;
    const { account, currency, id, page } = header;
    const says = [account, currency, id, page, openingMinor, closingMinor, from, to, lines, creditsMinor, debitsMinor];
    const key = JSON.stringify([...says, digest]);
    if (this.#seen.has(key)) return true;
    if (this.#seen.size < MOST_COMPARED) this.#seen.add(key);
    return false;
  }
}
