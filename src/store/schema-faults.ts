import { Problem } from '../domain/problem.ts';

/** One table, column, index, constraint, trigger, function ... of a database. */
export interface SchemaObject {
  readonly kind: string;
  /** Empty for what stands on no table. */
  readonly table: string;
  readonly name: string;
  /** For triggers, functions and indexes the statement that makes it. */
  readonly definition: string;
}

export interface SchemaFault {
  readonly object: SchemaObject;
  readonly fault: 'missing' | 'altered' | 'added';
  /** Null where repairing it would need to touch rows. */
  readonly repairedBy: 'making it anew' | 'dropping it' | null;
}

/** What guards rows without holding any: it can be dropped and made anew without losing anything. */
const GUARDS: ReadonlySet<string> = new Set(['trigger', 'function', 'index']);

/** Where the released and the present schema differ, in the order of their texts (see released-schema.ts). */
export function schemaFaults(released: string, present: string): SchemaFault[] {
  const [expected, found] = [objectsOf(released), objectsOf(present)];
  return [
    ...[...expected].flatMap(([key, object]): SchemaFault[] => {
      const there = found.get(key);
      if (there?.definition === object.definition) return [];
      const repairedBy = GUARDS.has(object.kind) && object.definition !== '' ? 'making it anew' : null;
      return [{ object, fault: there === undefined ? 'missing' : 'altered', repairedBy }];
    }),
    ...[...found].flatMap(([key, object]): SchemaFault[] =>
      expected.has(key)
        ? []
        : [{ object, fault: 'added', repairedBy: DROPPED.has(object.kind) ? 'dropping it' : null }],
    ),
  ];
}

/** Added by somebody to the office's tables, where it can act: the release knows nothing like it, and it holds no rows. */
const DROPPED: ReadonlySet<string> = new Set(['trigger', 'index', 'rule']);

function objectsOf(text: string): Map<string, SchemaObject> {
  const lines = text === '' ? [] : text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [kind = '', table = '', name = '', definition] = JSON.parse(line) as (string | null | undefined)[];
      const object = { kind: kind ?? '', table: table ?? '', name: name ?? '', definition: definition ?? '' };
      return [JSON.stringify([object.kind, object.table, object.name]), object];
    }),
  );
}

/** `trigger payments_fixed of payments is missing`. */
export function faultText({ object: { kind, table, name, definition }, fault }: SchemaFault): string {
  if (kind === 'setting') return `the setting ${name} is ${definition === '' ? 'missing' : 'not as it must be'}`;
  const of = table === '' || table === name ? '' : ` of ${table}`;
  return `${kind} ${name}${of} ${fault === 'missing' ? 'is missing' : `was ${fault}`}`;
}

/** Refuses to write to a database of which the guards are not the released ones. */
export function schemaAltered(location: string, faults: readonly SchemaFault[]): Problem {
  const count = faults.length === 1 ? 'one thing differs' : `${faults.length} things differ`;
  return new Problem('integrity', 'SCHEMA_ALTERED', `${location} is not as this release made it: ${count}.`, {
    unchanged: 'Nothing was changed. Do not pay until it is cleared up.',
    faults: faults.map(faultText),
    fix: repairOf(faults),
  });
}

/** What to do about it: guards are put back by a command, tables only by a backup. */
export function repairOf(faults: readonly SchemaFault[]): string {
  if (faults.some(({ object }) => object.kind === 'setting'))
    return 'ALTER ROLE and ALTER DATABASE ... RESET session_replication_role, by whoever administers the server';
  return faults.every(({ repairedBy }) => repairedBy !== null)
    ? 'treasury migrate --repair'
    : 'find out who changed it, and restore a good backup: tables and their columns cannot be put back alone';
}

/** Says why a guard cannot be put back: rows were written meanwhile that it would not have let in. */
export function notRepairable(fault: SchemaFault, error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem('integrity', 'SCHEMA_NOT_REPAIRABLE', `${faultText(fault)}, and cannot be made anew: ${reason}.`, {
    unchanged: 'Nothing was repaired. Do not pay until it is cleared up.',
    fix: 'treasury audit verify, and restore the last good backup',
  });
}
