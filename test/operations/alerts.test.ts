import { afterEach, beforeAll, expect, test } from 'vitest';
import { acknowledgeAlert } from '../../src/operations/acknowledge-alert.ts';
import { raiseAlerts } from '../../src/operations/raise-alerts.ts';
import { recordCount } from '../../src/operations/record-variance.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { retryPayment } from '../../src/operations/retry-payment.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { listAlerts } from '../../src/store/alerts.ts';
import { aPayingOffice, bookFaults, DAY, errorOf, MINUTE, problemOf, type PayingOffice } from '../support/an-office.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  beforeAll(async () => {
    office = await aPayingOffice(open);
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const now = async (status: 'unresolved' | 'resolved' = 'unresolved') => {
    const page = { limit: 0, after: null };
    const { rows } = await office.store.read((tx) => listAlerts(tx, { status }, page, office.people.esther.grants));
    return rows.map(({ alert }) => alert);
  };
  const about = async (subject: string) =>
    (await now())
      .filter((alert) => alert.subject === subject)
      .map(({ kind }) => kind)
      .toSorted();
  const lettersAbout = async (text: string): Promise<number> => {
    const rows = await office.store.read((tx) => tx.db.select().from(tx.t.outboxMessages));
    return rows.filter(({ payload }) => payload.includes(text)).length;
  };

  test('a fund that is low is told once, and no longer when it is not', async () => {
    const fund = await office.fund({
      opening: '5,000',
      reorderLevel: '6,000',
      imprestLevel: '20,000',
      autoReplenish: false,
    });
    expect((await raiseAlerts(office.store)).raised).toBe(1);
    expect(await raiseAlerts(office.store)).toEqual({ raised: 0, resolved: 0 });
    expect(await about(fund.code)).toEqual(['fund_low']);
    expect(await lettersAbout(`Fund ${fund.code} holds KES 5,000.00`)).toBe(1);
    await office.pay(await office.payment(fund, { amount: '3,600' }));
    expect((await raiseAlerts(office.store)).raised).toBe(1);
    expect(await about(fund.code)).toEqual(['fund_critical', 'fund_low']);
  });

  test('two that look at once raise each alert once', async () => {
    const fund = await office.fund({
      opening: '5,000',
      reorderLevel: '6,000',
      imprestLevel: '20,000',
      autoReplenish: false,
    });
    await Promise.all([raiseAlerts(office.store), raiseAlerts(office.store)]);
    expect(await about(fund.code)).toEqual(['fund_low']);
  });

  test('a payment that failed is told until it is tried again', async () => {
    const fund = await office.fund();
    const payment = await office.payment(fund);
    office.fault.strike = (sql) => {
      if (/insert into "?payment_executions/i.test(sql)) throw new Error('disk on fire');
    };
    expect(await errorOf(office.pay(payment))).toBeDefined();
    office.fault.strike = null;
    await raiseAlerts(office.store);
    expect(await about(payment.ref)).toEqual(['payment_failed']);
    await retryPayment(office.store, office.people.carol, { paymentId: payment.id, reason: null });
    expect((await raiseAlerts(office.store)).resolved).toBe(1);
    expect(await about(payment.ref)).toEqual([]);
    expect((await now('resolved')).map(({ subject }) => subject)).toContain(payment.ref);
  });

  test('a payment is stuck an hour after it was sent, not a millisecond earlier', async () => {
    const payment = await office.payment(await office.fund(), { method: 'bank' });
    await office.execute(payment);
    office.pass(60 * MINUTE - 1);
    await raiseAlerts(office.store);
    expect(await about(payment.ref)).toEqual([]);
    office.pass(1);
    await raiseAlerts(office.store);
    expect(await about(payment.ref)).toEqual(['payment_stuck']);
  });

  test('a replenishment that waits for a day is told', async () => {
    const fund = await office.fund({ opening: '5,000', reorderLevel: '6,000', imprestLevel: '20,000' });
    office.pass(DAY);
    await raiseAlerts(office.store);
    const waiting = (await now()).filter(({ kind, fundId }) => kind === 'replenishment_waiting' && fundId === fund.id);
    expect(waiting).toHaveLength(1);
  });

  test('a variance waits too long after a day, not a millisecond earlier, until a CFO decides on it', async () => {
    const fund = await office.fund();
    const counted = await recordCount(office.store, office.people.david, {
      ...{ fund: fund.code, counted: '1.00', reason: 'counted' },
    });
    if (!('view' in counted)) throw new Error('the count agrees');
    const { ref } = counted.view.variance;
    office.pass(DAY - 1);
    await raiseAlerts(office.store);
    expect(await about(ref)).toEqual([]);
    office.pass(1);
    await raiseAlerts(office.store);
    await raiseAlerts(office.store);
    expect(await about(ref)).toEqual(['variance_waiting']);
    expect(await lettersAbout(`${ref} waits for a CFO for more than a day`)).toBe(1);
    await rejectVariance(office.store, office.people.esther, { variance: ref, reason: 'counted again' });
    await raiseAlerts(office.store);
    expect(await about(ref)).toEqual([]);
    expect((await now('resolved')).map(({ subject }) => subject)).toContain(ref);
  });

  test('a policy says after how long: to the millisecond, of what waits already as well, and until another one is in force', async () => {
    const policy = async (text: string): Promise<void> => {
      const { answer } = await setPolicy(office.store, office.people.root, { text, reason: 'test' });
      await agreed(office.store, office.people.esther, Promise.resolve(answer));
    };
    const limits = 'payment_stuck_minutes = 15\nvariance_waiting_hours = 2\nreplenishment_waiting_hours = 30\n';
    await policy(`[alerts]\n${limits}`);
    const fund = await office.fund({ opening: '5,000', reorderLevel: '6,000', imprestLevel: '20,000' });
    const payment = await office.payment(fund, { method: 'bank' });
    await office.execute(payment);
    const counted = await recordCount(office.store, office.people.david, {
      ...{ fund: (await office.fund()).code, counted: '1.00', reason: 'counted' },
    });
    if (!('view' in counted)) throw new Error('the count agrees');
    const { ref } = counted.view.variance;
    const all = async () => {
      await raiseAlerts(office.store);
      const asked = (await now()).filter(({ kind, fundId }) => kind === 'replenishment_waiting' && fundId === fund.id);
      return [...(await about(payment.ref)), ...(await about(ref)), ...asked.map(({ message }) => message)];
    };
    office.pass(15 * MINUTE - 1);
    expect(await all()).toEqual([]);
    office.pass(1);
    expect(await all()).toEqual(['payment_stuck']);
    expect(await lettersAbout(`Whether ${payment.ref} was paid is not known for more than 15 min.`)).toBe(1);
    office.pass(105 * MINUTE - 1);
    expect(await all()).toEqual(['payment_stuck']);
    office.pass(1);
    expect(await all()).toEqual(['payment_stuck', 'variance_waiting']);
    office.pass(28 * 60 * MINUTE - 1);
    expect(await all()).toHaveLength(2);
    office.pass(1);
    expect(await all()).toEqual([
      ...['payment_stuck', 'variance_waiting', expect.stringContaining('is pending for more than 1 d 6 h.')],
    ]);
    await policy('[alerts]\nvariance_waiting_hours = 100\nreplenishment_waiting_hours = 100\n');
    expect(await all()).toEqual(['payment_stuck']);
    await policy('[stale]\nchange_days = 2\n');
    expect(await all()).toHaveLength(3);
  });

  test('a treasurer acknowledges it, once; it stays until its cause is gone', async () => {
    const fund = await office.fund({
      opening: '5,000',
      reorderLevel: '6,000',
      imprestLevel: '20,000',
      autoReplenish: false,
    });
    await raiseAlerts(office.store);
    const alert = (await now()).find(({ subject }) => subject === fund.code);
    const ack = (person = office.people.david) =>
      acknowledgeAlert(office.store, person, { alert: alert?.ref ?? '', reason: null });
    expect(await problemOf(ack(office.people.carol))).toMatchObject({ code: 'ROLE_MISSING' });
    expect((await ack()).changed).toBe(true);
    expect((await ack()).changed).toBe(false);
    await raiseAlerts(office.store);
    expect(await about(fund.code)).toEqual(['fund_low']);
    await office.pay(await office.payment(fund, { amount: '5,000' }));
    const { closeFund } = await import('../../src/operations/close-fund.ts');
    await closeFund(office.store, office.people.david, { fund: fund.code, reason: 'moved' });
    await raiseAlerts(office.store);
    expect(await about(fund.code)).toEqual([]);
    expect(await problemOf(ack())).toMatchObject({ code: 'ALERT_RESOLVED' });
  });
});
