import { Problem } from '../domain/problem.ts';
import type { WriteOptions } from '../store/store.ts';

/** Every guarded write must have changed exactly one row; otherwise nothing may be committed (Problem conflict). */
export function requireEachOnce(counts: readonly number[]): void {
  if (counts.every((count) => count === 1)) return;
  throw new Problem(
    'conflict',
    'CHANGED_MEANWHILE',
    'Somebody else changed this payment or its fund at the same moment.',
    {
      unchanged: 'Nothing was paid.',
      retryable: true,
    },
  );
}

/** For what lets people in and out: neither a wrong clock nor an old copy of the database may lock out those who put it right. */
export const WAIVED: WriteOptions = { waives: ['clock', 'copy'] };
