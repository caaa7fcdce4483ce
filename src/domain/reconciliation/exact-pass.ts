import { contradict, identifierKey, isIdentifier, isParticular, isPlainReceipt } from './evidence.ts';
import type { EntryFacts, LineFacts } from './facts.ts';
import { IdentifierTable } from './identifier-table.ts';
import { MOST_LINES_OF_ONE } from './naming.ts';

const NONE = -1;
const SEVERAL = -2;
const FIRST_SIZE = 1024;
const MOST_COUNTED = 65_535;
/** Room is made for no more at once, whatever is expected. */
const MOST_EXPECTED = 4_000_000;

type ExactEntry = Pick<EntryFacts, 'externalId' | 'deltaMinor' | 'kind'>;
type BareEntry = Pick<EntryFacts, 'externalId' | 'deltaMinor'> & { readonly isFee: boolean };
type ExactLine = Pick<LineFacts, 'externalId' | 'isReceipt' | 'references' | 'amountMinor' | 'isCharge'>;

/** A line by its identifier alone, which is a receipt of M-Pesa's and begins and ends at these places. */
interface LineInBytes extends Pick<LineFacts, 'amountMinor' | 'isCharge'> {
  readonly from: number;
  readonly to: number;
}

/**
 * The first pass: exact identifier and exact amount, one to one. It takes most lines of most statements, so it keeps numbers in
 * typed arrays and no objects: entries first, then the lines as they are read.
 */
export class ExactPass {
  readonly #table: IdentifierTable;
  #deltas: Float64Array;
  #fees: Uint8Array;
  /** How many lines want an entry: none, one, more. */
  #wanted: Uint8Array;
  /** The first entry with the same identifier, and of those how many entries and lines have it. */
  #first: Int32Array;
  #alike: Uint16Array;
  #carried: Uint16Array;
  #entries = 0;
  #counted = 0;
  #lineEntry = new Int32Array(FIRST_SIZE);
  #lines = 0;

  /** There is room for so many entries, and for more when they come; room that is not used takes no memory. */
  constructor(expected = FIRST_SIZE) {
    const size = Math.min(Math.max(expected, FIRST_SIZE), MOST_EXPECTED);
    this.#table = new IdentifierTable(size);
    this.#deltas = new Float64Array(size);
    this.#fees = new Uint8Array(size);
    this.#wanted = new Uint8Array(size);
    this.#first = new Int32Array(size);
    this.#alike = new Uint16Array(size);
    this.#carried = new Uint16Array(size);
  }

  /** Adds the next open entry. */
  addEntry({ externalId, deltaMinor, kind }: ExactEntry): void {
    this.add({ externalId, deltaMinor, isFee: kind === 'fee' });
  }

