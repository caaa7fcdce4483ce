import { covers, type Actor, type Place } from './access.ts';
import type { Carrier } from './in-flight.ts';
import type { Challenge } from './otp.ts';
import type { Method } from './payment.ts';
import { rulesFor, type Policy } from './policy.ts';
import { needsCode, type Approval, type OfficeTime, type PolicyCase } from './policy-rules.ts';

/** Everything that decides whether a payment may be executed by a person now. Amounts in minor units of `payment.currency`. */
export interface ExecutionFacts {
  readonly now: Date;
  readonly payment: {
    readonly ref: string;
    readonly status: string;
    readonly amountMinor: number;
    readonly currency: string;
    readonly method: Method;
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
    /** Everybody who ever approved it, whatever it said then: none of them may execute it. */
    readonly approverIds: readonly string[];
    /** Who rejected it in some revision: they judged it, as approvers did. */
    readonly rejecterIds: readonly string[];
    /** Approvals of its present terms. */
    readonly approvals: readonly Approval[];
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
  /** The policy in force. */
  readonly policy: Policy;
  /** What the clock on the office's wall shows now. */
  readonly time: OfficeTime;
  /** Counted only for a fund with a daily limit. */
  readonly paidTodayMinor: number;
  /** Without this payment; counted only where the policy limits days. */
  readonly paidTodayByMethodMinor: number;
  readonly paidToDestinationMinor: number;
  /** The most that the rail which will carry it may charge on top; 0 for cash and by hand. */
  readonly highestFeeMinor: number;
  /** What carries it, where its outcome is open. */
  readonly carrier: Carrier | null;
  /** Why the rail in force would not take this order; null when it would, and for cash and by hand. */
  readonly railFault: string | null;
  /** The suspense item by which money of it has left already, and whether anybody said what becomes of it. */
  readonly held: { readonly ref: string; readonly open: boolean } | null;
  /** The executor's newest challenge for this payment, and the digest that it must carry. */
  readonly challenge: Challenge | null;
  readonly digest: string;
  /** Its time has come: the code was used when it was scheduled, and is not asked for again. */
  readonly scheduled?: boolean;
  /** Who could act instead; only looked up when somebody has to be named. */
  readonly others: {
    readonly toExecute: readonly string[];
    readonly toApprove: readonly string[];
    readonly cfos: readonly string[];
  };
}

/** Nobody, until somebody has to be named. */
export const NOBODY: ExecutionFacts['others'] = { toExecute: [], toApprove: [], cfos: [] };

/** Whether this payment needs a code from this fund now. */
export const codeNeeded = ({
  policy,
  payment,
  fund,
  paidToDestinationMinor,
}: Pick<ExecutionFacts, 'policy' | 'payment' | 'fund' | 'paidToDestinationMinor'>): boolean =>
  needsCode(rulesFor(policy, payment.currency), { payment, fund, paidToDestinationMinor });

/** What the policy judges of an execution. */
export const policyCaseOf = (facts: ExecutionFacts): PolicyCase => ({
  requisition: facts.requisition,
  payment: facts.payment,
  fund: facts.fund,
  executorIsCfo: facts.executor.grants.some((grant) => grant.role === 'cfo' && covers(grant, facts.fund)),
  time: facts.time,
  paidTodayByMethodMinor: facts.paidTodayByMethodMinor,
  paidToDestinationMinor: facts.paidToDestinationMinor,
});
