import type { Act, What } from './acts.ts';
import { CHANGE_RULES } from './rules/changes.ts';
import { CODE_RULES } from './rules/codes.ts';
import { EXECUTION_RULES } from './rules/execution.ts';
import { FUND_RULES } from './rules/funds.ts';
import type { Judge, Judges } from './rules/judge.ts';
import { OUTCOME_RULES } from './rules/outcomes.ts';
import { PAYMENT_RULES } from './rules/payments.ts';
import { LOGIN_RULES, PEOPLE_RULES } from './rules/people.ts';
import { REPLENISHMENT_RULES } from './rules/replenishments.ts';
import { REQUISITION_RULES } from './rules/requisitions.ts';
import { isLoggedIn } from './rules/standing.ts';
import { refuse, type Verdict } from './verdict.ts';
import { MINUTE, type Person, type World } from './world.ts';

/** Every rule of the model: a second, simple telling of DESIGN sections 2 and 3. */
const RULES: Judges<What> = {
  ...LOGIN_RULES,
  ...PEOPLE_RULES,
  ...FUND_RULES,
  ...REQUISITION_RULES,
  ...PAYMENT_RULES,
  ...CODE_RULES,
  ...EXECUTION_RULES,
  ...OUTCOME_RULES,
  ...REPLENISHMENT_RULES,
  ...CHANGE_RULES,
};

/** What an act ends with at this moment; nothing is changed before `effect` is called. A rehearsal leaves nothing behind. */
export function judge(world: World, act: Act): Verdict {
  const { deed, dryRun } = act;
  const person = world.people.get(act.by);
  // Whoever was never added has no session, and no password is theirs.
  if (person === undefined || (deed.what !== 'login' && !isLoggedIn(world, person)))
    return refuse(deed.what === 'login' && dryRun ? 2 : 4, 'not logged in');
  const verdict = (RULES[deed.what] as Judge<What>)(world, person, deed, act);
  if (dryRun) return { ...verdict, effect: () => undefined };
  return {
    ...verdict,
    effect: () => {
      // A login is no use of the session before it.
      if (deed.what !== 'login') noteUse(world, person);
      verdict.effect?.();
    },
  };
}

/** A session's last use is noted at most once a minute. */
function noteUse({ now }: World, { session }: Person): void {
  if (session !== null && session.lastUsedAt <= now - MINUTE) session.lastUsedAt = now;
}
