// A hash table from identifiers to the entries that carry them, in typed arrays: a million of them take some 40 MB and no objects.

const FIRST_SIZE = 1024;
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

/** Identifiers as `identifierKey` compares them, each with the entries that carry it. */
export class IdentifierTable {
  #bytes = new Uint8Array(FIRST_SIZE * 8);
  #used = 0;
  /** Where the key of an entry begins; it ends where the next one begins. */
  #starts = new Uint32Array(FIRST_SIZE + 1);
  #hashes = new Uint32Array(FIRST_SIZE);
  /** The entry added before with the same key, or -1. */
  #earlier = new Int32Array(FIRST_SIZE);
  #slots = new Int32Array(FIRST_SIZE * 2).fill(NONE);
  #count = 0;
  #keys = 0;
  #scratch = new Uint8Array(256);
  #scratchLength = 0;
  #scratchHash = 0;

  /** Adds the next entry, 0 first, under its identifier; null or one without letters and digits adds it under none. */
  add(identifier: string | null): void {
    const entry = this.#count;
    this.#count += 1;
    if (this.#count > this.#hashes.length) this.#widen();
    this.#earlier[entry] = NONE;
    const found = identifier !== null && this.#read(identifier);
    if (found) this.#keep(entry);
    this.#starts[entry + 1] = this.#used;
  }

  /** The newest entry with this identifier, or -1; `before` tells the others. */
  find(identifier: string): number {
    return this.#read(identifier) ? (this.#slots[this.#slotOf()] as number) : NONE;
  }

  /** The entry with the same identifier that was added before this one, or -1. */
  before(entry: number): number {
    return this.#earlier[entry] as number;
  }

  #keep(entry: number): void {
    const slot = this.#slotOf();
    const newest = this.#slots[slot] as number;
    this.#hashes[entry] = this.#scratchHash;
    this.#earlier[entry] = newest;
    this.#slots[slot] = entry;
    if (this.#used + this.#scratchLength > this.#bytes.length) this.#bytes = widened(this.#bytes, this.#scratchLength);
    this.#bytes.set(this.#scratch.subarray(0, this.#scratchLength), this.#used);
    this.#used += this.#scratchLength;
    if (newest !== NONE) return;
    this.#keys += 1;
    if (this.#keys * 2 > this.#slots.length) this.#rehash();
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
      let code = identifier.charCodeAt(at);
      if (code >= FIRST_BEYOND_ASCII) return this.#readBeyondAscii(identifier);
      if (code >= SMALL_A && code <= SMALL_Z) code -= SMALL_A - CAPITAL_A;
      else if (!((code >= ZERO && code <= NINE) || (code >= CAPITAL_A && code <= CAPITAL_Z))) continue;
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

  #rehash(): void {
    const heads = this.#slots.filter((entry) => entry !== NONE);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    const mask = this.#slots.length - 1;
    for (const entry of heads) {
      let slot = (this.#hashes[entry] as number) & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = entry;
    }
  }

  #widen(): void {
    const size = this.#hashes.length * 2;
    const [starts, hashes, earlier] = [this.#starts, this.#hashes, this.#earlier];
    this.#starts = new Uint32Array(size + 1);
    this.#starts.set(starts);
    this.#hashes = new Uint32Array(size);
    this.#hashes.set(hashes);
    this.#earlier = new Int32Array(size);
    this.#earlier.set(earlier);
  }
}

const widened = (bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> => {
  const wide = new Uint8Array(Math.max(bytes.length * 2, bytes.length + needed));
  wide.set(bytes);
  return wide;
};
