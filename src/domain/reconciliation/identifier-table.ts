// A hash table from identifiers to the entries that carry them, in typed arrays: a million of them take some 40 MB and no objects.

const FIRST_SIZE = 1024;
/** Characters of a key; longer ones need more room. */
const USUAL_LENGTH = 12;
/** FNV-1a, 32 bits. */
const OFFSET_BASIS = 0x81_1c_9d_c5;
const PRIME = 0x01_00_01_93;
const NONE = -1;
const CAPITAL_A = 65;
const SMALL_A = 97;
const SMALL_Z = 122;
const CAPITAL_Z = 90;
const ZERO = 48;
const NINE = 57;
const FIRST_BEYOND_ASCII = 128;
/** No letter and no digit. */
const NO_KEY = 0;

/** Identifiers as `identifierKey` compares them, each with the entries that carry it. */
export class IdentifierTable {
  #bytes: Uint8Array<ArrayBuffer>;
  #used = 0;
  /** Where the key of an entry begins; it ends where the next one begins. */
  #starts: Uint32Array;
  #hashes: Uint32Array;
  /** The entry added before with the same key, or -1. */
  #earlier: Int32Array;
  /** Whether an entry with the same key was added after. */
  #outdated: Uint8Array;
  #count = 0;
  /** The newest entry of each key; made when the first is sought, as only then it is known how many there are. */
  #slots = new Int32Array(0);
  /** How many entries the slots know. */
  #placed = 0;
  /** The entry that was found last, and how far from the one before: statements run as books do, onward or back. */
  #last = NONE;
  #stride = 1;
  #scratch = new Uint8Array(256);
  #scratchLength = 0;
  #scratchHash = 0;

  /** There is room for so many entries, and for more when they come; room that is not used takes no memory. */
  constructor(expected = FIRST_SIZE) {
    this.#bytes = new Uint8Array(expected * USUAL_LENGTH);
    this.#starts = new Uint32Array(expected + 1);
    this.#hashes = new Uint32Array(expected);
    this.#earlier = new Int32Array(expected);
    this.#outdated = new Uint8Array(expected);
  }

