import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { Problem } from '../domain/problem.ts';
import { drizzleFile } from './released-schema.ts';
import { newerSchema } from './schema-age.ts';
import type { Dialect } from './transaction.ts';

export interface Migration {
  readonly name: string;
  readonly hash: string;
  readonly sql: string;
}

export interface Applied {
  readonly name: string;
  readonly hash: string;
}

/** The released migrations of a dialect, in order. */
export function releasedMigrations(dialect: Dialect): Migration[] {
  const folder = drizzleFile(dialect);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => {
      const sql = readFileSync(`${folder}/${file}`, 'utf8');
      return { name: file.slice(0, -'.sql'.length), hash: createHash('sha256').update(sql).digest('hex'), sql };
    });
}

/** What is left to apply. Throws Problem integrity when an applied one was altered, conflict when the database is newer. */
export function pendingMigrations(
  released: readonly Migration[],
  applied: readonly Applied[],
  location: string,
): Migration[] {
  for (const [index, past] of applied.entries()) {
    const known = released[index];
    if (known === undefined || known.name !== past.name) throw newerSchema(location, past.name);
    if (known.hash !== past.hash) {
      throw new Problem(
        'integrity',
        'MIGRATION_ALTERED',
        `Migration ${past.name} is not the one that was applied to ${location}.`,
        {
          unchanged: 'Nothing was changed.',
          fix: 'install the release of treasury that made this database',
        },
      );
    }
  }
  return released.slice(applied.length);
}
