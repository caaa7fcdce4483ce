import { rawDigester, type RawColumn, type RawDigest } from '../raw-digest.ts';

/** A column as Drizzle names it, as SQLite does, and whether it holds an instant in milliseconds. Threads are sent it. */
export interface DigestColumn {
  readonly key: string;
  readonly name: string;
  readonly instant: boolean;
}

/** The digest of a row as `raw()` gives it, its values in the order of `columns`. */
export const sqliteDigester = (columns: readonly DigestColumn[]): RawDigest =>
  rawDigester(columns.map(({ key, instant }): RawColumn => ({ key, json: instant ? instantJson : plainJson })));

function instantJson(value: unknown): string | null {
  if (typeof value !== 'number' || !(Math.abs(value) <= LAST_INSTANT)) return null;
  return `"${new Date(value).toISOString()}"`;
}

function plainJson(value: unknown): string | null {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** The last instant that a Date can hold (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8_640_000_000_000_000;
