import type { Grant, Role } from '../../src/domain/access.ts';
import type { ExecutionFacts } from '../../src/domain/execution-facts.ts';
import { parseAmount } from '../../src/domain/money.ts';
import { NOBODY } from '../../src/domain/execution-facts.ts';
import { otpDeadline, type Challenge } from '../../src/domain/otp.ts';
import { NO_POLICY } from '../../src/domain/policy.ts';

/** The instant at which every rule is judged, unless a test says another. */
export const NOW = new Date('2026-10-18T06:06:03.950Z');

/** An instant this many milliseconds after `NOW`, or before it when negative. */
export const after = (ms: number): Date => new Date(NOW.getTime() + ms);

/** A figure in shillings, as minor units: `kes('50.01')` is 5001. */
export const kes = (amount: string): number => parseAmount(amount, 'KES', { zero: true });

/** A role at a place; without a place, in the whole office. */
export const aGrant = (role: Role, place: Partial<Omit<Grant, 'role'>> = {}): Grant => ({
  role,
  companyId: null,
  regionId: null,
  branchId: null,
  ...place,
});

type Payment = ExecutionFacts['payment'];

/** A pending payment of KES 5,000.00 that a cashier may execute; say only what matters. */
export const aPayment = ({ amount = '5000.00', ...rest }: Partial<Payment> & { amount?: string } = {}): Payment => ({
  ref: 'pay_7f3k2m',
  status: 'pending',
  amountMinor: kes(amount),
  currency: 'KES',
  method: 'mpesa',
  destination: '254712345678',
  requesterId: 'rita',
  retryCount: 0,
  maxRetries: 3,
  voucher: null,
  ...rest,
});

/** A code that was sent a minute ago and verified since, for the terms `digest`. */
export const aChallenge = (stated: Partial<Challenge> = {}): Challenge => {
  const sentAt = stated.sentAt === undefined ? after(-60_000) : stated.sentAt;
  return {
    channel: 'mail',
    digest: 'terms',
    failures: 0,
    sentAt,
    expiresAt: otpDeadline(sentAt ?? NOW),
    verifiedAt: after(-30_000),
    consumedAt: null,
    voidedAt: null,
    ...stated,
  };
};

type Stated = {
  readonly [Part in 'payment' | 'requisition' | 'fund' | 'executor']?: Partial<ExecutionFacts[Part]>;
} & Partial<Omit<ExecutionFacts, 'payment' | 'requisition' | 'fund' | 'executor'>>;

/** Facts under which every check passes, but for what a test states. */
export const executionFacts = ({ payment, requisition, fund, executor, ...rest }: Stated = {}): ExecutionFacts => {
  const paid = aPayment(payment);
  return {
    now: NOW,
    payment: paid,
    requisition: {
      number: 'REQ-2026-00912',
      status: 'approved',
      requestedBy: 'rita',
      amountMinor: paid.amountMinor,
      termsAgree: true,
      committedMinor: paid.amountMinor,
      approverIds: ['abel'],
      rejecterIds: [],
      approvals: [{ approverId: 'abel', roles: ['approver'] }],
      ...requisition,
    },
    fund: {
      companyId: 'acme',
      regionId: 'coast',
      branchId: 'mombasa',
      code: 'NBI',
      state: 'open',
      balanceMinor: kes('100000'),
      reservedMinor: 0,
      otpThresholdMinor: 0,
      paymentLimitMinor: null,
      dailyLimitMinor: null,
      ...fund,
    },
    executor: { userId: 'jane', username: 'jane', phone: '254700000001', grants: [aGrant('cashier')], ...executor },
    policy: NO_POLICY,
    time: { weekday: 'sun', minute: 9 * 60 + 6 },
    paidTodayMinor: 0,
    paidTodayByMethodMinor: 0,
    paidToDestinationMinor: 0,
    highestFeeMinor: 0,
    carrier: null,
    railFault: null,
    held: null,
    challenge: aChallenge(),
    digest: 'terms',
    others: NOBODY,
    ...rest,
  };
};
