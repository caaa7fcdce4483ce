/** What one check of the doctor found: all well, something to do, or books that cannot be believed. */
export interface Finding {
  readonly id: string;
  readonly status: 'ok' | 'advice' | 'broken';
  readonly message: string;
  /** What to type or do; null when all is well. */
  readonly fix: string | null;
}

/** Nothing to do. */
export const fine = (id: string, message: string): Finding => ({ id, status: 'ok', message, fix: null });

/** Something to do, while the books are right. */
export const advice = (id: string, message: string, fix: string): Finding => ({ id, status: 'advice', message, fix });

/** The books, or what guards them, cannot be believed. */
export const broken = (id: string, message: string, fix: string): Finding => ({ id, status: 'broken', message, fix });
