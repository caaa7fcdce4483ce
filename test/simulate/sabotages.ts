import type * as AttemptKey from '../../src/domain/attempt-key.ts';
import type * as Evidence from '../../src/domain/evidence.ts';
import type * as Checks from '../../src/domain/execution-checks.ts';
import type * as Rail from '../../src/domain/rail.ts';
import type * as Fail from '../../src/operations/fail-attempt.ts';
import type * as LookAfter from '../../src/operations/look-after-payments.ts';
import type * as Receive from '../../src/operations/receive-evidence.ts';
import type * as Settle from '../../src/operations/settle-paid.ts';
import type * as HeldMoney from '../../src/store/held-money.ts';
import type * as Writes from '../../src/store/execution-writes.ts';
import { spoiled, type Sabotages, type Spoiled } from '../model/sabotages/spoiled.ts';

/** Another judgement of what a gateway says. */
const judging = (change: (honest: typeof Evidence.judgeEvidence) => typeof Evidence.judgeEvidence): Spoiled =>
  spoiled<typeof Evidence, 'judgeEvidence'>('src/domain/evidence.ts', ['judgeEvidence'], ({ judgeEvidence }) => ({
    judgeEvidence: change(judgeEvidence),
  }));

/** The same facts, with whatever the result says of its terms taken for the attempt's. */
const blindTo = (...names: ('amountMinor' | 'receiver')[]): Spoiled =>
  judging((honest) => (attempt, result, rest) => {
    const own = { amountMinor: attempt.amountMinor, receiver: attempt.receiver };
    return honest(attempt, { ...result, ...Object.fromEntries(names.map((name) => [name, own[name]])) }, rest);
  });

/** Steps of the money protocol that are broken on purpose, by name, to see that the worlds notice each. */
export const SABOTAGES: Sabotages = {
  'a timeout counts as a failure': [
    spoiled<typeof Evidence, 'afterReply'>('src/domain/evidence.ts', ['afterReply'], ({ afterReply }) => ({
      afterReply: (kind) => (kind === 'unknown' ? 'failed' : afterReply(kind)),
    })),
  ],
  'the quiet period is zero': [
    spoiled<typeof Rail, 'termsOf'>('src/domain/rail.ts', ['termsOf'], ({ termsOf }) => ({
      termsOf: (kind) => termsOf(kind, 0),
    })),
  ],
  '"no such order" is believed of what was accepted': [
    judging(
      (honest) => (attempt, result, rest) =>
        result.outcome === 'absent'
          ? honest({ ...attempt, conversation: null, sentAt: new Date(0) }, result, rest)
          : honest(attempt, result, rest),
    ),
  ],
  'the amount is not compared': [blindTo('amountMinor')],
  'the receiver is not compared': [blindTo('receiver')],
  'a success after a failure is dropped': [
    judging((honest) => (attempt, result, rest) => {
      const evidence = honest(attempt, result, rest);
      return evidence.step === 'suspend' ? { step: 'repeat', detail: 'dropped' } : evidence;
    }),
  ],
  'money that left is paid again': [
    spoiled<typeof HeldMoney, 'findHeld'>('src/store/held-money.ts', ['findHeld'], () => ({
      findHeld: async () => null,
    })),
    spoiled<typeof Checks, 'executionChecks'>(
      'src/domain/execution-checks.ts',
      ['executionChecks'],
      ({ executionChecks }) => ({ executionChecks: (facts) => executionChecks({ ...facts, held: null }) }),
    ),
  ],
  'a failure after a success flips it': [
    judging(
      (honest) => (attempt, result, rest) =>
        result.outcome === 'failed' && attempt.state === 'paid'
          ? { step: 'void', reason: 'flipped' }
          : honest(attempt, result, rest),
    ),
  ],
  'what is still on its way counts as failed': [
    judging(
      (honest) => (attempt, result, rest) =>
        honest(attempt, result.outcome === 'in_progress' ? { ...result, outcome: 'failed' } : result, rest),
    ),
  ],
  'a result is posted as often as it comes': [
    judging((honest) => (attempt, result, rest) => {
      const evidence = honest(attempt, result, rest);
      return evidence.step === 'repeat' && result.reference !== null
        ? { step: 'post', reference: result.reference }
        : evidence;
    }),
  ],
  'what was kept before a crash is never applied': [
    spoiled<typeof Receive, 'applyWaiting'>('src/operations/receive-evidence.ts', ['applyWaiting'], () => ({
      applyWaiting: async () => [],
    })),
  ],
  'nobody looks after what a crash left behind': [
    spoiled<typeof LookAfter, 'lookAfterDue'>('src/operations/look-after-payments.ts', ['lookAfterDue'], () => ({
      lookAfterDue: async () => [],
    })),
  ],
  'every attempt has the same key': [
    spoiled<typeof AttemptKey, 'attemptKey'>('src/domain/attempt-key.ts', ['attemptKey'], ({ attemptKey }) => ({
      attemptKey: (paymentId) => attemptKey(paymentId, 1),
    })),
  ],
  'a failure keeps its money reserved': [
    spoiled<typeof Fail, 'failAttempt'>('src/operations/fail-attempt.ts', ['failAttempt'], ({ failAttempt }) => ({
      failAttempt: (tx, { attempt, ...open }, failure) =>
        failAttempt(tx, { ...open, attempt: { ...attempt, reservedMinor: 0 } }, failure),
    })),
  ],
  'a success keeps its money reserved': [
    spoiled<typeof Settle, 'settlePaid'>('src/operations/settle-paid.ts', ['settlePaid'], ({ settlePaid }) => ({
      settlePaid: (tx, { attempt, ...known }, said) =>
        settlePaid(tx, { ...known, attempt: { ...attempt, reservedMinor: 0 } }, said),
    })),
  ],
  'nothing is reserved': [
    spoiled<typeof Writes, 'insertAttempt'>(
      'src/store/execution-writes.ts',
      ['insertAttempt'],
      ({ insertAttempt }) => ({
        insertAttempt: (tx, attempt) => insertAttempt(tx, { ...attempt, reservedMinor: 0 }),
      }),
    ),
  ],
};
