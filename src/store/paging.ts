import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { usage } from '../domain/problem.ts';

export interface PageRequest {
  /** Rows at most; 0 for all. */
  readonly limit: number;
  readonly after: string | null;
}

interface Cursor {
  readonly at: Date;
  readonly id: string;
}

/** An opaque text that stands for a row's place in a list: newest first, ties by id. */
export const cursorOf = (row: { createdAt: Date; id: string }): string =>
  Buffer.from(`${row.createdAt.getTime()}.${row.id}`).toString('base64url');

/** The place that a cursor stands for. Throws usage CURSOR_INVALID. */
export function parseCursor(text: string): Cursor {
  const [milliseconds, id] = Buffer.from(text, 'base64url').toString('utf8').split('.');
  const at = new Date(Number(milliseconds));
  if (id === undefined || !/^[0-9a-f-]{36}$/.test(id) || Number.isNaN(at.getTime())) {
    throw usage('CURSOR_INVALID', 'The text after --after is not one that a list gave.', {
      fix: 'copy it from the footer of the list, or from page.next',
    });
  }
  return { at, id };
}

/** Rows that come after a cursor in a list that is sorted newest first. */
export function afterCursor(columns: { createdAt: PgColumn; id: PgColumn }, after: string | null): SQL | undefined {
  if (after === null) return undefined;
  const { at, id } = parseCursor(after);
  const when = columns.createdAt.mapToDriverValue(at);
  // A row value, so that both databases start at the cursor in the index of a list instead of sorting what follows.
  return sql`(${columns.createdAt}, ${columns.id}) < (${when}, ${id})`;
}

/** One row more than asked for tells whether a list goes on; 0 asks for all. */
export const rowsToAsk = (page: PageRequest): number => (page.limit === 0 ? Number.MAX_SAFE_INTEGER : page.limit + 1);

/** Cuts the row that was only asked to see whether there is more. */
export function cutPage<R extends { createdAt: Date; id: string }>(
  rows: R[],
  page: PageRequest,
): { rows: R[]; next: string | null } {
  if (page.limit === 0 || rows.length <= page.limit) return { rows, next: null };
  const kept = rows.slice(0, page.limit);
  const last = kept.at(-1);
  return { rows: kept, next: last === undefined ? null : cursorOf(last) };
}
