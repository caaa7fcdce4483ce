import { afterEach, beforeAll, expect, test } from 'vitest';
import { explainPayment } from '../../src/operations/explain-payment.ts';
import { recordCount } from '../../src/operations/record-variance.ts';
import { cancelPayment, retryPayment } from '../../src/operations/retry-payment.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { exportFile, payByBankFile } from '../support/a-bank.ts';
import { aRail, payByDaraja } from '../support/a-rail.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let byHand: PayingOffice;

  beforeAll(async () => {
    byHand = await aPayingOffice(open);
    office = await aPayingOffice(open);
    await payByBankFile(office);
    await payByDaraja(office);
  });
  afterEach(async () => {
    for (const one of [office, byHand]) expect(await bookFaults(one.store)).toEqual([]);
  });

  /** A payment of which the outcome is open. */
  const executing = async (at: PayingOffice, method: 'mpesa' | 'bank') => {
    const fund = await at.fund({ opening: '100,000.00' });
    const payment = await at.payment(fund, { method, amount: '100.00' });
    const executed = await at.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    return { at, fund, payment, attempt: executed.attempt };
  };
  const kinds: Readonly<Record<string, () => Promise<Awaited<ReturnType<typeof executing>>>>> = {
    'hand through M-Pesa': () => executing(byHand, 'mpesa'),
    'hand through a bank': () => executing(byHand, 'bank'),
    'M-Pesa itself, not sent yet': () => executing(office, 'mpesa'),
    'M-Pesa itself, sent': async () => {
      const one = await executing(office, 'mpesa');
      await sendAttempt(office.store, one.attempt.id, aRail().sending);
      return one;
    },
    'a file that is not written yet': () => executing(office, 'bank'),
    'a file at the bank': async () => {
      const one = await executing(office, 'bank');
      await exportFile(office, one.fund);
      return one;
    },
  };
  const BY_REFERENCE = 'treasury payment resolve {REF} --gateway-reference REFERENCE';
  const ASKED = 'treasury payment resolve {REF}';

  test.each([
    ['hand through M-Pesa', BY_REFERENCE],
    ['hand through a bank', BY_REFERENCE],
    ['M-Pesa itself, not sent yet', ASKED],
    ['M-Pesa itself, sent', ASKED],
    ['a file that is not written yet', 'treasury bankfile export --fund {FUND} --out FILE'],
    ['a file at the bank', 'treasury bankfile import REPORT'],
  ])('what is carried by %s is refused with the command that settles it: %s', async (kind, told) => {
    const { at, fund, payment } = await kinds[kind]!();
    const fix = told.replace('{REF}', payment.ref).replace('{FUND}', fund.code);
    const { store, people, dayAt } = at;
    const before = await at.state(payment);
    const asked = { paymentId: payment.id, reason: null };
    for (const refused of [
      () => at.execute(payment),
      () => retryPayment(store, people.carol, asked),
      () => cancelPayment(store, people.carol, asked),
    ])
      expect(await problemOf(refused())).toMatchObject({ kind: 'pending', details: { fix } });
    const count = recordCount(store, people.david, { fund: fund.code, counted: '1', reason: 'count' });
    const counted = await problemOf(count);
    expect(counted.code).toBe('PAYMENTS_IN_FLIGHT');
    expect(counted.details.checks?.find(({ ok }) => ok === false)?.fix?.command).toBe(fix);
    const { checks } = await explainPayment(store, people.carol, { paymentId: payment.id, dayAt });
    expect(checks[0]).toMatchObject({ id: 'status', code: 'PAYMENT_IN_FLIGHT', fix: { command: fix } });
    expect(await at.state(payment)).toEqual(before);
  });
});
