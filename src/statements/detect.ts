import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { bankCsvParser, hasBankHeader, parseBankCsv } from './bank-csv.ts';
import { asLatin, markOf } from './charset.ts';
import type { ColumnProfile } from './column-profile.ts';
import { notAStatement } from './faults.ts';
import { isGzip, isZip } from './packed.ts';
import { isMpesaHeader } from './mpesa-row.ts';
import type { BlockParser, StatementParser, StatementType } from './statement.ts';
import { headerDelimiter } from './table.ts';

/** The beginning of a file, for telling what it is. */
export interface FileHead {
  readonly bytes: Uint8Array;
  /** The same as text without a byte order mark, good enough for words in ASCII. */
  readonly text: string;
}

/** A kind of file that can be read. Its parser is loaded when such a file comes. */
export interface Format {
  readonly type: StatementType;
  /** What `--type` calls it. */
  readonly name: string;
  readonly title: string;
  readonly recognises: (head: FileHead) => boolean;
  readonly load: () => Promise<StatementParser>;
  /** The same where the parser can tell lines together. */
  readonly loadBlocks?: () => Promise<BlockParser>;
}

/** Every format there is; the first that recognises a file reads it. */
export const FORMATS: readonly Format[] = [
  {
    type: 'camt',
    name: 'camt053',
    title: 'ISO 20022 camt.052, camt.053 or camt.054',
    recognises: ({ text }) =>
      /<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)(?:V01)?\b|:camt\.05[234]\./.test(text),
    load: async () => (await import('./camt.ts')).parseCamt,
  },
  {
    type: 'ofx',
    name: 'ofx',
    title: 'OFX 1 and 2, also QFX',
    recognises: ({ text }) => /\bOFXHEADER\b|<OFX[\s>]/i.test(text),
    load: async () => (await import('./ofx.ts')).parseOfx,
  },
  {
    type: 'mt940',
    name: 'mt940',
    title: 'SWIFT MT940 or MT942',
    recognises: ({ text }) => MT940.some((begins) => begins.test(text)),
    load: async () => (await import('./mt940.ts')).parseMt940,
  },
  {
    type: 'bai2',
    name: 'bai2',
    title: 'BAI2 cash management report',
    // The header may go on in a record 88, as every record may.
    recognises: ({ text }) => /^\W{0,8}01,[^,\n]{0,80},[^,\n]{0,80}?(?:,|\/?\s{0,4}\n *88,)\d{6}/.test(text),
    load: async () => (await import('./bai2.ts')).parseBai2,
  },
  {
    type: 'mpesa',
    name: 'mpesa',
    title: 'M-Pesa statement of an organisation or a customer, as CSV',
    recognises: ({ text }) => headerDelimiter(text, isMpesaHeader) !== null,
    load: async () => (await import('./mpesa.ts')).parseMpesa,
    loadBlocks: async () => (await import('./mpesa.ts')).parseMpesaBlocks,
  },
  {
    type: 'csv',
    name: 'csv',
    title: 'CSV of a bank whose columns are known',
    recognises: ({ text }) => hasBankHeader(text),
    load: async () => parseBankCsv,
  },
];

/** A message with the fields that follow its reference, or an entry or balance of one that was cut out; some banks write @@ between lines. */
const MT940 = [
  /(?:^|[^ -~]|@@|\{4:) {0,8}:20:[^\n\r]{0,80}?(?:[\n\r]{1,4}|@@):(?:21|25P?|28C?|60[FM]|61|34F):/,
  /(?:^|[\n\r]):61:\d{6}(?:\d{4}| {4})? ?[RE]?[CD][A-Z]?[\n\r]{0,2}\d/,
  /(?:^|[\n\r]):6[02][FM]:[CD]\d{6}[A-Z]{3}\d/,
];

/** So many bytes of a file tell what it is, whatever envelope it lies in. */
export const HEAD_BYTES = 64 * 1024;

/** The first pieces of a file, up to HEAD_BYTES and what belongs to the last of them; and all pieces, those first. */
export function headAndAll(pieces: Iterable<Uint8Array>): { head: FileHead; all: Iterable<Uint8Array> } {
  const source = pieces[Symbol.iterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = source.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  return { head: fileHead(first), all: firstAndRest(first, source) };
}

/** A file as it can be recognised and read: as it was handed over, or out of an archive. */
export interface StatementPart {
  /** What the archive calls it; null outside of an archive. */
  readonly name: string | null;
  readonly head: FileHead;
  readonly all: Iterable<Uint8Array>;
  /** All of it, where it was unpacked. */
  readonly bytes: Uint8Array | null;
}

/**
 * The files that were handed over: one, or those of an archive, each with its head and all of it; of a workbook the sheet
 * that is named, or its only one, as CSV. Throws usage NOT_A_STATEMENT for an archive that is broken or too large.
 */
export async function openStatement(
  pieces: Iterable<Uint8Array>,
  sheet: string | null = null,
): Promise<readonly [StatementPart, ...StatementPart[]]> {
  const { head, all } = headAndAll(pieces);
  const isArchive = isZip(head.bytes);
  if (!isArchive && !isGzip(head.bytes)) return [{ name: null, head, all, bytes: null }];
  const { gunzipped, unzipped } = await import('./archive.ts');
  const files = isArchive ? await unzipped(all, sheet) : [{ name: null, bytes: gunzipped(all) }];
  const [first, ...more] = files.map(({ name, bytes }) => ({ name, bytes, ...headAndAll([bytes]) }));
  if (first === undefined) throw new Error('an archive without files was not refused');
  return [first, ...more];
}

function* firstAndRest(first: readonly Uint8Array[], source: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield* first;
  for (let next = source.next(); next.done !== true; next = source.next()) yield next.value;
}

function fileHead(pieces: readonly Uint8Array[]): FileHead {
  const bytes = new Uint8Array(
    Math.min(
      HEAD_BYTES,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    ),
  );
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.subarray(0, bytes.length - at), at);
    at = Math.min(bytes.length, at + piece.length);
  }
  // UTF-16 in ASCII is ASCII with a zero beside each letter.
  const text = markOf(bytes) === null ? asLatin(bytes) : asLatin(bytes.filter((byte) => byte !== 0));
  return { bytes, text: text.replace(ORDER_MARK, '') };
}

