import { readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { Problem } from '../../domain/problem.ts';

/** The lock byte in the -shm file that a WAL writer holds (sqlite.org/walformat.html, WAL_WRITE_LOCK). */
const WAL_WRITE_LOCK = 120;

/** Who has waited this long is one of many. */
const CROWDED_AFTER_MS = 60;

/**
 * Takes the write lock: tries, waits 0.2 to 1 ms, tries again, until the deadline. SQLite's own busy handler sleeps longer each
 * time and starves writers that have waited longest. Throws Problem conflict naming who holds the lock.
 */
export async function beginImmediate(raw: Database.Database, file: string, patienceMs: number): Promise<void> {
  setBusyTimeout(raw, 0);
  // Who met others at its last write lets them go first; otherwise the one that has just written is always the next to write.
  const lastWaitMs = lastWaits.get(raw);
  if (lastWaitMs !== undefined) sleep(pauseMs(lastWaitMs));
  const startedAt = process.hrtime();
  for (let tries = 1; ; tries += 1) {
    const waitedMs = millisecondsSince(startedAt);
    try {
      raw.exec('BEGIN IMMEDIATE');
      if (tries === 1) lastWaits.delete(raw);
      else lastWaits.set(raw, waitedMs);
      return;
    } catch (error) {
      if (!isBusy(error)) throw explainSqliteError(error, file);
    }
    if (waitedMs >= patienceMs) throw busy(file, patienceMs);
    sleep(pauseMs(waitedMs));
    // Let signals and timers in between tries.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Node loads `performance` at its first use, which takes a millisecond; this clock is there. */
function millisecondsSince(start: [number, number]): number {
  const [seconds, nanoseconds] = process.hrtime(start);
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** In a crowd, trying all the time would take the processor from the one that is writing. */
const pauseMs = (waitedMs: number): number =>
  waitedMs < CROWDED_AFTER_MS ? 0.2 + Math.random() * 0.8 : 2 + Math.random() * 8;

/** How long connections waited for their last write; none when they were alone. */
const lastWaits = new WeakMap<Database.Database, number>();

/** How long a connection waits when it is opened, and when it reads. */
export const READING_PATIENCE_MS = 5000;

/** Begins a read, which waits where another connection recovers or removes the WAL file. */
export function beginRead(raw: Database.Database): void {
  setBusyTimeout(raw, READING_PATIENCE_MS);
  raw.exec('BEGIN');
}

const busyTimeouts = new WeakMap<Database.Database, number>();

/** The pragma costs as much as a small query: it is sent only when another timeout is wanted. */
function setBusyTimeout(raw: Database.Database, milliseconds: number): void {
  if ((busyTimeouts.get(raw) ?? READING_PATIENCE_MS) === milliseconds) return;
  raw.pragma(`busy_timeout = ${milliseconds}`);
  busyTimeouts.set(raw, milliseconds);
}

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (milliseconds: number): void => {
  Atomics.wait(cell, 0, 0, milliseconds);
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const isBusy = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY');

function busy(file: string, patienceMs: number): Problem {
  const holder = lockHolder(file);
  const who = holder === null ? 'another process' : `process ${holder.pid} (${holder.command})`;
  return new Problem(
    'conflict',
    'DATABASE_BUSY',
    `The database has been busy for ${patienceMs} ms: ${who} is writing.`,
    {
      unchanged: 'Nothing was changed.',
      retryable: true,
    },
  );
}

/** Who holds the WAL write lock, as Linux tells in /proc/locks; null where that cannot be known. */
export function lockHolder(file: string): { pid: number; command: string } | null {
  try {
    const inode = statSync(`${file}-shm`).ino;
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, , , access, pid, place, start] = line.trim().split(/\s+/);
      if (access !== 'WRITE' || Number(place?.split(':')[2]) !== inode || Number(start) !== WAL_WRITE_LOCK) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 4).join(' ').trim();
      return { pid: Number(pid), command };
    }
  } catch {
    // Not Linux, or the holder has just gone: only the name in the message is lost.
  }
  return null;
}

/** Says in the tool's words what SQLite's error means; anything unknown stays as it is, a bug. */
export function explainSqliteError(error: unknown, file: string): unknown {
  const code = codeOf(
    error instanceof Error && error.cause !== undefined && codeOf(error) === '' ? error.cause : error,
  );
  const unchanged = 'Nothing was changed.';
  if (code.startsWith('SQLITE_BUSY')) {
    return new Problem('conflict', 'DATABASE_BUSY', 'Another process is using the database.', {
      unchanged,
      retryable: true,
    });
  }
  if (code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && isFull(file))) {
    return new Problem('external', 'DISK_FULL', `There is no room left on the disk of ${file}.`, {
      unchanged,
      fix: `make room: df ${dirname(file)}`,
      retryable: true,
    });
  }
  if (code === 'SQLITE_READONLY' || code === 'SQLITE_CANTOPEN' || code.startsWith('SQLITE_READONLY_')) {
    return new Problem('external', 'DATABASE_NOT_WRITABLE', `The database ${file} cannot be opened for writing.`, {
      unchanged,
      fix: `let whoever works here write to the file and to its directory, where SQLite keeps -wal and -shm: ls -la ${dirname(file)}`,
    });
  }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT_')) {
    return new Problem('integrity', 'DATABASE_DAMAGED', `The database ${file} is damaged.`, {
      unchanged,
      fix: 'keep a copy of it, and put the newest backup in its place',
    });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new Problem('external', 'STORAGE_FAILED', `The disk of ${file} failed.`, { unchanged, retryable: true });
  }
  return error;
}

/** Where SQLite cannot even make the index of its log it says no more than that the disk failed. */
function isFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < LOG_INDEX_BYTES;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

const LOG_INDEX_BYTES = 32 * 1024;
