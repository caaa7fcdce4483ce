import { bookedDayFault } from '../domain/booked-day.ts';
import type { StatementFault } from './faults.ts';

/** The days on which the lines of a statement are booked. */
export interface BookedDays {
  /** Takes the day of the next line, which exists. */
  add(day: string, position: number): void;
  first(): string | null;
  last(): string | null;
  /** The first line that is booked on a day that cannot be, if any is. */
  faults(): StatementFault[];
}

/** Starts to gather the days of a statement that is read on `today`; where that is not told, no day is too late. */
export function bookedDays(today: string | null): BookedDays {
  let [first, last]: [string | null, string | null] = [null, null];
  let before = '';
  let odd: StatementFault | null = null;
  return {
    add(day, position) {
      // Nearly every line is of the day of the line before it.
      if (day === before) return;
      before = day;
      if (first === null || day < first) first = day;
      if (last === null || day > last) last = day;
      if (odd !== null) return;
      const why = bookedDayFault(day, today);
      if (why !== null) odd = { message: `it is the first line booked on a day that cannot be: ${why}`, position };
    },
    first: () => first,
    last: () => last,
    faults: () => (odd === null ? [] : [odd]),
  };
}
