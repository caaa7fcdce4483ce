import { Column, getTableName, is, Param, Placeholder, SQL } from 'drizzle-orm';
import { sumInParts, type Coding, type PlanParameter, type StatementPlan } from './statement-plan.ts';

/** What Drizzle prepared, as far as a plan is made of it. */
export interface DrizzleStatement {
  readonly query: { readonly sql: string; readonly params: readonly unknown[] };
  readonly fields?: readonly { readonly path: readonly string[]; readonly field: unknown }[] | undefined;
  readonly joinsNotNullableMap?: Readonly<Record<string, boolean>> | undefined;
}

/** How the columns of both databases are coded, by Drizzle's name of their type (see columns.ts of each). */
const CODING_OF: Readonly<Record<string, Coding | null>> = {
  SQLiteText: null,
  SQLiteInteger: null,
  SQLiteTimestamp: 'milliseconds',
  SQLiteBoolean: 'bit',
  PgText: null,
  PgUUID: null,
  PgInteger: null,
  PgBoolean: null,
  PgBigInt53: 'number',
  PgTimestamp: 'instant text',
};

/** The plan that answers exactly what Drizzle's own statement would. Throws for what no plan can say. */
export function planOf(name: string, statement: DrizzleStatement): StatementPlan {
  const { sql, params } = statement.query;
  const fields = statement.fields ?? null;
  return {
    sql,
    parameters: params.map((parameter) => planParameter(name, parameter)),
    columns:
      fields?.map(({ path, field }) => ({ to: placeOf(name, path), ...coded(codingOfField(name, field)) })) ?? null,
    absent: absentObjects(statement),
  };
}

function planParameter(statement: string, parameter: unknown): PlanParameter {
  if (is(parameter, Placeholder)) return { name: parameter.name };
  if (is(parameter, Param) && is(parameter.value, Placeholder)) {
    return { name: parameter.value.name, ...coded(codingOfEncoder(statement, parameter.encoder)) };
  }
  if (parameter === null || ['string', 'number', 'boolean'].includes(typeof parameter))
    return { value: parameter as string | number | boolean | null };
  throw new Error(`${statement}: a parameter that no plan can hold`);
}

const coded = (coding: Coding | null): { coding?: Coding } => (coding === null ? {} : { coding });

/** A parameter is coded as the column that `bound` was given (see transaction.ts). */
function codingOfEncoder(statement: string, encoder: unknown): Coding | null {
  const column = typeof encoder === 'object' && encoder !== null && 'column' in encoder ? encoder.column : encoder;
  if (is(column, Column)) return codingOf(statement, column);
  throw new Error(`${statement}: a parameter that is bound to no column`);
}

function codingOf(statement: string, column: Column): Coding | null {
  const coding = CODING_OF[column.columnType];
  if (coding === undefined) throw new Error(`${statement}: nobody knows how ${column.columnType} is coded`);
  return coding;
}

/** Drizzle keeps the decoder of an expression (`mapWith`) where its types do not show it. */
function codingOfField(statement: string, field: unknown): Coding | null {
  if (is(field, Column)) return codingOf(statement, field);
  const expression = is(field, SQL.Aliased) ? field.sql : field;
  const { decoder } = expression as { decoder: { mapFromDriverValue(value: unknown): unknown } };
  if (is(decoder, Column)) return codingOf(statement, decoder);
  if (decoder.mapFromDriverValue === Number) return 'number';
  if (decoder.mapFromDriverValue === Boolean) return 'boolean';
  if (decoder.mapFromDriverValue === sumInParts) return 'sum';
  const sign = {};
  if (decoder.mapFromDriverValue(sign) === sign) return null;
  throw new Error(`${statement}: an expression is mapped in a way that no plan can say`);
}

function placeOf(statement: string, path: readonly string[]): string {
  if (path.length > 2 || path.some((name) => name.includes('.'))) throw new Error(`${statement}: ${path.join(' > ')}`);
  return path.join('.');
}

/** As Drizzle has it: an object of one outer-joined table is null when the first of its columns is. */
function absentObjects({ fields = [], joinsNotNullableMap }: DrizzleStatement): { name: string; column: number }[] {
  const objects = new Map<string, { column: number; tables: Set<string> }>();
  for (const [at, { path, field }] of fields.entries()) {
    const [name] = path;
    if (joinsNotNullableMap === undefined || name === undefined || path.length !== 2 || !is(field, Column)) continue;
    const object = objects.get(name) ?? { column: at, tables: new Set<string>() };
    object.tables.add(getTableName(field.table));
    objects.set(name, object);
  }
  return [...objects].flatMap(([name, { column, tables }]) => {
    const [table, another] = tables;
    const nullable = table !== undefined && another === undefined && joinsNotNullableMap?.[table] !== true;
    return nullable ? [{ name, column }] : [];
  });
}
