import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';

const kept = new Map<string, Database.Database>();
const readers = new Map<string, Database.Database>();

/** Makes a database of these bytes in memory; whoever opens `file`, which must exist, is given it. */
export function keepInMemory(file: string, bytes: Buffer): void {
  kept.set(file, remembering(new Database(bytes)));
  // What looks at the file itself must find one.
  writeFileSync(file, '', { mode: 0o600 });
}

/** The database that is kept for a file; closing it is left to `forget`. */
export function inMemory(file: string): Database.Database | undefined {
  return kept.get(file);
}

/** What is given to who only reads a file; none while its bytes are where they belong, in the file. */
export function readerInMemory(file: string): Database.Database | undefined {
  return readers.get(file);
}

/** Writes what is kept to its file, for who opens that with a connection of its own. */
export function saveToFile(file: string): void {
  const database = kept.get(file);
  if (database !== undefined) writeFileSync(file, database.serialize());
}

/** Lets go of the database of a file. */
export function forget(file: string): void {
  kept.get(file)?.close();
  kept.delete(file);
  readers.delete(file);
}

/** Compiles each statement once, as one process seldom does: here thousands of commands say the same. */
function remembering(database: Database.Database): Database.Database {
  return Object.assign(database, { prepare: remembered(database.prepare.bind(database)) });
}

function remembered(prepare: (text: string) => Database.Statement): (text: string) => Database.Statement {
  const statements = new Map<string, Database.Statement>();
  return (text) => {
    const known = statements.get(text);
    if (known?.reader === true) return known.raw(false).pluck(false);
    if (known !== undefined) return known;
    const fresh = prepare(text);
    statements.set(text, fresh);
    return fresh;
  };
}

const SAVEPOINTS = new Map([
  ['BEGIN', 'SAVEPOINT work'],
  ['BEGIN IMMEDIATE', 'SAVEPOINT work'],
  ['COMMIT', 'RELEASE work'],
  ['ROLLBACK', 'ROLLBACK TO work; RELEASE work'],
]);

/**
 * From now on everything that happens to the database of a file happens in one transaction, in which the office's own are
 * savepoints; answers what takes it all back. Opening a database and compiling its statements costs as much as a world.
 * A deferred foreign key is looked at only when all is over: what this is used for has none.
 */
export function fromHereOn(file: string): { readonly takeBack: () => void } {
  const database = kept.get(file);
  if (database === undefined) throw new Error(`${file} is not in memory`);
  const exec = database.exec.bind(database);
  let depth = 0;
  exec('BEGIN IMMEDIATE');
  const inSavepoints = (text: string): Database.Database => {
    const ends = text === 'COMMIT' || text === 'ROLLBACK';
    // The driver says that there is one all the time.
    if (text === 'ROLLBACK' && depth === 0) return database;
    exec(SAVEPOINTS.get(text) ?? text);
    if (SAVEPOINTS.has(text)) depth += ends ? -1 : 1;
    return database;
  };
  Object.assign(database, { exec: inSavepoints });
  readers.set(file, readerOf(database));
  return {
    takeBack: () => {
      if (depth > 0) throw new Error('a transaction of a world has not ended');
      exec('ROLLBACK; BEGIN IMMEDIATE');
    },
  };
}

/** A connection of its own, to whoever is given it: it can be closed, and its statements are not those of the office. */
function readerOf(database: Database.Database): Database.Database {
  const prepare = remembered((text) => Database.prototype.prepare.call(database, text));
  const reader: Pick<Database.Database, 'prepare' | 'exec' | 'pragma' | 'close'> = {
    prepare: prepare as Database.Database['prepare'],
    exec: (text) => {
      if (!SAVEPOINTS.has(text)) throw new Error(`who only reads says ${text}`);
      return database;
    },
    pragma: database.pragma.bind(database),
    close: () => database,
  };
  return reader as Database.Database;
}
