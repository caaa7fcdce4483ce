import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { recordCount } from '../../src/operations/record-variance.ts';
import { whoMayAct, type Act } from '../../src/operations/who-may-act.ts';
import { aPayingOffice, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const ask = (actor: Actor, act: Partial<Act>) =>
    whoMayAct(office.store, actor, { path: 'fund show', named: undefined, ability: 'books.read', ...act });

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
  });
});