  /** Adds the next entry, 0 first, under its identifier; null or one without letters and digits adds it under none. */
  add(identifier: string | null): void {
    const entry = this.#count;
    this.#count += 1;
    if (this.#count > this.#hashes.length) this.#widen();
    this.#earlier[entry] = NONE;
    if (identifier !== null && this.#read(identifier)) {
      const length = this.#scratchLength;
      if (this.#used + length > this.#bytes.length) this.#bytes = widened(this.#bytes, length);
      for (let at = 0; at < length; at += 1) this.#bytes[this.#used + at] = this.#scratch[at] as number;
      this.#used += length;
      this.#hashes[entry] = this.#scratchHash;
    }
    this.#starts[entry + 1] = this.#used;
  }

  /** The newest entry with this identifier, or -1; `before` tells the others. */
  find(identifier: string): number {
    this.#placeAll();
    return this.#read(identifier) ? this.#found(this.#slots[this.#slotOf()] as number) : NONE;
  }

  /** The same for an identifier in ASCII that stands between two places of these bytes. */
  findBytes(bytes: Uint8Array, from: number, to: number): number {
    this.#placeAll();
    const next = this.#last + this.#stride;
    if (this.#last !== NONE && this.#isNewestAs(next, bytes, { from, to })) return this.#found(next);
    return this.#readBytes(bytes, from, to) ? this.#found(this.#slots[this.#slotOf()] as number) : NONE;
  }

  /** The entry with the same identifier that was added before this one, or -1. */
  before(entry: number): number {
    this.#placeAll();
    return this.#earlier[entry] as number;
  }

  #found(entry: number): number {
    if (entry === NONE) return NONE;
    if (this.#last !== NONE && entry !== this.#last) this.#stride = entry > this.#last ? 1 : -1;
    this.#last = entry;
    return entry;
  }

  /** Whether an entry is the newest of a key that is written so, in capitals and digits alone. */
  #isNewestAs(entry: number, bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean {
    if (entry < 0 || entry >= this.#count || this.#outdated[entry] === 1) return false;
    const start = this.#starts[entry] as number;
    const length = to - from;
    if (length === 0 || (this.#starts[entry + 1] as number) - start !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== bytes[from + at]) return false;
    return true;
  }

  /** Puts the entries in their slots that were added since the last time. */
  #placeAll(): void {
    if (this.#placed === this.#count && this.#slots.length > 0) return;
    if (this.#count * 2 > this.#slots.length || this.#slots.length === 0) {
      this.#slots = new Int32Array(slotsFor(this.#count)).fill(NONE);
      this.#placed = 0;
    }
    for (; this.#placed < this.#count; this.#placed += 1) this.#place(this.#placed);
  }

  #place(entry: number): void {
    const start = this.#starts[entry] as number;
    const length = (this.#starts[entry + 1] as number) - start;
    if (length === 0) return;
    const hash = this.#hashes[entry] as number;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const other = this.#slots[slot] as number;
      if (other === NONE) break;
      if (this.#hashes[other] === hash && this.#isSameKey(other, start, length)) {
        this.#earlier[entry] = other;
        this.#outdated[other] = 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = entry;
  }

  #isSameKey(entry: number, otherStart: number, length: number): boolean {
    const start = this.#starts[entry] as number;
    if ((this.#starts[entry + 1] as number) - start !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== this.#bytes[otherStart + at]) return false;
    return true;
  }

  /** The slot of the key that was read: the one that holds it, else the free one where it belongs. */
  #slotOf(): number {
    const mask = this.#slots.length - 1;
    let slot = this.#scratchHash & mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === NONE || (this.#hashes[entry] === this.#scratchHash && this.#isKeyOf(entry))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isKeyOf(entry: number): boolean {
    const start = this.#starts[entry] as number;
    if ((this.#starts[entry + 1] as number) - start !== this.#scratchLength) return false;
    for (let at = 0; at < this.#scratchLength; at += 1) {
      if (this.#bytes[start + at] !== this.#scratch[at]) return false;
    }
    return true;
  }

  /** Reads an identifier into the scratch, capital letters and digits only; false when nothing is left of it. */
  #read(identifier: string): boolean {
    if (identifier.length > this.#scratch.length) this.#scratch = new Uint8Array(identifier.length);
    let length = 0;
    let hash = OFFSET_BASIS;
    for (let at = 0; at < identifier.length; at += 1) {
      const letter = identifier.charCodeAt(at);
      if (letter >= FIRST_BEYOND_ASCII) return this.#readBeyondAscii(identifier);
      const code = capitalOrDigit(letter);
      if (code === NO_KEY) continue;
      this.#scratch[length] = code;
      length += 1;
      hash = Math.imul(hash ^ code, PRIME);
    }
    this.#scratchLength = length;
    this.#scratchHash = hash >>> 0;
    return length > 0;
  }

  /** The same for letters of ASCII in bytes. */
  #readBytes(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > this.#scratch.length) this.#scratch = new Uint8Array(to - from);
    let length = 0;
    let hash = OFFSET_BASIS;
    for (let at = from; at < to; at += 1) {
      const code = capitalOrDigit(bytes[at] as number);
      if (code === NO_KEY) continue;
      this.#scratch[length] = code;
      length += 1;
      hash = Math.imul(hash ^ code, PRIME);
    }
    this.#scratchLength = length;
    this.#scratchHash = hash >>> 0;
    return length > 0;
  }

  #readBeyondAscii(identifier: string): boolean {
    // A letter may become three capitals, each of three groups of seven bits.
    if (identifier.length * 9 > this.#scratch.length) this.#scratch = new Uint8Array(identifier.length * 9);
    let hash = OFFSET_BASIS;
    let length = 0;
    for (const letter of identifier.toUpperCase().replaceAll(/[^\p{L}\p{N}]+/gu, '')) {
      let code = letter.codePointAt(0) as number;
      for (; code > 0; code >>>= 7) {
        const byte = (code & 127) | (code > 127 ? 128 : 0);
        this.#scratch[length] = byte;
        hash = Math.imul(hash ^ byte, PRIME);
        length += 1;
      }
    }
    this.#scratchLength = length;
    this.#scratchHash = hash >>> 0;
    return length > 0;
  }

  #widen(): void {
    const size = this.#hashes.length * 2;
    const [starts, hashes, earlier, outdated] = [this.#starts, this.#hashes, this.#earlier, this.#outdated];
    this.#starts = new Uint32Array(size + 1);
    this.#starts.set(starts);
    this.#hashes = new Uint32Array(size);
    this.#hashes.set(hashes);
    this.#earlier = new Int32Array(size);
    this.#earlier.set(earlier);
    this.#outdated = new Uint8Array(size);
    this.#outdated.set(outdated);
  }
}

/** Slots for so many keys that half of them stay free and more keys may come: a power of two. */
const slotsFor = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(count, FIRST_SIZE) * 2));

/** What a letter or digit of ASCII is in a key; NO_KEY for every other sign. */
const capitalOrDigit = (code: number): number =>
  code >= SMALL_A && code <= SMALL_Z
    ? code - (SMALL_A - CAPITAL_A)
    : (code >= ZERO && code <= NINE) || (code >= CAPITAL_A && code <= CAPITAL_Z)
      ? code
      : NO_KEY;

const widened = (bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> => {
  const wide = new Uint8Array(Math.max(bytes.length * 2, bytes.length + needed));
  wide.set(bytes);
  return wide;
};
