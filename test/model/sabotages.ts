import type * as Access from '../../src/domain/access.ts';
import type * as Change from '../../src/domain/change.ts';
import type * as ExecutionChecks from '../../src/domain/execution-checks.ts';
import type * as FundChecks from '../../src/domain/fund-checks.ts';
import type * as Otp from '../../src/domain/otp.ts';
import type * as PaymentRules from '../../src/domain/payment.ts';
import type * as ReplenishmentRules from '../../src/domain/replenishment.ts';
import type * as RequisitionRules from '../../src/domain/requisition.ts';
import type * as JudgeExecution from '../../src/operations/judge-execution.ts';
import type * as Changes from '../../src/store/changes.ts';
import type * as Challenges from '../../src/store/challenges.ts';
import type * as Facts from '../../src/store/execution-facts.ts';
import type * as LiveGrants from '../../src/store/live-grants.ts';
import type * as People from '../../src/store/people.ts';
import type * as Requisitions from '../../src/store/requisitions.ts';
import type * as Sessions from '../../src/store/sessions.ts';

/** A file of src, some of whose functions are replaced by worse ones while a worker runs; the file itself stays as it is. */
export interface Spoiled {
  readonly file: string;
  readonly functions: readonly string[];
  spoil(honest: object): object;
}

const spoiled = <Module extends object, Name extends keyof Module & string>(
  file: string,
  functions: readonly Name[],
  spoil: (honest: Module) => Pick<Module, Name>,
): Spoiled => ({ file, functions, spoil: (honest) => spoil(honest as Module) });

/** A change of one function only: of what the facts are, before the honest rule judges them. */
const executionFacts = (change: (facts: Parameters<typeof ExecutionChecks.executionChecks>[0]) => typeof facts) =>
  spoiled<typeof ExecutionChecks, 'executionChecks'>(
    'src/domain/execution-checks.ts',
    ['executionChecks'],
    ({ executionChecks }) => ({ executionChecks: (facts) => executionChecks(change(facts)) }),
  );

/** An instant before every other: whatever ends, ends after it. */
const LONG_AGO = new Date(0);

