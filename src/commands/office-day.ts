import type { OfficeDay } from '../operations/judge-execution.ts';
import { getOfficeZone } from '../store/office.ts';
import type { Store } from '../store/store.ts';
import { minuteOfDay, startOfDay, todayIn } from '../terminal/zone.ts';

export interface OfficeFacts {
  readonly timezone: string;
  readonly currency: string;
  /** The day of an instant where the office is: limits, value dates and voucher years are counted in it. */
  readonly dayAt: (now: Date) => OfficeDay;
}

/** The office's zone and currency. */
export async function officeFacts(store: Store): Promise<OfficeFacts> {
  const { timezone, currency } = await store.read(getOfficeZone);
  return {
    timezone,
    currency,
    dayAt: (now) => {
      const date = todayIn(now, timezone);
      return {
        start: startOfDay(date, timezone),
        date,
        year: Number(date.slice(0, 4)),
        minute: minuteOfDay(now, timezone),
      };
    },
  };
}
