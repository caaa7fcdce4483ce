const BYTES = 16;
const FIRST_CAPACITY = 64;
/** How the hexadecimal digits of a UUID stand in groups: where each begins in its text. */
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23]);
const DIGITS = Array.from({ length: 36 }, (_, at) => at).filter((at) => !DASHES.has(at));
const ZERO = 48;
const NINE = 57;
const SMALL_A = 97;

/** Ids in their places, at sixteen bytes each, so that a million need 16 MiB; it grows as they are set. */
export class IdArray {
  #bytes: Buffer;
  #known = 0;

  constructor(size = FIRST_CAPACITY) {
    this.#bytes = Buffer.alloc(size * BYTES);
  }

  /** How many places have an id. */
  get known(): number {
    return this.#known;
  }

  /** Whether a place, counted from 0, has an id. */
  has(index: number): boolean {
    // The first bytes of a UUIDv7 are its time, which is not 1970.
    return (index + 1) * BYTES <= this.#bytes.length && this.#bytes.readUInt32BE(index * BYTES) !== 0;
  }

  /** The id at a place, counted from 0. Throws where there is none. */
  at(index: number): string {
    if (!this.has(index)) throw new Error(`there is no id ${index}`);
    const hex = this.#bytes.toString('hex', index * BYTES, (index + 1) * BYTES);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Says the id of a place, once. */
  set(index: number, id: string): void {
    const start = index * BYTES;
    if (start + BYTES > this.#bytes.length) this.#widen(index + 1);
    this.#known += 1;
    for (let at = 0; at < BYTES; at += 1) {
      const [high, low] = [DIGITS[at * 2] as number, DIGITS[at * 2 + 1] as number];
      this.#bytes[start + at] = (digitOf(id.charCodeAt(high)) << 4) | digitOf(id.charCodeAt(low));
    }
  }

  #widen(size: number): void {
    const wide = Buffer.alloc(Math.max(size, FIRST_CAPACITY, (this.#bytes.length / BYTES) * 2) * BYTES);
    wide.set(this.#bytes);
    this.#bytes = wide;
  }
}

/** What a hexadecimal digit in small letters counts. */
const digitOf = (code: number): number => (code >= ZERO && code <= NINE ? code - ZERO : code - SMALL_A + 10);
