import { hash } from 'node:crypto';
import { dayKey } from '../domain/statement-span.ts';
import type { StatementLine } from '../statements/statement.ts';

/** Characters of the day in an identity, and of the hash, which hold six bits each. */
const DAY = 6;
const LENGTH = DAY + 20;
const FIRST_CAPACITY = 1024;

/**
 * What a line says, as a fingerprint: its day, and 120 bits of the SHA-256 over everything that the bank or M-Pesa tells of the
 * movement, and nothing that depends on the file or on how it was read. Lines that say the same have the same. The day adds
 * nothing but neighbourhood: what comes together in a statement lies together in the index of all lines.
 */
export function identityOf(line: StatementLine): string {
  const said = [
    line.bookedOn,
    line.bookedAt,
    line.valueOn,
    line.amountMinor,
    line.balanceMinor,
    line.externalId,
    line.references,
    line.counterparty,
    line.counterpartyAccount,
    line.description,
  ];
  const fingerprint = hash('sha256', JSON.stringify(said), 'base64url').slice(0, LENGTH - DAY);
  return dayKey(line.bookedOn) + fingerprint;
}

/** The identities of a file's lines in their order: some sixty bytes for each line, so that a million need some 60 MiB. */
export class LineIdentities {
  #size = 0;
  /** In ASCII, one after another. */
  #texts = Buffer.alloc(FIRST_CAPACITY * LENGTH);
  #occurrences = new Uint32Array(FIRST_CAPACITY);
  /** Where the lines begin in the file, and what they move. */
  #positions = new Uint32Array(FIRST_CAPACITY);
  #amounts = new Float64Array(FIRST_CAPACITY);
  /** An open hash table that is never more than half full: the last line with an identity, counted from 1; 0 is free. */
  #table = new Uint32Array(FIRST_CAPACITY * 2);

  get size(): number {
    return this.#size;
  }

  /** Where the first line stands that is in another currency than its statement; null where there is none. */
  unlikeAt: number | null = null;

  /** Takes the next line. */
  add(line: StatementLine): void {
    if (this.#size === this.#occurrences.length) this.#grow();
    const index = this.#size;
    this.#size += 1;
    this.#texts.write(identityOf(line), index * LENGTH, 'latin1');
    const slot = this.#slotOf(this.#texts, index * LENGTH);
    const before = this.#table[slot] ?? 0;
    this.#occurrences[index] = before === 0 ? 1 : this.occurrenceAt(before - 1) + 1;
    this.#table[slot] = index + 1;
    this.#positions[index] = line.position;
    this.#amounts[index] = line.amountMinor;
    if (line.otherCurrency !== undefined) this.unlikeAt ??= line.position;
  }

  /** The identity of a line, counted from 0. */
  identityAt(index: number): string {
    return this.#texts.toString('latin1', index * LENGTH, (index + 1) * LENGTH);
  }

  /** The day of a line, as identities begin. */
  dayAt(index: number): string {
    return this.#texts.toString('latin1', index * LENGTH, index * LENGTH + DAY);
  }

  /** How many lines up to this one, itself included, say what it says. */
  occurrenceAt(index: number): number {
    return this.#occurrences[index] ?? 0;
  }

  /** Where a line begins in the file. */
  positionAt(index: number): number {
    return this.#positions[index] ?? 0;
  }

  /** What a line moves, in minor units. */
  amountAt(index: number): number {
    return this.#amounts[index] ?? 0;
  }

  /** How many lines in all have this identity. */
  count(identity: string): number {
    const last = this.#table[this.#slotOf(Buffer.from(identity, 'latin1'), 0)] ?? 0;
    return last === 0 ? 0 : this.occurrenceAt(last - 1);
  }

  /** Where the last line with this identity stands in the table, or where it would. */
  #slotOf(text: Buffer, start: number): number {
    const last = this.#table.length - 1;
    let slot = hashAt(text, start) & last;
    for (;;) {
      const line = this.#table[slot] ?? 0;
      if (line === 0 || this.#isSame(text, start, line - 1)) return slot;
      slot = (slot + 1) & last;
    }
  }

  #isSame(text: Buffer, start: number, index: number): boolean {
    const other = index * LENGTH;
    for (let at = 0; at < LENGTH; at += 1) if (text[start + at] !== this.#texts[other + at]) return false;
    return true;
  }

  #grow(): void {
    const capacity = this.#occurrences.length * 2;
    const texts = Buffer.alloc(capacity * LENGTH);
    texts.set(this.#texts);
    this.#texts = texts;
    this.#occurrences = grown(this.#occurrences, new Uint32Array(capacity));
    this.#positions = grown(this.#positions, new Uint32Array(capacity));
    this.#amounts = grown(this.#amounts, new Float64Array(capacity));
    this.#table = new Uint32Array(capacity * 2);
    for (let index = 0; index < this.#size; index += 1)
      this.#table[this.#slotOf(this.#texts, index * LENGTH)] = index + 1;
  }
}

/** A number of 32 bits for the identity that stands there, evenly spread (FNV-1a over eight characters of its hash, 48 bits). */
function hashAt(text: Buffer, start: number): number {
  let bits = 0x811c9dc5;
  for (let at = start + DAY; at < start + DAY + 8; at += 1) bits = Math.imul(bits ^ (text[at] ?? 0), 0x01000193);
  // The lowest bits are the least mixed.
  return (bits ^ (bits >>> 15)) >>> 0;
}

function grown<Numbers extends Uint32Array | Float64Array>(numbers: Numbers, more: Numbers): Numbers {
  more.set(numbers);
  return more;
}

/** The identities of these lines. */
export function identitiesOf(lines: Iterable<StatementLine>): LineIdentities {
  const identities = new LineIdentities();
  for (const line of lines) identities.add(line);
  return identities;
}
