import pg from 'pg';
import { readReleasedSchema } from '../released-schema.ts';
import type { SchemaFault } from '../schema-faults.ts';
import type { OpenOptions } from '../store.ts';
import { presentSchemaQuery } from './present-schema.ts';

/** What stands on these tables now (see present-schema.ts). */
export async function presentPostgresSchema(
  client: Pick<pg.ClientBase, 'query'>,
  tables: readonly string[],
): Promise<string> {
  const { rows } = await client.query<{ present: string | null }>(presentSchemaQuery(tables));
  return rows[0]?.present ?? '';
}

/** The tables that a released schema has: loading Drizzle's own takes longer than everything else here. */
export const tablesOf = (released: string): string[] =>
  [...released.matchAll(/^\["table", "(\w+)"/gm)].map(([, name = '']) => name);

/**
 * Asked inside each write transaction, and of the server once on each connection: rejects with integrity SCHEMA_ALTERED when
 * anything on the office's tables is not the released one, or repairs it where that is what was asked for.
 */
export function postgresSchemaGuard(location: string, options: OpenOptions): (client: pg.PoolClient) => Promise<void> {
  const asked = new WeakMap<pg.PoolClient, Promise<void>>();
  return (client) => {
    if (options.anySchema) return Promise.resolve();
    const before = asked.get(client);
    if (before !== undefined) return before;
    const answer = guardSchema(client, location, options);
    // A repair is of this transaction, which may yet be rolled back; and what was altered may be put right.
    if (options.repair === undefined) asked.set(client, answer);
    answer.catch(() => asked.delete(client));
    return answer;
  };
}

async function guardSchema(client: pg.PoolClient, location: string, options: OpenOptions): Promise<void> {
  const released = readReleasedSchema('postgres');
  const present = await presentPostgresSchema(client, tablesOf(released.toString()));
  if (released.equals(Buffer.from(present))) return;
  const { schemaAltered, schemaFaults } = await import('../schema-faults.ts');
  const faults = schemaFaults(released.toString(), present);
  if (faults.length === 0) return;
  if (options.repair === undefined) throw schemaAltered(location, faults);
  for (const fault of faults) await repair(client, fault);
  options.repair(faults);
}

async function repair(client: pg.PoolClient, fault: SchemaFault): Promise<void> {
  try {
    for (const statement of repairStatements(fault)) await client.query(statement);
  } catch (error) {
    const contradicted = error instanceof pg.DatabaseError && error.code === '23505';
    throw contradicted ? (await import('../schema-faults.ts')).notRepairable(fault, error) : error;
  }
}

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Functions come before triggers in the released text, as they must here. */
function repairStatements({ object, fault, repairedBy }: SchemaFault): string[] {
  if (repairedBy === null) return [];
  const { kind, table, name, definition } = object;
  // Its definition says OR REPLACE, which leaves the triggers that call it alone.
  if (kind === 'function') return [definition];
  const on = kind === 'index' ? '' : ` ON public.${quotedName(table)}`;
  const drop = `DROP ${kind.toUpperCase()} ${kind === 'index' ? 'public.' : ''}${quotedName(name)}${on}`;
  return [...(fault === 'missing' ? [] : [drop]), ...(fault === 'added' ? [] : [definition])];
}
