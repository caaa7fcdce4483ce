import type { Row } from '../store/tables.ts';
import { money } from './money.ts';

/** A fund's balance before and after a payment. */
export const fundBeforeAfter = (before: Row<'funds'>, after: Row<'funds'>) => ({
  code: after.code,
  ...money('balance_before', before.balanceMinor, before.currency),
  ...money('balance_after', after.balanceMinor, after.currency),
  currency: after.currency,
});
