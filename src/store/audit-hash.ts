import { sha256Hex } from './sha256.ts';

/** The hash before the first event of a chain. */
export const GENESIS = '0'.repeat(64);
/** What the text of every link begins with. */
export const VERSION = 'treasury-audit-1';

/** One link: SHA-256(version || chain || seq || previous hash || canonical JSON), each on a line. */
export const linkHash = (chain: string, seq: number, previousHash: string, body: string): string =>
  sha256Hex(`${VERSION}\n${chain}\n${seq}\n${previousHash}\n${body}`);

export interface LinkText {
  readonly chain: string;
  readonly seq: number;
  readonly previousHash: string;
  readonly body: string;
}

/** What a link's hash was made of, read back. There is one way to read it: a seq is a number, and JSON has no line breaks. */
export function readLink(text: string): LinkText | null {
  const chain = VERSION.length + 1;
  const seq = text.indexOf('\n', chain) + 1;
  const previousHash = text.indexOf('\n', seq) + 1;
  const body = text.indexOf('\n', previousHash) + 1;
  const number = Number(text.slice(seq, previousHash - 1));
  if (!text.startsWith(`${VERSION}\n`) || !Number.isSafeInteger(number) || body === 0) return null;
  return {
    chain: text.slice(chain, seq - 1),
    seq: number,
    previousHash: text.slice(previousHash, body - 1),
    body: text.slice(body),
  };
}

/** JSON as RFC 8785 has it: keys sorted, no white space. Instants are ISO 8601 with milliseconds, absent values null. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  return canonicalObject(value as Readonly<Record<string, unknown>>);
}

function canonicalObject(object: Readonly<Record<string, unknown>>): string {
  let text = '';
  // Without a function that compares, texts are sorted by their UTF-16 units, as the RFC wants it.
  for (const key of Object.keys(object).toSorted())
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`;
  return `{${text}}`;
}

/** SHA-256 over all columns of an immutable row, as its event carries it. */
export const rowDigest = (row: Record<string, unknown>): string => sha256Hex(canonicalJson(row));

/** `rowDigest` for many rows of one table, whose keys are sorted once. */
export function rowDigester(keys: readonly string[]): (row: Record<string, unknown>) => string {
  const labelled = keys.toSorted().map((key) => ({ key, label: `${JSON.stringify(key)}:` }));
  return (row) => {
    let text = '';
    for (const { key, label } of labelled) text += `${text === '' ? '{' : ','}${label}${canonicalJson(row[key])}`;
    return sha256Hex(`${text}}`);
  };
}

/** A row that an event vouches for. */
export interface Voucher {
  readonly ref: string;
  readonly digest: string;
}

const ENTRY = '"ledger_entry":';
const EXECUTION = '"execution":';
const DIGEST = '{"digest":"';
const DIGEST_LENGTH = 64;
const THEN_REF = '","ref":"';

/**
 * The rows that an event vouches for. Canonical JSON always writes them alike, and quotes inside a text are escaped, so
 * nothing that a person typed can look like one: searching is exact, and ten times faster than parsing.
 */
export const vouchedEntry = (body: string): Voucher | null => vouched(body, ENTRY);
/** As above, for the execution. */
export const vouchedExecution = (body: string): Voucher | null => vouched(body, EXECUTION);

/** Looks for what begins with a brace, which are few, and then at the name before it: most bodies have no digest at all. */
function vouched(body: string, name: string): Voucher | null {
  let at = body.indexOf(DIGEST);
  while (at >= 0 && !body.endsWith(name, at)) at = body.indexOf(DIGEST, at + 1);
  if (at < 0) return null;
  const digest = at + DIGEST.length;
  const ref = digest + DIGEST_LENGTH + THEN_REF.length;
  if (!body.startsWith(THEN_REF, digest + DIGEST_LENGTH)) return null;
  return { digest: body.slice(digest, digest + DIGEST_LENGTH), ref: body.slice(ref, body.indexOf('"', ref)) };
}
