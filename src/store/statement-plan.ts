// A statement as it is kept and run: plain data, so that the build can make it once and no process has to put SQL together.

/** How a value goes to the driver and comes back, by what its column holds. */
export type Coding = keyof typeof CODINGS;

/** A parameter of a statement in its place: a named one, or a value that stands in the query. Without a coding it goes as it is. */
export type PlanParameter =
  | { readonly name: string; readonly coding?: Coding }
  | { readonly value: string | number | boolean | null };

/** A column of an answer: where it goes in the row's object (`code`, `fund.code`), and how it is read; without a coding as it is. */
export interface PlanColumn {
  readonly to: string;
  readonly coding?: Coding;
}

export interface StatementPlan {
  readonly sql: string;
  readonly parameters: readonly PlanParameter[];
  /** Null for what answers no rows. */
  readonly columns: readonly PlanColumn[] | null;
  /** Objects of an outer join, each with the column that is null when nothing was joined. */
  readonly absent: readonly { readonly name: string; readonly column: number }[];
}

/** Values of named parameters. */
export type Given = Readonly<Record<string, unknown>>;

interface Both {
  readonly encode: (value: never) => unknown;
  readonly decode: (value: never) => unknown;
}

const itself = (value: unknown): unknown => value;

/** A sum as both databases add it without an overflow: billions, a space, and the rest. */
export function sumInParts(text: string): bigint {
  const [billions = '', rest = ''] = text.split(' ');
  return BigInt(billions) * 1_000_000_000n + BigInt(rest);
}

const CODINGS = {
  milliseconds: { encode: (at: Date) => at.getTime(), decode: (text: number) => new Date(text) },
  'instant text': { encode: (at: Date) => at.toISOString(), decode: (text: string) => new Date(text) },
  bit: { encode: (value: boolean) => (value ? 1 : 0), decode: (value: unknown) => Number(value) === 1 },
  number: { encode: itself, decode: Number },
  boolean: { encode: itself, decode: Boolean },
  sum: { encode: itself, decode: sumInParts },
} as const satisfies Record<string, Both>;

type Change = (value: unknown) => unknown;
const encoderOf = (coding: Coding | undefined): Change =>
  coding === undefined ? itself : (CODINGS[coding].encode as Change);
const decoderOf = (coding: Coding | undefined): Change =>
  coding === undefined ? itself : (CODINGS[coding].decode as Change);

/** Puts named parameters in the statement's order, encoded for the driver. Throws when one is missing. */
export function fillerOf({ parameters }: StatementPlan): (given: Given) => unknown[] {
  const fillers = parameters.map(oneFiller);
  return (given) => fillers.map((fill) => fill(given));
}

function oneFiller(parameter: PlanParameter): (given: Given) => unknown {
  if ('value' in parameter) return () => parameter.value;
  const { name } = parameter;
  const encode = encoderOf(parameter.coding);
  return (given) => {
    const value = given[name];
    if (value === undefined) throw new Error(`no value for the parameter ${name}`);
    return value === null ? null : encode(value);
  };
}

/** Reads a row of values in their places as an object. Throws for a statement that answers no rows. */
export function readerOf(plan: StatementPlan): (row: readonly unknown[]) => Record<string, unknown> {
  if (plan.columns === null) throw new Error(`no rows are answered by: ${plan.sql}`);
  const columns = plan.columns.map(({ to, coding }) => {
    const [name = '', inner] = to.split('.');
    return { name, inner, decode: decoderOf(coding) };
  });
  return (row) => {
    const read: Record<string, unknown> = {};
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      if (column === undefined) continue;
      const value = row[at] === null ? null : column.decode(row[at]);
      if (column.inner === undefined) read[column.name] = value;
      else innerObject(read, column.name)[column.inner] = value;
    }
    for (const { name, column } of plan.absent) if (row[column] === null) read[name] = null;
    return read;
  };
}

/** Reads rows as they are, each value in the place of its column; they are changed where they stand. Throws for a statement that answers no rows. */
export function arraysOf(plan: StatementPlan): (rows: unknown[][]) => unknown[][] {
  if (plan.columns === null) throw new Error(`no rows are answered by: ${plan.sql}`);
  const coded = plan.columns.flatMap(({ coding }, at) =>
    coding === undefined ? [] : [{ at, decode: decoderOf(coding) }],
  );
  return (rows) => {
    for (const { at, decode } of coded) {
      for (const row of rows) if (row[at] !== null) row[at] = decode(row[at]);
    }
    return rows;
  };
}

const innerObject = (read: Record<string, unknown>, name: string): Record<string, unknown> =>
  (read[name] ??= {}) as Record<string, unknown>;
