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

/**
 * The text of a file, piece by piece, without its byte order mark. UTF-16 is known by its mark; a declared charset is believed
 * unless it is UTF-8; else the file is strict UTF-8 or, from the first byte that is not, Windows-1252. Where UTF-8 came before
 * such a byte, only that byte is read so, and a warning is given.
 */
export function* textOf(pieces: Iterable<Uint8Array>, options: CharsetOptions): Generator<string> {
  const source = pieces[Symbol.iterator]();
  const head = headOf(source);
  const rest = restOf(head, source);
  const marked = markOf(head);
  if (marked !== null) return yield* decoded(rest, marked);
  const beginning = asLatin(head.subarray(0, HEAD_BYTES));
  const declared = options.declaredIn?.(beginning) ?? null;
  const label = declared === null ? null : labelOf(declared);
  if (declared !== null && label === null)
    options.warn(`The file says that it is written in ${quoted(declared)}, which is unknown; it is read as UTF-8.`);
  if (label !== null && label !== 'utf-8') return yield* decoded(rest, label);
  yield* utf8Or(labelOf(options.otherwiseIn?.(beginning) ?? '') ?? 'windows-1252', rest, options.warn);
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

function headOf(source: Iterator<Uint8Array>): Uint8Array {
  let head: Uint8Array = new Uint8Array();
  while (head.length < HEAD_BYTES) {
    const next = source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : joined(head, next.value);
  }
  return head;
}

function* restOf(head: Uint8Array, source: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield head;
  for (let next = source.next(); next.done !== true; next = source.next()) yield next.value;
}

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

function* decoded(pieces: Iterable<Uint8Array>, label: string): Generator<string> {
  const decoder = new TextDecoder(label, { fatal: true });
  try {
    for (const piece of pieces) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw unreadable(null, `it is no text in ${label}`);
    throw error;
  }
}

function* utf8Or(otherwise: string, pieces: Iterable<Uint8Array>, warn: (message: string) => void): Generator<string> {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const other = new TextDecoder(otherwise);
  let cut: Uint8Array = new Uint8Array();
  let beyondAscii = false;
  let warned = false;
  let begun = false;
  const source = pieces[Symbol.iterator]();
  for (;;) {
    const next = source.next();
    const bytes = next.done === true ? cut : cut.length === 0 ? next.value : joined(cut, next.value);
    const whole = next.done === true ? bytes.length : wholeLength(bytes);
    const now = bytes.subarray(0, whole);
    let text: string | undefined;
    try {
      text = strict.decode(now);
    } catch {
      if (!beyondAscii && isAscii(now.subarray(0, validLength(now, 0)))) {
        yield other.decode(bytes);
        if (next.done !== true) yield* decodedFrom(source, other);
        return;
      }
      text = mended(now, strict, other);
      if (!warned) warn('Some bytes of the file are no UTF-8 as the others are; they are read as single letters.');
      warned = true;
    }
    beyondAscii ||= text.length < now.length;
    yield begun || !text.startsWith('\ufeff') ? text : text.slice(1);
    begun ||= text.length > 0;
    if (next.done === true) return;
    cut = bytes.slice(whole);
  }
}

function* decodedFrom(source: Iterator<Uint8Array>, decoder: Decoder): Generator<string> {
  for (let next = source.next(); next.done !== true; next = source.next()) yield decoder.decode(next.value);
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
