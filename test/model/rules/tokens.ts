import type { What } from '../acts.ts';
import { done, refuse } from '../verdict.ts';
import { HOUR } from '../world.ts';
import { SCOPES } from '../random-office.ts';
import type { Judges } from './judge.ts';
import { tryPassword } from './people.ts';
import { ADMINS, holds } from './standing.ts';

/** What tokens can be lent at all: to check and to ask. None pays, approves, confirms or manages people, whatever its scopes. */
export const SCOPE_OF: Readonly<Partial<Record<What, (typeof SCOPES)[number]>>> = {
  'requisition create': 'requisition:create',
  'payment create': 'payment:create',
  'replenish request': 'replenish:request',
  'replenish check': 'replenish:check',
};

/** How people lend some of what they may do to scripts; all tokens here have one name. */
export const TOKEN_RULES: Judges<'token create' | 'token revoke'> = {
  'token create': (world, person, deed, act) => {
    if (act.dryRun) return refuse(2, 'a token cannot be rehearsed');
    if (!deed.scopes.every((scope) => SCOPES.some((one) => one === scope))) return refuse(2, 'nobody can be lent that');
    const wrong = tryPassword(world, person, deed.password);
    if (wrong !== undefined) return wrong;
    const right = (): void => {
      person.failedLogins = 0;
      person.lockedUntil = null;
    };
    if (person.tokens.some(({ revoked }) => !revoked)) return { ...refuse(7, 'they have such a token'), effect: right };
    const { scopes, hours } = deed;
    return done(() => {
      right();
      person.tokens.push({ scopes, endsAt: world.now + hours * HOUR, revoked: false });
    });
  },
  'token revoke': (world, person, deed) => {
    if (deed.name !== person.name && !holds(world, person, ADMINS)) return refuse(5, 'no admin');
    const owner = world.people.get(deed.name);
    if (owner === undefined) return refuse(3, `there is no ${deed.name}`);
    const live = owner.tokens.find(({ revoked }) => !revoked);
    if (live !== undefined) return done(() => (live.revoked = true));
    // Of several that were revoked the name means none in particular.
    if (owner.tokens.length > 1) return refuse(2, 'several had that name');
    return owner.tokens.length === 1 ? done(() => undefined) : refuse(3, 'there is no such token');
  },
};
