import Database from 'better-sqlite3';
import * as kit from 'drizzle-kit/api';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import * as postgresSchema from '../../src/store/postgres/schema.ts';
import * as sqliteSchema from '../../src/store/sqlite/schema.ts';
import { eachDatabase, newPostgresDatabase } from '../support/databases.ts';

// What the migrations make and what the schemas of the source say are two texts; these tests hold them together. The
// migrations also hold what no schema can say: triggers, functions, STRICT, deferred keys, and the table of the migrations
// themselves.

const words = (sql: string): string =>
  sql
    .replaceAll(/["`]/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([(),]) ?/g, '$1')
    .replace(/ ?strict$/i, '')
    .replaceAll(/ ?deferrable initially deferred/gi, '')
    // A key that was added with its column stands there, and where a table is made anew behind its other keys.
    .replace(
      /^(create table .*?\b(\w+) text) (references \w+\(id\))(.*?)((?:,constraint .*)?)\)$/i,
      '$1$4,foreign key($2)$3on update no action on delete no action$5)',
    )
    .trim()
    .toLowerCase();

/** Every table and index of a SQLite database by its name, as the statement that makes it. */
function sqliteObjects(database: Database.Database): Record<string, string> {
  const rows = database
    .prepare<[], { name: string; sql: string }>(
      `select name, sql from sqlite_schema where type in ('table', 'index') and sql is not null order by name`,
    )
    .all();
  return Object.fromEntries(rows.map(({ name, sql }) => [name, words(sql)]));
}

/** Every column, constraint and index of a Postgres database by its name, as the server itself writes them. */
async function postgresObjects(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select c.relname || '.' || a.attname as name,
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
                     nullif(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid)) as definition
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    union all
    select conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) from pg_constraint
     where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> 0
    union all
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid
     where c.relnamespace = 'public'::regnamespace`);
  await client.end();
  return Object.fromEntries(rows.map(({ name, definition }) => [name, words(definition)]));
}

const without = (objects: Record<string, string>, table: string): Record<string, string> =>
  Object.fromEntries(Object.entries(objects).filter(([name]) => !name.startsWith(table)));

eachDatabase((open, dialect) => {
  describe('the schema', () => {
    test.runIf(dialect === 'sqlite')('is what the migrations make, table by table and index by index', async () => {
      const { url } = await open();
      const migrated = new Database(url.replace(/^sqlite:/, ''));
      const declared = new Database(':memory:');
      const target = await kit.generateSQLiteDrizzleJson(sqliteSchema);
      for (const sql of await kit.generateSQLiteMigration(await kit.generateSQLiteDrizzleJson({}), target))
        declared.exec(sql);
      const expected = sqliteObjects(declared);
      expect(Object.keys(expected).length).toBeGreaterThan(50);
      expect(without(sqliteObjects(migrated), 'schema_migrations')).toEqual(expected);
      migrated.close();
      declared.close();
    });

    test.runIf(dialect === 'postgres')('is what the migrations make, column by column and index by index', async () => {
      const { url } = await open();
      const declared = await newPostgresDatabase();
      const target = kit.generateDrizzleJson(postgresSchema);
      const client = new pg.Client({ connectionString: declared });
      await client.connect();
      for (const sql of await kit.generateMigration(kit.generateDrizzleJson({}), target)) await client.query(sql);
      await client.end();
      const expected = await postgresObjects(declared);
      expect(Object.keys(expected).length).toBeGreaterThan(200);
      expect(without(await postgresObjects(url), 'schema_migrations')).toEqual(expected);
    });
  });
});
