import type { GatewayResult } from '../domain/gateway-result.ts';
import type { MessageView } from '../store/odd-messages.ts';

/** What a gateway said, and what came of it, as scripts see it. `says` is what it says of an order; null when nobody can read it. */
export const gatewayMessageDocument = (
  { message, payment, settledBy, confirmedBy }: Omit<MessageView, 'fundId'>,
  says: GatewayResult['outcome'] | null,
) => ({
  id: message.id,
  ref: message.ref,
  gateway: message.gateway,
  source: message.source,
  received_at: message.receivedAt.toISOString(),
  outcome: message.outcome,
  detail: message.detail,
  payment,
  says,
  remote: message.remote,
  raw: message.raw,
  settled_by: settledBy,
  confirmed_by: confirmedBy,
  settled_at: message.settledAt?.toISOString() ?? null,
  settled_reason: message.settledReason,
});
export type GatewayMessageDocument = ReturnType<typeof gatewayMessageDocument>;
