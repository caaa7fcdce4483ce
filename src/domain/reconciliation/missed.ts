import { addDays } from '../day.ts';

/** Whether an entry is missed on statements that end so late: so many days after its value date, and not before. */
export const isMissed = (valueDate: string, { to, staleDays }: { to: string | null; staleDays: number }): boolean =>
  to !== null && addDays(valueDate, staleDays) <= to;
