import type { Row } from '../store/tables.ts';

/** What a gateway said, and what came of it, as scripts see it. */
export const gatewayMessageDocument = (message: Row<'gatewayMessages'>, payment: string | null) => ({
  id: message.id,
  ref: message.ref,
  gateway: message.gateway,
  source: message.source,
  received_at: message.receivedAt.toISOString(),
  outcome: message.outcome,
  detail: message.detail,
  payment,
});
export type GatewayMessageDocument = ReturnType<typeof gatewayMessageDocument>;
