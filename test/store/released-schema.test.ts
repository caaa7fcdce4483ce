import path from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { expect, test } from 'vitest';
import { sqlitePath } from '../../src/store/open.ts';
import { presentPostgresSchema } from '../../src/store/postgres/schema-guard.ts';
import { tableNames } from '../../src/store/postgres/table-names.ts';
import { presentSqliteSchema } from '../../src/store/sqlite/schema-guard.ts';
import { eachDatabase } from '../support/databases.ts';
import { PROJECT } from '../support/build.ts';

const RELEASED = (dialect: string) => path.join(PROJECT, 'drizzle', `${dialect}.schema.jsonl`);

const presentOn = async (url: string): Promise<string> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set search_path = public, pg_temp');
    return await presentPostgresSchema(client, ['schema_migrations', ...tableNames()]);
  } finally {
    await client.end();
  }
};

eachDatabase((open, dialect) => {
  test('the released schema is what the migrations make (made anew by: npx vitest run test/store/released-schema.test.ts -u)', async () => {
    const { url } = await open();
    const present = dialect === 'sqlite' ? presentSqliteFile(sqlitePath(url)) : await presentOn(url);
    await expect(present).toMatchFileSnapshot(RELEASED(dialect));
  });
});

function presentSqliteFile(file: string): string {
  const raw = new Database(file);
  try {
    return presentSqliteSchema(raw).toString();
  } finally {
    raw.close();
  }
}
