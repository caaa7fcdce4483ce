import type * as PaymentRules from '../../../src/domain/payment.ts';
import type * as ReplenishmentRules from '../../../src/domain/replenishment.ts';
import type * as RequisitionRules from '../../../src/domain/requisition.ts';
import type * as Requisitions from '../../../src/store/requisitions.ts';
import { spoiled, type Sabotages, type Spoiled } from './spoiled.ts';

type ActFacts = Parameters<typeof RequisitionRules.actChecks>[0];
type CreationFacts = Parameters<typeof PaymentRules.creationChecks>[0];

const actFacts = (change: (facts: ActFacts) => ActFacts): Spoiled =>
  spoiled<typeof RequisitionRules, 'actChecks'>('src/domain/requisition.ts', ['actChecks'], ({ actChecks }) => ({
    actChecks: (facts) => actChecks(change(facts)),
  }));

const creationFacts = (change: (facts: CreationFacts) => CreationFacts): Spoiled =>
  spoiled<typeof PaymentRules, 'creationChecks'>('src/domain/payment.ts', ['creationChecks'], ({ creationChecks }) => ({
    creationChecks: (facts) => creationChecks(change(facts)),
  }));

const replenishmentRules = <
  Name extends 'approvalChecks' | 'fundingChecks' | 'approvableMinor' | 'raisesReplenishment',
>(
  name: Name,
  spoil: (honest: typeof ReplenishmentRules) => Pick<typeof ReplenishmentRules, Name>,
): Spoiled => spoiled<typeof ReplenishmentRules, Name>('src/domain/replenishment.ts', [name], spoil);

/** Rules about wishes: requisitions, the payments that are made of them, and replenishments. */
export const OF_REQUESTS: Sabotages = {
  'whoever requested it may approve it': [
    actFacts((facts) => (facts.act === 'amend' ? facts : { ...facts, actor: { ...facts.actor, isRequester: false } })),
  ],
  'whoever paid it may approve it again': [
    actFacts((facts) => ({ ...facts, actor: { ...facts.actor, isExecutor: false } })),
  ],
  'one person approves twice': [actFacts((facts) => ({ ...facts, actor: { ...facts.actor, hasDecided: false } }))],
  'another changes what somebody asked for': [
    actFacts((facts) => (facts.act === 'amend' ? { ...facts, actor: { ...facts.actor, isRequester: true } } : facts)),
  ],
  'terms change after a payment was made of them': [
    actFacts((facts) => (facts.act === 'amend' ? { ...facts, payments: [] } : facts)),
  ],
  'a requisition is cancelled under an open payment': [
    actFacts((facts) => (facts.act === 'cancel' ? { ...facts, payments: [] } : facts)),
  ],
  'the sum of payments is not looked at': [creationFacts((facts) => ({ ...facts, committedMinor: 0 }))],
  'a fund pays for any place': [
    creationFacts((facts) => ({
      ...facts,
      fund: { ...facts.fund, companyId: facts.requisition.companyId, regionId: null, branchId: null },
    })),
  ],
  'a payment is made of what is not approved': [
    creationFacts((facts) => ({ ...facts, requisition: { ...facts.requisition, status: 'approved' } })),
  ],
  'a reversed payment leaves its requisition approved': [
    spoiled<typeof Requisitions, 'updateRequisition'>(
      'src/store/requisitions.ts',
      ['updateRequisition'],
      ({ updateRequisition }) => ({
        updateRequisition: (tx, id, change) =>
          updateRequisition(tx, id, change.status === 'submitted' && !change.payee ? { decidedReason: null } : change),
      }),
    ),
  ],
  'whoever asked for money may grant it': [
    replenishmentRules('approvalChecks', ({ approvalChecks }) => ({
      approvalChecks: (facts) => approvalChecks({ ...facts, request: { ...facts.request, requestedBy: null } }),
    })),
  ],
  'whoever granted money may pay it in': [
    replenishmentRules('fundingChecks', ({ fundingChecks }) => ({
      fundingChecks: (facts) => fundingChecks({ ...facts, request: { ...facts.request, approvedBy: null } }),
    })),
  ],
  'more is paid in than was granted': [
    replenishmentRules('fundingChecks', ({ fundingChecks }) => ({
      fundingChecks: (facts) => fundingChecks({ ...facts, amountMinor: 0 }),
    })),
  ],
  'money comes in twice under one reference': [
    replenishmentRules('fundingChecks', ({ fundingChecks }) => ({
      fundingChecks: (facts) => fundingChecks({ ...facts, referenceUsedBy: null }),
    })),
  ],
  'what is granted is what was needed when it was asked for': [
    replenishmentRules('approvableMinor', () => ({ approvableMinor: ({ requestedMinor }) => requestedMinor })),
    replenishmentRules('approvalChecks', ({ approvalChecks }) => ({
      approvalChecks: (facts) => approvalChecks({ ...facts, request: { ...facts.request, amountFixed: true } }),
    })),
  ],
  'a fund at its reorder level asks for money': [
    replenishmentRules('raisesReplenishment', ({ raisesReplenishment }) => ({
      raisesReplenishment: (fund) => raisesReplenishment({ ...fund, balanceMinor: fund.balanceMinor - 1 }),
    })),
  ],
};
