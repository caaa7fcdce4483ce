import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { Column } from '../terminal/list.ts';

/** Documents with only the named keys, in that order. Throws usage FIELD_UNKNOWN, which names every key there is. */
export const pickFields = (data: object | readonly object[], fields: readonly string[]): object | object[] => {
  const documents = documentsOf(data);
  const known = keysOf(documents);
  const unknown = fields.filter((field) => documents.length > 0 && !known.includes(field));
  if (unknown.length > 0) {
    throw usage(
      'FIELD_UNKNOWN',
      `There is no field ${unknown.map(quoted).join(', ')}. The fields are ${known.join(', ')}.`,
    );
  }
  const picked = documents.map((one) =>
    Object.fromEntries(fields.map((field) => [field, valueOf(one, field) ?? null])),
  );
  return Array.isArray(data) ? picked : (picked[0] ?? {});
};

/** Documents as a table of all their keys, for formats that know no nesting; parts of parts are JSON text. */
export const rowsOf = (
  data: object | readonly object[],
): { columns: readonly Column<object>[]; rows: readonly object[] } => {
  const rows = documentsOf(data);
  return { columns: keysOf(rows).map(columnOf), rows };
};

const documentsOf = (data: object | readonly object[]): readonly object[] => (isList(data) ? data : [data]);

const isList = (data: object | readonly object[]): data is readonly object[] => Array.isArray(data);

const keysOf = (documents: readonly object[]): string[] => [...new Set(documents.flatMap((one) => Object.keys(one)))];

const valueOf = (document: object, key: string): unknown =>
  Object.hasOwn(document, key) ? Reflect.get(document, key) : undefined;

const columnOf = (key: string): Column<object> => ({
  key,
  title: key.toUpperCase(),
  value: (row) => textOf(valueOf(row, key)),
  kind: key.endsWith('_minor') ? 'number' : isAmountKey(key) ? 'money' : 'text',
  priority: 1,
});

/** Decimal strings such as "-5.00" are figures, which a spreadsheet may read as such. */
const isAmountKey = (key: string): boolean =>
  /(?:^|_)(?:amount|balance|reserved|available|original|adjusted|variance)(?:_|$)/.test(key);

const textOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
};
