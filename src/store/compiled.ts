import { Column, is, Param, Placeholder, SQL } from 'drizzle-orm';

// Drizzle asks at every run of a prepared statement how each parameter is encoded and each column decoded; these ask once.

/** The parameters and columns of a statement, as Drizzle prepared it. */
export type Parameters = Record<string, unknown>;
export type SelectedFields = readonly { readonly path: readonly string[]; readonly field: unknown }[];

/** Puts named parameters in the statement's order, encoded for the driver. Throws when one is missing. */
export function fillerOf(parameters: readonly unknown[]): (given: Parameters) => unknown[] {
  const fillers = parameters.map(oneFiller);
  return (given) => fillers.map((fill) => fill(given));
}

function oneFiller(parameter: unknown): (given: Parameters) => unknown {
  if (is(parameter, Placeholder)) return named(parameter.name, (value) => value);
  if (is(parameter, Param) && is(parameter.value, Placeholder)) {
    const { encoder } = parameter;
    return named(parameter.value.name, (value) => encoder.mapToDriverValue(value));
  }
  return () => parameter;
}

const named =
  (name: string, encode: (value: unknown) => unknown) =>
  (given: Parameters): unknown => {
    const value = given[name];
    if (value === undefined) throw new Error(`No value for placeholder "${name}" was provided`);
    return encode(value);
  };

/** Reads a row of plain columns; null when objects are nested in it (joins), which Drizzle itself puts together. */
export function rowReader(
  fields: SelectedFields | undefined,
): ((row: readonly unknown[]) => Record<string, unknown>) | null {
  if (
    fields === undefined ||
    fields.some(({ path, field }) => path.length !== 1 || !(is(field, Column) || is(field, SQL)))
  )
    return null;
  const columns = fields.map(({ path: [name = ''], field }) => ({ name, decode: decoderOf(field) }));
  return (row) => {
    const read: Record<string, unknown> = {};
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      if (column !== undefined) read[column.name] = row[at] === null ? null : column.decode(row[at]);
    }
    return read;
  };
}

/** Drizzle keeps the decoder of an expression (`mapWith`) where its types do not show it. */
function decoderOf(field: unknown): (value: unknown) => unknown {
  if (is(field, Column)) return (value) => field.mapFromDriverValue(value);
  const { decoder } = field as { decoder: { mapFromDriverValue(value: unknown): unknown } };
  return (value) => decoder.mapFromDriverValue(value);
}
