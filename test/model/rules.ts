import type { Act, What } from './acts.ts';
import { CHANGE_RULES } from './rules/changes.ts';
import { CODE_RULES } from './rules/codes.ts';
import { EXECUTION_RULES } from './rules/execution.ts';
import { FUND_RULES } from './rules/funds.ts';
import type { Judge, Judges } from './rules/judge.ts';
import { OUTCOME_RULES } from './rules/outcomes.ts';
import { PAYMENT_RULES } from './rules/payments.ts';
import { POLICY_RULES } from './rules/policy.ts';
import { LOGIN_RULES, PEOPLE_RULES } from './rules/people.ts';
import { REPLENISHMENT_RULES } from './rules/replenishments.ts';
import { REQUISITION_RULES } from './rules/requisitions.ts';
import { SCOPE_OF, TOKEN_RULES } from './rules/tokens.ts';
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
  ...POLICY_RULES,
  ...TOKEN_RULES,
  ...CHANGE_RULES,
};

/** What an act ends with at this moment; nothing is changed before `effect` is called. A rehearsal leaves nothing behind. */
export function judge(world: World, act: Act): Verdict {
  const { deed, dryRun } = act;
  const person = world.people.get(act.by);
  // Whoever was never added has no session, and no password is theirs.
  if (person === undefined || (deed.what !== 'login' && !act.token && !isLoggedIn(world, person)))
    return refuse(deed.what === 'login' && dryRun ? 2 : 4, 'not logged in');
  if (act.token && deed.what !== 'login') return judgeToken(world, person, act);
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

/** A token does what its person may, as far as its scopes lend it, until it or its person is shut out. */
function judgeToken(world: World, person: Person, act: Act): Verdict {
  const { deed, dryRun } = act;
  const token = person.tokens.at(-1);
  if (token === undefined || token.revoked || world.now > token.endsAt || person.disabled)
    return refuse(4, 'no token that lives');
  const wanted = [
    SCOPE_OF[deed.what],
    ...(deed.what === 'replenish check' && deed.create ? ['replenish:request'] : []),
  ];
  if (!wanted.every((scope) => scope !== undefined && token.scopes.includes(scope))) return refuse(5, 'not lent');
  const verdict = (RULES[deed.what] as Judge<What>)(world, person, deed, act);
  return dryRun ? { ...verdict, effect: () => undefined } : verdict;
}

/** A session's last use is noted at most once a minute. */
function noteUse({ now }: World, { session }: Person): void {
  if (session !== null && session.lastUsedAt <= now - MINUTE) session.lastUsedAt = now;
}
