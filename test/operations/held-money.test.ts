import { afterEach, beforeAll, expect, test } from 'vitest';
import { cancelBatch } from '../../src/operations/cancel-batch.ts';
import { closeFund, judgeClosing } from '../../src/operations/close-fund.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { listSuspense, proposeSettlement } from '../../src/operations/settle-suspense.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchesOf, type Batches } from '../support/a-batch.ts';
import { aRail, payByDaraja, resultOf, say } from '../support/a-rail.ts';
import { aPayingOffice, bookFaults, failingCodes, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let batches: Batches;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    batches = batchesOf(office);
    await payByDaraja(office);
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const itemOf = async ({ ref }: Row<'payments'>): Promise<Row<'suspenseItems'>> => {
    const views = await listSuspense(office.store, people.david, { settled: false });
    const item = views.find(({ payment }) => payment === ref)?.item;
    if (item === undefined) throw new Error(`nothing is held of ${ref}`);
    return item;
  };
  /** Two people say that the money has come back. */
  const cameBack = async ({ ref }: Row<'suspenseItems'>): Promise<void> => {
    const request = { ref, returned: true, reason: 'as M-Pesa wrote to us' };
    const { proposed } = (await proposeSettlement(office.store, people.david, request)).proposed;
    await confirmChange(office.store, people.esther, { change: proposed.change.ref, reason: null });
  };

  test('a fund is not closed while money that left it is held in suspense', async () => {
    const fund = await office.fund({ opening: '1,500.00', autoReplenish: false });
    const payment = await office.payment(fund, { method: 'mpesa' });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    await sendAttempt(office.store, executed.attempt.id, aRail().sending);
    await say(office, resultOf(executed.attempt, payment, { reference: 'FIRST1' }));
    await say(office, resultOf(executed.attempt, payment, { reference: 'SECOND2' }));
    const item = await itemOf(payment);
    await office.pay(await office.payment(fund, { amount: '500.00' }));
    expect((await office.fundNow(fund)).balanceMinor).toBe(0);
    const closing = () => closeFund(office.store, people.david, { fund: fund.code, reason: null });
    for (const refused of [
      await problemOf(closing()),
      await problemOf(judgeClosing(office.store, people.david, fund.code)),
    ]) {
      expect(failingCodes(refused)).toEqual(['SUSPENSE_OPEN']);
      const [fix] = (refused.details.checks ?? []).flatMap(({ fix }) => fix?.command ?? []);
      expect(fix).toBe(`treasury suspense settle ${item.ref} --reason REASON`);
    }
    await cameBack(item);
    expect((await closing()).after.fund.state).toBe('closed');
  });

  test('a batch is not cancelled while money of one of its rows is held, as the payment itself is not', async () => {
    const fund = await office.fund();
    const batch = await batches.approved(fund, [{ method: 'mpesa' }, {}]);
    await batches.ready(batch);
    const rail = aRail();
    const run = await batches.run(batch, { sending: () => rail.sending });
    const [row] = run.rows;
    if (!row?.payment) throw new Error('no payment was made');
    const { payment, attempts } = await office.state(row.payment);
    const [attempt] = attempts;
    if (attempt === undefined) throw new Error('nothing was sent');
    await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
    await say(office, resultOf(attempt, payment, { reference: 'LATE9' }));
    const item = await itemOf(payment);
    const cancelling = () => cancelBatch(office.store, people.carol, { batch: batch.ref, reason: null });
    const refused = await problemOf(cancelling());
    expect(refused).toMatchObject({ kind: 'refused', code: 'PAYMENT_IN_SUSPENSE' });
    expect(refused.message).toContain(item.ref);
    expect((await office.state(payment)).payment.status).toBe('failed');
    await cameBack(item);
    expect((await cancelling()).view.tally).toMatchObject({ paid: 1, cancelled: 1 });
  });
});
