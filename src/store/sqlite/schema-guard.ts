import type Database from 'better-sqlite3';
import { readReleasedSchema } from '../released-schema.ts';
import type { SchemaFault } from '../schema-faults.ts';
import type { OpenOptions } from '../store.ts';

/**
 * Everything that the file says of its schema, a JSON array `[kind, table, name, statement]` a line, in the order in which it
 * was made. JSON keeps lines apart whatever an attacker writes into a name. Left out is what ANALYZE makes, by its exact text.
 */
const PRESENT_SCHEMA = `
select cast(group_concat(json_array(type, tbl_name, name, sql), char(10)) as blob) from sqlite_schema
 where sql is not 'CREATE TABLE sqlite_stat1(tbl,idx,stat)' and sql is not 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)'`;

/** What this file's schema is now. */
export const presentSqliteSchema = (raw: Database.Database): Buffer =>
  (raw.prepare<[], Buffer | null>(PRESENT_SCHEMA).pluck().get() as Buffer | null) ?? Buffer.alloc(0);

/**
 * Called inside each write transaction, before its work: throws integrity SCHEMA_ALTERED when a table, index or trigger is not
 * the released one, or repairs them where that is what was asked for. Texts are compared, not digests: that takes 0.3 ms, and
 * again only when SQLite itself would read the schema anew.
 */
export function sqliteSchemaGuard(raw: Database.Database, location: string, options: OpenOptions): () => Promise<void> {
  const cookie = raw.prepare<[], number>('pragma schema_version').pluck();
  let checked: unknown;
  return async () => {
    const now = cookie.get();
    if (now === checked) return;
    const [released, present] = [readReleasedSchema('sqlite'), presentSqliteSchema(raw)];
    // A repaired or vacuumed file has the same schema in another order.
    if (!released.equals(present)) {
      const { schemaAltered, schemaFaults } = await import('../schema-faults.ts');
      const faults = schemaFaults(released.toString(), present.toString());
      if (faults.length > 0 && options.repair === undefined) throw schemaAltered(location, faults);
      for (const fault of faults) await repair(raw, fault);
      options.repair?.(faults);
    }
    checked = now;
  };
}

async function repair(raw: Database.Database, fault: SchemaFault): Promise<void> {
  try {
    for (const statement of repairStatements(fault)) raw.exec(statement);
  } catch (error) {
    const contradicted =
      error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT');
    throw contradicted ? (await import('../schema-faults.ts')).notRepairable(fault, error) : error;
  }
}

function repairStatements({ object, fault, repairedBy }: SchemaFault): string[] {
  if (repairedBy === null) return [];
  const drop = `DROP ${object.kind.toUpperCase()} IF EXISTS "${object.name.replaceAll('"', '""')}"`;
  return [...(fault === 'missing' ? [] : [drop]), ...(fault === 'added' ? [] : [object.definition])];
}
