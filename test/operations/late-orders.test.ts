import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { askAttempt } from '../../src/operations/ask-attempt.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { lookAfterDue, lookAfterPayment } from '../../src/operations/look-after-payments.ts';
import { sendAttempt, sendAttempts } from '../../src/operations/send-attempt.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import type { Row } from '../../src/store/tables.ts';
import { aRail, payByDaraja, reader, resultOf, say } from '../support/a-rail.ts';
import { aPayingOffice, bookFaults, DAY, MINUTE, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    await payByDaraja(office);
    fund = await office.fund({ opening: '1,000,000.00' });
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const reserved = async () => {
    const payment = await office.payment(fund, { method: 'mpesa' });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    return { payment, attempt: executed.attempt };
  };
  const stateOf = async (payment: Row<'payments'>) => (await office.state(payment)).attempts.at(-1)?.state;

  describe('an order that M-Pesa had no time for', () => {
    test.each(['alone', 'with others'])('is not sent again by a machine that slept meanwhile, %s', async (how) => {
      const { payment, attempt } = await reserved();
      const rail = aRail();
      rail.answers = [{ kind: 'busy', reason: 'too many requests', raw: '{}' }];
      const asking = { ...aRail().sending, holder: 'another machine' };
      const sleeping = {
        ...rail.sending,
        pause: async () => {
          // Others ask about it, learn a day later that there is no such order, and the payment may be tried again.
          office.pass(10 * MINUTE);
          await askAttempt(office.store, attempt.id, asking);
          office.pass(2 * DAY);
          await say(office, resultOf(attempt, payment, { outcome: 'absent', code: '404', reference: null }));
        },
      };
      if (how === 'alone') await sendAttempt(office.store, attempt.id, sleeping);
      else await sendAttempts(office.store, [attempt.id], sleeping);
      expect(rail.orders).toHaveLength(1);
      expect(await stateOf(payment)).toBe('failed');
    });

    test('nor when its time to send is over and nobody has asked yet: then it certainly was not taken', async () => {
      const { payment, attempt } = await reserved();
      const rail = aRail();
      rail.answers = [{ kind: 'busy', reason: 'too many requests', raw: '{}' }];
      const pause = async () => office.pass(2 * MINUTE);
      await sendAttempt(office.store, attempt.id, { ...rail.sending, pause });
      expect(rail.orders).toHaveLength(1);
      expect(await stateOf(payment)).toBe('failed');
    });
  });

  test('an order that was never sent does not leave a fund that was frozen since; unfrozen, it leaves once', async () => {
    const { payment, attempt } = await reserved();
    const step = { fund: fund.code, reason: 'somebody is stealing' };
    await freezeFund(office.store, people.david, step);
    office.pass(10 * MINUTE);
    const rail = aRail();
    const care = { sending: { ...rail.sending, holder: 'a worker' }, reader: reader(office.dayAt) };
    const one = { ...care, paymentId: payment.id };
    expect(await problemOf(lookAfterPayment(office.store, people.carol, one))).toMatchObject({
      kind: 'refused',
      code: 'FUND_FROZEN',
    });
    await lookAfterDue(office.store, care);
    await askAttempt(office.store, attempt.id, care.sending);
    expect(rail.orders).toEqual([]);
    expect(await stateOf(payment)).toBe('reserved');
    const answer = await unfreezeFund(office.store, people.david, step);
    if (isProposed(answer))
      await confirmChange(office.store, people.esther, { change: answer.proposed.change.ref, reason: null });
    office.pass(10 * MINUTE);
    await lookAfterDue(office.store, care);
    expect(rail.orders.map(({ key }) => key)).toEqual([attempt.idempotencyKey]);
    expect(await stateOf(payment)).toBe('accepted');
  });
});
