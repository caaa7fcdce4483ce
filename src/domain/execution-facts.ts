import type { Actor, Place } from './access.ts';
import { otpRequired, type Challenge } from './otp.ts';
/** Everything that decides whether a payment may be executed by a person now. Amounts in minor units of `payment.currency`. */
export interface ExecutionFacts {
  readonly now: Date;
  readonly payment: {
    readonly ref: string;
    readonly status: string;
    readonly amountMinor: number;
    readonly currency: string;
    readonly destination: string;
    readonly requesterId: string;
    readonly retryCount: number;
    readonly maxRetries: number;
    readonly voucher: string | null;
  };
  readonly requisition: {
    readonly number: string;
    readonly status: string;
    readonly requestedBy: string;
    readonly amountMinor: number;
    /** Whether what was approved is what the payment says (payee, method, destination, currency). */
    readonly termsAgree: boolean;
    /** This and the requisition's other payments that are not cancelled. */
    readonly committedMinor: number;
    readonly approverIds: readonly string[];
    /** Who rejected it in some revision: they judged it, as approvers did. */
    readonly rejecterIds: readonly string[];
  };
  readonly fund: Place & {
    readonly code: string;
    readonly state: string;
    readonly balanceMinor: number;
    readonly reservedMinor: number;
    readonly otpThresholdMinor: number;
    readonly paymentLimitMinor: number | null;
    readonly dailyLimitMinor: number | null;
  };
  readonly executor: Pick<Actor, 'userId' | 'username' | 'phone' | 'grants'>;
  /** Counted only for a fund with a daily limit. */
  readonly paidTodayMinor: number;
  readonly paidToDestinationMinor: number;
  /** The executor's newest challenge for this payment, and the digest that it must carry. */
  readonly challenge: Challenge | null;
  readonly digest: string;
  /** Who could execute it instead; only looked up when somebody has to be named. */
  readonly others: readonly string[];
}

/** Whether this payment needs a code from this fund now. */
export const codeNeeded = (facts: Pick<ExecutionFacts, 'payment' | 'fund' | 'paidToDestinationMinor'>): boolean =>
  otpRequired({
    amountMinor: facts.payment.amountMinor,
    paidToDestinationMinor: facts.paidToDestinationMinor,
    thresholdMinor: facts.fund.otpThresholdMinor,
  });
