import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as access from '../../src/domain/access.ts';
import { Problem } from '../../src/domain/problem.ts';
import { aGrant } from '../support/a-payment.ts';

type Place = access.Place;

const office: Place[] = [
  { companyId: 'acme', regionId: null, branchId: null },
  { companyId: 'acme', regionId: 'coast', branchId: null },
  { companyId: 'acme', regionId: 'coast', branchId: 'mombasa' },
  { companyId: 'acme', regionId: 'coast', branchId: 'malindi' },
  { companyId: 'acme', regionId: 'rift', branchId: 'nakuru' },
  { companyId: 'other', regionId: null, branchId: null },
  { companyId: 'other', regionId: 'north', branchId: 'gulu' },
];
const [acme, coast, mombasa, malindi, nakuru, other, gulu] = office as [
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
];

const refusal = (act: () => void): Problem | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

const reached = (place: Partial<Place>) => office.filter((each) => access.covers(aGrant('cashier', place), each));

describe('where a grant reaches', () => {
  test('its own place and all below, nothing above or beside', () => {
    expect(reached({})).toEqual(office);
    expect(reached(acme)).toEqual([acme, coast, mombasa, malindi, nakuru]);
    expect(reached(coast)).toEqual([coast, mombasa, malindi]);
    expect(reached(mombasa)).toEqual([mombasa]);
    expect(reached(other)).toEqual([other, gulu]);
  });

  test('a fund pays for its own place and all below', () => {
    const served = (fund: Place) => office.filter((place) => access.standsAtOrAbove(fund, place));
    expect(served(acme)).toEqual([acme, coast, mombasa, malindi, nakuru]);
    expect(served(coast)).toEqual([coast, mombasa, malindi]);
    expect(served(mombasa)).toEqual([mombasa]);
    expect(served(gulu)).toEqual([gulu]);
  });

  const anId = fc.constantFrom('a', 'b');
  const aPlace = fc.tuple(anId, fc.option(anId), fc.option(anId)).map(([companyId, regionId, branchId]): Place => ({
    companyId,
    regionId,
    branchId: regionId === null ? null : branchId,
  }));

  test('places and grants are a lattice: at itself, one way only, and through what lies between', () => {
    fc.assert(
      fc.property(aPlace, aPlace, aPlace, (a, b, c) => {
        const above = (x: Place, y: Place) => access.covers(aGrant('cashier', x), y);
        expect(above(a, a)).toBe(true);
        if (above(a, b) && above(b, a)) expect(a).toEqual(b);
        if (above(a, b) && above(b, c)) expect(above(a, c)).toBe(true);
        if (above(a, c) && above(b, c)) expect(above(a, b) || above(b, a)).toBe(true);
        expect(access.standsAtOrAbove(a, b)).toBe(above(a, b));
        expect(access.covers(aGrant('cashier'), a)).toBe(true);
      }),
    );
  });

  test('one more grant never takes anything away, and a wider one gives no less', () => {
    const aRole = fc.constantFrom(...access.ROLES);
    const anAbility = fc.constantFrom(...(Object.keys(access.ABILITIES) as access.Ability[]));
    fc.assert(
      fc.property(aRole, aRole, anAbility, aPlace, aPlace, aPlace, (role, second, ability, here, there, asked) => {
        const grant = aGrant(role, here);
        const before = access.mayAt({ grants: [grant] }, ability, asked);
        const more = access.mayAt({ grants: [grant, aGrant(second, there)] }, ability, asked);
        if (before) expect(more).toBe(true);
        const wider = access.mayAt({ grants: [aGrant(role, { companyId: here.companyId })] }, ability, asked);
        if (before) expect(wider).toBe(true);
        if (before) expect(access.mayAnywhere({ grants: [grant] }, ability)).toBe(true);
        if (before) expect(access.belongsTo({ grants: [grant] }, asked.companyId)).toBe(true);
      }),
    );
  });

  test('who has a role in a company belongs to it, and to no other', () => {
    const belongs = (place: Partial<Place>) => access.belongsTo({ grants: [aGrant('cashier', place)] }, 'acme');
    expect([belongs({}), belongs(mombasa), belongs(other)]).toEqual([true, true, false]);
    expect(access.belongsTo({ grants: [] }, 'acme')).toBe(false);
    expect(access.belongsTo({ grants: [aGrant('cashier', other), aGrant('cashier', acme)] }, 'acme')).toBe(true);
  });
});

