import { addDays } from './day.ts';

/** No book of this tool is as old: a year was left out, or read in the wrong place. */
const FIRST_DAY = '1990-01-01';
/** Banks book some days ahead, over holidays; never by more than a month. */
const MOST_DAYS_AHEAD = 31;

/** Why no line of a statement that is read on `today` is booked on a day, as "2062-10-05 is ..."; null where one may be. */
export function bookedDayFault(day: string, today: string | null): string | null {
  if (day < FIRST_DAY) return `${day} is before ${FIRST_DAY.slice(0, 4)}`;
  if (today === null || day <= addDays(today, MOST_DAYS_AHEAD)) return null;
  return `${day} is more than ${MOST_DAYS_AHEAD} days after today, ${today}`;
}
