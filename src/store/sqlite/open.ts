import { chmodSync, existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { Problem } from '../../domain/problem.ts';
import { Guard, underGuards, type Waiver } from '../guard.ts';
import type { OpenOptions, Store, WriteOptions } from '../store.ts';
import type { Tx } from '../transaction.ts';
import { connect } from './connect.ts';
import { sqliteEngine } from './engine.ts';
import { sqliteFace } from './face.ts';
import { sqliteSchemaGuard } from './schema-guard.ts';
import { assertSchemaVersion } from './schema-version.ts';
import { inTurn } from '../turn.ts';
import { beginImmediate, beginRead, explainSqliteError, READING_PATIENCE_MS } from './writing.ts';

/** "TRSY" in the header of every treasury database, so that another program's file is never opened by mistake. */
const APPLICATION_ID = 0x54525359;
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/** Opens (or creates) the office's file: WAL, every commit fsynced, foreign keys and recursive triggers on, 0600. */
export function openSqlite(path: string, options: OpenOptions): Store {
  const file = resolve(path);
  const raw = openFile(file, options);
  // Whoever runs planned statements only never needs it, and it takes long to load.
  let face: ReturnType<typeof sqliteFace> | undefined;
  const faced = () => (face ??= sqliteFace(raw, options.onStatement));
  const engine = sqliteEngine(raw, options.onStatement);
  const turn = inTurn();
  const guardSchema = options.anySchema ? undefined : sqliteSchemaGuard(raw, `sqlite:${file}`, options);
  const begin = (access: Tx['access'], waives?: readonly Waiver[]): Tx => {
    const guard = new Guard({ clock: options.clock, heads: options.heads, waives });
    return {
      ...{ guard, access, dialect: 'sqlite', engine },
      get now() {
        return guard.now;
      },
      get db() {
        return faced().db;
      },
      get t() {
        return faced().t;
      },
    };
  };

  const read = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    turn(async () => {
      beginRead(raw);
      try {
        return await work(begin('read'));
      } catch (error) {
        throw explainSqliteError(error, file);
      } finally {
        raw.exec('ROLLBACK');
      }
    });

  const write = <T>(work: (tx: Tx) => Promise<T>, how: WriteOptions = {}): Promise<T> =>
    turn(async () => {
      if (options.readOnly) throw refuseReadOnly();
      if (how.bulk === true) raw.exec(ROOMY);
      await beginImmediate(raw, file, how.patience === 'none' ? 0 : (options.patienceMs ?? 60_000));
      try {
        await guardSchema?.();
        const tx = begin('write', how.waives);
        await tx.guard.judge(tx);
        await tx.guard.settled();
        const result = await underGuards(tx, work);
        raw.exec(options.dryRun ? 'ROLLBACK' : 'COMMIT');
        if (!options.dryRun) tx.guard.keep();
        return result;
      } catch (error) {
        if (raw.inTransaction) raw.exec('ROLLBACK');
        throw explainSqliteError(error, file);
      } finally {
        if (how.bulk === true) raw.exec(USUAL);
      }
    });

  return {
    dialect: 'sqlite',
    location: `sqlite:${file}`,
    read,
    write,
    close: async () => {
      raw.close();
    },
  };
}

/**
 * More pages at hand, and what a refused statement takes back is remembered in memory instead of in a file: without these, a
 * million lines spend half of their time on files. Not for every write: what is sorted then lies in memory, too.
 */
const ROOMY = 'PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY';
/** SQLite's own. */
const USUAL = 'PRAGMA cache_size = -2000; PRAGMA temp_store = DEFAULT';

/** Opens the file itself with every safety setting; for the store and for migrations. */
export function openFile(file: string, options: OpenOptions): Database.Database {
  const fresh = !existsSync(file);
  if (fresh && !options.create) {
    throw new Problem('not_found', 'DATABASE_NOT_FOUND', `There is no treasury database at ${file}.`, {
      unchanged: 'Nothing was changed.',
      fix: 'treasury init --help',
    });
  }
  process.umask(0o077);
  if (fresh) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  refuseNetworkFileSystem(dirname(file));
  if (!fresh) refuseWorldWritable(file);
  try {
    const raw = connect(file, { timeout: READING_PATIENCE_MS });
    prepareConnection(raw, file, fresh);
    if (fresh) chmodSync(file, 0o600);
    if (!options.anySchema) assertSchemaVersion(raw, file);
    return raw;
  } catch (error) {
    throw explainSqliteError(error, file);
  }
}

function prepareConnection(raw: Database.Database, file: string, fresh: boolean): void {
  const applicationId = raw.pragma('application_id', { simple: true });
  if (applicationId !== APPLICATION_ID) {
    if (raw.prepare("select count(*) from sqlite_schema where type = 'table'").pluck().get() !== 0) {
      raw.close();
      throw new Problem('usage', 'NOT_A_TREASURY_DATABASE', `${file} is a database of another program.`, {
        unchanged: 'It was not touched.',
      });
    }
    raw.pragma('journal_mode = WAL');
    raw.pragma(`application_id = ${APPLICATION_ID}`);
  } else if (fresh || raw.pragma('journal_mode', { simple: true }) !== 'wal') raw.pragma('journal_mode = WAL');
  raw.exec(
    'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON',
  );
  // better-sqlite3 reopens WAL files with NORMAL, which forgets committed payments at a power cut: read it back.
  if (raw.pragma('synchronous', { simple: true }) !== 2)
    throw new Error(`${file} could not be set to synchronous=FULL`);
}

function refuseNetworkFileSystem(directory: string): void {
  const kind = NETWORK_FILE_SYSTEMS.get(statfsSync(directory).type);
  if (kind === undefined) return;
  throw new Problem('usage', 'NETWORK_FILE_SYSTEM', `${directory} lies on ${kind}; SQLite's locks do not hold there.`, {
    unchanged: 'Nothing was opened.',
    fix: 'TREASURY_DATABASE_URL=postgres://... (a shared office) or a local directory',
  });
}

function refuseWorldWritable(file: string): void {
  if ((statSync(file).mode & 0o002) === 0) return;
  throw new Problem('forbidden', 'DATABASE_WORLD_WRITABLE', `Anyone on this machine may write to ${file}.`, {
    unchanged: 'Nothing was opened.',
    fix: `chmod 600 ${file}`,
  });
}

const refuseReadOnly = () =>
  new Problem('usage', 'READ_ONLY', 'This command writes, and --read-only was given.', {
    unchanged: 'Nothing was changed.',
  });
