import { beforeAll, describe, expect, test } from 'vitest';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { deliverDueLetters } from '../../src/operations/deliver-letters.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { spreadEvents } from '../../src/operations/spread-events.ts';
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
});
