import { describe, expect, test } from 'vitest';
import { ABILITIES, mayAnywhere, mayAt, requireAbility, type Ability, type Actor } from '../../src/domain/access.ts';
import { Problem } from '../../src/domain/problem.ts';
import * as token from '../../src/domain/token.ts';
import { after, aGrant, NOW } from '../support/a-payment.ts';

const EVERY = token.allScopes();
const DAY = 24 * 60 * 60 * 1000;

const refusal = (act: () => void): Problem | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

/** A person of a role for whom a token with these scopes acts. */
const acting = (role: Parameters<typeof aGrant>[0], scopes: readonly token.Scope[]): Actor => ({
  userId: 'u',
  username: 'carol',
  email: 'carol@acme.example',
  phone: null,
  grants: [{ ...aGrant(role, { companyId: 'acme' }), only: token.lentBy(scopes) }],
  origin: { ipAddress: null, userAgent: 'host=test' },
  token: { id: 't', ref: 'tok_abcdef', name: 'nightly', scopes },
});

/** What moves money, decides, opens doors or concerns people: in no scope, whoever adds one. */
const NEVER: readonly Ability[] = [
  ...(['requisition.approve', 'payment.execute', 'payment.retry', 'payment.cancel', 'payment.resolve'] as const),
  ...(['payment.declare_not_paid', 'payment.reverse', 'fund.manage', 'replenishment.fund'] as const),
  ...(['replenishment.approve', 'office.manage'] as const),
];

describe('what is lent to a token', () => {
  test.each(NEVER)('%s never, whatever its scopes', (ability) => {
    expect(token.lentBy(EVERY)).not.toContain(ability);
    for (const role of ABILITIES[ability]) {
      const actor = acting(role, EVERY);
      expect(mayAnywhere(actor, ability)).toBe(false);
      expect(mayAt(actor, ability, { companyId: 'acme', regionId: null, branchId: null })).toBe(false);
      expect(refusal(() => requireAbility(actor, ability))).toMatchObject({ kind: 'forbidden', code: 'TOKEN_SCOPE' });
    }
  });

  test('what its scope and its person’s role both allow, and not what only one of them does', () => {
    const cashier = acting('cashier', ['payment:create', 'replenish:request']);
    expect(mayAnywhere(cashier, 'payment.create')).toBe(true);
    expect(refusal(() => requireAbility(cashier, 'payment.create'))).toBeNull();
    expect(refusal(() => requireAbility(cashier, 'replenishment.request'))?.code).toBe('ROLE_MISSING');
    expect(refusal(() => requireAbility(cashier, 'replenishment.check'))).toMatchObject({
      code: 'TOKEN_SCOPE',
      message: 'The token nightly lacks the scope replenish:check.',
      details: { fix: 'treasury token create NAME --scope replenish:check --out FILE' },
    });
  });

  test('a role that was not read for the token is not taken for what it lent', () => {
    expect(refusal(() => token.requirePerson(acting('cfo', EVERY)))?.code).toBe('TOKEN_SCOPE');
    expect(refusal(() => token.requirePerson({}))).toBeNull();
  });
});

describe('which command a scope opens', () => {
  test('each scope opens its own, and no other', () => {
    for (const scope of EVERY) {
      for (const command of token.SCOPES[scope].commands) {
        expect(refusal(() => token.requireScope({ name: 'n', scopes: [scope] }, command))).toBeNull();
        const others = EVERY.filter((one) => one !== scope);
        expect(refusal(() => token.requireScope({ name: 'n', scopes: others }, command))).toMatchObject({
          code: 'TOKEN_SCOPE',
          message: `The token n lacks the scope ${scope}.`,
        });
      }
    }
  });

  test('a command that stands nowhere is for people', () => {
    for (const command of ['payment execute', 'change confirm', 'token create', 'something new']) {
      expect(refusal(() => token.requireScope({ name: 'n', scopes: EVERY }, command))?.message).toBe(
        `No token may run treasury ${command}, whatever its scopes: it takes a person.`,
      );
    }
  });

  test('what reads the books reads what is left to reconcile', () => {
    for (const command of ['reconcile status', 'reconcile unmatched'])
      expect(token.scopesFor(command), command).toEqual(['books:read']);
  });

  test('whose a token is can always be asked', () => {
    expect(refusal(() => token.requireScope({ name: 'n', scopes: [] }, 'whoami'))).toBeNull();
  });
});

describe('the life of a token', () => {
  test('its last instant is the one at which it ends', () => {
    const life = { expiresAt: NOW, revokedAt: null };
    expect(token.tokenState(life, NOW)).toBe('active');
    expect(token.tokenState(life, after(1))).toBe('expired');
  });

  test('revoked it stays, also after its end', () => {
    const life = { expiresAt: NOW, revokedAt: after(-1) };
    expect(token.tokenState(life, after(-1))).toBe('revoked');
    expect(token.tokenState(life, after(1))).toBe('revoked');
  });

  test.each([
    ['1h', DAY / 24],
    [' 12h ', DAY / 2],
    ['90d', 90 * DAY],
    ['365d', 365 * DAY],
    ['8760h', 365 * DAY],
  ])('%s', (text, expected) => {
    expect(token.parseLifetime(text)).toBe(expected);
  });

  test.each(['366d', '8761h', '0d', '0h', '', '90', 'd', '-1d', '1.5d', '90D', '1w', '100000h'])(
    '%s is no lifetime',
    (text) => {
      expect(refusal(() => token.parseLifetime(text))).toMatchObject({ kind: 'usage', code: 'EXPIRY_INVALID' });
    },
  );
});

describe('names', () => {
  test.each(['n', '9', 'nightly-check.2', 'a'.repeat(40)])('%s is one', (name) => {
    expect(token.tokenNameFault(name)).toBeNull();
  });

  test.each(['', '-n', 'N', 'a'.repeat(41), 'tok_abcdef', 'a b', 'a\u202eb', 'a=b'])('%s is none', (name) => {
    expect(token.tokenNameFault(name)).toMatch(/^the name/);
  });

  test('scopes are read each once, and every wrong one is said', () => {
    expect(token.parseScopes(['books:read', 'BOOKS:READ', 'audit:read'])).toEqual({
      scopes: ['books:read', 'audit:read'],
      faults: [],
    });
    const { scopes, faults } = token.parseScopes(['payment:execute', '__proto__', 'books:read']);
    expect(scopes).toEqual(['books:read']);
    expect(faults).toEqual([expect.stringContaining('"payment:execute", "__proto__"')]);
    expect(token.parseScopes([]).faults).toEqual([expect.stringContaining('no scope is named')]);
  });

  test('the database’s text is read back, without what this release does not know', () => {
    expect(token.scopesIn('books:read,moon:fly,audit:read')).toEqual(['books:read', 'audit:read']);
  });

  test('states and scopes have names', () => {
    expect(token.TOKEN_STATES.every(token.isTokenState)).toBe(true);
    expect(token.isTokenState('dead')).toBe(false);
    expect(token.isScope('toString')).toBe(false);
  });
});
