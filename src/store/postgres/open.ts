import { readFileSync } from 'node:fs';
import pg from 'pg';
import { Problem } from '../../domain/problem.ts';
import type { OpenOptions, Store, WriteOptions } from '../store.ts';
import type { Tx } from '../transaction.ts';
import { assertSchemaVersion } from './migrate.ts';
import { explainPostgresError, isRetryable } from './errors.ts';
import { transactionsOn } from './transactions.ts';

const RETRIES = 5;

/** Opens a pool on a shared Postgres. No session state is kept, so poolers in transaction mode work (`?prepare=false`). */
export async function openPostgres(url: string, options: OpenOptions): Promise<Store> {
  const { config, named, location } = connectionConfig(url);
  const pool = new pg.Pool({
    ...config,
    max: options.connections ?? 2,
    idleTimeoutMillis: 1000,
    allowExitOnIdle: true,
  });
  // An idle connection that dies is replaced at the next use; the error of a used one reaches its caller.
  pool.on('error', () => undefined);
  const once = transactionsOn(pool, { ...options, named, location });

  const attempt = async <T>(
    access: Tx['access'],
    work: (tx: Tx) => Promise<T>,
    { waives }: WriteOptions = {},
  ): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(access, work, waives);
      } catch (error) {
        if (tries >= RETRIES || !isRetryable(error)) throw explainPostgresError(error, location);
      }
    }
  };

  const store: Store = {
    dialect: 'postgres',
    location,
    read: (work) => attempt('read', work),
    write: async (work, how) => {
      if (options.readOnly) {
        throw new Problem('usage', 'READ_ONLY', 'This command writes, and --read-only was given.', {
          unchanged: 'Nothing was changed.',
        });
      }
      return attempt('write', work, how);
    },
    close: () => pool.end(),
  };
  try {
    if (!options.anySchema) await assertSchemaVersion(pool, location);
  } catch (error) {
    await pool.end();
    throw explainPostgresError(error, location);
  }
  return store;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1', '']);

/** How to connect: TLS, time limits, pipelining; and where to, without the password. Throws Problem usage for a bad URL. */
export function connectionConfig(text: string) {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Problem('usage', 'DATABASE_URL_INVALID', 'TREASURY_DATABASE_URL is not a URL.', {
      unchanged: 'Nothing was opened.',
      fix: 'TREASURY_DATABASE_URL=postgres://USER@HOST/DATABASE',
    });
  }
  const named = url.searchParams.get('prepare') !== 'false';
  url.searchParams.delete('prepare');
  const rootCertificate = url.searchParams.get('sslrootcert');
  const local = LOOPBACK.has(url.hostname) || url.searchParams.has('host');
  for (const name of ['sslmode', 'sslrootcert']) url.searchParams.delete(name);
  const location = `postgres://${url.hostname}${url.port ? `:${url.port}` : ''}${url.pathname}`;
  // Anywhere but on loopback the server proves who it is (verify-full), whatever the URL asks for.
  const ssl = local
    ? false
    : { rejectUnauthorized: true, ...(rootCertificate ? { ca: readFileSync(rootCertificate, 'utf8') } : {}) };
  const config = {
    connectionString: url.href,
    ssl,
    connectionTimeoutMillis: 5000,
    pipeline: true,
    application_name: 'treasury',
  };
  return { config, named, location };
}
