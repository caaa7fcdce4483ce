import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { proposeFeeRule, type FeeRuleWish } from '../../src/operations/add-fee-rule.ts';
import { confirmChange, rejectChange } from '../../src/operations/decide-change.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { endRule } from '../../src/operations/end-fee-rule.ts';
import { closeFund } from '../../src/operations/close-fund.ts';
import { findFeeRule } from '../../src/operations/look-up.ts';
import { listFeeRules } from '../../src/store/fee-rules.ts';
import type { Row } from '../../src/store/tables.ts';
import { listAuditEvents } from '../support/audit.ts';
import { aPayingOffice, bookFaults, errorOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { aTamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    fund = await office.fund();
  });

  const propose = async (change: Partial<FeeRuleWish> = {}, by: Actor = people.david) =>
    proposeFeeRule(office.store, by, {
      ...{ name: 'tariff', fund: fund.code, contains: 'charge', tariff: { text: '100:0,*:108' }, reason: null },
      ...change,
    });
  const confirm = (change: string, by: Actor = people.esther) =>
    confirmChange(office.store, by, { change, reason: null });
  const add = async (change: Partial<FeeRuleWish> = {}, by?: Actor, confirmer?: Actor) =>
    confirm((await propose(change, by)).answer.proposed.change.ref, confirmer);
  const end = (rule: string, by: Actor = people.david, of = fund) =>
    endRule(office.store, by, { rule, fund: of.code, reason: 'over' });
  const show = (rule: string, of: Row<'funds'> | null = fund, by: Actor = people.helen) =>
    findFeeRule(office.store, by, { rule, fund: of?.code ?? null });
  const list = (filter: Parameters<typeof listFeeRules>[1] = { fundId: fund.id }, by: Actor = people.helen) =>
    office.store.read((tx) => listFeeRules(tx, filter, { limit: 0, after: null }, by.grants));
  const events = (action: string) => office.store.read((tx) => listAuditEvents(tx, action));

  describe('a fee rule', () => {
    test('is proposed by one and in force when a CFO has confirmed it, before the office has ever paid, too', async () => {
      const { answer, warnings } = await propose({ name: 'first' });
      expect(warnings).toEqual([]);
      expect(answer.deciders).toMatchObject({ needed: 1, people: [{ username: 'esther' }] });
      expect((await list()).count).toBe(0);
      const { applied } = await confirm(answer.proposed.change.ref);
      const { rule, ...view } = await show('first');
      expect(applied?.lines.join()).toContain(rule.ref);
      expect(view).toMatchObject({ proposedBy: 'david', confirmedBy: 'esther', endedBy: null });
      expect(rule).toMatchObject({ name: 'first', contains: 'charge', changeId: answer.proposed.change.id });
      const added = (await events('fee_rule.added')).filter(({ subject }) => subject === rule.ref);
      expect(added.length).toBe(1);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('is proposed by treasurers and CFOs only, and of their places', async () => {
      for (const by of [people.amina, people.brian, people.carol, people.helen, people.root])
        await expect(propose({}, by), by.username).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(propose({ fund: 'NONE' })).rejects.toMatchObject({ code: 'FUND_NOT_FOUND' });
    });

    test('is never confirmed by its author, nor by anybody but a CFO', async () => {
      const change = (await propose({ name: 'mine' }, people.esther)).answer.proposed.change.ref;
      await expect(confirm(change, people.esther)).rejects.toMatchObject({ kind: 'forbidden' });
      for (const by of [people.david, people.brian, people.grace, people.helen])
        await expect(confirm(change, by), by.username).rejects.toMatchObject({ kind: 'forbidden' });
      await rejectChange(office.store, people.esther, { change, reason: null });
    });

    test('has a name once while it waits and while it is in force, and again after it ended', async () => {
      const change = (await propose({ name: 'once' })).answer.proposed.change.ref;
      await expect(propose({ name: 'once' }, people.esther)).rejects.toMatchObject({ code: 'CHANGE_PENDING' });
      await confirm(change);
      await expect(propose({ name: 'once' })).rejects.toMatchObject({ code: 'FEE_RULE_EXISTS' });
      const other = await office.fund();
      await add({ name: 'once', fund: other.code });
      const first = await show('once');
      await end('once');
      await add({ name: 'once' });
      expect((await show('once')).rule.ref).not.toBe(first.rule.ref);
      expect((await show(first.rule.ref, null)).rule.endedBy).toBe(people.david.userId);
      await expect(show('once', null)).rejects.toMatchObject({ code: 'AMBIGUOUS_REFERENCE' });
      expect((await show('once', other)).fund.code).toBe(other.code);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('says everything that is wrong with it, and proposes nothing then', async () => {
      const wrong = async (change: Partial<FeeRuleWish>) => errorOf(propose({ name: 'wrong', ...change }));
      expect(await wrong({ name: 'W', contains: '' })).toMatchObject({ code: 'FEE_RULE_INVALID' });
      expect(await wrong({ tariff: { text: '5:1,4:2' } })).toMatchObject({ code: 'TARIFF_INVALID' });
      expect(await wrong({ tariff: { file: 'up_to,at_most\n"5' } })).toMatchObject({ code: 'TARIFF_INVALID' });
      expect(await wrong({ reason: '' })).toMatchObject({ code: 'REASON_INVALID' });
      const { warnings } = await propose({ name: 'odd', tariff: { file: 'up_to,at_most\n5,2\n"6,000",1\n' } });
      expect(warnings.length).toBe(2);
    });

    test('of a closed fund is not proposed, and not confirmed when the fund was closed meanwhile', async () => {
      const empty = await office.fund({ opening: '0' });
      const change = (await propose({ fund: empty.code })).answer.proposed.change.ref;
      await closeFund(office.store, people.david, { fund: empty.code, reason: null });
      await expect(propose({ fund: empty.code, name: 'late' })).rejects.toMatchObject({ code: 'FUND_CLOSED' });
      await expect(confirm(change)).rejects.toMatchObject({ code: 'FUND_CLOSED' });
    });

    test('ends at once, by one person, for ever; with one event', async () => {
      await add({ name: 'short' });
      await expect(end('short', people.carol)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(
        endRule(office.store, people.david, { rule: 'short', fund: fund.code, reason: '' }),
      ).rejects.toThrow();
      const { rule, endedBy } = await end('short', people.esther);
      expect([endedBy, rule.endedAt]).toEqual(['esther', office.clock.now]);
      await expect(end('short')).rejects.toMatchObject({ code: 'FEE_RULE_ENDED' });
      await expect(end('nothing')).rejects.toMatchObject({ code: 'FEE_RULE_NOT_FOUND' });
      expect((await events('fee_rule.ended')).filter(({ subject }) => subject === rule.ref).length).toBe(1);
      const { rows } = await list({ fundId: fund.id, status: 'ended' });
      expect(rows.every((row) => row.rule.endedAt !== null)).toBe(true);
      expect((await list({ fundId: fund.id, status: 'live' })).rows.map((row) => row.rule.ref)).not.toContain(rule.ref);
    });

    test('is listed newest first, page by page, to those whose roles reach its fund', async () => {
      const all = await list({});
      expect(all.count).toBe(all.rows.length);
      const page = (after: string | null) =>
        office.store.read((tx) => listFeeRules(tx, {}, { limit: 2, after }, people.helen.grants));
      const first = await page(null);
      const second = await page(first.next);
      expect([...first.rows, ...second.rows]).toEqual(all.rows.slice(0, 4));
      expect((await list({}, people.olga)).count).toBe(0);
      await expect(show(all.rows[0]?.rule.ref ?? '', null, people.olga)).rejects.toMatchObject({
        code: 'FEE_RULE_NOT_FOUND',
      });
    });

    test('is neither proposed nor ended by a token, whatever it was lent', async () => {
      const token = { id: 'x', ref: 'tok_1', name: 'nightly', scopes: ['reconcile:run'] } as const;
      const lent: Actor = { ...people.david, token };
      await expect(propose({ name: 'robot' }, lent)).rejects.toMatchObject({ code: 'TOKEN_SCOPE' });
      await expect(end('first', lent)).rejects.toMatchObject({ code: 'TOKEN_SCOPE' });
    });

    test('two proposals of one name at once leave one', async () => {
      const both = await Promise.allSettled([propose({ name: 'race' }), propose({ name: 'race' }, people.esther)]);
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    test('put there past the tool is found', async () => {
      await add({ name: 'honest' });
      const { rule } = await show('honest');
      const tamperer = await aTamperer(office.url, dialect);
      const faultsDuring = (table: string, sql: string): Promise<string> =>
        tamperer.during([table], sql, [], async () => (await bookFaults(office.store)).join('; '));
      try {
        for (const [table, sql] of [
          ['fee_rules', `update fee_rules set name = 'other' where ref = '${rule.ref}'`],
          ['fee_rules', `update fee_rules set created_by = '${people.esther.userId}' where ref = '${rule.ref}'`],
        ] as const)
          expect(await faultsDuring(table, sql), sql).toContain(`fee_rule_by_cfo ${rule.ref}`);
        const confirmed = `update change_confirmations set user_id = '${people.brian.userId}' where change_id = '${rule.changeId}'`;
        expect(await faultsDuring('change_confirmations', confirmed)).toContain(`fee_rule_by_cfo ${rule.ref}`);
        const ended = `update fee_rules set ended_at = created_at, ended_by = created_by where ref = '${rule.ref}'`;
        expect(await faultsDuring('fee_rules', ended)).toContain(`fee_rule_end_events ${rule.ref}`);
        const unheard = `delete from audit_events where action = 'fee_rule.added' and subject = '${rule.ref}'`;
        expect(await faultsDuring('audit_events', unheard)).toContain(`fee_rule_events ${rule.ref}`);
      } finally {
        await tamperer.close();
      }
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('waits for a CFO where there is none: approvers do not stand in', async () => {
      const { answer } = await propose({ name: 'patient' });
      await disableUser(office.store, people.root, { username: 'esther' });
      const again = await propose({ name: 'patient-too' });
      expect(again.answer.deciders).toEqual({ people: [], needed: 1 });
      for (const by of [people.brian, people.grace])
        await expect(confirm(answer.proposed.change.ref, by)).rejects.toMatchObject({ code: 'NOT_A_CONFIRMER' });
    });
  });
});
