import { readFileSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { Problem } from '../../domain/problem.ts';
import type { OpenOptions, Store } from '../store.ts';
import type { Db, Tx } from '../transaction.ts';
import { postgresEngine } from './engine.ts';
import { assertSchemaVersion } from './migrate.ts';
import * as schema from './schema.ts';
import { explainPostgresError, isRetryable } from './errors.ts';

const RETRIES = 5;
const LIMITS =
  "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15s'; SET LOCAL idle_in_transaction_session_timeout = '30s'";
const BEGIN_WRITE = `BEGIN ISOLATION LEVEL READ COMMITTED; ${LIMITS}`;
const BEGIN_READ = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

interface Connection {
  readonly db: Db;
  readonly engine: ReturnType<typeof postgresEngine>;
  readonly sending: () => void;
}

/** Opens a pool on a shared Postgres. No session state is kept, so poolers in transaction mode work (`?prepare=false`). */
export async function openPostgres(url: string, options: OpenOptions): Promise<Store> {
  const { config, named, location } = connectionConfig(url);
  const pool = new pg.Pool({ ...config, max: options.connections ?? 2, idleTimeoutMillis: 1000, allowExitOnIdle: true });
  // An idle connection that dies is replaced at the next use; the error of a used one reaches its caller.
  pool.on('error', () => undefined);
  const connections = new WeakMap<pg.PoolClient, Connection>();

  const connectionOf = (client: pg.PoolClient): Connection => {
    let connection = connections.get(client);
    if (connection === undefined) {
      const logger = options.onStatement ? { logger: { logQuery: options.onStatement } } : {};
      const sending = packets(client);
      connection = { db: drizzle(client, logger) as Db, engine: postgresEngine(client, { named, sending }), sending };
      connections.set(client, connection);
    }
    return connection;
  };

  const once = async <T>(access: Tx['access'], work: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const { sending, ...connection } = connectionOf(client);
      // Not awaited alone: on a pipelined connection BEGIN travels with the first statement.
      sending();
      const begun = client.query(access === 'write' ? BEGIN_WRITE : BEGIN_READ);
      begun.catch(() => undefined);
      const tx: Tx = { now: options.clock(), access, dialect: 'postgres', t: schema, ...connection };
      const result = await work(tx);
      await begun;
      await finish(client, access === 'write' && !options.dryRun);
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const attempt = async <T>(access: Tx['access'], work: (tx: Tx) => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(access, work);
      } catch (error) {
        if (tries >= RETRIES || !isRetryable(error)) throw explainPostgresError(error, location);
      }
    }
  };

  const store: Store = {
    dialect: 'postgres',
    location,
    read: (work) => attempt('read', work),
    write: async (work) => {
      if (options.readOnly) {
        throw new Problem('usage', 'READ_ONLY', 'This command writes, and --read-only was given.', {
          unchanged: 'Nothing was changed.',
        });
      }
      return attempt('write', work);
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

/**
 * What is sent in one turn of the event loop travels as one packet: a system call, and a waking of the server, for each
 * statement costs more than most statements. Answers what is to be called before sending.
 */
function packets(client: pg.PoolClient): () => void {
  const { stream } = client.connection;
  let open = false;
  return () => {
    if (open) return;
    open = true;
    stream.cork();
    process.nextTick(() => {
      open = false;
      stream.uncork();
    });
  };
}

/** A COMMIT whose answer is lost leaves the outcome open: it is never tried again blindly. */
async function finish(client: pg.PoolClient, keep: boolean): Promise<void> {
  try {
    const result = await client.query(keep ? 'COMMIT' : 'ROLLBACK');
    if (keep && result.command !== 'COMMIT') throw new Error('the transaction was rolled back at COMMIT');
  } catch (error) {
    if (!keep || (error instanceof pg.DatabaseError && error.code !== undefined)) throw error;
    throw new Problem('pending', 'COMMIT_UNKNOWN', 'The database went away while the change was being saved: it may or may not be saved.', {
      fix: 'treasury payment show REF',
    });
  }
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
  const ssl = local ? false : { rejectUnauthorized: true, ...(rootCertificate ? { ca: readFileSync(rootCertificate, 'utf8') } : {}) };
  const config = {
    connectionString: url.href,
    ssl,
    connectionTimeoutMillis: 5000,
    pipeline: true,
    application_name: 'treasury',
  };
  return { config, named, location };
}
