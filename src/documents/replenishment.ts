import type { Row } from '../store/tables.ts';
import { maybeMoney, money } from './money.ts';

/** A request with the names that people know its parts by. */
export interface ReplenishmentNames {
  readonly request: Row<'replenishmentRequests'>;
  readonly fundCode: string;
  readonly currency: string;
  readonly requestedBy?: string | null;
  readonly approvedBy?: string | null;
  readonly rejectedBy?: string | null;
  readonly fundedBy?: string | null;
}

/** A replenishment request as scripts see it. `balance` is the fund's when it was requested. */
export function replenishmentDocument(names: ReplenishmentNames) {
  const { request, fundCode, currency } = names;
  return {
    id: request.id,
    ref: request.ref,
    fund: fundCode,
    ...money('balance', request.balanceMinor, currency),
    ...money('requested_amount', request.requestedMinor, currency),
    ...maybeMoney('approved_amount', request.approvedMinor, currency),
    ...maybeMoney('funded_amount', request.fundedMinor, currency),
    currency,
    status: request.status,
    auto_triggered: request.autoTriggered,
    requested_by: names.requestedBy ?? null,
    approved_by: names.approvedBy ?? null,
    rejected_by: names.rejectedBy ?? null,
    funded_by: names.fundedBy ?? null,
    reason: request.reason,
    decided_reason: request.decidedReason,
    reference: request.reference,
    decided_at: request.decidedAt?.toISOString() ?? null,
    funded_at: request.fundedAt?.toISOString() ?? null,
    created_at: request.createdAt.toISOString(),
  };
}
export type ReplenishmentDocument = ReturnType<typeof replenishmentDocument>;
