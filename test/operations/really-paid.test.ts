import { beforeEach, expect, test } from 'vitest';
import { weekdayOf } from '../../src/domain/policy.ts';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { explainPolicy } from '../../src/operations/explain-policy.ts';
import { recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { replayPolicy } from '../../src/operations/replay-policy.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import type { Row } from '../../src/store/tables.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  failingCodes,
  MINUTE,
  problemOf,
  reasonsOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';

// Limits and sums count what was really paid: the amount of a payment and the differences of it that were approved.
eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];

  beforeEach(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const put = async (document: object): Promise<void> =>
    agreed(
      office.store,
      people.esther,
      setPolicy(office.store, people.root, { text: JSON.stringify(document), reason: 'the board' }).then(
        ({ answer }) => answer,
      ),
    );
  const pay = async (fund: Row<'funds'>, amount: string, destination = 'Jane', approved = amount) => {
    const payment = await office.payment(fund, { amount, destination, approved });
    await office.pay(payment);
    office.pass(MINUTE);
    return payment;
  };
  const record = async (payment: Row<'payments'>, adjusted: string): Promise<string> =>
    (await recordPaymentVariance(office.store, people.david, { paymentId: payment.id, adjusted, reason: 'receipt' }))
      .view.variance.ref;
  const adjust = async (payment: Row<'payments'>, adjusted: string): Promise<void> => {
    const variances = [await record(payment, adjusted)];
    await approveVariances(office.store, people.esther, { variances, reason: null });
    office.pass(MINUTE);
  };
  const refused = async (fund: Row<'funds'>, amount: string, destination = 'Jane'): Promise<string> => {
    const problem = await problemOf(office.execute(await office.payment(fund, { amount, destination })));
    expect(failingCodes(problem)).toEqual(['LIMIT_EXCEEDED']);
    return reasonsOf(problem);
  };

  test('the limit of a fund in a day: an approved difference counts, one that waits does not, and less paid is free again', async () => {
    const fund = await office.fund({ dailyLimit: '1,500' });
    const first = await pay(fund, '1,000', 'Jane', '5,000');
    const waiting = await record(first, '1,400');
    await pay(fund, '100');
    await approveVariances(office.store, people.esther, { variances: [waiting], reason: null });
    office.pass(MINUTE);
    expect(await refused(fund, '0.01')).toContain('KES 1,500.00 went out today');
    await adjust(first, '900');
    expect(await refused(fund, '500.01')).toContain('KES 1,000.00 went out today');
    await pay(fund, '500');
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('only differences of what was paid today, from this fund', async () => {
    const [fund, other] = [await office.fund({ dailyLimit: '1,000' }), await office.fund()];
    const yesterday = await pay(fund, '900', 'Jane', '5,000');
    office.pass(DAY);
    await adjust(yesterday, '1,900');
    await adjust(await pay(other, '900', 'Jane', '5,000'), '1,900');
    await pay(fund, '1,000');
  });

  test('the limit of a method in a day', async () => {
    await put({ limits: { cash: { per_day: '1,500' } } });
    const fund = await office.fund();
    await adjust(await pay(fund, '1,000', 'Jane', '5,000'), '1,400');
    expect(await refused(fund, '100.01')).toContain('KES 1,400.00 went out of');
    await pay(fund, '100');
  });

  test('what a destination got in seven days, for its code', async () => {
    const fund = await office.fund({ otpThreshold: '1,500' });
    await adjust(await pay(fund, '1,000', 'Jane', '5,000'), '1,400');
    await pay(fund, '100');
    await pay(fund, '1,500', 'Ann');
    const problem = await problemOf(
      office.execute(await office.payment(fund, { amount: '0.01', destination: 'Jane' })),
    );
    expect(failingCodes(problem)).toEqual(['OTP_REQUIRED']);
    office.pass(7 * DAY);
    await pay(fund, '1,500');
  });

  test('a payment of the past is judged by what was known when it was executed, in explaining and replaying alike', async () => {
    await put({ limits: { cash: { per_day: '5,000' } } });
    const fund = await office.fund();
    const first = await pay(fund, '1,000', 'Jane', '5,000');
    const before = await pay(fund, '300');
    await adjust(first, '1,400');
    const after = await pay(fund, '200');
    await adjust(first, '3,000');
    const clock = (at: Date) => {
      const { date, minute } = office.dayAt(at);
      return { date, weekday: weekdayOf(date), minute };
    };
    const stricterUnder = async (document: object): Promise<string[]> => {
      const request = { text: JSON.stringify(document), since: new Date(0), until: null, clock, limit: 0 };
      const { listed } = await replayPolicy(office.store, people.helen, request);
      return listed.map(({ payment }) => payment.ref);
    };
    const perDay = (figure: string) => ({ limits: { cash: { per_day: figure } } });
    expect(await stricterUnder(perDay('1,900'))).toEqual([]);
    expect(await stricterUnder(perDay('1,899.99'))).toEqual([after.ref]);
    expect(await stricterUnder({ ...perDay('5,000'), otp: { above: '1,900' } })).toEqual([]);
    expect(await stricterUnder({ ...perDay('5,000'), otp: { above: '1,899.99' } })).toEqual([after.ref]);
    const paidBefore = async ({ ref }: Row<'payments'>) => {
      const found = await explainPolicy(office.store, people.helen, { named: ref, dayAt: office.dayAt });
      return found.decided?.checks.find(({ id }) => id === 'limits')?.facts['paid_today_minor'];
    };
    expect([await paidBefore(before), await paidBefore(after)]).toEqual([100_000, 170_000]);
  });
});
