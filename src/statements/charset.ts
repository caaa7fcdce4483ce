import { quoted } from '../domain/quoted.ts';
import { unreadable } from './faults.ts';

/** How the bytes of a file become text. */
export interface CharsetOptions {
  /** The charset that the first bytes name, such as an XML declaration does; null where they name none. */
  readonly declaredIn?: (head: string) => string | null;
  /** The charset that the first bytes name for what is no UTF-8; Windows-1252 where they name none. */
  readonly otherwiseIn?: (head: string) => string | null;
  /** Told what was not as it should be; nothing is said of a file that is wholly of one charset. */
  readonly warn: (message: string) => void;
}

type Decoder = InstanceType<typeof TextDecoder>;

/** A declaration of the charset stands within the first so many bytes. */
const HEAD_BYTES = 1024;

/** The text of a file, piece by piece, as a `TextReader` reads it. */
export function* textOf(pieces: Iterable<Uint8Array>, options: CharsetOptions): Generator<string> {
  const reader = new TextReader(options);
  for (const piece of pieces) {
    const text = reader.read(piece);
    if (text !== '') yield text;
  }
  const text = reader.end();
  if (text !== '') yield text;
}

/** How bytes become text from here on. */
interface Decoding {
  /** What the next bytes say. */
  read(bytes: Uint8Array): string;
  /** What was still waited for. */
  end(): string;
  /** Whether bytes of ASCII stand for themselves wherever they come, and none before them is waited for. */
  isAscii(): boolean;
}

/**
 * Reads the text of a file, without its byte order mark, as its bytes come. UTF-16 is known by its mark; a declared charset is
 * believed unless it is UTF-8; else the file is strict UTF-8 or, from the first byte that is not, Windows-1252. Where UTF-8 came
 * before such a byte, only that byte is read so, and a warning is given.
 */
export class TextReader {
  readonly #options: CharsetOptions;
  /** What came before enough did to tell the charset. */
  #head: Uint8Array = new Uint8Array();
  #decoding: Decoding | null = null;

  constructor(options: CharsetOptions) {
    this.#options = options;
  }

