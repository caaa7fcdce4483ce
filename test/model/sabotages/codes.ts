import type * as Otp from '../../../src/domain/otp.ts';
import type * as JudgeExecution from '../../../src/operations/judge-execution.ts';
import type * as OtpLock from '../../../src/operations/otp-lock.ts';
import type * as Challenges from '../../../src/store/challenges.ts';
import type * as Facts from '../../../src/store/execution-facts.ts';
import type * as People from '../../../src/store/people.ts';
import { executionFacts, spoiled, type Sabotages } from './spoiled.ts';

/** Rules about one-time codes. */
export const OF_CODES: Sabotages = {
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
  'codes of before outlive a new mailbox': [
    spoiled<typeof People, 'voidOpenCodes'>('src/store/people.ts', ['voidOpenCodes'], () => ({
      voidOpenCodes: async () => 0,
    })),
  ],
  'a fourth code is sent within 15 minutes': [
    spoiled<typeof Challenges, 'sendingsSince'>('src/store/challenges.ts', ['sendingsSince'], ({ sendingsSince }) => ({
      sendingsSince: async (...given) => (await sendingsSince(...given)).slice(1),
    })),
  ],
  'twenty wrong codes lock nobody out': [
    spoiled<typeof OtpLock, 'countWrongCode'>('src/operations/otp-lock.ts', ['countWrongCode'], () => ({
      countWrongCode: async () => undefined,
    })),
  ],
  'a code is good after a newer one was sent': [
    spoiled<typeof Challenges, 'voidLiveChallenges'>('src/store/challenges.ts', ['voidLiveChallenges'], () => ({
      voidLiveChallenges: async () => undefined,
    })),
  ],
  'a code that was not entered is enough': [
    executionFacts((facts) => ({
      ...facts,
      challenge: facts.challenge === null ? null : { ...facts.challenge, verifiedAt: facts.now },
    })),
  ],
};
