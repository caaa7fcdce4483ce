import { sql, type SQL } from 'drizzle-orm';

/**
 * Whether an instant lies in a time that the office has disowned: a clock ran ahead, and another was accepted. What happened
 * then cannot be put in order with what happened after.
 */
export const disowned = (at: SQL): SQL =>
  sql`exists (select 1 from clock_acceptances k where ${at} > k.accepted_at and ${at} <= k.newest_at)`;

/** Whether `later` came before `earlier`, and not because of a clock that has been disowned. */
export const backwards = (later: SQL, earlier: SQL): SQL => sql`(${later} < ${earlier} and not ${disowned(earlier)})`;