  /** What the next bytes say, as far as that is known without those that follow. Throws STATEMENT_UNREADABLE. */
  read(bytes: Uint8Array): string {
    if (this.#decoding !== null) return this.#decoding.read(bytes);
    this.#head = this.#head.length === 0 ? bytes : joined(this.#head, bytes);
    return this.#head.length < HEAD_BYTES ? '' : this.#begin().read(this.#head);
  }

  /** The rest, when no more bytes come. */
  end(): string {
    if (this.#decoding !== null) return this.#decoding.end();
    const decoding = this.#begin();
    return decoding.read(this.#head) + decoding.end();
  }

  /** Whether bytes of ASCII that come now say what they say by themselves: who reads them otherwise need not show them here. */
  get isAscii(): boolean {
    return this.#decoding?.isAscii() ?? false;
  }

  #begin(): Decoding {
    const { declaredIn, otherwiseIn, warn } = this.#options;
    const marked = markOf(this.#head);
    if (marked !== null) return (this.#decoding = decoderOf(marked));
    const beginning = asLatin(this.#head.subarray(0, HEAD_BYTES));
    const declared = declaredIn?.(beginning) ?? null;
    const label = declared === null ? null : labelOf(declared);
    if (declared !== null && label === null)
      warn(`The file says that it is written in ${quoted(declared)}, which is unknown; it is read as UTF-8.`);
    if (label !== null && label !== 'utf-8') return (this.#decoding = decoderOf(label));
    return (this.#decoding = new Utf8Or(labelOf(otherwiseIn?.(beginning) ?? '') ?? 'windows-1252', warn));
  }
}

/** Bytes as characters of the same number, for looking at what a file begins with. */
export const asLatin = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** The charset that a byte order mark stands for, or that UTF-16 without one shows by its zeros; null where there is none. */
export const markOf = (head: Uint8Array): 'utf-16le' | 'utf-16be' | null => {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === undefined || second === undefined) return null;
  if (second === 0 && first > 0 && first < 0x80) return 'utf-16le';
  return first === 0 && second > 0 && second < 0x80 ? 'utf-16be' : null;
};

/** The encoding that an XML declaration at the beginning of a file names; null without one. */
export const xmlEncoding = (head: string): string | null =>
  /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head.replace(/^\xef\xbb\xbf/, ''))?.[1] ?? null;

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** The name that decoders know a charset by; null where they do not know it. */
const labelOf = (declared: string): string | null => {
  try {
    const label = new TextDecoder(declared).encoding;
    // Whoever could read these letters as UTF-16 would not have read "UTF-16" in single bytes.
    return label.startsWith('utf-16') ? 'utf-8' : label;
  } catch {
    return null;
  }
};

function decoderOf(label: string): Decoding {
  const decoder = new TextDecoder(label, { fatal: true });
  const decoded = (decode: () => string): string => {
    try {
      return decode();
    } catch (error) {
      if (error instanceof TypeError) throw unreadable(null, `it is no text in ${label}`);
      throw error;
    }
  };
  return {
    read: (bytes) => decoded(() => decoder.decode(bytes, { stream: true })),
    end: () => decoded(() => decoder.decode()),
    isAscii: () => false,
  };
}

/** Strict UTF-8, or another charset from the first byte on that is not. */
class Utf8Or implements Decoding {
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #other: Decoder;
  readonly #warn: (message: string) => void;
  /** Whether everything is read in the other charset. */
  #isOther = false;
  /** The beginning of a character whose end has not come. */
  #cut: Uint8Array = new Uint8Array();
  #beyondAscii = false;
  #warned = false;
  #begun = false;

  constructor(otherwise: string, warn: (message: string) => void) {
    this.#other = new TextDecoder(otherwise);
    this.#warn = warn;
  }

  read(next: Uint8Array): string {
    if (this.#isOther) return this.#other.decode(next);
    const bytes = this.#cut.length === 0 ? next : joined(this.#cut, next);
    return this.#decoded(bytes, wholeLength(bytes));
  }

  end(): string {
    return this.#isOther || this.#cut.length === 0 ? '' : this.#decoded(this.#cut, this.#cut.length);
  }

  isAscii(): boolean {
    return this.#begun && this.#cut.length === 0 && (!this.#isOther || this.#other.encoding === 'windows-1252');
  }

  #decoded(bytes: Uint8Array, whole: number): string {
    const now = bytes.subarray(0, whole);
    let text: string | undefined;
    try {
      text = this.#strict.decode(now);
    } catch {
      if (!this.#beyondAscii && isAscii(now.subarray(0, validLength(now, 0)))) {
        this.#isOther = true;
        this.#begun = true;
        this.#cut = new Uint8Array();
        return this.#other.decode(bytes);
      }
      text = mended(now, this.#strict, this.#other);
      if (!this.#warned)
        this.#warn('Some bytes of the file are no UTF-8 as the others are; they are read as single letters.');
      this.#warned = true;
    }
    this.#beyondAscii ||= text.length < now.length;
    this.#cut = bytes.slice(whole);
    if (this.#begun || text === '') return text;
    this.#begun = true;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

/** How many of the bytes come before a character that is cut off at their end. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc2) return sequenceLength(byte) > back ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

/** How many bytes a character has that begins with this one; 1 for what begins none. */
const sequenceLength = (byte: number): number => {
  if (byte < 0xc2 || byte > 0xf4) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
};

/** Where the UTF-8 that starts at `from` ends, which is the first byte that is none. */
function validLength(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const length = sequenceLength(first);
    if (first >= 0x80 && (length === 1 || !isSequence(bytes, at, length))) break;
    at += length;
  }
  return at;
}

/** The second byte of a character has narrower bounds, lest it be overlong, a surrogate or beyond Unicode. */
const SECOND: Readonly<Record<number, readonly [number, number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};

const isSequence = (bytes: Uint8Array, at: number, length: number): boolean => {
  if (at + length > bytes.length) return false;
  const [low, high] = SECOND[bytes[at] ?? 0] ?? [0x80, 0xbf];
  const second = bytes[at + 1] ?? 0;
  if (second < low || second > high) return false;
  for (let more = at + 2; more < at + length; more += 1) if (((bytes[more] ?? 0) & 0xc0) !== 0x80) return false;
  return true;
};

/** UTF-8 where it is UTF-8, and each byte between by the other charset. */
function mended(bytes: Uint8Array, strict: Decoder, other: Decoder): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const end = validLength(bytes, at);
    text += strict.decode(bytes.subarray(at, end));
    at = end;
    if (at < bytes.length) text += other.decode(bytes.subarray(at, at + 1));
    at += 1;
  }
  return text;
}
