import pg from 'pg';
import { Problem } from '../../domain/problem.ts';
import type { OpenOptions, Store, WriteOptions } from '../store.ts';
import type { Tx } from '../transaction.ts';
import { assertSchemaVersion } from './migrate.ts';
import { connectionConfig } from './connection.ts';
import { explainPostgresError, isLockTimeout, isRetryable } from './errors.ts';
import { transactionsOn } from './transactions.ts';

const RETRIES = 5;
/** How long a writer waits for its turn, as on SQLite: each wait for a lock ends earlier, and in a crowd is only one of several. */
const PATIENCE_MS = 60_000;

const NANOSECONDS = 1_000_000n;

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
    { waives, patience }: WriteOptions = {},
  ): Promise<T> => {
    const patienceMs = patience === 'none' ? 0 : (options.patienceMs ?? PATIENCE_MS);
    const startedAt = process.hrtime.bigint();
    const isPatient = (): boolean => process.hrtime.bigint() - startedAt < BigInt(patienceMs) * NANOSECONDS;
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(access, work, waives);
      } catch (error) {
        const again = isLockTimeout(error) ? isPatient() : tries < RETRIES && isRetryable(error);
        if (!again) throw explainPostgresError(error, location);
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
