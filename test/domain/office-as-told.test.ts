import { describe, expect, test } from 'vitest';
import {
  officeAsTold,
  untrueFacts,
  untrueRoles,
  type HeldRole,
  type TellingEvent,
} from '../../src/domain/office-as-told.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 9, 1, 6, minute));

const event = (
  minute: number,
  action: string,
  subject: string,
  payload: TellingEvent['payload'],
  actor = 'root',
): TellingEvent => ({ action, subject, actor, at: at(minute), payload });

const ANN = { email: 'ann@acme.example', phone: null, name: 'Ann', roles: ['cashier'], place: 'ACME', until: null };
const added = event(0, 'user.added', 'ann', ANN);

describe('what events say of a person', () => {
  test('is how they are reached, and whether they are shut out', () => {
    const told = (...events: TellingEvent[]) => officeAsTold([added, ...events]).people.get('ann');
    expect(told()).toEqual({ email: 'ann@acme.example', phone: null, name: 'Ann', disabled: false });
    const edited = event(1, 'user.edited', 'ann', {
      after: { email: 'a@acme.example', phone: '+254722000111', name: 'Ann' },
      sessions_ended: 1,
    });
    expect(told(edited)).toEqual({ email: 'a@acme.example', phone: '+254722000111', name: 'Ann', disabled: false });
    expect(told(event(1, 'user.disabled', 'ann', {}))?.['disabled']).toBe(true);
    expect(told(event(1, 'user.disabled', 'ann', {}), event(2, 'user.enabled', 'ann', {}))?.['disabled']).toBe(false);
  });

  test('is nothing about what an event leaves out', () => {
    const first = event(0, 'user.added', 'root', { email: 'root@acme.example', roles: ['admin'], place: null });
    expect(officeAsTold([first]).people.get('root')).toEqual({ email: 'root@acme.example', disabled: false });
  });
});

describe('what events say of roles', () => {
  const role: HeldRole = {
    ...{ username: 'ann', role: 'cashier', place: 'ACME', until: null, grantedBy: 'root' },
    ...{ from: at(0), to: null },
  };

  test('is from when to when somebody holds them, and who gave them', () => {
    expect(officeAsTold([added]).roles).toEqual([role]);
    const after = { roles: ['treasurer', 'requester'], place: null, until: '2027-01-01T00:00:00.000Z' };
    const changed = event(5, 'user.roles_changed', 'ann', { before: {}, after }, 'paula');
    const given = { ...role, place: null, until: '2027-01-01T00:00:00.000Z', grantedBy: 'paula', from: at(5) };
    expect(officeAsTold([added, changed]).roles).toEqual([
      { ...role, to: at(5) },
      { ...given, role: 'treasurer' },
      { ...given, role: 'requester' },
    ]);
  });

  test('given by two people they are of who proposed them', () => {
    const payload = { before: {}, after: { ...ANN, roles: ['cfo'] }, proposed_by: 'root', change: 'chg_000001' };
    const changed = event(5, 'user.roles_changed', 'ann', payload, 'esther');
    expect(officeAsTold([changed]).roles).toMatchObject([{ role: 'cfo', grantedBy: 'root' }]);
  });

  test('taken from one person they stay with another', () => {
    const other = event(1, 'user.added', 'bob', { ...ANN, roles: ['approver'] });
    const none = event(2, 'user.roles_changed', 'ann', { after: { roles: [], place: null, until: null } });
    expect(officeAsTold([added, other, none]).roles.map(({ username, to }) => [username, to])).toEqual([
      ['ann', at(2)],
      ['bob', null],
    ]);
  });

  test('is compared as closely as clocks agree: to the millisecond of it, and not one more', () => {
    const later = (ms: number): HeldRole => ({ ...role, from: new Date(role.from.getTime() + ms) });
    expect(untrueRoles([role], [later(2000)], 2000)).toEqual({ untold: [], missing: [] });
    expect(untrueRoles([role], [later(2001)], 2000)).toEqual({ untold: [later(2001)], missing: [role] });
  });

  test('is compared one by one: who, what, where, until when, by whom, from and to', () => {
    expect(untrueRoles([role], [role, role], 0)).toEqual({ untold: [role], missing: [] });
    expect(untrueRoles([role, role], [role], 0)).toEqual({ untold: [], missing: [role] });
    for (const forged of [
      { username: 'bob' },
      { role: 'cfo' },
      { place: null },
      { until: '2027-01-01T00:00:00.000Z' },
      { grantedBy: 'ann' },
      { to: at(1) },
    ]) {
      const found = { ...role, ...forged };
      expect(untrueRoles([role], [found], 2000)).toEqual({ untold: [found], missing: [role] });
    }
  });
});

describe('what events say of funds and of the office', () => {
  const created = event(0, 'fund.created', 'PETTY', {
    ...{ ref: 'fnd_000001', name: 'Petty cash', currency: 'KES', opening_minor: 500, daily_limit_minor: null },
    ...{ payment_limit_minor: 100, auto_replenish: false },
  });

  test('is their terms as last edited, and their state; what was in them at first is not', () => {
    const told = (...events: TellingEvent[]) => officeAsTold([created, ...events]).funds.get('PETTY');
    const terms = { ref: 'fnd_000001', name: 'Petty cash', currency: 'KES', auto_replenish: false };
    expect(told()).toEqual({ ...terms, daily_limit_minor: null, payment_limit_minor: 100, state: 'open' });
    const edited = event(1, 'fund.edited', 'PETTY', {
      before: { daily_limit_minor: null },
      after: { daily_limit_minor: 900 },
      reason: null,
    });
    const frozen = event(2, 'fund.frozen', 'PETTY', { before: { state: 'open' }, after: { state: 'frozen' } });
    expect(told(edited, frozen)).toEqual({
      ...terms,
      ...{ daily_limit_minor: 900, payment_limit_minor: 100, state: 'frozen' },
    });
  });

  test('is the settings of the office as last changed', () => {
    const set = { currency: 'KES', timezone: 'UTC', mail_url: 'smtp://one', mail_from: 'a@b', pepper_fingerprint: 'p' };
    const told = officeAsTold([
      event(0, 'office.created', 'office', set),
      event(1, 'office.setting_changed', 'office.mail_url', { before: 'smtp://one', after: 'smtp://two' }),
      event(2, 'pepper.replaced', 'pepper', { before: 'p', after: 'q', codes_voided: 3 }),
    ]);
    expect(told.office).toEqual({ ...set, mail_url: 'smtp://two', pepper_fingerprint: 'q' });
  });

  test('is compared in what was told only', () => {
    expect(untrueFacts({ a: 1, b: null, c: true }, { a: 1, b: null, c: true, d: 4 })).toEqual([]);
    expect(untrueFacts({ a: 1, b: null }, { a: 2 })).toEqual([
      { name: 'a', told: 1, found: 2 },
      { name: 'b', told: null, found: undefined },
    ]);
  });
});