  /** The same, of which nothing else is known. */
  add({ externalId, deltaMinor, isFee }: BareEntry): void {
    const at = this.#entries;
    this.#entries += 1;
    if (this.#entries > this.#deltas.length) this.#widen(at * 2);
    this.#deltas[at] = deltaMinor;
    this.#fees[at] = isFee ? 1 : 0;
    this.#table.add(externalId);
  }

  /** Takes the next line; false when no single entry has its identifier and amount, so that later passes need it. */
  takeLine(line: ExactLine): boolean {
    this.#countAlike();
    return this.#take(this.#onlyEntryFor(line));
  }

  /** The same for a line that mentions nothing but its identifier, which stands in ASCII in these bytes. */
  takeIdentifier(bytes: Uint8Array, line: LineInBytes): boolean {
    this.#countAlike();
    const newest = this.#carriedOnceMore(this.#table.findBytes(bytes, line.from, line.to));
    const only = newest === NONE ? NONE : this.#among(newest, line, NONE);
    return this.#take(only === SEVERAL ? NONE : only);
  }

  /** Counts the entries with the same identifier, when the first line comes: the table is made at once for all. */
  #countAlike(): void {
    for (; this.#counted < this.#entries; this.#counted += 1) {
      const at = this.#counted;
      const earlier = this.#table.before(at);
      const first = earlier === NONE ? at : (this.#first[earlier] as number);
      this.#first[at] = first;
      this.#alike[first] = oneMore(this.#alike[first] as number);
    }
  }

  #take(entry: number): boolean {
    const at = this.#lines;
    this.#lines += 1;
    if (this.#lines > this.#lineEntry.length) this.#lineEntry = grown(this.#lineEntry, new Int32Array(at * 2));
    this.#lineEntry[at] = entry;
    if (entry === NONE) return false;
    this.#wanted[entry] = Math.min(2, (this.#wanted[entry] as number) + 1);
    return true;
  }

  /** The entry that a line is certain to be, or null. Known when all lines were taken: another line may want the same entry. */
  entryOf(line: number): number | null {
    const entry = this.#lineEntry[line] as number;
    return entry !== NONE && this.isMatched(entry) ? entry : null;
  }

  /** The lines that want an entry which others want as well, as far as takeLine said that nobody needs them. */
  contested(): number[] {
    const lines: number[] = [];
    for (let line = 0; line < this.#lines; line += 1) {
      if (this.#lineEntry[line] !== NONE && this.entryOf(line) === null) lines.push(line);
    }
    return lines;
  }

  /** Whether an entry is matched. Known when all lines were taken. */
  isMatched(entry: number): boolean {
    return this.#wanted[entry] === 1 && !this.#isEverywhere(entry);
  }

  /** How many entries were added and lines taken. */
  get size(): { readonly entries: number; readonly lines: number } {
    return { entries: this.#entries, lines: this.#lines };
  }

  /** Whether so many lines have an entry's identifier that it says nothing of any, as the number of the office's own account. */
  #isEverywhere(entry: number): boolean {
    const first = this.#first[entry] as number;
    return (this.#carried[first] as number) > MOST_LINES_OF_ONE * (this.#alike[first] as number);
  }

  /** The bank's own identifier decides; only a line whose own is nobody's is looked for by what else it mentions. */
  #onlyEntryFor(line: ExactLine): number {
    const own = line.externalId === null ? NONE : this.#among(this.#ownOf(line.externalId, line.isReceipt), line, NONE);
    let only = own;
    for (const reference of line.references) {
      const newest = this.#newest(reference);
      if (own === NONE && newest !== NONE && mayBe(line, reference)) only = this.#among(newest, line, only);
    }
    return only === SEVERAL ? NONE : only;
  }

  /** The newest entry with a line's own identifier. RENT and JAN2026 are typed for many payments: they are nobody's identifiers. */
  #ownOf(identifier: string, isReceipt = false): number {
    const newest = this.#table.find(identifier);
    return newest === NONE || isReceipt || isIdentifierOf(identifier) ? this.#carriedOnceMore(newest) : NONE;
  }

  /** The newest entry with an identifier, and one line more that has it. */
  #newest(identifier: string): number {
    return this.#carriedOnceMore(this.#table.find(identifier));
  }

  #carriedOnceMore(newest: number): number {
    if (newest === NONE) return NONE;
    const first = this.#first[newest] as number;
    this.#carried[first] = oneMore(this.#carried[first] as number);
    return newest;
  }

  /** The only entry among the newest and those before it with the line's amount, when it is `so far` or there was none so far. */
  #among(newest: number, line: Pick<ExactLine, 'amountMinor' | 'isCharge'>, soFar: number): number {
    let only = soFar;
    for (let entry = newest; entry !== NONE && only !== SEVERAL; entry = this.#table.before(entry)) {
      const same = this.#deltas[entry] === line.amountMinor && this.#fees[entry] === (line.isCharge ? 1 : 0);
      if (same && entry !== only) only = only === NONE ? entry : SEVERAL;
    }
    return only;
  }

  #widen(size: number): void {
    this.#deltas = grown(this.#deltas, new Float64Array(size));
    this.#fees = grown(this.#fees, new Uint8Array(size));
    this.#wanted = grown(this.#wanted, new Uint8Array(size));
    this.#first = grown(this.#first, new Int32Array(size));
    this.#alike = grown(this.#alike, new Uint16Array(size));
    this.#carried = grown(this.#carried, new Uint16Array(size));
  }
}

const isIdentifierOf = (text: string): boolean => isPlainReceipt(text) || isIdentifier(identifierKey(text));

/** Whether a line may be what it mentions: what M-Pesa links to a payment is another movement, but for a charge with its own receipt. */
const mayBe = (line: ExactLine, reference: string): boolean => {
  const key = identifierKey(reference);
  return (
    isParticular(key) && (line.isCharge || line.externalId === null || !contradict(identifierKey(line.externalId), key))
  );
};

const oneMore = (count: number): number => Math.min(MOST_COUNTED, count + 1);

function grown<Numbers extends Float64Array | Uint8Array | Uint16Array | Int32Array>(
  old: Numbers,
  wide: Numbers,
): Numbers {
  wide.set(old);
  return wide;
}
