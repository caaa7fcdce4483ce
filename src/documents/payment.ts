import type { Flag } from '../domain/payee-flags.ts';
import { otpExpired } from '../domain/otp.ts';
import type { PaymentView } from '../store/payment-views.ts';
import type { Row } from '../store/tables.ts';
import { maybeMoney, money } from './money.ts';

/** When something happened, as RFC 3339 UTC with milliseconds. */
const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

/** The proof that a payment was made. */
export function executionDocument(
  execution: Row<'paymentExecutions'>,
  people: { executor: string; otpVerifiedBy: string | null },
) {
  return {
    id: execution.id,
    ref: execution.ref,
    executor: people.executor,
    gateway: execution.gateway,
    gateway_reference: execution.gatewayReference,
    gateway_status: execution.gatewayStatus,
    otp_verified_at: instant(execution.otpVerifiedAt),
    otp_verified_by: people.otpVerifiedBy,
    ip_address: execution.ipAddress,
    user_agent: execution.userAgent,
    voucher: execution.voucherNumber,
    created_at: execution.createdAt.toISOString(),
  };
}

/** The try of a payment of which the outcome is open: what is reserved for it, and what its gateway has said so far. */
function attemptDocument(attempt: NonNullable<PaymentView['attempt']>, currency: string) {
  return {
    attempt: attempt.ref,
    state: attempt.state,
    gateway: attempt.gateway,
    key: attempt.idempotencyKey,
    ...money('reserved', attempt.reservedMinor, currency),
    sent_at: instant(attempt.sentAt),
    accepted_at: instant(attempt.acceptedAt),
    conversation: attempt.conversation,
    looks: attempt.looks,
    next_look_at: instant(attempt.nextLookAt),
    error: attempt.error,
  };
}

/** What explains a payment, as `payment show` looks it up. */
export interface Reconciled {
  readonly matchRef: string;
  /** Null when it was reconciled by hand. */
  readonly lineRef: string | null;
  readonly by: string;
  readonly at: Date;
}

/** A payment as scripts see it; `now` decides whether its code is still good, `flags` and `reconciled` are null where nobody has looked. */
export function paymentDocument(
  view: PaymentView,
  now: Date,
  flags: readonly Flag[] | null = null,
  reconciled: Reconciled | null = null,
) {
  const { payment, challenge, execution } = view;
  const live = challenge !== null && challenge.voidedAt === null ? challenge : null;
  const verified =
    execution === null
      ? live !== null && live.verifiedAt !== null && !otpExpired(live, now)
      : execution.otpVerifiedAt !== null;
  return {
    id: payment.id,
    ref: payment.ref,
    requisition: view.requisition.ref,
    requisition_number: view.requisition.number,
    purpose: view.requisition.purpose,
    fund: view.fundCode,
    ...money('amount', payment.amountMinor, payment.currency),
    ...maybeMoney('adjusted_amount', view.adjustedMinor, payment.currency),
    currency: payment.currency,
    method: payment.method,
    destination: payment.destination,
    payee: payment.payee,
    status: payment.status,
    requester: view.requester,
    executor: view.executor,
    otp_required: payment.otpRequired,
    otp_sent_at: instant(live?.sentAt ?? null),
    otp_verified: verified,
    otp_verified_at: instant(execution?.otpVerifiedAt ?? live?.verifiedAt ?? null),
    otp_expires_at: live?.sentAt ? instant(live.expiresAt) : null,
    retry_count: payment.retryCount,
    max_retries: payment.maxRetries,
    last_error: payment.lastError,
    created_at: payment.createdAt.toISOString(),
    execution:
      execution === null
        ? null
        : executionDocument(execution, { executor: view.executionExecutor ?? '', otpVerifiedBy: view.otpVerifiedBy }),
    in_flight: view.attempt === null ? null : attemptDocument(view.attempt, payment.currency),
    suspense: view.heldAs,
    pending_variance: view.pendingVariance,
    flags,
    reconciliation:
      reconciled === null
        ? null
        : {
            match: reconciled.matchRef,
            statement_line: reconciled.lineRef,
            reconciled_by: reconciled.by,
            reconciled_at: reconciled.at.toISOString(),
          },
  };
}
export type PaymentDocument = ReturnType<typeof paymentDocument>;
