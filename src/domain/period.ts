import { addDays, FIRST_YEAR, isDay, lastDayOf } from './day.ts';
import { type Problem, usage } from './problem.ts';
import { quoted } from './quoted.ts';

/** Longer text than any period can have is refused before a pattern sees it. */
const LONGEST_PERIOD = 40;

/** Days from and to, both included, as ISO 8601 days of the office's zone. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/**
 * A period as people type it: a day, month (2026-09), quarter (2026-Q3) or year, `today`, `yesterday`, `7d` (the last
 * 7 days, today included), `this-month`, `last-month`, or a range `A..B` of these. `today` is an ISO day of the
 * office's zone. Throws usage DATE_INVALID, which shows how to write it.
 */
export const parsePeriod = (text: string, today: string): Period => {
  if (text.length > LONGEST_PERIOD) throw invalid(text, 'it is too long');
  const [first = '', second, ...more] = text.split('..');
  if (second === undefined) return onePeriod(text, text, today);
  if (more.length > 0) throw invalid(text, 'a range has one start and one end');
  if (first === '' || second === '') throw invalid(text, 'a range needs a start and an end');
  const from = onePeriod(first, text, today).from;
  const to = onePeriod(second, text, today).to;
  if (from > to) throw invalid(text, `it ends on ${to}, before it starts on ${from}`);
  return { from, to };
};

const onePeriod = (part: string, text: string, today: string): Period => {
  const period = namedPeriod(part, today) ?? calendarPeriod(part) ?? lastDays(part, today);
  if (period === undefined) throw invalid(text, faultOf(part));
  return period;
};

const namedPeriod = (part: string, today: string): Period | undefined => {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  if (part === 'today') return { from: today, to: today };
  if (part === 'yesterday') return { from: addDays(today, -1), to: addDays(today, -1) };
  if (part === 'this-month') return months(year, month, month);
  if (part === 'last-month') return month === 1 ? months(year - 1, 12, 12) : months(year, month - 1, month - 1);
  return undefined;
};

const calendarPeriod = (part: string): Period | undefined => {
  if (isDay(part)) return { from: part, to: part };
  const written = /^(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?$/.exec(part);
  if (written === null) return undefined;
  const year = Number(written[1]);
  if (year < FIRST_YEAR) return undefined;
  if (written[2] !== undefined) return months(year, Number(written[2]), Number(written[2]));
  if (written[3] !== undefined) return months(year, Number(written[3]) * 3 - 2, Number(written[3]) * 3);
  return months(year, 1, 12);
};

const lastDays = (part: string, today: string): Period | undefined => {
  const written = /^([1-9]\d{0,3})d$/.exec(part);
  return written === null ? undefined : { from: addDays(today, 1 - Number(written[1])), to: today };
};

const months = (year: number, first: number, last: number): Period => ({
  from: `${year}-${String(first).padStart(2, '0')}-01`,
  to: lastDayOf(year, last),
});

/** The reason why one side of what was typed is not a period. */
const faultOf = (part: string): string => {
  if (part === '') return 'it is empty';
  if (part.includes('/')) return 'slashed dates are read in two ways, so they are not read at all';
  if (/^\d{4}-\d\d-\d\d$/.test(part)) return `there is no day ${part}`;
  if (/^\d{4}-\d\d$/.test(part)) return `there is no month ${part}`;
  if (/^\d{4}$/.test(part)) return `years start at ${FIRST_YEAR}`;
  if (/^\d+d$/.test(part)) return 'days count from 1d to 9999d';
  return `${quoted(part)} is neither a date nor a word for one`;
};

const invalid = (text: string, fault: string): Problem =>
  usage(
    'DATE_INVALID',
    `${quoted(text)} is not a date or period: ${fault}. ` +
      'Write 2026-09-30, 2026-09, 2026-Q3, 2026, today, yesterday, 7d, this-month, last-month or 2026-09-01..2026-09-15.',
  );
