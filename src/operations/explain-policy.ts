import { requireAbilityAt, requireWithinReach, type Actor } from '../domain/access.ts';
import { policyCaseOf } from '../domain/execution-facts.ts';
import { SPLITTING_WINDOW_MS } from '../domain/otp.ts';
import { toleranceCheck } from '../domain/tolerance.ts';
import { approvalChecks, judged, policyChecks } from '../domain/policy-checks.ts';
import type { PolicyCase } from '../domain/policy-rules.ts';
import { weekdayOf, type Policy } from '../domain/policy.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { approvalsOf, decisionsAbout } from '../store/approvals.ts';
import { getPaymentView } from '../store/payment-views.ts';
import { resolvePayment } from '../store/payments.ts';
import { allPolicies, getPolicy, versionOf } from '../store/policies.ts';
import { findReplayed, paidBefore, replayedFunds, rolesThrough } from '../store/policy-replay.ts';
import { getRequisition, resolveRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { getVariance, resolveVariance } from '../store/variances.ts';
import { judgeExecution, methodOf, type OfficeDay } from './judge-execution.ts';
import { factsOf } from './replay-policy.ts';

/** The rules of one version of the policy about one thing. */
export interface PolicyJudgement {
  readonly version: number;
  readonly checks: readonly Check[];
}

/** Which rules applied when a thing was decided, and which would now. */
export interface PolicyExplanation {
  readonly kind: 'requisition' | 'payment' | 'variance';
  readonly ref: string;
  /** The requisition's number; null for what was counted. */
  readonly number: string | null;
  readonly status: string;
  /** Null while nothing was decided: no approval, no attempt. */
  readonly decided: PolicyJudgement | null;
  readonly now: PolicyJudgement;
}

export interface ExplainRequest {
  /** A requisition, payment or variance, by whatever names it. */
  readonly named: string;
  readonly dayAt: (now: Date) => OfficeDay;
}

/** Which policy rules applied to a requisition, payment or variance, with which figures and version, then and now. Throws not found. */
export const explainPolicy = (store: Store, actor: Actor, request: ExplainRequest): Promise<PolicyExplanation> =>
  store.read(async (tx) => {
    if (/^\s*(?:pay_|pv-)/i.test(request.named)) return explainPayment(tx, actor, request);
    if (/^\s*var_/i.test(request.named)) return explainVariance(tx, actor, request);
    if (/^\s*req[-_]/i.test(request.named)) return explainRequisition(tx, actor, request);
    try {
      return await explainPayment(tx, actor, request);
    } catch (error) {
      if (error instanceof Problem && error.kind === 'not_found') return explainRequisition(tx, actor, request);
      throw error;
    }
  });

async function explainRequisition(tx: Tx, actor: Actor, { named, dayAt }: ExplainRequest): Promise<PolicyExplanation> {
  const requisition = await getRequisition(tx, await resolveRequisition(tx, named, actor.grants));
  requireAbilityAt(actor, 'books.read', requisition);
  const given = await decisionsAbout(tx, requisition.id);
  const facts = requisitionCase(requisition, approvalsOf(given, requisition.revision), dayAt(tx.now));
  const judge = (policy: Policy): PolicyJudgement => ({
    version: policy.version,
    checks: approvalChecks(judged(policy, facts)),
  });
  const last = given.findLast(({ revision }) => revision === requisition.revision);
  const decidedUnder = last === undefined ? undefined : (await allPolicies(tx)).get(last.policyVersion);
  return {
    kind: 'requisition',
    ref: requisition.ref,
    number: requisition.number,
    status: requisition.status,
    decided: decidedUnder === undefined ? null : judge(decidedUnder),
    now: judge(await getPolicy(tx)),
  };
}

/** A requisition as if all of it were paid at once by somebody who is no CFO. */
const requisitionCase = (
  requisition: Row<'requisitions'>,
  approvals: PolicyCase['requisition']['approvals'],
  day: OfficeDay,
): PolicyCase => ({
  requisition: { ...requisition, approvals },
  payment: { ...requisition, method: methodOf(requisition) },
  fund: { code: '', otpThresholdMinor: 0 },
  executorIsCfo: false,
  time: { weekday: weekdayOf(day.date), minute: day.minute },
  paidTodayByMethodMinor: 0,
  paidToDestinationMinor: 0,
});

async function explainPayment(tx: Tx, actor: Actor, { named, dayAt }: ExplainRequest): Promise<PolicyExplanation> {
  const { payment, requisition } = await getPaymentView(tx, await resolvePayment(tx, named, actor.grants));
  requireWithinReach(actor, requisition);
  const inForce = await getPolicy(tx);
  const about = { kind: 'payment', ref: payment.ref, number: requisition.number, status: payment.status } as const;
  const replayed = await findReplayed(tx, payment.id);
  if (replayed === undefined) {
    const question = { paymentId: payment.id, executor: actor, day: dayAt(tx.now), gatewayReference: null };
    const { facts } = await judgeExecution(tx, question);
    return { ...about, decided: null, now: judgement(inForce, policyCaseOf(facts), null) };
  }
  const day = dayAt(replayed.executedAt);
  const sums = await paidBefore(tx, replayed, {
    dayStart: day.start,
    splittingStart: new Date(replayed.executedAt.getTime() - SPLITTING_WINDOW_MS),
  });
  const fund = (await replayedFunds(tx)).get(replayed.fundId);
  if (fund === undefined) throw new Error(`the fund of ${payment.ref} has gone`);
  const time = { weekday: weekdayOf(day.date), minute: day.minute };
  const facts = factsOf(replayed, { fund, time, sums, rolesThen: await rolesThrough(tx) });
  const code = { used: replayed.codeUsed };
  return {
    ...about,
    decided: judgement(versionOf(await allPolicies(tx), replayed.policyVersion), facts, code),
    now: judgement(inForce, facts, code),
  };
}

async function explainVariance(tx: Tx, actor: Actor, { named }: ExplainRequest): Promise<PolicyExplanation> {
  const { variance, fund } = await getVariance(tx, await resolveVariance(tx, named, actor.grants));
  requireAbilityAt(actor, 'books.read', fund);
  const { ref, status, paymentId, policyVersion, decidedReason: reason } = variance;
  const command = status === 'pending' ? `treasury variance approve ${ref} --reason TEXT` : null;
  const judge = (policy: Policy): PolicyJudgement => ({
    version: policy.version,
    checks: [toleranceCheck({ ref, policy, currency: fund.currency, difference: variance, reason, command })],
  });
  return {
    ...{ kind: 'variance', ref, status },
    number: paymentId === null ? null : (await getPaymentView(tx, paymentId)).requisition.number,
    decided: policyVersion === null ? null : judge(versionOf(await allPolicies(tx), policyVersion)),
    now: judge(await getPolicy(tx)),
  };
}

const judgement = (policy: Policy, facts: PolicyCase, code: { used: boolean } | null): PolicyJudgement => ({
  version: policy.version,
  checks: policyChecks(judged(policy, facts), code),
});
