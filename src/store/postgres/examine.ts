import pg from 'pg';
import { advice, fine, type Finding } from '../../domain/finding.ts';
import { readReleasedSchema } from '../released-schema.ts';
import { schemaFindings } from '../schema-findings.ts';
import { explainPostgresError } from './errors.ts';
import { examineRoles } from './examine-roles.ts';
import { connectionConfig } from './connection.ts';
import { presentPostgresSchema, tablesOf } from './schema-guard.ts';

/** Examines a shared database. Throws what connecting throws when it cannot be reached. */
export async function examinePostgres(url: string): Promise<Finding[]> {
  const { config, location } = connectionConfig(url);
  const client = new pg.Client({ ...config, pipeline: false });
  try {
    await client.connect();
    const released = readReleasedSchema('postgres').toString();
    await client.query('BEGIN READ ONLY; SET LOCAL search_path = public, pg_temp');
    return [
      ...schemaFindings(released, await presentPostgresSchema(client, tablesOf(released))),
      await durability(client),
      ...(await examineRoles(client, tablesOf(released))),
    ];
  } catch (error) {
    throw explainPostgresError(error, location);
  } finally {
    await client.end();
  }
}

async function durability(client: pg.Client): Promise<Finding> {
  const settings = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')",
  );
  const off = settings.rows.filter((row) => row.setting === 'off').map((row) => row.name);
  return off.length === 0
    ? fine('durability', 'Every commit is on disk before it is answered.')
    : advice(
        'durability',
        `A power cut could lose payments: ${off.join(', ')} off.`,
        `set ${off.join(', ')} to on in postgresql.conf`,
      );
}
