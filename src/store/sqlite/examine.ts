import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { advice, broken, fine, type Finding } from '../../domain/finding.ts';
import { connect } from './connect.ts';
import { readReleasedSchema } from '../released-schema.ts';
import { schemaFindings } from '../schema-findings.ts';
import { presentSqliteSchema } from './schema-guard.ts';

/** Examines an office's file. Throws what opening throws when it cannot be read. */
export function examineSqlite(path: string): Finding[] {
  const file = resolve(path);
  const raw = connect(file, { readonly: true, timeout: 5000 });
  try {
    return [
      modes(file),
      journal(raw),
      pages(raw),
      pointers(raw),
      ...schemaFindings(readReleasedSchema('sqlite').toString(), presentSqliteSchema(raw).toString()),
    ];
  } finally {
    raw.close();
  }
}

function modes(file: string): Finding {
  const open = [file, `${file}-wal`, `${file}-shm`].filter(
    (name) => existsSync(name) && (statSync(name).mode & 0o077) !== 0,
  );
  return open.length === 0
    ? fine('file_modes', 'Only their owner can read the database files.')
    : advice('file_modes', `Others on this machine may read ${open.join(', ')}.`, `chmod 600 ${open.join(' ')}`);
}

function journal(raw: Database.Database): Finding {
  const mode = String(raw.pragma('journal_mode', { simple: true }));
  return mode === 'wal'
    ? fine('journal', 'The journal is a write-ahead log, synced at every commit.')
    : advice('journal', `The journal mode is ${mode}, not wal.`, 'run any command that writes: it sets the mode');
}

function pages(raw: Database.Database): Finding {
  const answers = raw.prepare('pragma integrity_check').pluck().all();
  return answers.length === 1 && answers[0] === 'ok'
    ? fine('integrity_check', 'Every page and index of the file is sound.')
    : broken(
        'integrity_check',
        `The file is damaged: ${answers.slice(0, 3).map(String).join('; ')}.`,
        'stop paying, and restore the last good backup',
      );
}

function pointers(raw: Database.Database): Finding {
  const rows = raw.prepare('pragma foreign_key_check').all();
  return rows.length === 0
    ? fine('foreign_keys', 'Every row points to rows that exist.')
    : broken(
        'foreign_keys',
        `${rows.length} rows point to rows that do not exist.`,
        'stop paying, and restore the last good backup',
      );
}
