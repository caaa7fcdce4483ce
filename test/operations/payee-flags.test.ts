import { beforeEach, describe, expect, test } from 'vitest';
import { amendRequisition } from '../../src/operations/amend-requisition.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { cancelRequisition } from '../../src/operations/cancel-requisition.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { flagsOf } from '../../src/operations/flag-payees.ts';
import { importRequisitions } from '../../src/operations/import-requisitions.ts';
import { rejectRequisition } from '../../src/operations/reject-requisition.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, DAY, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const OLD = '0712 345 678';
const NEW = '0722 000 001';

eachDatabase((open) => {
  let office: PayingOffice;
  beforeEach(async () => {
    office = await aPayingOffice(open);
  });

  interface Wish {
    readonly payee?: string;
    readonly amount?: string;
    readonly method?: 'mpesa' | 'bank' | 'cash';
    readonly destination?: string;
    readonly company?: 'OTHER';
  }
  async function submit(wish: Wish = {}): Promise<Row<'requisitions'>> {
    const { payee = 'Jane Wanjiru', amount = '100', method = 'mpesa', destination = OLD, company } = wish;
    const draft = { payee, amount, method, destination, purpose: 'Taxi', category: null };
    const actor = company === undefined ? office.people.amina : office.people.olga;
    const place = company === undefined ? { branch: 'WESTLANDS' } : { company };
    return (await createRequisition(office.store, actor, { draft, place, currency: null })).requisition;
  }
  const approve = ({ ref }: Row<'requisitions'>) =>
    approveRequisition(office.store, office.people.brian, { requisition: ref, reason: null });
  /** Something known: submitted, approved, and a while ago. */
  async function approved(wish: Wish = {}): Promise<Row<'requisitions'>> {
    const requisition = await submit(wish);
    await approve(requisition);
    office.pass(1_000);
    return requisition;
  }
  const codes = async ({ id }: Row<'requisitions'>) => (await flagsOf(office.store, id)).map(({ code }) => code);

  describe('a new destination', () => {
    test('of a payee who was approved elsewhere is flagged, and names where', async () => {
      const known = await approved();
      const changed = await submit({ amount: '200', payee: 'JANE  WANJIRU', destination: NEW });
      expect(await flagsOf(office.store, changed.id)).toEqual([
        {
          code: 'NEW_DESTINATION',
          message: `JANE  WANJIRU was never paid to 254722000001, but to 254712345678 (${known.number}).`,
          references: [known.number],
        },
      ]);
    });

    test('is known once it was approved; the requisition that brought it keeps its flag', async () => {
      await approved();
      const changed = await approved({ amount: '200', destination: NEW });
      expect(await codes(await submit({ amount: '300', destination: NEW }))).toEqual([]);
      expect(await codes(changed)).toEqual(['NEW_DESTINATION']);
      // What was only asked for twice is not known.
      await submit({ amount: '400', destination: '0733 000 001' });
      office.pass(1_000);
      expect(await codes(await submit({ amount: '500', destination: '0733 000 001' }))).toEqual(['NEW_DESTINATION']);
    });

    test('is judged anew when it is approved, amended and shown', async () => {
      const changed = await submit({ amount: '200', destination: NEW });
      expect(await codes(changed)).toEqual([]);
      const known = await approved();
      const later = await submit({ amount: '300', destination: OLD });
      expect(await codes(later)).toEqual([]);
      const amendment = { destination: '0733 000 002' };
      const amended = await amendRequisition(office.store, office.people.amina, { requisition: later.ref, amendment });
      expect(await flagsOf(office.store, amended.view.requisition.id)).toMatchObject([{ references: [known.number] }]);
    });

    test('is none for cash, nor when what was known was rejected or is another company’s', async () => {
      const rejected = await submit();
      await rejectRequisition(office.store, office.people.brian, { requisition: rejected.ref, reason: 'no' });
      await submit({ company: 'OTHER' });
      office.pass(1_000);
      expect(await codes(await submit({ amount: '200', destination: NEW }))).toEqual([]);
      await approved({ amount: '300' });
      expect(await codes(await submit({ amount: '400', method: 'cash', destination: 'Reception' }))).toEqual([]);
    });
  });

  test('the account of somebody else is flagged, however it is written', async () => {
    const known = await approved({ payee: 'Kenya Power', method: 'bank', destination: 'KCB:1101-234-567' });
    const taken = await submit({ amount: '200', payee: 'Jane Wanjiru', method: 'bank', destination: 'kcb 1101234567' });
    expect(await flagsOf(office.store, taken.id)).toMatchObject([
      { code: 'DESTINATION_OF_ANOTHER', references: [known.number] },
    ]);
    expect(
      await codes(
        await submit({ amount: '300', payee: 'Kenya  power.', method: 'bank', destination: 'KCB 1101 234 567' }),
      ),
    ).toEqual([]);
  });

  describe('the same payee and amount', () => {
    test('within thirty days is flagged on both, one millisecond more and on none', async () => {
      const first = await submit({ method: 'cash', destination: 'Jane' });
      const start = office.clock.now.getTime();
      await office.leapTo(new Date(start + 30 * DAY));
      const second = await submit({ method: 'cash', destination: 'Jane' });
      expect(await flagsOf(office.store, second.id)).toMatchObject([{ references: [first.number] }]);
      expect(await flagsOf(office.store, first.id)).toMatchObject([{ references: [second.number] }]);
      const other = await submit({ payee: 'Peter', amount: '7', method: 'cash', destination: 'Peter' });
      await office.leapTo(new Date(office.clock.now.getTime() + 30 * DAY));
      office.pass(1);
      const late = await submit({ payee: 'Peter', amount: '7', method: 'cash', destination: 'Peter' });
      expect([await codes(other), await codes(late)]).toEqual([[], []]);
    });

    test('counts neither what was rejected or cancelled, nor another amount', async () => {
      const cancelled = await submit();
      await cancelRequisition(office.store, office.people.amina, { requisition: cancelled.ref, reason: null });
      expect(await codes(await submit())).toEqual([]);
      expect(await codes(await submit({ amount: '100.01' }))).toEqual([]);
    });

    test('is seen among the lines of one list', async () => {
      const header = 'payee,amount,purpose,method,destination,company,region,branch,category';
      const line = 'Jane Wanjiru,1500,Airtime,mpesa,0712345678,,,WESTLANDS,';
      const { views } = await importRequisitions(office.store, office.people.amina, `${header}\n${line}\n${line}\n`);
      for (const { requisition } of views) expect(await codes(requisition)).toEqual(['SAME_PAYEE_AND_AMOUNT']);
    });
  });

  test('a flag refuses nothing: it is approved and paid', async () => {
    await approved();
    const fund = await office.fund();
    const payment = await office.payment(fund, { amount: '100', method: 'mpesa', destination: NEW });
    await office.pay(payment, office.people.carol, 'FLAGGED1');
  });
});
