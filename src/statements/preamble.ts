import { isCurrency } from '../domain/currency.ts';
import { type DateFormat, DateReader } from './date-text.ts';
import { type FigureReading, signedMinor } from './minor-units.ts';

/** What stands above the header of a table, as far as it is understood. */
export interface Preamble {
  account: string | null;
  currency: string | null;
  opening: string | null;
  closing: string | null;
  period: string | null;
}

/** A preamble of which nothing was read yet. */
export const newPreamble = (): Preamble => ({
  account: null,
  currency: null,
  opening: null,
  closing: null,
  period: null,
});

const ACCOUNT =
  /^(?:short ?code|pay ?bill|till|business no|mobile (?:no|number)|msisdn|account (?:no|number)|a\/c no)/i;
const OPENING = /^(?:opening balance|balance (?:brought forward|b\/f))/i;
const CLOSING = /^(?:closing balance|balance (?:carried forward|c\/f))/i;
const PERIOD = /\bperiod\b|^date range/i;

const CURRENCY = /^(?:account )?currency(?: code)?$/i;

/** Longer cells than this are no labels and no values. */
const LONGEST_CELL = 200;

/** Takes what a row above the header says: a label and its value, in two cells or in one with a colon. */
export function readPreamble(preamble: Preamble, row: readonly string[]): void {
  const cells = row.map((cell) => cell.trim()).filter((cell) => cell !== '');
  // The currency often stands beside the account in the same row.
  for (let at = 0; at < cells.length && at < MOST_CELLS && preamble.currency === null; at += 1) {
    const { label, value } = labelled(cells, at);
    if (CURRENCY.test(label)) preamble.currency = currencyIn(value);
  }
  const { label, value } = labelled(cells, 0);
  if (value === '' || label.length > LONGEST_CELL || value.length > LONGEST_CELL) return;
  if (ACCOUNT.test(label)) preamble.account ??= value;
  else if (OPENING.test(label)) preamble.opening ??= value;
  else if (CLOSING.test(label)) preamble.closing ??= value;
  else if (PERIOD.test(label)) preamble.period ??= value;
}

const MOST_CELLS = 20;

/** A label and its value: within the cell behind a colon, else in the next one. */
function labelled(cells: readonly string[], at: number): { readonly label: string; readonly value: string } {
  const first = cells[at] ?? '';
  const colon = first.indexOf(':');
  const label = (colon < 0 ? first : first.slice(0, colon)).trim();
  return {
    label,
    value: colon >= 0 && colon < first.length - 1 ? first.slice(colon + 1).trim() : (cells[at + 1] ?? ''),
  };
}

/** `KES`, or `USD - US Dollar`; null for what begins with no code of ISO 4217. */
function currencyIn(text: string): string | null {
  const code = /^[A-Za-z]{3}\b/.exec(text)?.[0].toUpperCase();
  return code !== undefined && isCurrency(code) ? code : null;
}

/** A balance of the preamble; null where it has none, or says it in words or in another currency. */
export const preambleMinor = (text: string | null, reading: FigureReading): number | null => {
  const minor = text === null ? null : signedMinor(text, reading);
  return typeof minor === 'number' ? minor : null;
};

const DATE = /\d{1,4}([-/. ])[A-Za-z0-9]{1,9}\1\d{2,4}/g;

/** The days of a period such as `01-09-2026 - 30-09-2026`; null for both where these are not two days in order. */
export function preamblePeriod(
  text: string | null,
  formats: readonly DateFormat[],
): { from: string | null; to: string | null } {
  const reader = new DateReader(formats);
  const days = [...(text ?? '').matchAll(DATE)].map(([date]) =>
    reader.read(date) && reader.day.exists ? reader.day.iso : null,
  );
  const [from = null, to = null] = days;
  return days.length === 2 && from !== null && to !== null && from <= to ? { from, to } : { from: null, to: null };
}
