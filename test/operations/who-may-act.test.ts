import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { recordCount } from '../../src/operations/record-variance.ts';
import { whoMayAct, type Act, type Doers } from '../../src/operations/who-may-act.ts';
import type { Store } from '../../src/store/store.ts';
import { aPayingOffice, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const whole = (act: Partial<Act>): Act => ({ path: 'fund show', named: undefined, ability: 'books.read', ...act });
  const ask = async (actor: Actor, act: Partial<Act>): Promise<Doers> => {
    const [doers] = await whoMayAct(office.store, actor, [whole(act)]);
    if (doers === undefined) throw new Error('nobody was asked about');
    return doers;
  };

  /** Who of all people may do it themselves. */
  const may = async (act: Partial<Act>): Promise<string[]> => {
    const found: string[] = [];
    for (const actor of Object.values(people)) if ((await ask(actor, act)).oneself) found.push(actor.username);
    return found.toSorted();
  };

  describe('what comes next', () => {
    test('is paying for neither the requester nor an approver, whatever their roles', async () => {
      const payment = await office.payment(await office.fund(), { requester: people.grace, approver: people.esther });
      const act: Partial<Act> = { path: 'payment execute', named: payment.ref, ability: 'payment.execute' };
      const able = await may(act);
      expect(able).toContain('carol');
      expect(able).not.toContain('grace');
      expect(able).not.toContain('esther');
      expect(able).not.toContain('brian');
      const { oneself, others } = await ask(people.grace, act);
      expect(oneself).toBe(false);
      expect(others.toSorted()).toEqual(able);
    });

    test('is approving for nobody, once nothing more is awaited', async () => {
      const requisition = await office.requisition({ requester: people.amina });
      const act: Partial<Act> = {
        path: 'requisition approve',
        named: requisition.number,
        ability: 'requisition.approve',
      };
      expect(await may(act)).toEqual([]);
    });

    test('is a variance for a CFO who did not record it', async () => {
      const fund = await office.fund();
      await freezeFund(office.store, people.david, { fund: fund.code, reason: 'count' });
      const counted = { fund: fund.code, counted: '1', reason: 'count' };
      const recorded = await recordCount(office.store, people.esther, counted);
      const ref = JSON.stringify(recorded).match(/var_[a-z0-9]{6,}/)?.[0];
      const able = await may({ path: 'variance approve', named: ref, ability: 'variance.approve' });
      expect(able).not.toContain('esther');
      expect(able).not.toContain('carol');
    });

    test('is told by role where nothing else decides, with those who hold one', async () => {
      const act: Partial<Act> = { path: 'reconcile unmatched', ability: 'reconcile.run' };
      expect(await ask(people.amina, act)).toMatchObject({
        oneself: false,
        others: expect.arrayContaining(['david', 'esther']),
      });
      expect(await ask(people.david, act)).toEqual({ oneself: true, others: [] });
    });

    test('what it names may be out of sight, as after a rehearsal: then roles alone tell', async () => {
      const act: Partial<Act> = { path: 'payment execute', named: 'pay_nowhere', ability: 'payment.execute' };
      expect((await ask(people.amina, act)).others).toContain('carol');
    });

    test('is marking a payment reconciled for nobody who requested or executed it', async () => {
      const payment = await office.payment(await office.fund(), { requester: people.amina, approver: people.brian });
      await office.pay(payment, people.david);
      const able = await may({ path: 'reconcile payment', named: payment.ref, ability: 'reconcile.run' });
      expect(able).toContain('esther');
      expect(able).not.toContain('david');
    });

    test('is for the person who reads it, whatever their token was not lent', async () => {
      const { david } = people;
      const lent: Actor = { ...david, grants: david.grants.map((grant) => ({ ...grant, only: ['reconcile.run'] })) };
      expect(await ask(lent, { path: 'fund freeze', named: 'PETTY', ability: 'fund.manage' })).toMatchObject({
        oneself: true,
      });
    });

    test('is looked up in one transaction, and not at all where a role alone lets in', async () => {
      const payment = await office.payment(await office.fund(), { requester: people.amina, approver: people.brian });
      const reads = { count: 0 };
      const store: Store = {
        ...office.store,
        read: (work) => {
          reads.count += 1;
          return office.store.read(work);
        },
      };
      const otp = whole({ path: 'payment otp', named: payment.ref, ability: 'payment.execute' });
      const acts = [otp, { ...otp, path: 'payment execute' }, whole({ path: 'fund show', named: 'PETTY' })];
      expect((await whoMayAct(store, people.carol, acts)).map(({ oneself }) => oneself)).toEqual([true, true, true]);
      expect(reads.count).toBe(1);
      const byRole = [
        whole({ path: 'fund show', named: 'PETTY' }),
        whole({ path: 'payment show', named: payment.ref }),
      ];
      expect((await whoMayAct(store, people.amina, byRole)).every(({ oneself }) => oneself)).toBe(true);
      expect(reads.count).toBe(1);
    });
  });
});
