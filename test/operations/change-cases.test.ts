import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import type { Mail } from '../../src/gateways/mail.ts';
import { Problem } from '../../src/domain/problem.ts';
import { addUser } from '../../src/operations/add-user.ts';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { resetPassword } from '../../src/operations/change-password.ts';
import { changeSetting } from '../../src/operations/change-setting.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { confirmChange, rejectChange } from '../../src/operations/decide-change.ts';
import { deliverLetters } from '../../src/operations/deliver-letters.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { editFund } from '../../src/operations/edit-fund.ts';
import { editUser } from '../../src/operations/edit-user.ts';
import { enableUser } from '../../src/operations/enable-user.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { logIn } from '../../src/operations/log-in.ts';
import { authenticate } from '../../src/operations/authenticate.ts';
import type { Proposed } from '../../src/operations/two-people.ts';
import { getOffice } from '../../src/store/office.ts';
import { waitingLetters } from '../../src/store/outbox.ts';
import { findUserByName, getUser, type UserView } from '../../src/store/people.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, DAY, type PayingOffice } from '../support/an-office.ts';
import { done, proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { aToken, ORIGIN, PASSWORD } from '../support/people.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let count = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const viewOf = (username: string): Promise<UserView> =>
    office.store.read(async (tx) => {
      const user = await findUserByName(tx, username);
      if (user === undefined) throw new Error(`nobody is ${username}`);
      return getUser(tx, user.id);
    });
  const add = (username: string, roles: string) =>
    addUser(office.store, people.root, {
      ...{ username, email: `${username}@acme.example`, displayName: username, phone: null, roles },
      ...{ place: { company: 'ACME' }, password: PASSWORD },
    });
  const confirm = ({ proposed }: Proposed, by: Actor = people.esther) =>
    confirmChange(office.store, by, { change: proposed.change.ref, reason: null });
  const events = (action: string) =>
    office.store.read(async (tx) => {
      const { listAuditEvents } = await import('../support/audit.ts');
      return listAuditEvents(tx, action);
    });
  const login = async (username: string, password = PASSWORD) => {
    const token = aToken();
    await logIn(office.store, { username, password, token, origin: ORIGIN });
    return () => authenticate(office.store, { token, now: office.clock.now, origin: ORIGIN });
  };

  describe('before the office has paid', () => {
    test('one admin and one treasurer set it up alone', async () => {
      expect((await add('first', 'cashier')).pending).toBe(null);
      await done(editUser(office.store, people.root, { username: 'first', phone: '0712000111' }));
      await done(resetPassword(office.store, people.root, { username: 'first', password: 'another horse battery' }));
      const fund = await office.fund();
      await done(
        editFund(office.store, people.david, { fund: fund.code, edit: { dailyLimit: '5,000' }, reason: null }),
      );
      await freezeFund(office.store, people.david, { fund: fund.code, reason: null });
      await done(unfreezeFund(office.store, people.david, { fund: fund.code, reason: null }));
      const setting = { key: 'office.mail_from', value: 'pay@acme.example', reason: null } as const;
      expect(await done(changeSetting(office.store, people.root, setting))).toMatchObject({
        after: 'pay@acme.example',
      });
    });
  });

  describe('once it has paid', () => {
    let fund: Row<'funds'>;
    let name: string;
    beforeAll(async () => {
      fund = await office.fund();
      await office.pay(await office.payment(fund));
    });
    beforeEach(() => {
      name = `person${(count += 1)}`;
    });

    test('a new person gets at once only the roles that move no money', async () => {
      const { view, pending } = await add(name, 'requester,cashier');
      expect(view.grants.map(({ role }) => role)).toEqual(['requester']);
      expect(view.pendingChange).toBe(pending?.proposed.change.ref);
      if (pending === null) throw new Error('nothing was proposed');
      await confirm(pending);
      const after = await viewOf(name);
      expect(after.grants.map(({ role }) => role).toSorted()).toEqual(['cashier', 'requester']);
      expect(after.pendingChange).toBe(null);
    });

    test('a new person of no other role has none until somebody confirms', async () => {
      const { view, pending } = await add(name, 'treasurer');
      expect([view.grants, pending === null]).toEqual([[], false]);
      expect((await add(`${name}b`, 'auditor')).pending).toBe(null);
    });

    test('roles are taken away at once', async () => {
      const { pending } = await add(name, 'requester,cashier');
      if (pending !== null) await confirm(pending);
      const less = { username: name, roles: 'cashier', place: { branch: 'WESTLANDS' } };
      await done(changeRoles(office.store, people.root, less));
      const more = { username: name, roles: 'cashier', place: { company: 'ACME' } };
      await proposedBy(changeRoles(office.store, people.root, more));
    });

    test('another person’s email and phone take two; their name and one’s own email do not', async () => {
      await add(name, 'requester');
      const act = await login(name);
      const wish = {
        username: name,
        email: `new-${name}@acme.example`,
        phone: '0712 000 9' + String(count).padStart(2, '0'),
      };
      const change = await proposedBy(editUser(office.store, people.root, wish));
      expect(JSON.parse(change.proposed.change.before)).toMatchObject({ email: `${name}@acme.example`, phone: null });
      expect((await viewOf(name)).user.email).toBe(`${name}@acme.example`);
      await act();
      await confirm(change);
      expect((await viewOf(name)).user.email).toBe(wish.email);
      await expect(act()).rejects.toMatchObject({ code: 'SESSION_MISSING' });
      await done(editUser(office.store, people.root, { username: name, name: 'Somebody Else' }));
      await done(editUser(office.store, people.root, { username: 'root', email: `root${count}@acme.example` }));
    });

    test('an email that somebody took meanwhile is not given', async () => {
      await add(name, 'requester');
      const change = await proposedBy(
        editUser(office.store, people.root, { username: name, email: `${name}c@acme.example` }),
      );
      await add(`${name}c`, 'requester');
      await expect(confirm(change)).rejects.toMatchObject({ kind: 'conflict', code: 'USER_EXISTS' });
    });

    test('a password is reset by two; the old one is good until then, and the hash is shown to nobody', async () => {
      await add(name, 'requester');
      const act = await login(name);
      const password = 'another horse battery';
      const change = await proposedBy(resetPassword(office.store, people.root, { username: name, password }));
      expect(`${change.proposed.change.before}${change.proposed.change.after}`).not.toContain('argon2');
      await login(name);
      await confirm(change);
      await expect(act()).rejects.toMatchObject({ code: 'SESSION_MISSING' });
      await expect(login(name)).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
      await login(name, password);
      expect(JSON.stringify(await events('change.proposed'))).not.toContain('argon2');
    });

    test('a password that its owner changed meanwhile is not replaced', async () => {
      await add(name, 'requester');
      const password = 'another horse battery';
      const change = await proposedBy(resetPassword(office.store, people.root, { username: name, password }));
      const { changeOwnPassword } = await import('../../src/operations/change-password.ts');
      const owner = { ...people.amina, userId: (await viewOf(name)).user.id, username: name };
      await changeOwnPassword(office.store, owner, { current: PASSWORD, password: 'my very own battery' });
      await expect(confirm(change)).rejects.toMatchObject({ code: 'CHANGE_OUTDATED' });
      await login(name, 'my very own battery');
    });

    test('somebody whose roles move money is let in again by two, anybody else by one', async () => {
      const { pending } = await add(name, 'cashier');
      if (pending !== null) await confirm(pending);
      await disableUser(office.store, people.root, { username: name });
      const change = await proposedBy(enableUser(office.store, people.root, { username: name }));
      expect((await viewOf(name)).user.disabledAt).not.toBe(null);
      await confirm(change);
      expect((await viewOf(name)).user.disabledAt).toBe(null);
      await add(`${name}b`, 'requester');
      await disableUser(office.store, people.root, { username: `${name}b` });
      await done(enableUser(office.store, people.root, { username: `${name}b` }));
    });

    test('levels, threshold and limits take two; the name does not', async () => {
      const edit = { otpThreshold: '0', dailyLimit: '9,000' };
      const change = await proposedBy(editFund(office.store, people.david, { fund: fund.code, edit, reason: 'busy' }));
      expect(JSON.parse(change.proposed.change.after)).toEqual({
        ...{ otp_threshold: '0.00', otp_threshold_minor: 0, daily_limit: '9000.00', daily_limit_minor: 900_000 },
        currency: 'KES',
      });
      expect((await office.fundNow(fund)).otpThresholdMinor).toBe(100_000_000);
      await confirm(change);
      expect(await office.fundNow(fund)).toMatchObject({ otpThresholdMinor: 0, dailyLimitMinor: 900_000 });
      await done(editFund(office.store, people.david, { fund: fund.code, edit: { name: 'Till' }, reason: null }));
      const back = { fund: fund.code, edit: { otpThreshold: '1,000,000', dailyLimit: 'none' }, reason: null };
      await confirm(await proposedBy(editFund(office.store, people.david, back)));
      expect(await office.fundNow(fund)).toMatchObject({ dailyLimitMinor: null, name: 'Till' });
    });

    test('what was as typed already when it was proposed was shown to nobody: changed meanwhile, it stays changed', async () => {
      const own = await office.fund();
      const edit = { name: own.name, autoReplenish: 'on', otpThreshold: '300' };
      const change = await proposedBy(editFund(office.store, people.david, { fund: own.code, edit, reason: null }));
      const meanwhile = { name: 'Till 7', autoReplenish: 'off' };
      await done(editFund(office.store, people.david, { fund: own.code, edit: meanwhile, reason: null }));
      await confirm(change);
      expect(await office.fundNow(own)).toMatchObject({
        ...{ name: 'Till 7', autoReplenish: false, otpThresholdMinor: 30_000 },
      });
    });

    test('a CFO who proposes needs two approvers', async () => {
      const wish = { fund: fund.code, edit: { dailyLimit: '8,000' }, reason: null };
      const change = await proposedBy(editFund(office.store, people.esther, wish));
      await expect(confirm(change)).rejects.toMatchObject({ code: 'PROPOSER_MAY_NOT_CONFIRM' });
      expect((await confirm(change, people.brian)).applied).toBe(null);
      expect((await office.fundNow(fund)).dailyLimitMinor).toBe(null);
      expect((await confirm(change, people.grace)).applied).not.toBe(null);
      expect((await office.fundNow(fund)).dailyLimitMinor).toBe(800_000);
      const back = { fund: fund.code, edit: { dailyLimit: 'none' }, reason: null };
      await confirm(await proposedBy(editFund(office.store, people.david, back)));
    });

    test('a CFO of another region does not confirm', async () => {
      const coast = await office.store.write(async (tx) =>
        (await import('../support/office.ts')).aPerson(tx, name, ['cfo'], office.places.COAST),
      );
      const wish = { fund: fund.code, edit: { dailyLimit: '7,000' }, reason: null };
      const change = await proposedBy(editFund(office.store, people.david, wish));
      await expect(confirm(change, coast)).rejects.toMatchObject({ kind: 'forbidden' });
      await rejectChange(office.store, people.david, { change: change.proposed.change.ref, reason: null });
      await disableUser(office.store, people.root, { username: name });
    });

    test('a fund with money in it is opened by two, an empty one by one', async () => {
      const code = `NEW${count}`;
      const draft = { code, name: code, opening: '500', reorderLevel: '0', autoReplenish: true };
      const request = { draft, place: { company: 'ACME' }, currency: null };
      const change = await proposedBy(createFund(office.store, people.david, request));
      const empty = { ...request, draft: { ...draft, code: `${code}E`, opening: '0' } };
      await done(createFund(office.store, people.david, empty));
      await confirm(change);
      const created = (await events('fund.created')).find(({ subject }) => subject === code);
      expect(created).toMatchObject({ actor: 'esther', payload: { proposed_by: 'david', opening_minor: 50_000 } });
    });

    test('a fund in which payments need no code is opened by two, however empty it is', async () => {
      const code = `BARE${count}`;
      const draft = { code, name: code, opening: '0', reorderLevel: '0', otpThreshold: '0.01', autoReplenish: true };
      const request = { draft, place: { company: 'ACME' }, currency: null };
      const createdCodes = async () => (await events('fund.created')).map(({ subject }) => subject);
      const change = await proposedBy(createFund(office.store, people.david, request));
      expect(await createdCodes()).not.toContain(code);
      const strict = { ...request, draft: { ...draft, code: `${code}S`, otpThreshold: '0' } };
      await done(createFund(office.store, people.david, strict));
      await confirm(change);
      expect(await createdCodes()).toContain(code);
    });

    test('a code that was given to another fund meanwhile is not given twice', async () => {
      const code = `TWO${count}`;
      const draft = { code, name: code, opening: '500', reorderLevel: '0', autoReplenish: true };
      const request = { draft, place: { company: 'ACME' }, currency: null };
      const change = await proposedBy(createFund(office.store, people.david, request));
      await done(createFund(office.store, people.david, { ...request, draft: { ...draft, opening: '0' } }));
      await expect(confirm(change)).rejects.toMatchObject({ code: 'CHANGE_OUTDATED' });
    });

    test('a fund is frozen by one and unfrozen by two', async () => {
      await freezeFund(office.store, people.david, { fund: fund.code, reason: 'count' });
      const change = await proposedBy(unfreezeFund(office.store, people.david, { fund: fund.code, reason: 'counted' }));
      expect((await office.fundNow(fund)).state).toBe('frozen');
      await confirm(change);
      expect((await office.fundNow(fund)).state).toBe('open');
    });

    test('mail transport, sender and zone take two', async () => {
      for (const [key, value] of [
        ['office.mail_url', 'smtp://mail.evil.example'],
        ['office.mail_from', 'thief@evil.example'],
        ['office.timezone', 'Pacific/Auckland'],
      ] as const) {
        const change = await proposedBy(changeSetting(office.store, people.root, { key, value, reason: null }));
        expect(JSON.stringify(await office.store.read(getOffice))).not.toContain(value);
        await rejectChange(office.store, people.esther, { change: change.proposed.change.ref, reason: null });
      }
      const wish = { key: 'office.mail_from', value: 'treasury@acme.example', reason: null } as const;
      await confirm(await proposedBy(changeSetting(office.store, people.root, wish)));
      expect(await office.store.read(getOffice)).toMatchObject({ mailFrom: 'treasury@acme.example' });
    });

    test('both addresses are told what is proposed and what came of it, without any value', async () => {
      await add(name, 'requester');
      const mails: Mail[] = [];
      const mailer = { send: async (mail: Mail) => void mails.push(mail) };
      const deliver = () => deliverLetters(office.store, async () => mailer);
      while ((await office.store.read((tx) => waitingLetters(tx, 1))).length > 0) await deliver();
      mails.splice(0);
      const wish = { username: name, email: `other-${name}@acme.example` };
      const change = await proposedBy(editUser(office.store, people.root, wish));
      expect(await deliver()).toBe(null);
      expect(mails.map(({ to }) => to)).toEqual([`${name}@acme.example`, wish.email]);
      await confirm(change);
      await deliver();
      expect(mails.map(({ to }) => to).slice(2)).toEqual([`${name}@acme.example`, wish.email]);
      expect(mails[2]?.subject).toMatch(/confirmed/);
      expect(await deliver()).toBe(null);
      expect(mails).toHaveLength(4);
    });

    test('letters that no mail server takes wait for it', async () => {
      await add(name, 'requester');
      await proposedBy(editUser(office.store, people.root, { username: name, email: `x${name}@acme.example` }));
      const down = { send: () => Promise.reject(new Problem('external', 'MAIL_FAILED', 'The mail server is down.')) };
      expect(await deliverLetters(office.store, async () => down)).toBe('The mail server is down.');
      const [waiting] = await office.store.read((tx) => waitingLetters(tx, 1));
      expect(waiting).toMatchObject({ deliveredAt: null, deliveries: 1, lastError: 'The mail server is down.' });
      const mails: Mail[] = [];
      expect(await deliverLetters(office.store, async () => ({ send: async (mail) => void mails.push(mail) }))).toBe(
        null,
      );
      expect(mails.length).toBeGreaterThan(0);
    });

    test('a role for a time ends by itself, to the millisecond, and is never given into the past', async () => {
      const { pending } = await add(name, 'requester,cashier');
      if (pending !== null) await confirm(pending);
      const endsAt = new Date(office.clock.now.getTime() + DAY);
      const wish = { username: name, roles: 'cashier', place: { company: 'ACME' }, endsAt };
      await done(changeRoles(office.store, people.root, wish));
      const act = await login(name);
      expect((await act()).grants).toMatchObject([{ role: 'cashier' }]);
      const start = office.clock.now;
      office.clock.now = new Date(endsAt.getTime() - 1);
      expect((await viewOf(name)).grants).toHaveLength(1);
      office.clock.now = endsAt;
      expect((await viewOf(name)).grants).toHaveLength(0);
      await expect(changeRoles(office.store, people.root, wish)).rejects.toMatchObject({ code: 'ROLES_INVALID' });
      const admin = { username: name, roles: 'admin', place: {}, endsAt: new Date(endsAt.getTime() + DAY) };
      await expect(changeRoles(office.store, people.root, admin)).rejects.toMatchObject({ code: 'ROLES_INVALID' });
      office.clock.now = start;
    });

    test('a role whose time is over before somebody confirms it is not given', async () => {
      await add(name, 'requester');
      const endsAt = new Date(office.clock.now.getTime() + DAY);
      const wish = { username: name, roles: 'cashier', place: { company: 'ACME' }, endsAt };
      const change = await proposedBy(changeRoles(office.store, people.root, wish));
      office.clock.now = endsAt;
      await expect(confirm(change)).rejects.toMatchObject({ code: 'CHANGE_OUTDATED' });
      office.clock.now = new Date(endsAt.getTime() - 1);
      await confirm(change);
      expect((await viewOf(name)).grants).toMatchObject([{ role: 'cashier', endsAt }]);
    });

    test('a cashier for a time pays until it is over, and not after', async () => {
      const { pending } = await add(name, 'cashier');
      if (pending !== null) await confirm(pending);
      const endsAt = new Date(office.clock.now.getTime() + DAY);
      const wish = { username: name, roles: 'cashier', place: { company: 'ACME' }, endsAt };
      await done(changeRoles(office.store, people.root, wish));
      const { user, grants } = await viewOf(name);
      const actor: Actor = { ...people.carol, userId: user.id, username: name, grants };
      const [first, second] = [await office.payment(fund), await office.payment(fund)];
      office.clock.now = new Date(endsAt.getTime() - 1);
      await office.pay(first, actor);
      office.clock.now = endsAt;
      await expect(office.execute(second, actor)).rejects.toMatchObject({ kind: 'forbidden' });
    });

    test('the books and the trail are whole', async () => {
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });
});
