import { readPolicy } from '../../src/domain/policy-file.ts';
import type { Approval, PolicyCase } from '../../src/domain/policy-rules.ts';
import type { Policy, PolicyTerms } from '../../src/domain/policy.ts';
import { kes } from './a-payment.ts';

/** The terms of a policy that is written as its file would say it; throws with its faults when it is none. */
export function terms(document: object, currency = 'KES'): PolicyTerms {
  const read = readPolicy(document, currency);
  if (read.terms === null) throw new Error(read.faults.map(({ path, message }) => `${path} ${message}`).join('\n'));
  return read.terms;
}

/** A version of the policy, written as its file would say it. */
export const aPolicy = (document: object, version = 1): Policy => ({ version, terms: terms(document) });

/** What users asked for: one approver, a CFO above 500,000, a second approver above 1,000,000, limits, hours and codes. */
export const FULL_POLICY = {
  approval: [
    { up_to: '500,000', approvers: 1 },
    { up_to: '1,000,000', approvers: 1, roles: ['cfo'] },
    { approvers: 2, roles: ['cfo'] },
  ],
  cfo: { above: '500,000' },
  limits: {
    mpesa: { per_payment: '250,000', per_day: '500,000' },
    bank: { per_payment: '2,000,000' },
    cash: { per_payment: '50,000', per_day: '100,000' },
  },
  otp: { above: '10,000', mpesa: '5,000' },
  hours: [
    { days: ['mon-fri'], from: '08:00', to: '17:00' },
    { days: ['mon-sat'], from: '09:00', to: '12:00', methods: ['bank'] },
    { days: ['sun'], from: '10:00', to: '24:00', methods: ['bank'] },
  ],
  variance: { percent: '5', amount: '1,000' },
  stale: { statement_days: 3, requisition_days: 2, change_days: 1 },
} as const;

/** Somebody's approval in some roles. */
export const by = (approverId: string, ...roles: Approval['roles']): Approval => ({ approverId, roles });

type Stated = {
  readonly [Part in 'requisition' | 'payment' | 'fund']?: Partial<PolicyCase[Part]>;
} & Partial<Omit<PolicyCase, 'requisition' | 'payment' | 'fund'>>;

/** A payment of KES 5,000.00 by M-Pesa on a Monday at 9, approved by one approver; say only what matters. */
export const aCase = ({ requisition, payment, fund, ...rest }: Stated = {}): PolicyCase => ({
  requisition: {
    number: 'REQ-2026-00912',
    amountMinor: payment?.amountMinor ?? kes('5000'),
    approvals: [by('abel', 'approver')],
    ...requisition,
  },
  payment: { amountMinor: kes('5000'), currency: 'KES', method: 'mpesa', ...payment },
  fund: { code: 'NBI', otpThresholdMinor: kes('1000000'), ...fund },
  executorIsCfo: false,
  time: { weekday: 'mon', minute: 9 * 60 },
  paidTodayByMethodMinor: 0,
  paidToDestinationMinor: 0,
  ...rest,
});
