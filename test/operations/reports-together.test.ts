import { beforeEach, describe, expect, test } from 'vitest';
import { sendAttempts } from '../../src/operations/send-attempt.ts';
import { reportsApplier, reportsKeeper } from '../../src/operations/take-report.ts';
import { getPaymentRowOfAttempt } from '../../src/store/attempts.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { aRail, payByDaraja, reader, resultOf } from '../support/a-rail.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  describe('reports that come together', () => {
    let office: PayingOffice;
    let fund: Row<'funds'>;
    let attempts: Row<'paymentAttempts'>[];
    let bodies: string[];
    let keep: ReturnType<typeof reportsKeeper>;
    let apply: ReturnType<typeof reportsApplier>;

    /** Three payments of KES 1,000.00 in flight, and what M-Pesa says of each. */
    beforeEach(async () => {
      office = await aPayingOffice(open);
      await payByDaraja(office);
      fund = await office.fund({ opening: '3,000' });
      const ids: string[] = [];
      for (let at = 0; at < 3; at += 1) {
        const executed = await office.execute(await office.payment(fund, { method: 'mpesa' }));
        if (executed.state === 'executing') ids.push(executed.attempt.id);
      }
      await sendAttempts(office.store, ids, aRail().sending);
      attempts = await office.store.read((tx) => tx.db.select().from(tx.t.paymentAttempts));
      const payments = await Promise.all(
        attempts.map(({ id }) => office.store.read((tx) => getPaymentRowOfAttempt(tx, id))),
      );
      bodies = attempts.map((attempt, at) => JSON.stringify(resultOf(attempt, payments[at] as Row<'payments'>)));
      keep = reportsKeeper(office.store);
      apply = reportsApplier(office.store, reader(office.dayAt));
    });

    const reportOf = (at: number) => ({
      ...{ token: attempts[at]?.resultToken ?? null, about: 'result' as const },
      ...{ body: bodies[at] ?? '', remote: '127.0.0.1' },
    });
    const kept = () => office.store.read((tx) => tx.db.select().from(tx.t.gatewayMessages));
    const callbacks = async () => (await kept()).filter(({ source }) => source === 'callback').length;

    test('are kept and posted, each once', async () => {
      const messages = await Promise.all([0, 1, 2].map((at) => keep(reportOf(at))));
      const applied = await Promise.all(messages.map(apply));
      expect(applied.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
      expect(await office.fundNow(fund)).toMatchObject({ balanceMinor: 0, reservedMinor: 0 });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('the same one among them is kept once and posted once', async () => {
      const messages = await Promise.all([0, 1, 0, 0].map((at) => keep(reportOf(at))));
      expect(await callbacks()).toBe(2);
      expect(new Set(messages.map(({ id }) => id)).size).toBe(2);
      await Promise.all(messages.map(apply));
      expect(await office.fundNow(fund)).toMatchObject({ balanceMinor: 100_000, reservedMinor: 100_000 });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('one that breaks on its way into the books takes no other with it, and waits to be applied', async () => {
      const messages = await Promise.all([0, 1, 2].map((at) => keep(reportOf(at))));
      let posted = 0;
      // The second together with the others; when each is applied by itself, the second again.
      office.fault.strike = (sql) => {
        if (/insert into .?payment_executions/i.test(sql) && [2, 4].includes((posted += 1)))
          throw new Error('a disk that broke');
      };
      const ended = await Promise.allSettled(messages.map(apply));
      office.fault.strike = null;
      expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await kept()).filter(({ outcome }) => outcome === 'waiting').map(({ id }) => id)).toEqual([
        messages[1]?.id,
      ]);
      const [second] = messages.slice(1);
      if (second !== undefined) expect((await apply(second)).outcome).toBe('applied');
      expect(await office.fundNow(fund)).toMatchObject({ balanceMinor: 0, reservedMinor: 0 });
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });
});
