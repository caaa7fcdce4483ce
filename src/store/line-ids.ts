const BYTES = 16;

/** Ids of lines in their order, at sixteen bytes each. */
export class LineIds {
  readonly #bytes: Buffer;
  #known = 0;

  constructor(size: number) {
    this.#bytes = Buffer.alloc(size * BYTES);
  }

  /** How many lines have an id. */
  get known(): number {
    return this.#known;
  }

  /** Whether a line, counted from 0, has an id. */
  has(index: number): boolean {
    // The first bytes of a UUIDv7 are its time, which is not 1970.
    return this.#bytes.readUInt32BE(index * BYTES) !== 0;
  }

  /** The id of a line, counted from 0. Throws where it has none. */
  at(index: number): string {
    if (!this.has(index)) throw new Error(`line ${index} has no id`);
    const hex = this.#bytes.toString('hex', index * BYTES, (index + 1) * BYTES);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Says the id of a line, once. */
  set(index: number, id: string): void {
    this.#known += 1;
    const hex = id.replaceAll('-', '');
    for (let word = 0; word < 4; word += 1)
      this.#bytes.writeUInt32BE(Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16), index * BYTES + word * 4);
  }
}