/** Rules of the tool that are broken on purpose, by name, to see that the model notices each. */
export const SABOTAGES: Readonly<Record<string, readonly Spoiled[]>> = {
  'whoever approved it may execute it': [
    executionFacts((facts) => ({ ...facts, requisition: { ...facts.requisition, approverIds: [] } })),
  ],
  'whoever requested it may approve it': [
    spoiled<typeof RequisitionRules, 'actChecks'>('src/domain/requisition.ts', ['actChecks'], ({ actChecks }) => ({
      actChecks: (facts) =>
        actChecks(facts.act === 'amend' ? facts : { ...facts, actor: { ...facts.actor, isRequester: false } }),
    })),
  ],
  'a role counts at every place': [
    spoiled<typeof Access, 'mayAt'>('src/domain/access.ts', ['mayAt'], ({ mayAnywhere }) => ({
      mayAt: (actor, ability) => mayAnywhere(actor, ability),
    })),
  ],
  'money may be paid to the own phone': [
    executionFacts((facts) => ({ ...facts, executor: { ...facts.executor, phone: null } })),
  ],
  'a code that somebody entered is good for everybody': [
    spoiled<typeof Facts, 'lockDossier'>('src/store/execution-facts.ts', ['lockDossier'], ({ lockDossier }) => ({
      lockDossier: async (tx, request) => {
        const dossier = await lockDossier(tx, request);
        const codes = await tx.db.select().from(tx.t.otpChallenges);
        const entered = codes.find(
          ({ paymentId, verifiedAt }) => paymentId === request.paymentId && verifiedAt !== null,
        );
        return { ...dossier, challenge: dossier.challenge ?? entered ?? null };
      },
    })),
    spoiled<typeof JudgeExecution, 'authorisationDigest'>(
      'src/operations/judge-execution.ts',
      ['authorisationDigest'],
      ({ authorisationDigest }) => ({
        authorisationDigest: (payment) => authorisationDigest(payment, payment.requesterId),
      }),
    ),
    executionFacts((facts) => ({ ...facts, digest: facts.challenge?.digest ?? facts.digest })),
  ],
  'a code is good for ever': [
    spoiled<typeof Otp, 'otpExpired'>('src/domain/otp.ts', ['otpExpired'], () => ({ otpExpired: () => false })),
  ],
  'a code ends a second late': [
    spoiled<typeof Otp, 'otpExpired'>('src/domain/otp.ts', ['otpExpired'], ({ otpExpired }) => ({
      otpExpired: (code, now) => otpExpired(code, new Date(now.getTime() - 1000)),
    })),
  ],
  'codes are guessed without end': [
    spoiled<typeof Challenges, 'countTry'>('src/store/challenges.ts', ['countTry'], () => ({
      countTry: async () => undefined,
    })),
  ],
  'splitting a payment saves the code': [executionFacts((facts) => ({ ...facts, paidToDestinationMinor: 0 }))],
  'the sum of payments is not looked at': [
    spoiled<typeof PaymentRules, 'creationChecks'>(
      'src/domain/payment.ts',
      ['creationChecks'],
      ({ creationChecks }) => ({
        creationChecks: (facts) => creationChecks({ ...facts, committedMinor: 0 }),
      }),
    ),
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
  'what left today is not counted': [executionFacts((facts) => ({ ...facts, paidTodayMinor: 0 }))],
  'a fund pays a cent that it has not': [
    spoiled<typeof FundChecks, 'balanceCheck'>('src/domain/fund-checks.ts', ['balanceCheck'], ({ balanceCheck }) => ({
      balanceCheck: (facts) =>
        balanceCheck({ ...facts, fund: { ...facts.fund, balanceMinor: facts.fund.balanceMinor + 1 } }),
    })),
  ],
  'whoever granted money may pay it in': [
    spoiled<typeof ReplenishmentRules, 'fundingChecks'>(
      'src/domain/replenishment.ts',
      ['fundingChecks'],
      ({ fundingChecks }) => ({
        fundingChecks: (facts) => fundingChecks({ ...facts, request: { ...facts.request, approvedBy: null } }),
      }),
    ),
  ],
  'whoever proposed a change may confirm it': [
    spoiled<typeof Change, 'decisionChecks' | 'completes'>(
      'src/domain/change.ts',
      ['decisionChecks', 'completes'],
      ({ decisionChecks, completes }) => ({
        decisionChecks: (facts) => decisionChecks({ ...facts, proposedBy: '' }),
        completes: (facts) => completes({ ...facts, proposedBy: '' }),
      }),
    ),
  ],
  'whom a change concerns may confirm it': [
    spoiled<typeof Change, 'decisionChecks' | 'completes'>(
      'src/domain/change.ts',
      ['decisionChecks', 'completes'],
      ({ decisionChecks, completes }) => ({
        decisionChecks: (facts) => decisionChecks({ ...facts, concerned: [] }),
        completes: (facts) => completes({ ...facts, concerned: [] }),
      }),
    ),
  ],
  'what opens doors takes one person': [
    spoiled<typeof Changes, 'hasPaid'>('src/store/changes.ts', ['hasPaid'], () => ({ hasPaid: async () => false })),
  ],
  'the disabled act on': [
    spoiled<typeof Sessions, 'findSession'>('src/store/sessions.ts', ['findSession'], ({ findSession }) => ({
      findSession: async (tx, parameters) =>
        (await findSession(tx, parameters)).map((row) => ({
          ...row,
          user: { ...row.user, disabledAt: null },
          session: { ...row.session, revokedAt: null },
        })),
    })),
  ],
  'temporary roles never end': [
    spoiled<typeof Sessions, 'findSession'>('src/store/sessions.ts', ['findSession'], ({ findSession }) => ({
      findSession: (tx, parameters) => findSession({ ...tx, now: LONG_AGO }, parameters),
    })),
    spoiled<typeof LiveGrants, 'liveGrant'>('src/store/live-grants.ts', ['liveGrant'], ({ liveGrant }) => ({
      liveGrant: (tx) => liveGrant({ ...tx, now: LONG_AGO }),
    })),
  ],
  'codes of before outlive a new mailbox': [
    spoiled<typeof People, 'voidOpenCodes'>('src/store/people.ts', ['voidOpenCodes'], () => ({
      voidOpenCodes: async () => 0,
    })),
  ],
};
