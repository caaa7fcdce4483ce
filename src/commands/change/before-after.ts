import type { Shown } from '../../domain/change.ts';
import { formatDecimal } from '../../domain/money.ts';
import type { ChangeDocument } from '../../documents/change.ts';
import { formatInstant } from '../../terminal/zone.ts';

/**
 * `otp threshold: KES 0.00 > KES 5,000.00`, one line for each thing that differs; with `whole` also what stays, such as the place
 * of new roles.
 */
export function beforeAfterLines(
  { before, after }: Pick<ChangeDocument, 'before' | 'after'>,
  zone: string,
  { whole = false } = {},
): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const rows = keys
    .filter((key) => key !== 'currency' && !key.endsWith('_minor'))
    .map((key) => ({ key, was: wordsOf(before, key, zone), is: wordsOf(after, key, zone) }));
  const stays = (was: string, is: string): boolean => was === is && (!whole || is === 'none');
  return rows.flatMap(({ key, was, is }) =>
    stays(was, is) ? [] : [`${key.replaceAll('_', ' ')}: ${was === is ? is : `${was} > ${is}`}`],
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function wordsOf(shown: Shown, key: string, zone: string): string {
  const value = shown[key] ?? null;
  if (value === null) return 'none';
  if (typeof value === 'object') return value.join(', ') || 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'string') return String(value);
  if (INSTANT.test(value)) return formatInstant(new Date(value), zone);
  const { currency } = shown;
  return typeof shown[`${key}_minor`] === 'number' && typeof currency === 'string'
    ? formatDecimal(value, currency)
    : value;
}