/** The mark by which Excel and others begin a file in UTF-8 or UTF-16; it is no part of the first word. */
const ORDER_MARK = /^(?:\u{ef}\u{bb}\u{bf}|\u{ff}\u{fe}|\u{fe}\u{ff})/u;

/**
 * The format of a file: the one of this name, or the one that its content shows. Throws usage STATEMENT_TYPE_UNKNOWN for a name
 * that there is not, NOT_A_STATEMENT for a file of no known format.
 */
export const formatOf = (head: FileHead, named: string | null): Format => {
  if (head.bytes.length === 0) throw notAStatement('The file is empty.');
  if (named !== null) return namedFormat(named);
  const format = FORMATS.find(({ recognises }) => recognises(head));
  if (format === undefined) throw notAStatement(whatElse(head));
  return format;
};

/** How a file is to be read: by the columns of a profile, else as what `--type` says, else as what its content shows. */
export interface Wanted {
  readonly type: string | null;
  readonly profile?: ColumnProfile | null;
}

/** A parser, and the one that tells lines together where there is one. */
interface Parsers {
  readonly parse: StatementParser;
  readonly parseBlocks: BlockParser;
}

/** The parsers of a file. Throws as `formatOf` does, and usage PROFILE_NEEDS_CSV for a profile with another type. */
async function parsersFor(head: FileHead, { type, profile = null }: Wanted): Promise<Parsers> {
  if (profile === null) {
    const { load, loadBlocks } = formatOf(head, type);
    const parse = await load();
    return { parse, parseBlocks: (await loadBlocks?.()) ?? parse };
  }
  if (type !== null && namedFormat(type).type !== 'csv') {
    throw usage('PROFILE_NEEDS_CSV', `A profile says what the columns of a CSV file mean; ${type} has none.`, {
      unchanged: 'Nothing was changed.',
      fix: 'give --type or --map, not both',
    });
  }
  if (head.bytes.length === 0) throw notAStatement('The file is empty.');
  const parse = bankCsvParser(profile);
  return { parse, parseBlocks: parse };
}

/** A file that can be read: its parsers, and its bytes. */
export interface ReadablePart extends StatementPart, Parsers {}

/** What of a file can be read, and what of an archive is no statement and was passed over. */
export interface Readable {
  readonly parts: readonly ReadablePart[];
  readonly passedOver: readonly string[];
}

/**
 * The statement files in what was handed over, each with its parser; an archive may hold letters besides. Throws as
 * `openStatement` does, and as formats and profiles are refused.
 */
export async function readableParts(pieces: Iterable<Uint8Array>, wanted: Wanted): Promise<Readable> {
  const files = await openStatement(pieces, wanted.profile?.sheet ?? null);
  const parts: ReadablePart[] = [];
  const passedOver: string[] = [];
  let refusal: Problem | undefined;
  for (const file of files) {
    try {
      parts.push({ ...file, ...(await parsersFor(file.head, wanted)) });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'NOT_A_STATEMENT') throw error;
      refusal ??= error;
      passedOver.push(file.name ?? '');
    }
  }
  if (parts.length === 0 && refusal !== undefined) throw refusal;
  return { parts, passedOver };
}

/** The names that `--type` knows, with what they stand for. */
export const formatNames = (): string => FORMATS.map(({ name, title }) => `${name} (${title})`).join(', ');

function namedFormat(named: string): Format {
  const format = FORMATS.find(({ name, type }) => name === named || type === named);
  if (format !== undefined) return format;
  throw usage('STATEMENT_TYPE_UNKNOWN', `--type ${quoted(named)} is none of ${formatNames()}.`, {
    unchanged: 'Nothing was changed.',
  });
}

/** What people hand over by mistake. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^PK[^ -~]/, 'It is a zip archive: unpack it, and hand over what is in it.'],
  [/^[^ -~]\u{8b}/u, 'It is packed with gzip: unpack it first, such as with gunzip.'],
  [/^\u{d0}\u{cf}[^ -~]\u{e0}/u, 'It is a workbook of an old Excel (.xls): save it as .xlsx, or export CSV.'],
  [/^%PDF-/, 'It is a PDF, which is made for reading: ask the bank for a file of one of these formats.'],
  [/^\s*<(?:!doctype html|html)\b/i, 'It is a web page: what was saved is not the file, but a page about it.'],
  [/^\s*[{[]\s*["{\]}]/, 'It looks like JSON, which is not read here.'],
];

const whatElse = ({ text }: FileHead): string => {
  const other = OTHERS.find(([begins]) => begins.test(text.slice(0, 200)))?.[1];
  return `This is no statement in a known format. ${other ?? `What is read: ${formatNames()}; --type overrides.`}`;
};
