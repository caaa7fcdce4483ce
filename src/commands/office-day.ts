import type { OfficeDay } from '../operations/judge-execution.ts';
import type { Store } from '../store/store.ts';
import { startOfDay, todayIn } from '../terminal/zone.ts';

export interface OfficeFacts {
  readonly timezone: string;
  readonly currency: string;
  /** The day of an instant where the office is: limits, value dates and voucher years are counted in it. */
  readonly dayAt: (now: Date) => OfficeDay;
}

/** The office's zone and currency. */
export async function officeFacts(store: Store): Promise<OfficeFacts> {
  const [office] = await store.read((tx) =>
    tx.db.select({ timezone: tx.t.office.timezone, currency: tx.t.office.currency }).from(tx.t.office),
  );
  if (office === undefined) throw new Error('the office has not been set up');
  const { timezone, currency } = office;
  return {
    timezone,
    currency,
    dayAt: (now) => {
      const date = todayIn(now, timezone);
      return { start: startOfDay(date, timezone), date, year: Number(date.slice(0, 4)) };
    },
  };
}
