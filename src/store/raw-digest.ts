import { hash } from 'node:crypto';

/** A column as digests need it. */
export interface RawColumn {
  /** As Drizzle names it, and so the canonical JSON of a row. */
  readonly key: string;
  /** The JSON of a value as the driver gives it, null when it cannot be a value of this column (after tampering). */
  readonly json: (value: unknown) => string | null;
}

/** The digest of a row as the driver gives it, or null when it cannot be a row of this table. */
export type RawDigest = (values: readonly unknown[]) => string | null;

/** `rowDigest` of a row whose values come in the order of `columns`: the same text, built without any object. */
export function rawDigester(columns: readonly RawColumn[]): RawDigest {
  const sorted = columns
    .map(({ key, json }, index) => ({ key, json, index, label: `${JSON.stringify(key)}:` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return (values) => {
    let text = '{';
    for (const { index, json, label } of sorted) {
      const value = values[index];
      const written = value === null ? 'null' : json(value);
      if (written === null) return null;
      text += text === '{' ? label + written : `,${label}${written}`;
    }
    return hash('sha256', `${text}}`);
  };
}
