import type * as Access from '../../../src/domain/access.ts';
import type * as PeopleRules from '../../../src/domain/people.ts';
import type * as SessionRules from '../../../src/domain/session.ts';
import type * as TokenRules from '../../../src/domain/token.ts';
import type * as ManageOffice from '../../../src/operations/manage-office.ts';
import type * as LiveGrants from '../../../src/store/live-grants.ts';
import type * as Sessions from '../../../src/store/sessions.ts';
import type * as Tokens from '../../../src/store/tokens.ts';
import { LONG_AGO, spoiled, type Sabotages } from './spoiled.ts';

/** Rules about who somebody is, and what they hold. */
export const OF_PEOPLE: Sabotages = {
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
  'sessions never rest': [
    spoiled<typeof SessionRules, 'sessionEndsAt'>('src/domain/session.ts', ['sessionEndsAt'], () => ({
      sessionEndsAt: ({ expiresAt }) => expiresAt,
    })),
  ],
  'sessions of a cfo rest as long as those of a cashier': [
    spoiled<typeof SessionRules, 'sessionEndsAt'>('src/domain/session.ts', ['sessionEndsAt'], ({ sessionEndsAt }) => ({
      sessionEndsAt: (session) => sessionEndsAt(session, []),
    })),
  ],
  'passwords are guessed without end': [
    spoiled<typeof PeopleRules, 'loginLockHolds'>('src/domain/people.ts', ['loginLockHolds'], () => ({
      loginLockHolds: () => false,
    })),
  ],
  'an admin may also move money': [
    spoiled<typeof Access, 'roleSetFaults'>('src/domain/access.ts', ['roleSetFaults'], () => ({
      roleSetFaults: () => [],
    })),
  ],
  'the last admin may go': [
    spoiled<typeof ManageOffice, 'refuseLastAdmin'>('src/operations/manage-office.ts', ['refuseLastAdmin'], () => ({
      refuseLastAdmin: async () => undefined,
    })),
  ],
  'a token may do whatever its person may': [
    spoiled<typeof TokenRules, 'requireScope' | 'requirePerson' | 'lentBy'>(
      'src/domain/token.ts',
      ['requireScope', 'requirePerson', 'lentBy'],
      () => ({
        requireScope: () => undefined,
        requirePerson: () => undefined,
        lentBy: () => ABILITIES,
      }),
    ),
  ],
  'a token has the scopes of every other': [
    spoiled<typeof TokenRules, 'scopesIn'>('src/domain/token.ts', ['scopesIn'], ({ allScopes }) => ({
      scopesIn: () => [...allScopes()],
    })),
  ],
  'tokens never end': [
    spoiled<typeof TokenRules, 'tokenState'>('src/domain/token.ts', ['tokenState'], ({ tokenState }) => ({
      tokenState: (token) => tokenState(token, LONG_AGO),
    })),
  ],
  'a token ends at its last instant': [
    spoiled<typeof TokenRules, 'tokenState'>('src/domain/token.ts', ['tokenState'], ({ tokenState }) => ({
      tokenState: (token, now) => tokenState(token, new Date(now.getTime() + 1)),
    })),
  ],
  'revoked tokens act on': [
    spoiled<typeof TokenRules, 'tokenState'>('src/domain/token.ts', ['tokenState'], ({ tokenState }) => ({
      tokenState: (token, now) => tokenState({ ...token, revokedAt: null }, now),
    })),
  ],
  'whoever is shut out keeps their token': [
    spoiled<typeof Tokens, 'revokeTokens'>('src/store/tokens.ts', ['revokeTokens'], () => ({
      revokeTokens: async () => 0,
    })),
  ],
};

/** Every ability there is, as a careless list would have them. */
const ABILITIES = [
  ...['payment.create', 'payment.execute', 'payment.resolve', 'requisition.create', 'requisition.decide'],
  ...['replenishment.approve', 'replenishment.fund', 'fund.manage', 'office.manage', 'policy.manage'],
] as never[];
