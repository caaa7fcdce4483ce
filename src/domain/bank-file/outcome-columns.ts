import type { SEPARATORS } from './csv-layout.ts';

/** How a bank's CSV file of outcomes is read. Columns go by the names in its header; letters and digits of them count. */
export interface OutcomeColumns {
  readonly separator: (typeof SEPARATORS)[number];
  /** Null for UTF-8, or Windows-1252 where it is none. */
  readonly charset: 'windows-1252' | null;
  readonly decimal: '.' | ',';
  readonly thousands: ',' | '.' | ' ' | "'" | null;
  /** The column in which the bank repeats our key. */
  readonly key: string;
  /** The column that names our file; null where the keys alone tell which it is. */
  readonly messageId: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly account: string | null;
  /** What `status` says of a payment that was made, and of one that certainly was not. Whatever else it says proves nothing. */
  readonly paid: readonly string[];
  readonly rejected: readonly string[];
}

/** A text of a status as it is compared: whatever its letters' size, and however many blanks stand between. */
export const outcomeWord = (text: string): string =>
  text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toUpperCase();
