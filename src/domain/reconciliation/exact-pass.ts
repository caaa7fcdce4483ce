import type { EntryFacts, LineFacts } from './facts.ts';
import { identifierKey, isIdentifier } from './evidence.ts';
import { IdentifierTable } from './identifier-table.ts';

const NONE = -1;
const FIRST_SIZE = 1024;

/**
 * The first pass: exact identifier and exact amount, one to one. It takes most lines of most statements, so it keeps numbers in
 * typed arrays and no objects: entries first, then the lines as they are read.
 */
export class ExactPass {
  readonly #table = new IdentifierTable();
  #deltas = new Float64Array(FIRST_SIZE);
  #fees = new Uint8Array(FIRST_SIZE);
  /** How many lines want an entry: none, one, more. */
  #wanted = new Uint8Array(FIRST_SIZE);
  #entries = 0;
  #lineEntry = new Int32Array(FIRST_SIZE);
  #lines = 0;

  /** Adds the next open entry. */
  addEntry(entry: Pick<EntryFacts, 'externalId' | 'deltaMinor' | 'kind'>): void {
    const at = this.#entries;
    this.#entries += 1;
    if (this.#entries > this.#deltas.length) {
      this.#deltas = grown(this.#deltas, new Float64Array(at * 2));
      this.#fees = grown(this.#fees, new Uint8Array(at * 2));
      this.#wanted = grown(this.#wanted, new Uint8Array(at * 2));
    }
    this.#deltas[at] = entry.deltaMinor;
    this.#fees[at] = entry.kind === 'fee' ? 1 : 0;
    this.#table.add(entry.externalId);
  }

  /** Takes the next line; false when no single entry has its identifier and amount, so that later passes need it. */
  takeLine(line: Pick<LineFacts, 'externalId' | 'references' | 'amountMinor' | 'isCharge'>): boolean {
    const at = this.#lines;
    this.#lines += 1;
    if (this.#lines > this.#lineEntry.length) this.#lineEntry = grown(this.#lineEntry, new Int32Array(at * 2));
    const entry = this.#onlyEntryFor(line);
    this.#lineEntry[at] = entry;
    if (entry === NONE) return false;
    this.#wanted[entry] = Math.min(2, (this.#wanted[entry] ?? 0) + 1);
    return true;
  }

  /** The entry that a line is certain to be, or null. Known when all lines were taken: another line may want the same entry. */
  entryOf(line: number): number | null {
    const entry = this.#lineEntry[line] ?? NONE;
    return entry !== NONE && this.#wanted[entry] === 1 ? entry : null;
  }

  /** The lines that want an entry which others want as well, as far as takeLine said that nobody needs them. */
  contested(): number[] {
    const lines: number[] = [];
    for (let line = 0; line < this.#lines; line += 1) {
      if ((this.#lineEntry[line] ?? NONE) !== NONE && this.entryOf(line) === null) lines.push(line);
    }
    return lines;
  }

  /** Whether an entry is matched. Known when all lines were taken. */
  isMatched(entry: number): boolean {
    return this.#wanted[entry] === 1;
  }

  /** How many entries were added and lines taken. */
  get size(): { readonly entries: number; readonly lines: number } {
    return { entries: this.#entries, lines: this.#lines };
  }

  #onlyEntryFor(line: Pick<LineFacts, 'externalId' | 'references' | 'amountMinor' | 'isCharge'>): number {
    let only = line.externalId === null ? NONE : this.#among(line.externalId, line, NONE);
    for (const reference of line.references) {
      if (only === SEVERAL) break;
      if (isIdentifier(identifierKey(reference))) only = this.#among(reference, line, only);
    }
    return only === SEVERAL ? NONE : only;
  }

  /** The only entry with this identifier and the line's amount, when it is `so far` or there was none so far. */
  #among(identifier: string, line: Pick<LineFacts, 'amountMinor' | 'isCharge'>, soFar: number): number {
    let only = soFar;
    for (let entry = this.#table.find(identifier); entry !== NONE; entry = this.#table.before(entry)) {
      const same = this.#deltas[entry] === line.amountMinor && this.#fees[entry] === (line.isCharge ? 1 : 0);
      if (same && entry !== only) only = only === NONE ? entry : SEVERAL;
      if (only === SEVERAL) break;
    }
    return only;
  }
}

const SEVERAL = -2;

function grown<Numbers extends Float64Array | Uint8Array | Int32Array>(old: Numbers, wide: Numbers): Numbers {
  wide.set(old);
  return wide;
}
