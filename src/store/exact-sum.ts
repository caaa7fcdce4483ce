import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { sumInParts } from './statement-plan.ts';

/**
 * The sum of a column of amounts by group, exact however great it is: ten thousand wishes for the highest amount are more than
 * the 64 bits in which SQLite adds, so it is added in two parts. Both databases cut towards 0, amounts below 0 as well.
 */
export const exactSum = (amount: SQLWrapper): SQL<bigint> =>
  sql<bigint>`cast(sum(${amount} / 1000000000) as text) || ' ' || cast(sum(${amount} % 1000000000) as text)`.mapWith(
    sumInParts,
  );
