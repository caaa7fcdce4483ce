import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';

const kept = new Map<string, Database.Database>();

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

/** Writes what is kept to its file, for who opens that with a connection of its own. */
export function saveToFile(file: string): void {
  const database = kept.get(file);
  if (database !== undefined) writeFileSync(file, database.serialize());
}

/** Lets go of the database of a file. */
export function forget(file: string): void {
  kept.get(file)?.close();
  kept.delete(file);
}

/** Compiles each statement once, as one process seldom does: here thousands of commands say the same. */
function remembering(database: Database.Database): Database.Database {
  const prepare = database.prepare.bind(database);
  const statements = new Map<string, Database.Statement>();
  const again = (text: string): Database.Statement => {
    const known = statements.get(text);
    if (known?.reader === true) return known.raw(false).pluck(false);
    if (known !== undefined) return known;
    const fresh = prepare(text);
    statements.set(text, fresh);
    return fresh;
  };
  return Object.assign(database, { prepare: again });
}
