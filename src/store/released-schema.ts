import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect } from './transaction.ts';

/** A file of the installation's `drizzle` folder, which lies beside dist/ in a release and beside src/ in a checkout. */
export function drizzleFile(name: string): string {
  for (const up of ['..', '../..', '../../..']) {
    const file = join(import.meta.dirname, up, 'drizzle', name);
    if (existsSync(file)) return file;
  }
  throw new Error(`drizzle/${name} is missing from this installation`);
}

/**
 * What this release's migrations make of an empty database, as that database tells it: a JSON array
 * `[kind, table, name, definition]` a line. A test holds it equal to the migrations.
 */
export const readReleasedSchema = (dialect: Dialect): Buffer => readFileSync(drizzleFile(`${dialect}.schema.jsonl`));
