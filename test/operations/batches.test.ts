import { beforeAll, describe, expect, test } from 'vitest';
import { amendRequisition } from '../../src/operations/amend-requisition.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { schedulePayment } from '../../src/operations/add-schedule.ts';
import { cancelBatch } from '../../src/operations/cancel-batch.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { retryPayment } from '../../src/operations/retry-payment.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { validateBatch } from '../../src/operations/validate-batch.ts';
import { getBatchView } from '../../src/store/batch-views.ts';
import { batchRows } from '../../src/store/batches.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { getSchedule } from '../../src/store/schedules.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchesOf, type Batches } from '../support/a-batch.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  failingCodes,
  MINUTE,
  notThe,
  problemOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { accepted, aRail, payByDaraja } from '../support/a-rail.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let batches: Batches;
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    people = office.people;
    batches = batchesOf(office);
    fund = await office.fund({ opening: '1,000,000', otpThreshold: '0' });
  });

  const rowsOf = (batch: Row<'batches'>) => office.store.read((tx) => batchRows(tx, batch.id));
  const viewOf = (batch: Row<'batches'>) => office.store.read((tx) => getBatchView(tx, batch.id));
  const statuses = async (batch: Row<'batches'>) => (await rowsOf(batch)).map(({ payment }) => payment?.status ?? null);
  /** By which every row takes so long that it has a transaction of its own. */
  const slowClock = () => {
    let milliseconds = 0;
    return () => (milliseconds += 1000);
  };
  const three = [{ amount: '100' }, { amount: '200' }, { amount: '300' }];

  describe('made of a file', () => {
    test('each row is a requisition of its maker at the place of the fund, in order, and nothing more happens', async () => {
      const { view, rows } = await batches.create(fund, three);
      expect(view.batch).toMatchObject({ rowCount: 3, totalMinor: 60_000, status: 'submitted', currency: 'KES' });
      expect(rows.map(({ item, requisition }) => [item.seq, item.line, requisition.amountMinor])).toEqual([
        [1, 2, 10_000],
        [2, 3, 20_000],
        [3, 4, 30_000],
      ]);
      for (const { requisition, payment } of rows) {
        expect(requisition).toMatchObject({
          requestedBy: people.amina.userId,
          status: 'submitted',
          companyId: fund.companyId,
        });
        expect(payment).toBeNull();
      }
    });

    test('one bad line saves nothing', async () => {
      const before = await office.store.read((tx) =>
        tx.db.select({ id: tx.t.requisitions.id }).from(tx.t.requisitions),
      );
      const problem = await problemOf(batches.create(fund, [{}, { amount: '1.005' }, { payee: '' }]));
      expect(problem).toMatchObject({ kind: 'usage', code: 'BATCH_INVALID' });
      expect(problem.details.faults?.map((fault) => fault.slice(0, 7))).toEqual(['line 3:', 'line 4:']);
      const after = await office.store.read((tx) => tx.db.select({ id: tx.t.requisitions.id }).from(tx.t.requisitions));
      expect(after).toHaveLength(before.length);
    });

    test('M-Pesa pays no cents, and not to whatever is no mobile number', async () => {
      const problem = await problemOf(
        batches.create(fund, [
          { method: 'mpesa', amount: '10.50' },
          { method: 'mpesa', destination: '020123' },
          { method: 'mpesa', amount: '10.00' },
        ]),
      );
      expect(problem.details.faults).toEqual([
        'line 2: M-Pesa pays whole shillings; KES 10.50 has cents',
        expect.stringContaining('line 3: the destination is not a Kenyan mobile number'),
      ]);
    });

    test('who pays the same again is warned of, and may', async () => {
      const { warnings } = await batches.create(fund, [{}, { amount: '99' }, { purpose: 'Other' }]);
      expect(warnings).toEqual(['Line 4 pays the same amount to the same destination as line 2.']);
    });

    test('only a requester makes one', async () => {
      expect(await problemOf(batches.create(fund, three, people.carol))).toMatchObject({ code: 'ROLE_MISSING' });
    });
  });

  describe('approved', () => {
    test('by another person: every requisition, and a payment of each from the fund', async () => {
      const { view } = await batches.create(fund, three);
      const { before, view: after, rows, awaiting } = await batches.approve(view.batch);
      expect([before, after.batch.status, awaiting]).toEqual(['submitted', 'approved', 0]);
      for (const { requisition, payment } of rows) {
        expect(requisition.status).toBe('approved');
        expect(payment).toMatchObject({
          ...{
            requisitionId: requisition.id,
            amountMinor: requisition.amountMinor,
            fundId: fund.id,
            status: 'pending',
          },
        });
      }
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('never by its maker', async () => {
      const { view } = await batches.create(fund, three, people.grace);
      const problem = await problemOf(batches.approve(view.batch, people.grace));
      expect(problem).toMatchObject({ kind: 'forbidden', code: 'APPROVER_IS_REQUESTER' });
      expect(problem.details.checks?.[0]?.message).toContain('Lines 2 to 4');
      expect((await viewOf(view.batch)).batch.status).toBe('submitted');
    });

    test('not by another hash than the one that was seen', async () => {
      const { view } = await batches.create(fund, three);
      const { hash } = view.batch;
      expect(await problemOf(batches.approve(view.batch, people.brian, notTheHash(hash)))).toMatchObject({
        ...{ kind: 'conflict', code: 'BATCH_CHANGED' },
      });
      expect((await batches.approve(view.batch, people.brian, hash.slice(0, 8))).view.batch.status).toBe('approved');
    });

    test('once: then it is not submitted any more', async () => {
      const batch = await batches.approved(fund, three);
      expect(await problemOf(batches.approve(batch, people.esther))).toMatchObject({ code: 'BATCH_NOT_SUBMITTED' });
    });

    test('all or nothing: a row that was cancelled by itself holds it up', async () => {
      const { view, rows } = await batches.create(fund, three);
      const { cancelRequisition } = await import('../../src/operations/cancel-requisition.ts');
      await cancelRequisition(office.store, people.amina, {
        requisition: rows[1]?.requisition.ref ?? '',
        reason: null,
      });
      const problem = await problemOf(batches.approve(view.batch));
      expect(failingCodes(problem)).toEqual(['REQUISITION_NOT_SUBMITTED']);
      expect((await rowsOf(view.batch)).map(({ requisition }) => requisition.status)).toEqual([
        ...['submitted', 'cancelled', 'submitted'],
      ]);
    });

    test('not once a row says something else than when the batch was made', async () => {
      const { view, rows } = await batches.create(fund, three);
      const requisition = rows[1]?.requisition.ref ?? '';
      await amendRequisition(office.store, people.amina, { requisition, amendment: { amount: '201' } });
      expect(await problemOf(batches.approve(view.batch))).toMatchObject({ kind: 'refused', code: 'BATCH_CHANGED' });
      const look = { batch: view.batch.ref, dayAt: office.dayAt };
      const { problems } = await validateBatch(office.store, people.helen, look);
      expect(problems.map(({ row, check }) => [row, check.code])).toEqual([[null, 'BATCH_CHANGED']]);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('by as many people as the policy asks for each row; the payments are made with the last approval', async () => {
      const strict = await aPayingOffice(open);
      const text = JSON.stringify({
        approval: [
          { up_to: '150', approvers: 1 },
          { approvers: 2, roles: ['cfo'] },
        ],
      });
      await setPolicy(strict.store, strict.people.root, { text, reason: 'the board' });
      const its = batchesOf(strict);
      const { view } = await its.create(await strict.fund(), three);
      const first = await its.approve(view.batch);
      expect([first.view.batch.status, first.awaiting]).toEqual(['submitted', 2]);
      expect(first.rows.map(({ requisition, payment }) => [requisition.status, payment])).toEqual([
        ...[
          ['approved', null],
          ['submitted', null],
          ['submitted', null],
        ],
      ]);
      const again = await problemOf(its.approve(view.batch));
      expect([again.kind, failingCodes(again)]).toEqual(['forbidden', ['DECIDED_ALREADY']]);
      expect(again.details.checks?.[0]?.message).toContain('Lines 3 to 4: ');
      const second = await its.approve(view.batch, strict.people.esther);
      expect([second.view.batch.status, second.awaiting]).toEqual(['approved', 0]);
      // Nobody who approved a part of it executes any of it.
      expect(failingCodes(await problemOf(its.send(view.batch, strict.people.esther)))).toEqual([
        'EXECUTOR_IS_APPROVER',
      ]);
      expect(await bookFaults(strict.store)).toEqual([]);
    });

    test('rows that somebody approved one by one need only be made payments', async () => {
      const { view, rows } = await batches.create(fund, [{}]);
      await approveRequisition(office.store, people.brian, {
        requisition: rows[0]?.requisition.ref ?? '',
        reason: null,
      });
      expect(await problemOf(batches.approve(view.batch, people.amina))).toMatchObject({ kind: 'forbidden' });
      expect((await batches.approve(view.batch, people.esther)).view.batch.status).toBe('approved');
    });
  });

  describe('its code', () => {
    test('says count, total, fund and hash, and goes to the executor', async () => {
      const batch = await batches.approved(fund, three);
      await batches.send(batch);
      const mail = office.mails.at(-1);
      expect(mail?.to).toBe(people.carol.email);
      for (const words of ['3 of 3', 'KES 600.00', fund.code, batch.hash, batch.ref])
        expect(mail?.text).toContain(words);
    });

    test("is the executor's alone, and guesses of others do not count against it", async () => {
      const batch = await batches.approved(fund, three);
      const code = await batches.send(batch);
      for (let guess = 0; guess < 5; guess += 1)
        expect(await problemOf(batches.verify(batch, code, people.peter))).toMatchObject({ code: 'OTP_INVALID' });
      await batches.verify(batch, code);
      expect(failingCodes(await problemOf(batches.run(batch, { by: people.peter })))).toEqual(['OTP_REQUIRED']);
    });

    test('is void after five wrong tries', async () => {
      const batch = await batches.approved(fund, three);
      const code = await batches.send(batch);
      for (let guess = 1; guess < 5; guess += 1)
        expect(await problemOf(batches.verify(batch, notThe(code)))).toMatchObject({ code: 'OTP_INVALID' });
      expect(await problemOf(batches.verify(batch, notThe(code)))).toMatchObject({ code: 'OTP_LOCKED' });
      expect(await problemOf(batches.verify(batch, code))).toMatchObject({ code: 'OTP_LOCKED' });
      expect(failingCodes(await problemOf(batches.run(batch)))).toEqual(['OTP_LOCKED']);
    });

    test('begins the batch exactly five minutes after it was sent, and not a millisecond later', async () => {
      const [late, inTime] = [await batches.approved(fund, three), await batches.approved(fund, three)];
      await batches.ready(late);
      office.pass(5 * MINUTE + 1);
      expect(failingCodes(await problemOf(batches.run(late)))).toEqual(['OTP_EXPIRED']);
      expect((await viewOf(late)).batch.status).toBe('approved');
      await batches.ready(inTime);
      office.pass(5 * MINUTE);
      expect((await batches.run(inTime)).view.tally.paid).toBe(3);
    });

    test('is not sent to who made or approved the batch, nor taken from them', async () => {
      const made = await batches.create(fund, three, people.grace);
      const batch = (await batches.approve(made.view.batch)).view.batch;
      const problem = await problemOf(batches.send(batch, people.grace));
      expect([problem.kind, failingCodes(problem)]).toEqual(['forbidden', ['EXECUTOR_IS_REQUESTER']]);
      const other = (await batches.approve((await batches.create(fund, three)).view.batch, people.esther)).view.batch;
      expect(failingCodes(await problemOf(batches.send(other, people.esther)))).toEqual(['EXECUTOR_IS_APPROVER']);
      expect(failingCodes(await problemOf(batches.run(other, { by: people.esther })))).toContain(
        'EXECUTOR_IS_APPROVER',
      );
    });

    test('does not pay a row of another batch, nor a payment of its own kind', async () => {
      const [one, other] = [await batches.approved(fund, three), await batches.approved(fund, three)];
      await batches.ready(one);
      expect(failingCodes(await problemOf(batches.run(other)))).toEqual(['OTP_REQUIRED']);
    });
  });

  describe('executed', () => {
    test('each row is paid once, in order, from the fund', async () => {
      const own = await office.fund({ opening: '600', otpThreshold: '0' });
      const batch = await batches.approved(own, three);
      await batches.ready(batch);
      const told: string[] = [];
      const run = await batches.run(batch, { tell: ({ row, state }) => told.push(`${row.item.line} ${state}`) });
      expect(told).toEqual(['2 paid', '3 paid', '4 paid']);
      expect(run.view).toMatchObject({ paidMinor: 60_000, tally: { paid: 3, waiting: 0 } });
      expect((await office.fundNow(own)).balanceMinor).toBe(0);
      expect(await bookFaults(office.store)).toEqual([]);
      const again = await problemOf(batches.run(batch));
      expect([again.code, failingCodes(again)]).toEqual(['BATCH_NOT_EXECUTABLE', ['BATCH_DONE']]);
    });

    test('the fund must have what all rows need: one cent less and no code is used up', async () => {
      const own = await office.fund({ opening: '599.99' });
      const batch = await batches.approved(own, three);
      await batches.ready(batch);
      expect(failingCodes(await problemOf(batches.run(batch)))).toEqual(['INSUFFICIENT_FUNDS']);
      expect(await statuses(batch)).toEqual(['pending', 'pending', 'pending']);
      expect((await viewOf(batch)).start).toBeNull();
    });

    test('a row that is refused is left, with why, and the others go on', async () => {
      const own = await office.fund({ opening: '600', paymentLimit: '250' });
      const batch = await batches.approved(own, [{ amount: '300' }, { amount: '200' }, { amount: '100' }]);
      await batches.ready(batch);
      const run = await batches.run(batch);
      expect(run.results.map(({ state }) => state)).toEqual(['failed', 'paid', 'paid']);
      expect(run.results[0]?.problem).toContain('pays at most KES 250.00');
      expect(run.view.tally).toMatchObject({ paid: 2, waiting: 1 });
    });

    test('with stop on error nothing is paid after the first that fails', async () => {
      const own = await office.fund({ opening: '600', paymentLimit: '250' });
      const batch = await batches.approved(own, [{ amount: '200' }, { amount: '300' }, { amount: '100' }]);
      await batches.ready(batch);
      const run = await batches.run(batch, { stopOnError: true });
      expect(run.results.map(({ state }) => state)).toEqual(['paid', 'failed']);
      expect(await statuses(batch)).toEqual(['success', 'pending', 'pending']);
    });

    test('what is paid in an app is in flight, and a resume leaves it alone', async () => {
      const batch = await batches.approved(fund, [{ method: 'mpesa' }, { amount: '50' }]);
      await batches.ready(batch);
      const run = await batches.run(batch);
      expect(run.results.map(({ state }) => state)).toEqual(['in_flight', 'paid']);
      const problem = await problemOf(batches.run(batch, { act: 'resume' }));
      expect([problem.kind, failingCodes(problem)]).toEqual(['pending', ['PAYMENT_IN_FLIGHT']]);
      const [first] = run.rows;
      const outcome = { kind: 'paid', reference: 'SKB1BATCH1' } as const;
      await resolvePaymentOutcome(office.store, people.carol, {
        ...{ paymentId: first?.payment?.id ?? '', outcome, dayAt: office.dayAt },
      });
      expect((await viewOf(batch)).tally).toMatchObject({ paid: 2, inFlight: 0 });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('one that breaks after its checks is failed; made pending again, it goes with the resume', async () => {
      const batch = await batches.approved(fund, three);
      await batches.ready(batch);
      let paid = 0;
      // Together with the others, which undoes all of them, and again by itself.
      office.fault.strike = (sql) => {
        if (/insert into .?payment_executions/i.test(sql) && [2, 4].includes((paid += 1)))
          throw new Error('a disk that broke');
      };
      await expect(batches.run(batch)).rejects.toThrow('a disk that broke');
      office.fault.strike = null;
      expect(await statuses(batch)).toEqual(['success', 'failed', 'pending']);
      const [, second] = await rowsOf(batch);
      await retryPayment(office.store, people.carol, { paymentId: second?.payment?.id ?? '', reason: null });
      const run = await batches.run(batch, { act: 'resume' });
      expect(run.results.map(({ row }) => row.item.line)).toEqual([3, 4]);
      expect(run.view.tally.paid).toBe(3);
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });

  describe('paid through a rail', () => {
    test('each order is sent once; what is refused for certain fails, what is taken stays in flight', async () => {
      const rails = await aPayingOffice(open);
      const its = batchesOf(rails);
      await payByDaraja(rails);
      const own = await rails.fund({ opening: '10,000', otpThreshold: '0' });
      const batch = await its.approved(own, [
        { method: 'mpesa' },
        { method: 'mpesa', amount: '200' },
        { amount: '50' },
      ]);
      await its.ready(batch);
      const rail = aRail();
      const refused = { kind: 'rejected', code: '2040', reason: 'not registered', stops: false, raw: '{}' } as const;
      rail.answers = [refused, accepted()];
      const run = await its.run(batch, { sending: () => rail.sending });
      expect(run.results.map(({ state, problem }) => [state, problem?.includes('not registered') ?? false])).toEqual([
        ['failed', true],
        ['in_flight', false],
        ['paid', false],
      ]);
      expect(rail.orders.map(({ amountMinor }) => amountMinor)).toEqual([10_000, 20_000]);
      expect(run.view.tally).toMatchObject({ paid: 1, inFlight: 1, failed: 1 });
      expect(await bookFaults(rails.store)).toEqual([]);
    });

    test('an answer that would meet every row ends the run', async () => {
      const rails = await aPayingOffice(open);
      const its = batchesOf(rails);
      await payByDaraja(rails);
      const own = await rails.fund({ opening: '10,000', otpThreshold: '0' });
      const batch = await its.approved(own, [{ method: 'mpesa' }, { method: 'mpesa', amount: '200' }]);
      await its.ready(batch);
      const rail = aRail();
      rail.answers = [{ kind: 'rejected', code: '8006', reason: 'credential locked', stops: true, raw: '{}' }];
      const run = await its.run(batch, { sending: () => rail.sending });
      expect([run.results.length, rail.orders.length, run.view.tally.waiting]).toEqual([1, 1, 1]);
    });
  });

  describe('interrupted and resumed', () => {
    /** Begins a batch and stops after so many rows. */
    async function begun(rows: number): Promise<Row<'batches'>> {
      const batch = await batches.approved(fund, three);
      await batches.ready(batch);
      let left = rows;
      const run = await batches.run(batch, { stopped: () => (left -= 1) < 0 });
      expect([run.interrupted, run.view.tally.paid]).toEqual([true, rows]);
      return batch;
    }

    test('it goes on where it stopped, without another code, and nobody is paid twice', async () => {
      const before = (await office.fundNow(fund)).balanceMinor;
      const batch = await begun(1);
      const run = await batches.run(batch, { act: 'resume' });
      expect(run.results.map(({ row }) => row.item.line)).toEqual([3, 4]);
      expect((await office.fundNow(fund)).balanceMinor).toBe(before - 60_000);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('within exactly 24 hours of its code, and not a millisecond later', async () => {
      const [late, inTime] = [await begun(1), await begun(1)];
      office.pass(DAY);
      expect((await batches.run(inTime, { act: 'resume' })).view.tally.paid).toBe(3);
      office.pass(1);
      expect(failingCodes(await problemOf(batches.run(late, { act: 'resume' })))).toEqual(['OTP_EXPIRED']);
      // With a code of its own it is begun again, by anybody who may, for what is left.
      await batches.ready(late, people.peter);
      const run = await batches.run(late, { by: people.peter });
      expect(run.results).toHaveLength(2);
      expect(run.view.tally.paid).toBe(3);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('only by who began it: nobody else resumes, is sent a code, or begins it again', async () => {
      const batch = await begun(1);
      expect(failingCodes(await problemOf(batches.run(batch, { act: 'resume', by: people.peter })))).toEqual([
        'OTP_REQUIRED',
      ]);
      expect(failingCodes(await problemOf(batches.send(batch, people.peter)))).toEqual(['BATCH_BEGUN']);
      expect(failingCodes(await problemOf(batches.run(batch)))).toEqual(['BATCH_BEGUN']);
    });

    test('what is not begun is not resumed', async () => {
      const batch = await batches.approved(fund, three);
      expect(failingCodes(await problemOf(batches.run(batch, { act: 'resume' })))).toEqual(['BATCH_NOT_BEGUN']);
    });

    test('two at once: each row is paid once', async () => {
      const before = (await office.fundNow(fund)).balanceMinor;
      const batch = await begun(0);
      let other: ReturnType<Batches['run']> | undefined;
      const first = await batches.run(batch, {
        ...{ act: 'resume', clock: slowClock() },
        tell: () => void (other ??= batches.run(batch, { act: 'resume' })),
      });
      const runs = [first, await other].filter((run) => run !== undefined);
      expect(runs).toHaveLength(2);
      const paid = runs.flatMap(({ results }) => results.filter(({ state }) => state === 'paid'));
      expect(paid.map(({ row }) => row.item.line).toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
      expect(runs.flatMap(({ results }) => results.filter(({ state }) => state === 'failed'))).toEqual([]);
      expect((await office.fundNow(fund)).balanceMinor).toBe(before - 60_000);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test.each([1, 50])(
      'whose fund is frozen while it runs stops at the first row that this refuses (%d together)',
      async (together) => {
        const till = await office.fund({ opening: '1,000', otpThreshold: '0' });
        const batch = await batches.approved(till, [{}, {}, {}, {}]);
        await batches.ready(batch);
        let beginnings = 0;
        const run = await batches.run(batch, {
          clock: together === 1 ? slowClock() : () => 0,
          whileActing: (plain) => ({
            ...plain,
            write: async (work) => {
              if ((beginnings += 1) === (together === 1 ? 3 : 2))
                await freezeFund(office.store, people.david, { fund: till.code, reason: 'count' });
              return plain.write(work);
            },
          }),
        });
        const paid = together === 1 ? ['paid'] : [];
        expect(run.results.map(({ state }) => state)).toEqual([...paid, 'failed']);
        expect(run.results.at(-1)).toMatchObject({ problem: `Fund ${till.code} is frozen.`, stops: true });
        expect(run.view.tally).toMatchObject({ paid: paid.length, waiting: 4 - paid.length });
        const states = (await rowsOf(batch)).map(({ payment }) => [payment?.status, payment?.retryCount]);
        expect(states).toEqual([
          ...paid.map(() => ['success', 0]),
          ...[0, 1, 2, 3].slice(paid.length).map(() => ['pending', 0]),
        ]);
        expect(failingCodes(await problemOf(batches.run(batch, { act: 'resume' })))).toEqual(['FUND_FROZEN']);
      },
    );

    test('no code is sent for a batch of a frozen fund, and it does not begin', async () => {
      const till = await office.fund({ opening: '1,000', otpThreshold: '0' });
      const batch = await batches.approved(till, [{}]);
      const other = await batches.approved(till, [{}]);
      await batches.ready(other);
      await freezeFund(office.store, people.david, { fund: till.code, reason: 'count' });
      const mailed = office.mails.length;
      const problem = await problemOf(batches.send(batch));
      expect([problem.kind, failingCodes(problem), problem.details.unchanged]).toEqual([
        ...['refused', ['FUND_FROZEN']],
        'No code was sent. The batch is as it was.',
      ]);
      expect(office.mails).toHaveLength(mailed);
      expect(failingCodes(await problemOf(batches.run(other)))).toEqual(['FUND_FROZEN']);
    });

    test('of which the rest is cancelled while it runs says that these were not paid', async () => {
      const batch = await begun(0);
      let beginnings = 0;
      const run = await batches.run(batch, {
        ...{ act: 'resume', clock: slowClock() },
        whileActing: (plain) => ({
          ...plain,
          write: async (work) => {
            if ((beginnings += 1) === 3)
              await cancelBatch(office.store, people.brian, { batch: batch.ref, reason: 'a mistake' });
            return plain.write(work);
          },
        }),
      });
      expect(run.results.map(({ state }) => state)).toEqual(['paid', 'elsewhere', 'elsewhere']);
      expect(run.view.tally).toMatchObject({ paid: 1, cancelled: 2 });
      expect(run.unpaid).toEqual({ failed: 0, takenAway: 2, inFlight: 0 });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('of which somebody else pays a row meanwhile has left nothing unpaid', async () => {
      const batch = await begun(0);
      const [, second] = await rowsOf(batch);
      let beginnings = 0;
      const run = await batches.run(batch, {
        ...{ act: 'resume', clock: slowClock() },
        whileActing: (plain) => ({
          ...plain,
          write: async (work) => {
            if ((beginnings += 1) === 3)
              await executePayment(office.store, people.carol, {
                ...{ paymentId: second?.payment?.id ?? '', gatewayReference: null, dayAt: office.dayAt },
              });
            return plain.write(work);
          },
        }),
      });
      expect(run.results.map(({ state }) => state)).toEqual(['paid', 'elsewhere', 'paid']);
      expect(run.unpaid).toEqual({ failed: 0, takenAway: 0, inFlight: 0 });
    });

    test('two executors at once: one code begins it', async () => {
      const batch = await batches.approved(fund, three);
      await batches.ready(batch);
      await batches.ready(batch, people.peter);
      const ended = await Promise.allSettled([batches.run(batch), batches.run(batch, { by: people.peter })]);
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await viewOf(batch)).tally.paid).toBe(3);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a row paid by itself meanwhile is not paid again', async () => {
      const batch = await begun(0);
      const [first] = await rowsOf(batch);
      await executePayment(office.store, people.carol, {
        ...{ paymentId: first?.payment?.id ?? '', gatewayReference: null, dayAt: office.dayAt },
      });
      expect((await batches.run(batch, { act: 'resume' })).results.map(({ row }) => row.item.line)).toEqual([3, 4]);
    });

    test('whose codes were made void meanwhile needs a new one', async () => {
      const { voidOpenCodes } = await import('../../src/store/people.ts');
      const own = await office.fund({ opening: '600', otpThreshold: '0' });
      const batch = await batches.approved(own, three);
      await batches.ready(batch);
      await batches.run(batch, { stopped: () => true });
      await office.store.write((tx) => voidOpenCodes(tx, people.carol.userId));
      expect(failingCodes(await problemOf(batches.run(batch, { act: 'resume' })))).toEqual(['OTP_REQUIRED']);
      await batches.ready(batch);
      expect((await batches.run(batch)).view.tally.paid).toBe(3);
    });
  });

  describe('rehearsed', () => {
    test('with a dry run every row is judged, and nothing is kept, not even the use of the code', async () => {
      const rehearsal = await aPayingOffice(open, { dryRun: false });
      const its = batchesOf(rehearsal);
      const own = await rehearsal.fund({ opening: '600', paymentLimit: '250' });
      const batch = await its.approved(own, three);
      await its.ready(batch);
      const kept = await problemOf(
        rehearsal.store.write(async (tx) => {
          const inside = { ...rehearsal.store, write: <T>(work: (t: typeof tx) => Promise<T>) => work(tx) };
          const run = await batchesOf({ ...rehearsal, store: inside }).run(batch, { dryRun: true });
          expect(run.results.map(({ state }) => state)).toEqual(['paid', 'paid', 'failed']);
          const { usage } = await import('../../src/domain/problem.ts');
          throw usage('ROLLED_BACK', 'as a dry run does');
        }),
      );
      expect(kept.code).toBe('ROLLED_BACK');
      expect((await its.run(batch)).view.tally.paid).toBe(2);
    });
  });

  describe('validated', () => {
    test('every row says what it would be refused for, with the money counted down', async () => {
      const own = await office.fund({ opening: '350', paymentLimit: '250' });
      const { view } = await batches.create(own, three);
      const look = () => validateBatch(office.store, people.helen, { batch: view.batch.ref, dayAt: office.dayAt });
      const found = async () => (await look()).problems.map(({ row, check }) => [row?.item.line, check.code]);
      expect(await found()).toEqual([[4, 'INSUFFICIENT_FUNDS']]);
      await batches.approve(view.batch);
      expect(await found()).toEqual([
        [4, 'LIMIT_EXCEEDED'],
        [4, 'INSUFFICIENT_FUNDS'],
      ]);
    });
  });

  describe('cancelled', () => {
    test('before it is paid: its requisitions, and its payments', async () => {
      const batch = await batches.approved(fund, three);
      const { before, rows } = await cancelBatch(office.store, people.amina, {
        batch: batch.ref,
        reason: 'wrong month',
      });
      expect(before).toBe('approved');
      expect(rows.map(({ requisition, payment }) => [requisition.status, payment?.status])).toEqual(
        three.map(() => ['cancelled', 'cancelled']),
      );
      expect(await problemOf(batches.send(batch))).toMatchObject({ code: 'BATCH_NOT_EXECUTABLE' });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('with the schedules of its payments', async () => {
      const batch = await batches.approved(fund, [{ method: 'mpesa' }, { method: 'mpesa' }]);
      const { payment } = (await office.store.read((tx) => batchRows(tx, batch.id)))[1]!;
      await office.verify(payment!, await office.code(payment!));
      const at = new Date(office.clock.now.getTime() + 60_000);
      const request = { payment: payment!.ref, at, dayAt: office.dayAt };
      const { view } = await schedulePayment(office.store, people.carol, request);
      await cancelBatch(office.store, people.amina, { batch: batch.ref, reason: 'wrong month' });
      const { schedule } = await office.store.read((tx) => getSchedule(tx, view.schedule.id));
      expect(schedule).toMatchObject({ status: 'removed', nextAt: null });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('what was paid stays paid, and what is in flight holds it up', async () => {
      const batch = await batches.approved(fund, [{ amount: '1' }, { amount: '2' }, { method: 'mpesa' }]);
      await batches.ready(batch);
      let left = 1;
      await batches.run(batch, { stopped: () => (left -= 1) < 0 });
      const after = await cancelBatch(office.store, people.carol, { batch: batch.ref, reason: null });
      expect(after.view.tally).toMatchObject({ paid: 1, cancelled: 2 });
      const flying = await batches.approved(fund, [{ method: 'mpesa' }, {}]);
      await batches.ready(flying);
      await batches.run(flying, { stopOnError: true });
      const request = { batch: flying.ref, reason: null };
      expect(await problemOf(cancelBatch(office.store, people.carol, request))).toMatchObject({ kind: 'pending' });
    });

    test('not by who has nothing to do with it', async () => {
      const { view } = await batches.create(fund, three);
      const request = { batch: view.batch.ref, reason: null };
      expect(await problemOf(cancelBatch(office.store, people.helen, request))).toMatchObject({ kind: 'forbidden' });
    });
  });
});

const notTheHash = (hash: string): string => hash.replaceAll(/./g, (letter) => (letter === '0' ? '1' : '0'));
