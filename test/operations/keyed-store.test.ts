import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { keyedStore, KeyTaken, type Claim } from '../../src/operations/keyed-store.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { sendCode } from '../../src/operations/send-code.ts';
import { findKey, keepAnswer, takeKey } from '../../src/store/idempotency-keys.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { aPayingOffice, bookFaults, errorOf, PEPPER, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection } from '../support/raw.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  const setUp = async () => (office = await aPayingOffice(open));
  const claim = (change: Partial<Claim> = {}): Claim => ({
    ...{ userId: office.people.carol.userId, key: 'k1', command: 'x', requestHash: 'h', reach: '[]' },
    ...change,
  });
  const keptKey = (of = claim()) => office.store.read((tx) => findKey(tx, of));
  const sender = async (store: Store = office.store) =>
    store.read(async (tx) => (await tx.db.select().from(tx.t.office))[0]?.mailFrom);
  const rename = (store: Store, mailFrom: string) =>
    store.write(async (tx) => {
      await tx.db.update(tx.t.office).set({ mailFrom });
      return mailFrom;
    });

  describe('what is done under a key', () => {
    test('is kept with its key and answer at the end, and not before', async () => {
      await setUp();
      const other = await openStore(office.url, { clock: () => office.clock.now });
      const keyed = keyedStore(office.store);
      keyed.begin(claim());
      expect(await rename(keyed.store, 'a@acme.example')).toBe('a@acme.example');
      expect(keyed.holding).toBe(true);
      // The command itself sees what it did; nobody else does.
      expect(await sender(keyed.store)).toBe('a@acme.example');
      expect(await sender(other)).toBe('treasury@acme.example');
      await keyed.finish('the answer');
      expect(keyed.holding).toBe(false);
      expect(await sender(other)).toBe('a@acme.example');
      expect(await keptKey()).toMatchObject({ ...claim(), answer: 'the answer', createdAt: office.clock.now });
      await other.close();
    });

    test('a refusal after it takes everything back, and the key stands for nothing', async () => {
      await setUp();
      const keyed = keyedStore(office.store);
      keyed.begin(claim());
      await rename(keyed.store, 'a@acme.example');
      await keyed.abandon();
      expect([await sender(), await keptKey()]).toEqual(['treasury@acme.example', undefined]);
      keyed.begin(claim());
      await rename(keyed.store, 'b@acme.example');
      await keyed.finish('second');
      expect((await keptKey())?.answer).toBe('second');
    });

    test('work that throws keeps nothing; what it records apart of that stays', async () => {
      await setUp();
      const keyed = keyedStore(office.store);
      keyed.begin(claim());
      const failing = keyed.store.write(async (tx) => {
        await tx.db.update(tx.t.office).set({ mailFrom: 'a@acme.example' });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await keyed.store.write((tx) => tx.db.update(tx.t.users).set({ displayName: 'Noted' }), { apart: true });
      await keyed.abandon();
      const names = await office.store.read(async (tx) =>
        tx.db.select({ name: tx.t.users.displayName }).from(tx.t.users),
      );
      expect(names[0]?.name).toBe('Noted');
      expect([await sender(), await keptKey()]).toEqual(['treasury@acme.example', undefined]);
    });

    test('a command that writes nothing is answered under its key, too', async () => {
      await setUp();
      const keyed = keyedStore(office.store);
      keyed.begin(claim());
      await keyed.finish('nothing to do');
      expect((await keptKey())?.answer).toBe('nothing to do');
    });

    test('a second write, or one apart, after the first is a fault of the command', async () => {
      await setUp();
      const keyed = keyedStore(office.store);
      keyed.begin(claim());
      await rename(keyed.store, 'a@acme.example');
      await expect(rename(keyed.store, 'b@acme.example')).rejects.toThrow(/writes once/);
      await expect(keyed.store.write(async () => undefined, { apart: true })).rejects.toThrow(/writes once/);
      await keyed.abandon();
    });

    test('before it begins and after its end the store is like any other', async () => {
      await setUp();
      const keyed = keyedStore(office.store);
      await rename(keyed.store, 'a@acme.example');
      keyed.begin(claim());
      await keyed.finish('x');
      await rename(keyed.store, 'b@acme.example');
      expect(await sender()).toBe('b@acme.example');
    });

    test('a rehearsal keeps neither', async () => {
      await setUp();
      const rehearsing = await openStore(office.url, { clock: () => office.clock.now, dryRun: true });
      const keyed = keyedStore(rehearsing);
      keyed.begin(claim());
      await rename(keyed.store, 'a@acme.example');
      await keyed.finish('x');
      expect([await sender(), await keptKey()]).toEqual(['treasury@acme.example', undefined]);
      await rehearsing.close();
    });
  });

  describe('a key that is taken', () => {
    test('ends whoever comes second, before they do anything', async () => {
      await setUp();
      const [one, two] = [keyedStore(office.store), keyedStore(office.store)];
      one.begin(claim());
      await one.finish('first');
      two.begin(claim());
      await expect(rename(two.store, 'a@acme.example')).rejects.toThrow(KeyTaken);
      await expect(
        two.store.write(async (tx) => tx.db.update(tx.t.office).set({ mailFrom: 'x@acme.example' }), { apart: true }),
      ).rejects.toThrow(KeyTaken);
      await expect(two.finish('second')).rejects.toThrow(KeyTaken);
      expect([await sender(), (await keptKey())?.answer]).toEqual(['treasury@acme.example', 'first']);
    });

    test('is one’s own: another person’s key of the same name is another', async () => {
      await setUp();
      for (const userId of [office.people.carol.userId, office.people.david.userId]) {
        const keyed = keyedStore(office.store);
        keyed.begin(claim({ userId }));
        await keyed.finish(userId);
      }
      expect((await keptKey(claim({ userId: office.people.david.userId })))?.answer).toBe(office.people.david.userId);
    });

    test('whoever comes while it is being used waits, and finds it taken, or free when it was given up', async () => {
      await setUp();
      const other = await openStore(office.url, { clock: () => office.clock.now });
      for (const [key, given] of [
        ['kept', true],
        ['given up', false],
      ] as const) {
        const [one, two] = [keyedStore(office.store), keyedStore(other)];
        one.begin(claim({ key }));
        await rename(one.store, `one-${given}@acme.example`);
        two.begin(claim({ key }));
        const order: string[] = [];
        const second = errorOf(rename(two.store, 'two@acme.example')).finally(() => order.push('second'));
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(order).toEqual([]);
        await (given ? one.finish('one') : one.abandon());
        const outcome = await second;
        if (given) expect(outcome).toBeInstanceOf(KeyTaken);
        else expect(outcome).toBeUndefined();
        await (given ? two.abandon() : two.finish('two'));
        expect((await keptKey(claim({ key })))?.answer).toBe(given ? 'one' : 'two');
      }
      await other.close();
    });
  });

  describe('operations under a key', () => {
    test('two executions of one payment at once are one, and the other is told so', async () => {
      await setUp();
      const fund = await office.fund();
      const payment = await office.payment(fund);
      const other = await openStore(office.url, { clock: () => office.clock.now });
      const request = { paymentId: payment.id, gatewayReference: null, dayAt: office.dayAt };
      const run = async (store: Store) => {
        const keyed = keyedStore(store);
        keyed.begin(claim());
        const executed = await errorOf(executePayment(keyed.store, office.people.carol, request));
        if (executed === undefined) await keyed.finish('paid');
        return executed;
      };
      const outcomes = await Promise.all([run(office.store), run(other)]);
      expect(outcomes.filter((one) => one === undefined)).toHaveLength(1);
      expect(outcomes.find((one) => one !== undefined)).toBeInstanceOf(KeyTaken);
      const state = await office.state(payment);
      expect([state.payment.status, state.executions.length, state.attempts.length]).toEqual(['success', 1, 1]);
      expect(await bookFaults(office.store)).toEqual([]);
      await other.close();
    });

    test('an execution that fails after its checks leaves its failed attempt, and no key', async () => {
      await setUp();
      const fund = await office.fund();
      const payment = await office.payment(fund);
      const keyed = keyedStore(office.store);
      keyed.begin(claim());
      office.fault.strike = (sql) => {
        if (/insert into "?payment_executions/i.test(sql)) throw new Error('disk on fire');
      };
      const request = { paymentId: payment.id, gatewayReference: null, dayAt: office.dayAt };
      await expect(executePayment(keyed.store, office.people.carol, request)).rejects.toThrow('disk on fire');
      office.fault.strike = null;
      await keyed.abandon();
      expect((await office.state(payment)).payment).toMatchObject({ status: 'failed', retryCount: 1 });
      expect(await keptKey()).toBeUndefined();
    });

    test('of two codes that are asked for under one key, one works; who was overtaken says so', async () => {
      await setUp();
      const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
      const { carol } = office.people;
      const request = {
        ...{ paymentId: payment.id, dayAt: office.dayAt, pepper: PEPPER, dryRun: false },
        randomInt: () => 123_456,
        deadlineText: (at: Date) => at.toISOString(),
      };
      const [first, second] = [keyedStore(office.store), keyedStore(office.store)];
      first.begin(claim());
      second.begin(claim());
      // The second is asked for and sent while the first is on its way.
      const slow = {
        send: async () => {
          await sendCode(second.store, office.mailer, carol, request);
          await second.finish('second');
        },
      };
      const overtaken = await errorOf(sendCode(first.store, slow, carol, request));
      await first.abandon();
      expect(overtaken).toBeInstanceOf(KeyTaken);
      expect((await keptKey())?.answer).toBe('second');
      await office.verify(payment, '123456');
      // Once it is sent, the same key makes no other code, and leaves this one alone.
      const third = keyedStore(office.store);
      third.begin(claim());
      await expect(sendCode(third.store, office.mailer, carol, request)).rejects.toThrow(KeyTaken);
      await third.abandon();
      await office.pay(payment);
    });

    test('without a key, too, who was overtaken is told that their code is void', async () => {
      await setUp();
      const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
      const slow = { send: async () => void (await office.send(payment)) };
      expect(await problemOf(office.send(payment, office.people.carol, slow))).toMatchObject({
        kind: 'conflict',
        code: 'OTP_SUPERSEDED',
        details: { retryable: false },
      });
    });

    test('a requisition number is not lost with what was given up', async () => {
      await setUp();
      const draft = {
        payee: 'Jane',
        amount: '100',
        purpose: 'Taxi',
        method: 'cash',
        destination: 'Jane',
        category: null,
      };
      const wish = { draft, place: { branch: 'WESTLANDS' }, currency: null };
      const numbers: string[] = [];
      for (const end of ['abandon', 'finish'] as const) {
        const keyed = keyedStore(office.store);
        keyed.begin(claim({ userId: office.people.amina.userId }));
        numbers.push((await createRequisition(keyed.store, office.people.amina, wish)).requisition.number);
        await (end === 'abandon' ? keyed.abandon() : keyed.finish('x'));
      }
      expect(numbers[0]).toBe(numbers[1]);
    });
  });

  describe('the database itself', () => {
    test('keeps what a key stands for, and what was answered, for ever', async () => {
      await setUp();
      await office.store.write(async (tx) => keepAnswer(tx, (await takeKey(tx, claim())) ?? '', 'first'));
      await office.store.write((tx) => takeKey(tx, claim({ key: 'open' })));
      const raw = await rawConnection(office.url, dialect);
      const rows = () => raw.run('SELECT * FROM idempotency_keys ORDER BY key');
      const before = await rows();
      const id = String(before[0]?.['id']);
      for (const [says, statement, ...values] of [
        [/never changes/, `UPDATE idempotency_keys SET key = 'k2' WHERE id = ?`, id],
        [/never changes/, `UPDATE idempotency_keys SET request_hash = 'x' WHERE id = ?`, id],
        [/never changes/, `UPDATE idempotency_keys SET command = 'forged' WHERE id = ?`, id],
        [/never changes/, `UPDATE idempotency_keys SET reach = 'x' WHERE id = ?`, id],
        [/never changes/, 'UPDATE idempotency_keys SET user_id = ? WHERE id = ?', office.people.david.userId, id],
        [/stays answered/, `UPDATE idempotency_keys SET answer = 'forged' WHERE id = ?`, id],
        [/stays answered/, 'UPDATE idempotency_keys SET answer = NULL WHERE id = ?', id],
        [/never deleted/, 'DELETE FROM idempotency_keys WHERE id = ?', id],
        ...(dialect === 'postgres' ? ([[/never deleted/, 'TRUNCATE idempotency_keys']] as const) : []),
      ] as const)
        await expect(raw.run(statement, ...values), statement).rejects.toThrow(says);
      const copy = { ...before[0], id: '01890000-0000-7000-8000-000000000001', answer: 'forged' };
      const verbs = dialect === 'sqlite' ? ['INSERT', 'INSERT OR REPLACE'] : ['INSERT'];
      for (const verb of verbs) {
        const statement = `${verb} INTO idempotency_keys (${Object.keys(copy).join(', ')}) VALUES (${Object.keys(copy)
          .map(() => '?')
          .join(', ')})`;
        await expect(raw.run(statement, ...Object.values(copy))).rejects.toThrow(/never replaced|unique/i);
      }
      expect(await rows()).toEqual(before);
      await raw.close();
      const again = office.store.write(async (tx) => {
        const { idempotencyKeys: keys } = tx.t;
        await tx.db.update(keys).set({ answer: 'late' }).where(eq(keys.key, 'open'));
        await keepAnswer(tx, (await findKey(tx, claim()))?.id ?? '', 'second');
      });
      await expect(again).rejects.toThrow(/answer already/);
    });
  });
});
