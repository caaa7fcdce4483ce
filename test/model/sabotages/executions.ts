import type * as Access from '../../../src/domain/access.ts';
import type * as FundChecks from '../../../src/domain/fund-checks.ts';
import type * as Funds from '../../../src/domain/fund.ts';
import type * as Reversal from '../../../src/domain/reversal.ts';
import type * as Facts from '../../../src/store/execution-facts.ts';
import { executionFacts, spoiled, type Sabotages } from './spoiled.ts';

/** Rules about money that leaves, and comes back. */
export const OF_EXECUTIONS: Sabotages = {
  'whoever requested it may execute it': [
    executionFacts((facts) => ({
      ...facts,
      payment: { ...facts.payment, requesterId: '' },
      requisition: { ...facts.requisition, requestedBy: '' },
    })),
  ],
  'whoever approved it may execute it': [
    executionFacts((facts) => ({ ...facts, requisition: { ...facts.requisition, approverIds: [] } })),
  ],
  'whoever rejected it may execute it': [
    executionFacts((facts) => ({ ...facts, requisition: { ...facts.requisition, rejecterIds: [] } })),
  ],
  'a role counts at every place': [
    spoiled<typeof Access, 'mayAt'>('src/domain/access.ts', ['mayAt'], ({ mayAnywhere }) => ({
      mayAt: (actor, ability) => mayAnywhere(actor, ability),
    })),
  ],
  'money may be paid to the own phone': [
    executionFacts((facts) => ({ ...facts, executor: { ...facts.executor, phone: null } })),
  ],
  'what is in flight is paid again': [
    executionFacts((facts) => ({
      ...facts,
      payment: { ...facts.payment, status: facts.payment.status === 'executing' ? 'pending' : facts.payment.status },
    })),
  ],
  'tries have no end': [executionFacts((facts) => ({ ...facts, payment: { ...facts.payment, retryCount: 0 } }))],
  'what waits to be approved again is paid': [
    executionFacts((facts) => ({ ...facts, requisition: { ...facts.requisition, status: 'approved' } })),
  ],
  'the daily limit is a cent too high': [
    spoiled<typeof FundChecks, 'limitsCheck'>('src/domain/fund-checks.ts', ['limitsCheck'], ({ limitsCheck }) => ({
      limitsCheck: (facts, ...rest) => {
        const limit = facts.fund.dailyLimitMinor;
        return limitsCheck(
          { ...facts, fund: { ...facts.fund, dailyLimitMinor: limit === null ? null : limit + 1 } },
          ...rest,
        );
      },
    })),
  ],
  'a payment limit is a cent too high': [
    spoiled<typeof FundChecks, 'limitsCheck'>('src/domain/fund-checks.ts', ['limitsCheck'], ({ limitsCheck }) => ({
      limitsCheck: (facts, ...rest) => {
        const limit = facts.fund.paymentLimitMinor;
        return limitsCheck(
          { ...facts, fund: { ...facts.fund, paymentLimitMinor: limit === null ? null : limit + 1 } },
          ...rest,
        );
      },
    })),
  ],
  'what left today is not counted': [executionFacts((facts) => ({ ...facts, paidTodayMinor: 0 }))],
  'a fund pays a cent that it has not': [
    spoiled<typeof FundChecks, 'balanceCheck'>('src/domain/fund-checks.ts', ['balanceCheck'], ({ balanceCheck }) => ({
      balanceCheck: (facts) =>
        balanceCheck({ ...facts, fund: { ...facts.fund, balanceMinor: facts.fund.balanceMinor + 1 } }),
    })),
  ],
  'what is reserved is spent a second time': [
    executionFacts((facts) => ({ ...facts, fund: { ...facts.fund, reservedMinor: 0 } })),
  ],
  'a frozen fund pays': [
    executionFacts((facts) => ({
      ...facts,
      fund: { ...facts.fund, state: facts.fund.state === 'frozen' ? 'open' : facts.fund.state },
    })),
  ],
  'a fund is closed with money in it': [
    spoiled<typeof Funds, 'closingChecks'>('src/domain/fund.ts', ['closingChecks'], ({ closingChecks }) => ({
      closingChecks: (facts) => closingChecks({ ...facts, fund: { ...facts.fund, balanceMinor: 0 } }),
    })),
  ],
  'one reference proves two payments': [
    spoiled<typeof Facts, 'lockDossier'>('src/store/execution-facts.ts', ['lockDossier'], ({ lockDossier }) => ({
      lockDossier: async (tx, request) => {
        const dossier = await lockDossier(tx, request);
        return { ...dossier, figures: { ...dossier.figures, referenceUses: 0 } };
      },
    })),
  ],
  'whoever approved it may say what became of it': [
    spoiled<typeof Facts, 'lockDossier'>('src/store/execution-facts.ts', ['lockDossier'], ({ lockDossier }) => ({
      lockDossier: async (tx, request) => {
        const dossier = await lockDossier(tx, request);
        return dossier.payment.status === 'executing' ? { ...dossier, approvals: [] } : dossier;
      },
    })),
  ],
  'whoever executed it may take it back': [
    spoiled<typeof Reversal, 'reversalChecks'>('src/domain/reversal.ts', ['reversalChecks'], ({ reversalChecks }) => ({
      reversalChecks: (facts) => reversalChecks({ ...facts, person: { ...facts.person, isExecutor: false } }),
    })),
  ],
  'money comes back twice under one reference': [
    spoiled<typeof Reversal, 'reversalChecks'>('src/domain/reversal.ts', ['reversalChecks'], ({ reversalChecks }) => ({
      reversalChecks: (facts) => reversalChecks({ ...facts, reference: null }),
    })),
  ],
};
