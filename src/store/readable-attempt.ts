import { getTableColumns } from 'drizzle-orm';
import type { Row, Tables } from './tables.ts';

/** All of an attempt but the address of its results: whoever has that can report one, and an auditor may not read it. */
export type ReadableAttempt = Omit<Row<'paymentAttempts'>, 'resultToken'>;

/** The columns of a readable attempt. */
export function readableAttempt(attempts: Tables['paymentAttempts']) {
  const { resultToken: _secret, ...columns } = getTableColumns(attempts);
  return columns;
}
