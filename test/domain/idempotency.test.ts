import { describe, expect, test } from 'vitest';
import type { Ability, Role } from '../../src/domain/access.ts';
import * as idempotency from '../../src/domain/idempotency.ts';
import { Problem } from '../../src/domain/problem.ts';
import { aGrant, NOW } from '../support/a-payment.ts';

const refusal = (act: () => void): Problem | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

describe('a key', () => {
  test.each(['k', '2026-11-payroll', 'a'.repeat(128), '3b241101-e2bb-4255-8caf-4136c566a962', '!~'])(
    '%s is one',
    (key) => {
      expect(refusal(() => idempotency.requireUsableKey(key))).toBeNull();
    },
  );

  test.each(['', ' ', 'a b', 'a'.repeat(129), 'ключ', 'a\u0007', 'a\n', 'k\u202e'])('%j is none', (key) => {
    expect(refusal(() => idempotency.requireUsableKey(key))).toMatchObject({
      kind: 'usage',
      code: 'IDEMPOTENCY_KEY_INVALID',
    });
  });
});

describe('a key that stands for something', () => {
  const kept = { command: 'payment create', requestHash: 'aa', createdAt: NOW };
  const asked = (change: Partial<typeof kept>) =>
    refusal(() => idempotency.requireSameRequest('k1', kept, { ...kept, ...change }));

  test('may be used again for the same', () => {
    expect(asked({})).toBeNull();
  });

  test('is refused for other arguments, and for another command; it says for what it was used, not with what', () => {
    expect(asked({ requestHash: 'bb' })).toMatchObject({
      kind: 'conflict',
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: `The key "k1" was used for treasury payment create at ${NOW.toISOString()}, and now with other arguments.`,
      details: { retryable: false },
    });
    expect(asked({ command: 'payment cancel' })?.message).toMatch(/and now for another command\.$/);
  });
});

describe('who is answered again', () => {
  const at = (role: Role, companyId: string | null, branchId: string | null = null) =>
    aGrant(role, { companyId, regionId: branchId === null ? null : 'nbi', branchId });
  const again = (access: Ability | 'anyone', then: ReturnType<typeof at>[], now: ReturnType<typeof at>[]) =>
    refusal(() =>
      idempotency.requireReach(
        { username: 'carol', grants: now },
        access,
        idempotency.reachOf({ grants: then }, access),
      ),
    )?.code ?? null;

  test('whose roles reach wherever they did, by whatever role that may', () => {
    const cashier = at('cashier', 'acme', 'westlands');
    expect(again('payment.create', [cashier], [cashier])).toBeNull();
    expect(again('payment.create', [cashier], [at('treasurer', 'acme')])).toBeNull();
    expect(again('payment.create', [at('cashier', 'acme')], [at('cashier', null)])).toBeNull();
  });

  test('nobody whose roles reach less', () => {
    const [westlands, mombasa] = [at('cashier', 'acme', 'westlands'), at('cashier', 'acme', 'mombasa')];
    expect(again('payment.create', [westlands], [mombasa])).toBe('REACH_LOST');
    expect(again('payment.create', [westlands, mombasa], [mombasa])).toBe('REACH_LOST');
    expect(again('payment.create', [westlands], [at('auditor', 'acme')])).toBe('REACH_LOST');
    expect(again('payment.create', [at('cashier', null)], [at('cashier', 'acme')])).toBe('REACH_LOST');
  });

  test('roles that the command does not take do not count, and some commands take none', () => {
    const both = [at('cashier', 'acme'), at('requester', 'other')];
    expect(again('payment.create', both, [at('cashier', 'acme')])).toBeNull();
    expect(again('anyone', both, [])).toBeNull();
  });
});
