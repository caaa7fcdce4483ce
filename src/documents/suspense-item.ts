import type { SuspenseView } from '../store/suspense.ts';
import { money } from './money.ts';

/** Money that left although nobody was debited, as scripts see it. */
export const suspenseItemDocument = ({ item, ...names }: SuspenseView) => ({
  id: item.id,
  ref: item.ref,
  fund: names.fundCode,
  payment: names.payment,
  attempt: names.attempt,
  ...money('amount', item.amountMinor, item.currency),
  currency: item.currency,
  gateway: item.gateway,
  gateway_reference: item.gatewayReference,
  status: item.status,
  created_at: item.createdAt.toISOString(),
  settled_by: names.settledBy,
  settled_at: item.settledAt?.toISOString() ?? null,
  settled_reason: item.settledReason,
  ledger_entry: names.entry,
});
export type SuspenseItemDocument = ReturnType<typeof suspenseItemDocument>;
