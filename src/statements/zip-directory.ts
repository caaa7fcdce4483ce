import { inflateRawSync } from 'node:zlib';
import { notAStatement } from './faults.ts';

/** A file in a zip archive, as the archive's directory has it. */
export interface ZipEntry {
  readonly name: string;
  readonly unpackedBytes: number;
  /** What is packed, or the file itself where it is not. */
  readonly packed: Uint8Array;
  readonly isPacked: boolean;
}

/** Files of one archive: a workbook has a dozen or two, a month of statements as many as accounts and days. */
const MOST_ENTRIES = 1_000;

/** What all files of one archive come to when they are unpacked, in bytes. */
export const MOST_UNPACKED = 64 * 1024 * 1024;

/** An archive is unpacked and read as a whole, so it may not be large. */
const MOST_PACKED = 16 * 1024 * 1024;

const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;
const HEADER = 0x02014b50;
const HEADER_LENGTH = 46;
const LOCAL = 0x04034b50;
const LOCAL_LENGTH = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

const broken = (): Error => notAStatement('The zip archive is broken: its directory cannot be read.');

/** All bytes of an archive. Throws usage NOT_A_STATEMENT where there are too many. */
export function wholeArchive(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const all: Uint8Array[] = [];
  let length = 0;
  for (const piece of pieces) {
    length += piece.length;
    if (length > MOST_PACKED)
      throw notAStatement(`The archive or workbook has more than ${MOST_PACKED} bytes: unpack it, or export CSV.`);
    all.push(piece);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of all) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * The files that a zip archive says it has, by its central directory, before anything of it is unpacked. Throws usage
 * NOT_A_STATEMENT where it is broken, encrypted, or says that it unpacks to more than may be.
 */
export function zipEntries(archive: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOfDirectory(view);
  const count = view.getUint16(end + 10, true);
  if (count > MOST_ENTRIES)
    throw notAStatement(`The zip archive has more than ${MOST_ENTRIES} files in it: hand over some of them.`);
  let at = view.getUint32(end + 16, true);
  let unpacked = 0;
  const entries: ZipEntry[] = [];
  for (let entry = 0; entry < count; entry += 1) {
    if (at + HEADER_LENGTH > end || view.getUint32(at, true) !== HEADER) throw broken();
    const found = entryAt(view, archive, at);
    unpacked += found.unpackedBytes;
    if (unpacked > MOST_UNPACKED) throw tooLarge();
    entries.push(found);
    at += HEADER_LENGTH + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

const tooLarge = (): Error =>
  notAStatement(`The archive or workbook unpacks to more than ${MOST_UNPACKED} bytes: unpack it, or export CSV.`);

/** Where the record that ends a directory begins: within the last bytes, before a comment. */
function endOfDirectory(view: DataView): number {
  const last = view.byteLength - END_LENGTH;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at -= 1) {
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  }
  throw broken();
}

function entryAt(view: DataView, archive: Uint8Array, at: number): ZipEntry {
  const method = view.getUint16(at + 10, true);
  const packedBytes = view.getUint32(at + 20, true);
  const unpackedBytes = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0)
    throw notAStatement('The archive or workbook has a password: unpack it, or save it without one.');
  if ((method !== STORED && method !== DEFLATED) || local + LOCAL_LENGTH > view.byteLength) throw broken();
  if (view.getUint32(local, true) !== LOCAL) throw broken();
  const from = local + LOCAL_LENGTH + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (from + packedBytes > view.byteLength || (method === STORED && packedBytes !== unpackedBytes)) throw broken();
  const nameFrom = at + HEADER_LENGTH;
  return {
    name: new TextDecoder().decode(archive.subarray(nameFrom, nameFrom + view.getUint16(at + 28, true))),
    unpackedBytes,
    packed: archive.subarray(from, from + packedBytes),
    isPacked: method === DEFLATED,
  };
}

/** Unpacks a file. Throws usage NOT_A_STATEMENT where it is not as long as its archive says, in either direction. */
export function unpack({ packed, isPacked, unpackedBytes, name }: ZipEntry): Uint8Array {
  if (!isPacked) return packed;
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw notAStatement(`The zip archive is broken: ${name} cannot be unpacked to the length that it is said to have.`);
  }
  if (bytes.length === unpackedBytes) return bytes;
  throw notAStatement(`The zip archive is broken: ${name} is not as long as it is said to be.`);
}
