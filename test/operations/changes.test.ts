import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { changeDocument } from '../../src/documents/change.ts';
import { changeSchema } from '../../src/documents/schemas/change.ts';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { confirmChange, judgeDecision, rejectChange } from '../../src/operations/decide-change.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { lookAtChange } from '../../src/operations/look-at-change.ts';
import { getUser } from '../../src/store/people.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { done, proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { aTamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let count = 0;

  /** An office that has paid once. */
  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    await office.pay(await office.payment(await office.fund()));
  });

  let zoe: Actor;
  beforeEach(async () => {
    zoe = await office.person(`zoe${(count += 1)}`, ['requester']);
  });

  const rolesOf = async (person: Actor): Promise<string[]> =>
    (await office.store.read((tx) => getUser(tx, person.userId))).grants.map(({ role }) => role);
  const makeCashier = (person = zoe, by = people.root) =>
    changeRoles(office.store, by, { username: person.username, roles: 'cashier', place: { company: 'ACME' } });
  const cashierProposed = async (person = zoe): Promise<string> =>
    (await proposedBy(makeCashier(person))).proposed.change.ref;
  const confirm = (change: string, by: Actor = people.esther) =>
    confirmChange(office.store, by, { change, reason: null });
  const reject = (change: string, by: Actor = people.esther) =>
    rejectChange(office.store, by, { change, reason: 'not agreed' });

  describe('a change for two', () => {
    test('changes nothing when it is proposed, and says before, after and who may confirm', async () => {
      const { proposed, deciders } = await proposedBy(makeCashier());
      expect(await rolesOf(zoe)).toEqual(['requester']);
      const document = changeSchema.parse(changeDocument(proposed));
      expect(document).toMatchObject({
        what: 'user.roles',
        subject: zoe.username,
        before: { roles: ['requester'], place: 'ACME' },
        after: { roles: ['cashier'], place: 'ACME' },
        status: 'pending',
        proposed_by: 'root',
        confirmations: [],
        decided_by: null,
      });
      expect(deciders).toMatchObject({ needed: 1, people: [{ username: 'esther' }] });
    });

    test('happens when another confirms it, exactly once', async () => {
      const change = await cashierProposed();
      const { view, applied } = await confirm(change);
      expect(changeDocument(view)).toMatchObject({
        status: 'confirmed',
        decided_by: 'esther',
        confirmations: ['esther'],
      });
      expect(applied).not.toBe(null);
      expect(await rolesOf(zoe)).toEqual(['cashier']);
      await expect(confirm(change)).rejects.toMatchObject({ kind: 'refused', code: 'CHANGE_DECIDED' });
      await expect(reject(change)).rejects.toMatchObject({ kind: 'refused', code: 'CHANGE_DECIDED' });
    });

    test('two who confirm at the same moment do it once', async () => {
      const frank = await office.person(`frank${count}`, ['cfo']);
      const change = await cashierProposed();
      const outcomes = await Promise.allSettled([confirm(change), confirm(change, frank)]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await rolesOf(zoe)).toEqual(['cashier']);
      await disableUser(office.store, people.root, { username: frank.username });
    });

    test('is not confirmed by its proposer, by whom it concerns, by another role, or from another place', async () => {
      const change = await cashierProposed();
      const outsider = await office.person(`olaf${count}`, ['cashier']);
      for (const [by, code] of [
        [people.root, 'CHANGE_DECISION_REFUSED'],
        [zoe, 'CHANGE_DECISION_REFUSED'],
        [people.david, 'NOT_A_CONFIRMER'],
        [people.brian, 'NOT_A_CONFIRMER'],
        [outsider, 'NOT_A_CONFIRMER'],
      ] as const) {
        await expect(confirm(change, by), by.username).rejects.toMatchObject({
          kind: 'forbidden',
          code,
          details: { fix: 'ask esther' },
        });
      }
      await expect(confirm(change, people.olga)).rejects.toMatchObject({ code: 'CHANGE_NOT_FOUND' });
      expect(await rolesOf(zoe)).toEqual(['requester']);
    });

    test('can be rejected, and taken back by its proposer: then nothing of it happens', async () => {
      const change = await cashierProposed();
      expect(changeDocument((await reject(change)).view)).toMatchObject({
        status: 'rejected',
        decided_by: 'esther',
        decided_reason: 'not agreed',
      });
      await expect(confirm(change)).rejects.toMatchObject({ code: 'CHANGE_DECIDED' });
      const again = await cashierProposed();
      await reject(again, people.root);
      expect(await rolesOf(zoe)).toEqual(['requester']);
    });

    test('is refused when what it is about has moved since, and stays pending', async () => {
      const change = await cashierProposed();
      await done(
        changeRoles(office.store, people.root, {
          username: zoe.username,
          roles: 'auditor',
          place: { company: 'ACME' },
        }),
      );
      for (const trial of [
        () => judgeDecision(office.store, people.esther, { change, act: 'confirm' }),
        () => confirm(change),
      ])
        await expect(trial()).rejects.toMatchObject({ kind: 'conflict', code: 'CHANGE_OUTDATED' });
      expect(await rolesOf(zoe)).toEqual(['auditor']);
      const { proposed } = await lookAtChange(office.store, people.esther, change);
      expect(proposed).toMatchObject({ change: { status: 'pending' }, confirmations: [] });
    });

    test('is not proposed twice', async () => {
      const change = await cashierProposed();
      await expect(makeCashier()).rejects.toMatchObject({ kind: 'conflict', code: 'CHANGE_PENDING' });
      await reject(change);
      await cashierProposed();
    });

    test('is dead when its proposer is no admin any more', async () => {
      const eve = await office.store.write(async (tx) =>
        (await import('../support/office.ts')).aPerson(tx, `eve${count}`, ['admin'], null),
      );
      const { proposed } = await proposedBy(makeCashier(zoe, eve));
      await disableUser(office.store, people.root, { username: eve.username });
      await expect(confirm(proposed.change.ref)).rejects.toMatchObject({ kind: 'forbidden' });
      expect(await rolesOf(zoe)).toEqual(['requester']);
    });

    test('is dead when its proposer holds no role in that company any more, for whatever reason', async () => {
      const frank = await office.person(`fred${count}`, ['treasurer']);
      const fund = await office.fund();
      await freezeFund(office.store, people.david, { fund: fund.code, reason: null });
      const { proposed } = await proposedBy(unfreezeFund(office.store, frank, { fund: fund.code, reason: null }));
      await done(
        changeRoles(office.store, people.root, {
          ...{ username: frank.username, roles: 'requester', place: { company: 'OTHER' } },
        }),
      );
      await expect(confirm(proposed.change.ref)).rejects.toMatchObject({ kind: 'forbidden', code: 'PROPOSER_LEFT' });
      await disableUser(office.store, people.root, { username: frank.username });
      await expect(confirm(proposed.change.ref)).rejects.toMatchObject({ kind: 'forbidden', code: 'PROPOSER_LEFT' });
      expect((await office.fundNow(fund)).state).toBe('frozen');
    });

    test('two approvers confirm it where no CFO is uninvolved', async () => {
      const grants = { username: people.esther.username, roles: 'cfo,approver', place: { company: 'ACME' } };
      const { proposed, deciders } = await proposedBy(changeRoles(office.store, people.root, grants));
      const change = proposed.change.ref;
      expect(deciders).toMatchObject({ needed: 2, people: [{ username: 'brian' }, { username: 'grace' }] });
      await expect(confirm(change)).rejects.toMatchObject({ code: 'CONCERNED_MAY_NOT_DECIDE' });
      expect(await confirm(change, people.brian)).toMatchObject({ applied: null, view: { confirmations: ['brian'] } });
      expect(await rolesOf(people.esther)).toEqual(['cfo']);
      await expect(confirm(change, people.brian)).rejects.toMatchObject({ code: 'CONFIRMED_ALREADY' });
      const { applied, view } = await confirm(change, people.grace);
      expect(applied).not.toBe(null);
      expect(view.confirmations).toEqual(['brian', 'grace']);
      expect((await rolesOf(people.esther)).toSorted()).toEqual(['approver', 'cfo']);
    });

    test('is confirmed as it was proposed, or not at all: what was altered in the database is found', async () => {
      const change = await cashierProposed();
      const tamperer = await aTamperer(office.url, dialect);
      const payload = `replace(payload, 'cashier', 'cfo')`;
      await tamperer.during(
        ['changes'],
        `update changes set payload = ${payload} where ref = '${change}'`,
        [],
        async () => {
          await expect(confirm(change)).rejects.toMatchObject({ kind: 'integrity', code: 'CHANGE_ALTERED' });
        },
      );
      await tamperer.close();
      expect(await rolesOf(zoe)).toEqual(['requester']);
    });

    test('leaves the books and the trail whole', async () => {
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });
});
