import { type Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { Column } from '../terminal/list.ts';

/** Documents with only the named keys, in that order; null stands for what one does not have. */
export const pickFields = (data: object | readonly object[], fields: readonly string[]): object | object[] => {
  const picked = documentsOf(data).map((one) =>
    Object.fromEntries(fields.map((field) => [field, valueOf(one, field) ?? null])),
  );
  return Array.isArray(data) ? picked : (picked[0] ?? {});
};

/** What documents can be asked for, by its name. */
export const fieldsOf = (data: object | readonly object[]): string[] => keysOf(documentsOf(data));

/** A column for a field that rows do not have, where it is too late to refuse it or there are no rows to tell. */
export const emptyColumn = (key: string): Column<object> => ({
  ...columnOf(key),
  value: () => null,
});

/** That a field does not exist, with the names of those that do. */
export const fieldUnknown = (unknown: readonly string[], known: readonly string[]): Problem =>
  usage('FIELD_UNKNOWN', `There is no field ${unknown.map(quoted).join(', ')}. The fields are ${known.join(', ')}.`, {
    unchanged: 'Nothing was changed.',
    fix: `--fields ${known.slice(0, 3).join(',')}`,
  });

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
