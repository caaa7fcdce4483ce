import { check, done, refusalOf, refuse } from '../verdict.ts';
import { DAY, MINUTE, type Code, type Person, type World } from '../world.ts';
import { codeNeeded, fundFault, statusFault, whoFaults } from './execution.ts';
import type { Judges } from './judge.ts';
import { isOver, newestCode } from './live-codes.ts';
import { findCase, isCase } from './payments.ts';
import { holds, PAYERS } from './standing.ts';

const TRIES = 5;

/** How codes are sent and entered. */
export const CODE_RULES: Judges<'payment otp --send' | 'payment otp --verify'> = {
  'payment otp --send': (world, person, deed) => {
    if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
    const at = findCase(world, person, deed.payment);
    if (!isCase(at)) return at;
    const { payment } = at;
    const before = refusalOf([statusFault(payment), ...whoFaults(world, person, at), fundFault(at.fund)]);
    if (before !== undefined) return before;
    if (!codeNeeded(world, at)) return done(() => undefined);
    const recent = world.codes.filter((code) => code.payment === payment.id && code.sentAt >= world.now - 15 * MINUTE);
    const refusal = refusalOf([
      check(recent.length < 3, 5, 'three codes in 15 minutes'),
      check(!person.codesLocked, 4, 'locked out of codes'),
    ]);
    if (refusal !== undefined) return refusal;
    return done(() => {
      for (const code of world.codes)
        if (code.payment === payment.id && code.person === person.name && !code.used) code.void = true;
      world.codes.push({
        ...{ payment: payment.id, person: person.name, sentAt: world.now },
        ...{ wrongTries: 0, verified: false, used: false, void: false },
      });
    });
  },
  'payment otp --verify': (world, person, deed, act) => {
    if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
    if (act.dryRun) return refuse(2, 'verifying cannot be rehearsed');
    const at = findCase(world, person, deed.payment);
    if (!isCase(at)) return at;
    if (person.codesLocked) return refuse(4, 'locked out of codes');
    const code = newestCode(world, at.payment, person);
    const alive = code !== undefined && !code.void && !code.used;
    // Of one's own code that has ended or was guessed too often that is said, and no try is counted.
    if (alive && code.wrongTries >= TRIES) return refuse(4, 'guessed too often');
    if (alive && isOver(world, code)) return refuse(4, 'five minutes are over');
    const answerable = alive && !code.verified;
    if (answerable && isTheirs(world, deed.code, code)) return done(() => (code.verified = true));
    const wrong = refuse(4, 'a wrong code');
    return {
      ...wrong,
      effect: () => {
        if (answerable) code.wrongTries += 1;
        countWrongCode(world, person);
      },
    };
  },
};

/** Whether what was typed is this very code. */
function isTheirs(world: World, typed: { payment: string; person: string; back: number } | null, code: Code): boolean {
  if (typed === null) return false;
  const mailed = world.codes.filter((one) => one.payment === typed.payment && one.person === typed.person);
  return mailed.at(-1 - typed.back) === code;
}

/** Twenty wrong codes in a day lock a person out of codes until an admin unlocks them. */
function countWrongCode({ now }: World, person: Person): void {
  const day = Math.floor(now / DAY);
  person.wrongCodes = { day, count: (person.wrongCodes.day === day ? person.wrongCodes.count : 0) + 1 };
  if (person.wrongCodes.count >= 20) person.codesLocked = true;
}