describe('what a role may do', () => {
  const MAY: Record<access.Role, access.Ability[]> = {
    requester: ['requisition.create', 'books.read'],
    approver: ['requisition.approve', 'change.read', 'books.read'],
    cashier: [
      'payment.create',
      'payment.execute',
      'payment.retry',
      'payment.cancel',
      'payment.resolve',
      'replenishment.check',
      'books.read',
    ],
    treasurer: [
      'payment.create',
      'payment.execute',
      'payment.retry',
      'payment.cancel',
      'payment.resolve',
      'payment.declare_not_paid',
      'payment.reverse',
      'reconcile.run',
      'fund.manage',
      'replenishment.check',
      'replenishment.request',
      'replenishment.fund',
      'variance.record',
      'schedule.manage',
      'worker.run',
      'change.read',
      'books.read',
    ],
    cfo: [
      'requisition.approve',
      'payment.create',
      'payment.execute',
      'payment.retry',
      'payment.cancel',
      'payment.resolve',
      'payment.declare_not_paid',
      'payment.reverse',
      'reconcile.run',
      'statement.accept',
      'fund.manage',
      'replenishment.check',
      'replenishment.request',
      'replenishment.fund',
      'replenishment.approve',
      'variance.record',
      'variance.approve',
      'schedule.manage',
      'worker.run',
      'policy.manage',
      'copy.accept',
      'change.read',
      'people.read',
      'books.read',
      'audit.read',
    ],
    auditor: ['replenishment.check', 'change.read', 'people.read', 'books.read', 'audit.read'],
    admin: ['change.read', 'office.manage', 'policy.manage', 'people.read', 'books.read', 'audit.read'],
  };

  test.each(access.ROLES)('a %s may do this and nothing else', (role) => {
    const abilities = Object.keys(access.ABILITIES) as access.Ability[];
    const may = abilities.filter((ability) => access.mayAnywhere({ grants: [aGrant(role)] }, ability));
    expect(may.toSorted()).toEqual(MAY[role].toSorted());
  });

  test('without a role nobody may do anything, and two roles do not mix their places', () => {
    expect(access.mayAnywhere({ grants: [] }, 'books.read')).toBe(false);
    const grants = [aGrant('cashier', mombasa), aGrant('auditor', nakuru)];
    expect(access.mayAt({ grants }, 'payment.execute', mombasa)).toBe(true);
    expect(access.mayAt({ grants }, 'payment.execute', nakuru)).toBe(false);
    expect(access.mayAt({ grants }, 'audit.read', mombasa)).toBe(false);
    expect(access.mayAt({ grants }, 'audit.read', nakuru)).toBe(true);
  });

  test('only words that name a role are roles', () => {
    expect(access.ROLES.every(access.isRole)).toBe(true);
    expect(['', 'Admin', 'root', 'cashiers', 'toString'].some(access.isRole)).toBe(false);
  });
});

describe('refusals', () => {
  const jane = (...grants: access.Grant[]) => ({ username: 'jane', grants });

  test('who holds the role passes', () => {
    expect(refusal(() => access.requireAbility(jane(aGrant('cfo', gulu)), 'replenishment.approve'))).toBeNull();
    expect(
      refusal(() => access.requireAbilityAt(jane(aGrant('cfo', coast)), 'replenishment.approve', mombasa)),
    ).toBeNull();
  });

  test('who holds none is told which roles may', () => {
    for (const act of [
      () => access.requireAbility(jane(aGrant('cashier')), 'requisition.approve'),
      () => access.requireAbilityAt(jane(aGrant('cashier')), 'requisition.approve', mombasa),
    ]) {
      const problem = refusal(act);
      expect([problem?.kind, problem?.code]).toEqual(['forbidden', 'ROLE_MISSING']);
      expect(problem?.message).toBe('jane holds none of the roles approver, cfo.');
      expect(problem?.details).toEqual({
        unchanged: 'Nothing was changed.',
        fix: 'ask an approver or a cfo, or an admin for the role: treasury user role USERNAME --role ROLE',
      });
    }
  });

  test.each([
    ['variance.approve', 'does not hold the role cfo', 'ask a cfo, or an admin for the role: treasury user role'],
    ['policy.manage', 'holds none of the roles admin, cfo', 'ask an admin or a cfo'],
    ['books.read', 'holds none of the roles', 'ask an admin for a role: treasury user role'],
  ] as const)('who may not %s is told whom to ask', (ability, lacks, fix) => {
    const problem = refusal(() => access.requireAbility(jane(), ability));
    expect(problem?.message).toContain(`jane ${lacks}`);
    expect(problem?.details.fix?.startsWith(fix)).toBe(true);
  });

  test('who holds it elsewhere is told so', () => {
    const problem = refusal(() =>
      access.requireAbilityAt(jane(aGrant('cfo', malindi)), 'requisition.approve', mombasa),
    );
    expect([problem?.kind, problem?.code]).toEqual(['forbidden', 'OUT_OF_SCOPE']);
    expect(problem?.message).toBe('jane may do this elsewhere, but not at this place.');
    expect(problem?.details).toEqual({
      unchanged: 'Nothing was changed.',
      fix: 'ask a person of that place, or an admin for a role there',
    });
  });

  test('a payment is within reach of any role at its place or above', () => {
    expect(refusal(() => access.requireWithinReach(jane(aGrant('requester', coast)), mombasa))).toBeNull();
    expect(
      refusal(() => access.requireWithinReach(jane(aGrant('cfo', malindi), aGrant('auditor')), mombasa)),
    ).toBeNull();
    for (const grants of [[], [aGrant('cfo', malindi)], [aGrant('cashier', gulu)]]) {
      const problem = refusal(() => access.requireWithinReach(jane(...grants), mombasa));
      expect([problem?.kind, problem?.code]).toEqual(['forbidden', 'OUT_OF_SCOPE']);
      expect(problem?.message).toBe("jane's roles do not reach the place of this payment.");
      expect(problem?.details).toEqual({
        unchanged: 'Nothing was changed.',
        fix: 'ask a person of that place, or an admin for a role there',
      });
    }
  });

  test('admin and auditor stand alone; the others combine', () => {
    expect(access.roleSetFaults([])).toEqual([]);
    expect(access.roleSetFaults(['admin'])).toEqual([]);
    expect(access.roleSetFaults(['auditor'])).toEqual([]);
    expect(access.roleSetFaults(['requester', 'approver', 'cashier', 'treasurer', 'cfo'])).toEqual([]);
    expect(access.roleSetFaults(['cashier', 'admin'])).toEqual(['admin combines with no other role']);
    expect(access.roleSetFaults(['auditor', 'cfo'])).toEqual([
      'auditor changes nothing and combines with no other role',
    ]);
    expect(access.roleSetFaults(['auditor', 'admin'])).toHaveLength(2);
  });
});
