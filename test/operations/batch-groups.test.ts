import { beforeEach, describe, expect, test } from 'vitest';
import { askAttempt } from '../../src/operations/ask-attempt.ts';
import { batchRows } from '../../src/store/batches.ts';
import { dueAttempts } from '../../src/store/attempts.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchesOf, type RowWish } from '../support/a-batch.ts';
import { aPayingOffice, bookFaults, MINUTE, problemOf, type PayingOffice } from '../support/an-office.ts';
import { accepted, aRail, payByDaraja, type FakeRail } from '../support/a-rail.ts';
import { eachDatabase } from '../support/databases.ts';

const LOCKED = { kind: 'rejected', code: '8006', reason: 'credential locked', stops: true, raw: '{}' } as const;
const REFUSED = { kind: 'rejected', code: '2040', reason: 'not registered', stops: false, raw: '{}' } as const;
const BUSY = { kind: 'busy', reason: 'spike arrest', raw: '{}' } as const;

eachDatabase((open) => {
  let office: PayingOffice;
  let writes = 0;
  let batches: ReturnType<typeof batchesOf>;

  beforeEach(async () => {
    office = await aPayingOffice(open);
    const { store } = office;
    writes = 0;
    batches = batchesOf({
      ...office,
      store: {
        ...store,
        write: (work, how) => {
          writes += 1;
          return store.write(work, how);
        },
      },
    });
  });

  /** A batch that only waits to be executed, from a fund with exactly its money. */
  async function ready(
    rows: readonly RowWish[],
    fund: Parameters<PayingOffice['fund']>[0] = {},
  ): Promise<{ batch: Row<'batches'>; own: Row<'funds'> }> {
    const opening = String(rows.reduce((sum, { amount = '100' }) => sum + Number(amount), 0));
    const own = await office.fund({ opening, otpThreshold: '0', ...fund });
    const batch = await batches.approved(own, rows);
    await batches.ready(batch);
    writes = 0;
    return { batch, own };
  }

  const statuses = async (batch: Row<'batches'>) =>
    (await office.store.read((tx) => batchRows(tx, batch.id))).map(({ payment }) => payment?.status);

  /** The machine stops at the first statement that `at` says, and does nothing any more. */
  function dieAt(at: (sql: string) => boolean): void {
    let dead = false;
    office.fault.strike = (sql) => {
      dead ||= at(sql);
      if (dead) throw new Error('the machine stopped');
    };
  }

  describe('rows of cash', () => {
    const three: readonly RowWish[] = [{ amount: '100' }, { amount: '300' }, { amount: '200' }];

    test('share a transaction, after the one that begins the batch', async () => {
      const { batch, own } = await ready(three);
      expect((await batches.run(batch)).view.tally.paid).toBe(3);
      expect(writes).toBe(2);
      expect((await office.fundNow(own)).balanceMinor).toBe(0);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('one that is refused is left, and the others are saved by the same transaction', async () => {
      const { batch, own } = await ready(three, { paymentLimit: '250' });
      const run = await batches.run(batch);
      expect(run.results.map(({ state }) => state)).toEqual(['paid', 'failed', 'paid']);
      expect(await statuses(batch)).toEqual(['success', 'pending', 'success']);
      expect(writes).toBe(2);
      expect((await office.fundNow(own)).balanceMinor).toBe(30_000);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('what breaks undoes all that came with it; each is then paid by itself, once', async () => {
      const { batch, own } = await ready(three);
      let written = 0;
      office.fault.strike = (sql) => {
        if (/insert into .?payment_executions/i.test(sql) && (written += 1) === 3) throw new Error('a disk that broke');
      };
      const run = await batches.run(batch);
      expect(run.results.map(({ state }) => state)).toEqual(['paid', 'paid', 'paid']);
      expect([written, writes]).toEqual([6, 5]);
      expect((await office.fundNow(own)).balanceMinor).toBe(0);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a machine that stops among them has paid none of them, and a resume pays each once', async () => {
      const { batch, own } = await ready(three);
      let written = 0;
      dieAt((sql) => /insert into .?payment_executions/i.test(sql) && (written += 1) === 2);
      await expect(batches.run(batch)).rejects.toThrow('the machine stopped');
      office.fault.strike = null;
      expect(await statuses(batch)).toEqual(['pending', 'pending', 'pending']);
      expect((await batches.run(batch, { act: 'resume' })).view.tally.paid).toBe(3);
      expect((await office.fundNow(own)).balanceMinor).toBe(0);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('whoever stops it has those that were in hand, and no more', async () => {
      const { batch } = await ready(three);
      let asked = 0;
      const run = await batches.run(batch, { stopped: () => (asked += 1) > 2 });
      expect([run.interrupted, run.results.length]).toEqual([true, 2]);
      expect(await statuses(batch)).toEqual(['success', 'success', 'pending']);
    });

    test('a transaction takes no longer than 10 ms, or one row', async () => {
      const { batch } = await ready([...three, ...three]);
      let now = 0;
      // Each look at the clock is 6 ms later: the second row still begins in time, the third does not.
      expect((await batches.run(batch, { clock: () => (now += 6) })).view.tally.paid).toBe(6);
      expect(writes).toBe(1 + 3);
    });
  });

  describe('orders for a rail', () => {
    const ROWS = 30;
    let rail: FakeRail;
    /** How many orders were under way together, each time. */
    let sizes: number[];

    beforeEach(async () => {
      await payByDaraja(office);
      rail = aRail();
      sizes = [];
      let underWay = 0;
      rail.during = async () => {
        underWay += 1;
        if (underWay === 1) sizes.push(0);
        sizes[sizes.length - 1] = Math.max(sizes.at(-1) ?? 0, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
      };
    });

    const orders = (count: number) => ready(Array.from({ length: count }, () => ({ method: 'mpesa' as const })));
    const run = (batch: Row<'batches'>, more: Parameters<typeof batches.run>[1] = {}) =>
      batches.run(batch, { sending: () => rail.sending, ...more });
    const keys = () => new Set(rail.orders.map(({ key }) => key)).size;
    const states = async () =>
      Object.groupBy(await office.store.read((tx) => tx.db.select().from(tx.t.paymentAttempts)), ({ state }) => state);

    /** What the janitor does once nobody can be at it any more. */
    async function lookAfterAll(): Promise<void> {
      office.pass(10 * MINUTE);
      const due = await office.store.read((tx) => dueAttempts(tx, 100));
      for (const { id } of due) await askAttempt(office.store, id, { ...rail.sending, holder: 'the janitor' });
    }

    test('one goes alone; each time that all are taken twice as many, and never more than ten', async () => {
      const { batch } = await orders(ROWS);
      expect((await run(batch)).view.tally.inFlight).toBe(ROWS);
      expect(sizes).toEqual([1, 2, 4, 8, 10, 5]);
      expect(keys()).toBe(ROWS);
      // For each of the six: reserved, marked as sent, answered.
      expect(writes).toBeLessThanOrEqual(1 + 6 * 3 + 1);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('where one at a time can write, others have their turn before orders are marked, and before answers are kept', async () => {
      const { batch } = await orders(7);
      const seen: string[][] = [];
      const breathe = async (): Promise<void> => void seen.push(Object.keys(await states()).toSorted());
      await run(batch, { sending: () => ({ ...rail.sending, breathe }) });
      const each = [['reserved'], ['sent']];
      const eachAfterOthers = each.map(([state = '']) => ['accepted', state]);
      expect(seen).toEqual(office.store.dialect === 'sqlite' ? [...each, ...eachAfterOthers, ...eachAfterOthers] : []);
    });

    test('all that go together are saved as reserved, and marked as sent, before the first of them leaves', async () => {
      const { batch } = await orders(7);
      const seen: string[][] = [];
      const { during } = rail;
      rail.during = async () => {
        const live = await office.store.read((tx) => tx.db.select().from(tx.t.paymentAttempts));
        seen.push(live.map(({ state }) => state).toSorted());
        await during?.();
      };
      await run(batch);
      expect(seen[0]).toEqual(['sent']);
      expect(seen[1]).toEqual(['accepted', 'sent', 'sent']);
      expect(seen[3]).toEqual(['accepted', 'accepted', 'accepted', 'sent', 'sent', 'sent', 'sent']);
    });

    test.each([
      ['is refused', [accepted(), accepted(), REFUSED, accepted()]],
      ['has to be sent again', [accepted(), accepted(), BUSY, accepted()]],
    ])('after one that %s the next goes alone again', async (_, answers) => {
      const { batch } = await orders(10);
      rail.answers = answers;
      await run(batch);
      expect(sizes.slice(0, 2)).toEqual([1, 2]);
      expect(sizes.slice(-4).slice(1)).toEqual([1, 2, 4]);
      expect(keys()).toBe(10);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('several that are refused together each give their money back', async () => {
      const { batch, own } = await orders(3);
      rail.answers = [accepted(), REFUSED];
      const { view, results } = await run(batch);
      expect(results.map(({ state }) => state)).toEqual(['in_flight', 'failed', 'failed']);
      expect(view.tally).toMatchObject({ inFlight: 1, failed: 2 });
      expect((await office.fundNow(own)).reservedMinor).toBe(10_000);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('with stop on error they go one by one: nothing leaves after the first that fails', async () => {
      const { batch } = await orders(6);
      rail.answers = [accepted(), accepted(), accepted(), REFUSED];
      const { results } = await run(batch, { stopOnError: true });
      expect(results.map(({ state }) => state)).toEqual(['in_flight', 'in_flight', 'in_flight', 'failed']);
      expect(sizes).toEqual([1, 1, 1, 1]);
      expect((await statuses(batch)).slice(4)).toEqual(['pending', 'pending']);
    });

    test('an answer that would meet every row ends the run after those that were under way with it', async () => {
      const { batch } = await orders(10);
      rail.answers = [accepted(), accepted(), accepted(), LOCKED, accepted()];
      const { results, view } = await run(batch);
      expect([results.length, rail.orders.length]).toEqual([7, 7]);
      expect(results.map(({ state }) => state).toSorted()).toEqual([
        'failed',
        ...Array.from({ length: 6 }, () => 'in_flight'),
      ]);
      expect(view.tally).toMatchObject({ inFlight: 6, failed: 1, waiting: 3 });
    });

    test('a machine that stops when four are reserved has sent none of them; each is sent once afterwards', async () => {
      const { batch } = await orders(7);
      let reserved = 0;
      dieAt((sql) => {
        if (/insert into .?payment_attempts/i.test(sql)) reserved += 1;
        return reserved === 7 && /update .?payment_attempts/i.test(sql);
      });
      await expect(run(batch)).rejects.toThrow('the machine stopped');
      office.fault.strike = null;
      expect(rail.orders).toHaveLength(3);
      expect((await states())['reserved']).toHaveLength(4);
      expect((await problemOf(run(batch, { act: 'resume' }))).kind).toBe('pending');
      await lookAfterAll();
      expect([rail.orders.length, keys()]).toEqual([7, 7]);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a machine that stops before four answers are saved never sends them again: it asks', async () => {
      const { batch } = await orders(7);
      dieAt((sql) => /insert into .?gateway_messages/i.test(sql) && rail.orders.length === 7);
      await expect(run(batch)).rejects.toThrow('the machine stopped');
      office.fault.strike = null;
      expect((await states())['sent']).toHaveLength(4);
      await lookAfterAll();
      expect([rail.orders.length, keys(), (await states())['unknown']?.length]).toEqual([7, 7, 4]);
      expect(rail.questions.length).toBeGreaterThanOrEqual(4);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('an answer that breaks on its way into the books takes no other with it', async () => {
      const { batch } = await orders(7);
      let kept = 0;
      // Once together with the other three, and again by itself.
      office.fault.strike = (sql) => {
        if (!/insert into .?gateway_messages/i.test(sql) || rail.orders.length < 7) return;
        if ([1, 5].includes((kept += 1))) throw new Error('a disk that broke');
      };
      await expect(run(batch)).rejects.toThrow('a disk that broke');
      office.fault.strike = null;
      const after = await states();
      expect([after['accepted']?.length, after['sent']?.length]).toEqual([6, 1]);
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });
});
