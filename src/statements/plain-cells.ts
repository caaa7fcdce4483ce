// Cells of rows in bytes that are as plain as can be: what is anything else is left to who reads text.

const FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const DELETE = 0x7f;

/** Rows with more cells are none that are plain. */
const MOST_CELLS = 64;

/** Fifteen digits are always a safe integer. */
const MOST_DIGITS = 15;

const PLAIN = 0;
const DELIMITER = 1;
const END = 2;
const UNUSUAL = 3;

/** What is said for a cell that is not plain. */
export const NOT_PLAIN = Infinity;

/** The cells of the row that was read last: where each begins in the bytes and ends. */
export class PlainCells {
  readonly starts = new Int32Array(MOST_CELLS);
  readonly ends = new Int32Array(MOST_CELLS);
  count = 0;
  /** What each byte is. */
  readonly #kinds = new Uint8Array(256).fill(UNUSUAL);

  constructor(delimiter: string) {
    this.#kinds.fill(PLAIN, SPACE, DELETE);
    this.#kinds[QUOTE] = UNUSUAL;
    this.#kinds[FEED] = END;
    this.#kinds[delimiter.charCodeAt(0)] = DELIMITER;
  }

  /** Finds the cells of the row at a place, in bytes that end with a line feed; gives where the next row begins, -1 where this one is not plain. */
  read(bytes: Uint8Array, from: number): number {
    const { starts, ends } = this;
    const kinds = this.#kinds;
    let cell = 0;
    let at = from;
    starts[0] = from;
    for (;;) {
      const kind = kinds[bytes[at] as number];
      if (kind !== PLAIN) {
        if (kind !== DELIMITER) break;
        ends[cell] = at;
        cell += 1;
        if (cell === MOST_CELLS) return -1;
        starts[cell] = at + 1;
      }
      at += 1;
    }
    const end = bytes[at] === RETURN && bytes[at + 1] === FEED ? at + 1 : at;
    if (bytes[end] !== FEED) return -1;
    ends[cell] = at;
    this.count = cell + 1;
    return end + 1;
  }

  /** Whether a cell has nothing in it, not even a space. */
  isEmpty(cell: number): boolean {
    return this.starts[cell] === this.ends[cell];
  }

  /** Whether there are as many cells as the table is wide, or fewer; those behind its header are empty. */
  fit({ header, padding }: { readonly header: number; readonly padding: number | null }): boolean {
    if (this.count <= header) return true;
    for (let cell = header; cell < this.count; cell += 1) if (!this.isEmpty(cell)) return false;
    return this.count - header === padding;
  }

  /** Whether a cell is these bytes. */
  is(bytes: Uint8Array, cell: number, text: Uint8Array): boolean {
    const start = this.starts[cell] as number;
    return (this.ends[cell] as number) - start === text.length && isAt(bytes, start, text);
  }

  /** Whether a cell begins and ends with something else than a space and has a digit in it, as identifiers do and no word does. */
  isIdentifier(bytes: Uint8Array, cell: number): boolean {
    const start = this.starts[cell] as number;
    const end = this.ends[cell] as number;
    if (start === end || bytes[start] === SPACE || bytes[end - 1] === SPACE) return false;
    for (let at = start; at < end; at += 1) if (isDigit(bytes[at] as number)) return true;
    return false;
  }

  /**
   * The figure in a cell in minor units, where it is written with as many decimals as its currency has and no groups; NaN for
   * an empty cell, NOT_PLAIN for everything else.
   */
  figure(bytes: Uint8Array, cell: number, decimals: number): number {
    const start = this.starts[cell] as number;
    const end = this.ends[cell] as number;
    if (start === end) return Number.NaN;
    const first = bytes[start] === MINUS ? start + 1 : start;
    const point = decimals === 0 ? end : end - decimals - 1;
    if (point <= first || end - first > MOST_DIGITS) return NOT_PLAIN;
    let minor = 0;
    for (let at = first; at < end; at += 1) {
      const code = bytes[at] as number;
      if (at === point) {
        if (code !== POINT) return NOT_PLAIN;
      } else if (isDigit(code)) minor = minor * 10 + (code - ZERO);
      else return NOT_PLAIN;
    }
    return first === start || minor === 0 ? minor : -minor;
  }
}

/** Whether these bytes stand at a place. */
export function isAt(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at += 1) if (bytes[start + at] !== text[at]) return false;
  return true;
}

/** The second of the day at a place where `HH:mm:ss` stands; -1 where something else does. */
export function clockAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1;
  const [hours, minutes, seconds] = [twoDigits(bytes, at), twoDigits(bytes, at + 3), twoDigits(bytes, at + 6)];
  const isTime = hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60;
  return isTime ? hours * 3600 + minutes * 60 + seconds : -1;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] as number;
  const ones = bytes[at + 1] as number;
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + (ones - ZERO) : -1;
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
