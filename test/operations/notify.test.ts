import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSms as openMachineSms } from '../../src/gateways/open-sms.ts';
import type { Sms, SmsAnswer } from '../../src/gateways/sms.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { deliverDueLetters } from '../../src/operations/deliver-letters.ts';
import { deliverDueTexts } from '../../src/operations/deliver-texts.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { spreadEvents } from '../../src/operations/spread-events.ts';
import { closeUndelivered, takeTexts } from '../../src/store/outbox.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, MINUTE, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;
  beforeAll(async () => {
    office = await aPayingOffice(open);
    fund = await office.fund();
  });

  const says = async (text: string): Promise<void> => {
    const admin = await office.person(`admin${(admins += 1)}`, ['admin']);
    const { users, roleGrants } = await office.store.read(async (tx) => tx.t);
    void users;
    // Of the whole office, as the first admin is.
    await office.store.write((tx) =>
      tx.db.insert(roleGrants).values({
        ...{
          id: crypto.randomUUID(),
          userId: admin.userId,
          role: 'admin',
          companyId: null,
          regionId: null,
          branchId: null,
        },
        ...{ grantedBy: admin.userId, grantedAt: tx.now, revokedAt: null },
      }),
    );
    const whole = { ...admin, grants: [{ role: 'admin' as const, companyId: null, regionId: null, branchId: null }] };
    const { answer } = await setPolicy(office.store, whole, { text, reason: 'test' });
    if (isProposed(answer))
      await confirmChange(office.store, office.people.esther, { change: answer.proposed.change.ref, reason: null });
  };
  let admins = 0;
  const told = async (): Promise<string[]> => {
    office.mails.length = 0;
    await spreadEvents(office.store);
    await deliverDueLetters(
      office.store,
      async () => office.mailer,
      () => 0,
    );
    return office.mails.map(({ to, subject }) => `${to.split('@')[0]}: ${subject}`).toSorted();
  };

  test('those whom the policy names are told of what happens from then on, once', async () => {
    await office.pay(await office.payment(fund));
    await says('[notify]\npayment_paid = ["payer", "approver", "cfo"]\n');
    office.pass(MINUTE);
    await told();
    const payment = await office.payment(fund);
    await office.pay(payment);
    const subject = `${payment.ref} was paid`;
    expect(await told()).toEqual([`brian: ${subject}`, `carol: ${subject}`, `esther: ${subject}`]);
    expect(office.mails[0]?.text).toContain('Amount:  KES 1,000.00');
    expect(await told()).toEqual([]);
  });

  test('another version of the policy tells others, and one without a word nobody', async () => {
    await says('[notify]\npayment_paid = ["cfo"]\n');
    office.pass(MINUTE);
    await told();
    const payment = await office.payment(fund);
    await office.pay(payment);
    expect(await told()).toEqual([`esther: ${payment.ref} was paid`]);
    await says('[stale]\nchange_days = 3\n');
    office.pass(MINUTE);
    await told();
    await office.pay(await office.payment(fund));
    expect(await told()).toEqual([]);
  });

  describe('a variance', () => {
    beforeAll(async () => {
      await says('[notify]\nvariance_recorded = ["cfo"]\n');
      office.pass(MINUTE);
      await told();
    });

    test('of a payment is told to the CFOs by its own name, with what the books say and what really was', async () => {
      const payment = await office.payment(fund);
      await office.pay(payment);
      const { view } = await recordPaymentVariance(office.store, office.people.david, {
        ...{ paymentId: payment.id, adjusted: '1,200.00', reason: 'the receipt' },
      });
      expect(await told()).toEqual([`esther: ${view.variance.ref} of ${payment.ref} was recorded`]);
      const [letter] = office.mails;
      for (const line of ['Amount:  KES 1,000.00', 'Books:   KES 1,000.00', 'Really:  KES 1,200.00', 'By:      david'])
        expect(letter?.text).toContain(line);
      expect(letter?.text).toContain('Reason:  the receipt');
      expect(await told()).toEqual([]);
    });

    test('of a count is told as well; what is decided of it is not', async () => {
      const { balanceMinor } = await office.fundNow(fund);
      const counted = await recordCount(office.store, office.people.david, {
        ...{ fund: fund.code, counted: `${(balanceMinor - 1) / 100}`, reason: 'counted' },
      });
      if (!('view' in counted)) throw new Error('the count agrees');
      const { ref } = counted.view.variance;
      expect(await told()).toEqual([`esther: ${ref} was recorded`]);
      expect(office.mails[0]?.text).not.toContain('Payee:');
      await rejectVariance(office.store, office.people.esther, { variance: ref, reason: 'counted again' });
      expect(await told()).toEqual([]);
    });

    test('that agrees with the books is none, and nobody is told', async () => {
      const { balanceMinor } = await office.fundNow(fund);
      await recordCount(office.store, office.people.david, {
        ...{ fund: fund.code, counted: `${balanceMinor / 100}`, reason: 'counted' },
      });
      expect(await told()).toEqual([]);
    });
  });

  test('a replenishment that a payment asks for is told by its own name, once', async () => {
    await says('[notify]\nreplenishment_requested = ["cfo"]\n');
    office.pass(MINUTE);
    await told();
    const low = await office.fund({ opening: '5,000', reorderLevel: '4,500', imprestLevel: '20,000' });
    await office.pay(await office.payment(low));
    const asked = await office.store.read((tx) => tx.db.select().from(tx.t.replenishmentRequests));
    expect(await told()).toEqual([`esther: ${asked.at(-1)?.ref} was requested`]);
  });

  describe('by SMS', () => {
    const PHONES = { esther: '254712345678', carol: '254722000111' } as const;
    const sent: Sms[] = [];
    let answers: SmsAnswer[] = [];
    const openSms = async () => ({
      send: async (sms: Sms): Promise<SmsAnswer> => {
        sent.push(sms);
        return (answers.length > 1 ? answers.shift() : answers[0]) ?? { kind: 'taken' };
      },
    });
    const deliver = () => deliverDueTexts(office.store, openSms, () => 0);
    const texts = () =>
      office.store.read((tx) => tx.db.select().from(tx.t.outboxMessages).where(eq(tx.t.outboxMessages.topic, 'sms')));
    const waiting = async () => (await texts()).filter(({ deliveredAt }) => deliveredAt === null);

    beforeAll(async () => {
      for (const [name, phone] of Object.entries(PHONES))
        await office.store.write((tx) => tx.db.update(tx.t.users).set({ phone }).where(eq(tx.t.users.username, name)));
    });
    beforeEach(async () => {
      await says('[notify]\npayment_paid = ["payer", "approver", "cfo"]\nsms = ["payment_paid"]\n');
      office.pass(MINUTE);
      await told();
      for (const { id } of await waiting())
        await office.store.write((tx) => closeUndelivered(tx, id, 'not of this test'));
      sent.length = 0;
      answers = [];
    });
    /** Pays something that is told, and puts the texts about it into the outbox. */
    const paidAndTold = async () => {
      const payment = await office.payment(fund);
      await office.pay(payment);
      await spreadEvents(office.store);
      return payment;
    };

    test('goes to those whose phone is known, once, besides the mail', async () => {
      const payment = await paidAndTold();
      expect(await deliver()).toEqual({ sent: 2, failures: [] });
      const text = `${payment.ref}, KES 1,000.00, of fund ${fund.code} was paid, by carol.`;
      expect(sent.toSorted((a, b) => (a.to < b.to ? -1 : 1))).toEqual([
        { to: '+254712345678', text },
        { to: '+254722000111', text },
      ]);
      expect(await deliver()).toEqual({ sent: 0, failures: [] });
      expect((await told()).length).toBe(3);
    });

    test('not where the policy says nothing of it', async () => {
      await says('[notify]\npayment_paid = ["cfo"]\n');
      office.pass(MINUTE);
      await told();
      await paidAndTold();
      expect(await waiting()).toEqual([]);
    });

    test('whatever is not certain is sent again, with growing pauses and nothing lost', async () => {
      await paidAndTold();
      answers = [{ kind: 'later', reason: 'no answer within 10 s' }];
      expect(await deliver()).toEqual({ sent: 0, failures: ['no answer within 10 s'] });
      expect(await deliver()).toEqual({ sent: 0, failures: [] });
      expect(sent).toHaveLength(1);
      // With no chance a pause is half of its length: 15 s after the first failure, 30 s after the second.
      office.pass(15_000 - 1);
      expect((await deliver()).failures).toEqual([]);
      office.pass(1);
      expect((await deliver()).failures).toHaveLength(1);
      expect(sent).toHaveLength(2);
      answers = [];
      office.pass(30_000);
      expect(await deliver()).toEqual({ sent: 2, failures: [] });
      expect(await waiting()).toEqual([]);
    });

    test('a phone that no provider takes is given up, and does not hold up the others', async () => {
      await paidAndTold();
      answers = [{ kind: 'refused', reason: 'InvalidPhoneNumber (403)' }, { kind: 'taken' }];
      expect(await deliver()).toEqual({ sent: 1, failures: ['InvalidPhoneNumber (403)'] });
      expect(await waiting()).toEqual([]);
      expect((await texts()).some(({ lastError }) => lastError === 'InvalidPhoneNumber (403)')).toBe(true);
    });

    test('a machine that is not set up for it says so, and loses nothing', async () => {
      await paidAndTold();
      const { failures } = await deliverDueTexts(
        office.store,
        () => openMachineSms('/nowhere/sms.toml'),
        () => 0,
      );
      expect(failures.join()).toContain('there is no /nowhere/sms.toml');
      expect(await waiting()).toHaveLength(2);
    });

    test('two workers at once send each text once; of one that crashed, another sends it later', async () => {
      await paidAndTold();
      const both = await Promise.all([deliver(), deliver()]);
      expect(both.reduce((sum, one) => sum + one.sent, 0)).toBe(2);
      await paidAndTold();
      expect(await office.store.write((tx) => takeTexts(tx, 10))).toHaveLength(2);
      expect((await deliver()).sent).toBe(0);
      office.pass(2 * MINUTE);
      expect((await deliver()).sent).toBe(2);
    });
  });
});
