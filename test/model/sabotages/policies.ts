import type * as Policy from '../../../src/domain/policy.ts';
import type * as PolicyRules from '../../../src/domain/policy-rules.ts';
import type * as RequisitionRules from '../../../src/domain/requisition.ts';
import { spoiled, type Sabotages, type Spoiled } from './spoiled.ts';

type Verdict = ReturnType<typeof PolicyRules.policyVerdict>;

/** A verdict about a payment in which something is overlooked. */
const verdict = (change: (honest: Verdict) => Verdict): Spoiled =>
  spoiled<typeof PolicyRules, 'policyVerdict'>(
    'src/domain/policy-rules.ts',
    ['policyVerdict'],
    ({ policyVerdict }) => ({
      policyVerdict: (policy, facts) => change(policyVerdict(policy, facts)),
    }),
  );

const time = (change: (minute: number) => number): Spoiled =>
  spoiled<typeof PolicyRules, 'policyVerdict'>(
    'src/domain/policy-rules.ts',
    ['policyVerdict'],
    ({ policyVerdict }) => ({
      policyVerdict: (policy, facts) =>
        policyVerdict(policy, { ...facts, time: { ...facts.time, minute: change(facts.time.minute) } }),
    }),
  );

/** Rules that the office has given itself. */
export const OF_POLICIES: Sabotages = {
  'one approval is always enough': [
    spoiled<typeof RequisitionRules, 'approvalState'>(
      'src/domain/requisition.ts',
      ['approvalState'],
      ({ approvalState }) => ({
        approvalState: (policy, requisition) => ({
          ...approvalState(policy, requisition),
          ...(requisition.approvals.length > 0 ? { missing: { people: 0, roles: [] } } : {}),
        }),
      }),
    ),
  ],
  'a tier ends a cent early': [
    spoiled<typeof Policy, 'tierOf'>('src/domain/policy.ts', ['tierOf'], ({ tierOf }) => ({
      tierOf: (rules, amountMinor) => tierOf(rules, amountMinor + 1),
    })),
  ],
  'roles of a tier are not asked for': [
    spoiled<typeof PolicyRules, 'missingApprovals'>(
      'src/domain/policy-rules.ts',
      ['missingApprovals'],
      ({ missingApprovals }) => ({
        missingApprovals: (tier, approvals) => missingApprovals({ ...tier, roles: [] }, approvals),
      }),
    ),
  ],
  'what was approved under a looser policy is paid': [
    verdict((honest) => ({ ...honest, missing: { people: 0, roles: [] } })),
  ],
  'no cfo need look at it': [verdict((honest) => ({ ...honest, cfoMissingAboveMinor: null }))],
  'methods have no limits': [
    verdict((honest) => ({ ...honest, overPaymentLimitMinor: null, overDayLimitMinor: null })),
  ],
  'a method has no limit of a day': [verdict((honest) => ({ ...honest, overDayLimitMinor: null }))],
  'money leaves at any hour': [verdict((honest) => ({ ...honest, outsideHours: false }))],
  'payment hours are an hour late': [time((minute) => minute - 60)],
  'the policy asks for no codes': [
    spoiled<typeof Policy, 'otpThreshold'>('src/domain/policy.ts', ['otpThreshold'], () => ({
      otpThreshold: (_rules, _method, fundThresholdMinor) => fundThresholdMinor,
    })),
  ],
  'another currency is a way around the policy': [
    spoiled<typeof Policy, 'rulesFor'>('src/domain/policy.ts', ['rulesFor'], ({ rulesFor, OPEN_RULES }) => ({
      rulesFor: (policy, currency) => (currency === 'KES' ? rulesFor(policy, currency) : OPEN_RULES),
    })),
  ],
};
