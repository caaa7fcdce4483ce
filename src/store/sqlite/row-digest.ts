import { hash } from 'node:crypto';

/** A column as Drizzle names it, as SQLite does, and whether it holds an instant in milliseconds. */
export interface DigestColumn {
  readonly key: string;
  readonly name: string;
  readonly instant: boolean;
}

/** A row as `raw()` gives it, or null when it cannot be a row of this table (after tampering). */
export type RawDigest = (values: readonly unknown[]) => string | null;

/** `rowDigest` of a raw row, whose values come in the order of `columns`: the same text, built without any object. */
export function rawDigester(columns: readonly DigestColumn[]): RawDigest {
  const sorted = columns
    .map((column, index) => ({ ...column, index, label: `${JSON.stringify(column.key)}:` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return (values) => {
    let text = '{';
    for (const { index, instant, label } of sorted) {
      const value = values[index];
      if (text !== '{') text += ',';
      text += label;
      if (value === null) text += 'null';
      else if (instant) {
        if (typeof value !== 'number' || !(Math.abs(value) <= LAST_INSTANT)) return null;
        text += `"${new Date(value).toISOString()}"`;
      } else if (typeof value === 'string') text += JSON.stringify(value);
      else if (typeof value === 'number' && Number.isSafeInteger(value)) text += String(value);
      else return null;
    }
    return hash('sha256', `${text}}`);
  };
}

/** The last instant that a Date can hold (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8_640_000_000_000_000;
