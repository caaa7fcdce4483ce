import { grantsFor, type Ability, type Actor, type Grant } from './access.ts';

/** What can wait for somebody, in the order in which it is told: what they must settle, what they may do, what they should know. */
export const MATTERS = [
  'in_flight',
  'in_suspense',
  'to_pay',
  'live_codes',
  'to_retry',
  'to_approve',
  'to_confirm',
  'to_approve_variance',
  'to_approve_replenishment',
  'to_fund',
  'unmatched_lines',
  'missed_payments',
  'unbalanced_statements',
  'low_funds',
  'changes_waiting',
  'locked_people',
] as const;
export type Matter = (typeof MATTERS)[number];

/** Which ability makes a matter somebody's own; the rule that judges the act judges by the same. */
const ABILITY: Readonly<Record<Exclude<Matter, 'to_confirm'>, Ability>> = {
  in_flight: 'payment.declare_not_paid',
  in_suspense: 'payment.declare_not_paid',
  to_pay: 'payment.execute',
  live_codes: 'payment.execute',
  to_retry: 'payment.retry',
  to_approve: 'requisition.approve',
  to_approve_variance: 'variance.approve',
  to_approve_replenishment: 'replenishment.approve',
  to_fund: 'replenishment.fund',
  unmatched_lines: 'reconcile.run',
  missed_payments: 'reconcile.run',
  unbalanced_statements: 'reconcile.run',
  low_funds: 'replenishment.check',
  changes_waiting: 'change.read',
  locked_people: 'office.manage',
};

/** The roles by which a matter concerns somebody; none when it does not. Auditors see open outcomes and money without a debit, which they cannot settle. */
export function grantsForMatter(actor: Pick<Actor, 'grants'>, matter: Exclude<Matter, 'to_confirm'>): Grant[] {
  const able = grantsFor(actor, ABILITY[matter]);
  if (matter !== 'in_flight' && matter !== 'in_suspense') return able;
  return [...able, ...grantsFor(actor, 'audit.read').filter(({ role }) => role === 'auditor')];
}

/** Whether somebody may be asked to confirm changes at all. */
export const mayConfirm = (actor: Pick<Actor, 'grants'>): boolean =>
  grantsFor(actor, 'change.read').some(({ role }) => role === 'cfo' || role === 'approver');
