import { asc, eq } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { Problem } from '../../src/domain/problem.ts';
import { scheduleJob, schedulePayment } from '../../src/operations/add-schedule.ts';
import { cancelPayment } from '../../src/operations/retry-payment.ts';
import type { JobOrder } from '../../src/operations/carrier.ts';
import { carryOutPayment } from '../../src/operations/carry-out-payment.ts';
import { runSchedule } from '../../src/operations/run-schedules.ts';
import { stepSchedule } from '../../src/operations/step-schedule.ts';
import { findDue, workOff, type Worker } from '../../src/operations/work.ts';
import { getSchedule, leaseSchedule } from '../../src/store/schedules.ts';
import type { Row } from '../../src/store/tables.ts';
import { aRail, payByDaraja, reader, type FakeRail } from '../support/a-rail.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  errorOf,
  failingCodes,
  MINUTE,
  PEPPER,
  problemOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { asOwner, eachDatabase } from '../support/databases.ts';

const HOUR = 60 * MINUTE;

eachDatabase((open) => {
  let office: PayingOffice;
  let rail: FakeRail;
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    await payByDaraja(office);
    fund = await office.fund({ opening: '1,000,000.00', otpThreshold: '0' });
  });
  beforeEach(() => {
    rail = aRail();
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const aWorker = (holder: string, change: Partial<Worker> = {}): Worker => ({
    holder,
    origin: { ipAddress: null, userAgent: 'the worker' },
    sending: rail.sending,
    dayAt: office.dayAt,
    nextAfter: (_, after) => new Date(after.getTime() + DAY),
    jobs: {
      'replenish-check': async () => 'checked',
      resolve: async () => 'resolved',
      deliver: async () => 'delivered',
      alerts: async () => 'raised',
      reconcile: async () => 'reconciled',
    },
    chance: () => 0,
    openMailer: async () => office.mailer,
    openSms: async () => ({ send: async () => ({ kind: 'taken' }) }),
    reader: reader(office.dayAt),
    pause: async () => undefined,
    pepper: async () => PEPPER,
    now: () => office.clock.now,
    mayGoOn: async () => undefined,
    tell: () => undefined,
    ...change,
  });
  const work = (change: Partial<Worker> = {}) => workOff(office.store, aWorker('one', change), () => false);
  /** A payment with a code that its executor has verified. */
  const ready = async (wish: Parameters<PayingOffice['payment']>[1] = {}, from = fund) => {
    const payment = await office.payment(from, { method: 'mpesa', ...wish });
    await office.verify(payment, await office.code(payment));
    return payment;
  };
  const schedule = (payment: Row<'payments'>, ahead = HOUR, person: Actor = office.people.carol) =>
    schedulePayment(office.store, person, {
      ...{ payment: payment.ref, dayAt: office.dayAt },
      at: new Date(office.clock.now.getTime() + ahead),
    });
  const scheduleNow = async ({ view }: { view: { schedule: Row<'schedules'> } }) =>
    (await office.store.read((tx) => getSchedule(tx, view.schedule.id))).schedule;
  const step = (ref: string, what: 'pause' | 'resume' | 'remove', person: Actor = office.people.carol) =>
    stepSchedule(office.store, person, {
      ...{ schedule: ref, step: what, reason: null },
      nextAfter: (_, after) => new Date(after.getTime() + DAY),
    });
  /** What the database says to somebody who owns it. */
  const refusalOf = async (change: (store: PayingOffice['store']) => Promise<unknown>): Promise<string> => {
    const error = await errorOf(asOwner(office.url, change, () => office.clock.now));
    if (error === undefined) throw new Error('the database let it pass');
    const words: string[] = [];
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) words.push(cause.message);
    return words.join(' ');
  };
  const rowOf = (id: string) => office.store.read(async (tx) => (await getSchedule(tx, id)).schedule);
  const disable = ({ userId }: Actor) =>
    office.store.write((tx) => tx.db.update(tx.t.users).set({ disabledAt: tx.now }).where(eq(tx.t.users.id, userId)));
  const lettersAbout = async (text: string): Promise<string[]> => {
    const rows = await office.store.read((tx) => tx.db.select().from(tx.t.outboxMessages));
    return rows.map(({ payload }) => payload).filter((payload) => payload.includes(text));
  };

  describe('a payment for a time', () => {
    test('uses up its code at once and is paid when it is due, by who gave the code', async () => {
      const payment = await ready();
      const scheduled = await schedule(payment);
      const { challenges } = await office.state(payment);
      expect(challenges.at(-1)?.consumedAt).toEqual(office.clock.now);
      expect((await office.state(payment)).payment.status).toBe('pending');
      office.pass(HOUR);
      expect(await work()).toContainEqual({
        ...{ what: scheduled.view.schedule.ref, subject: payment.ref },
        ...{ outcome: 'done', detail: 'accepted' },
      });
      const after = await office.state(payment);
      expect(after.payment.status).toBe('executing');
      expect(after.attempts).toMatchObject([
        { executorId: office.people.carol.userId, challengeId: challenges[0]?.id },
      ]);
      expect(rail.orders).toHaveLength(1);
      expect(await scheduleNow(scheduled)).toMatchObject({ status: 'done', nextAt: null, leaseHolder: null });
      expect(after.actions).toContain('schedule.added');
    });

    test.each([
      ['with a reference, so that it is paid at once', 'SKJ8BYHAND1', 'success'],
      ['so that its order leaves now', null, 'executing'],
    ])('that is executed by hand before, %s, is not due any more', async (_, reference, status) => {
      const payment = await ready();
      const scheduled = await schedule(payment);
      await office.verify(payment, await office.code(payment));
      const { removed } = await office.execute(payment, office.people.carol, reference);
      expect(removed.map(({ ref }) => ref)).toEqual([scheduled.view.schedule.ref]);
      expect(await scheduleNow(scheduled)).toMatchObject({
        status: 'removed',
        nextAt: null,
        endedAt: office.clock.now,
      });
      const { ref } = scheduled.view.schedule;
      const events = await office.store.read((tx) => tx.db.select().from(tx.t.auditEvents));
      expect(events.filter(({ subject }) => subject === ref).map(({ action }) => action)).toEqual([
        ...['schedule.added', 'schedule.removed'],
      ]);
      office.pass(HOUR);
      expect((await work()).filter(({ subject }) => subject === payment.ref && reference !== null)).toEqual([]);
      expect((await office.state(payment)).payment.status).toBe(status);
      expect(await lettersAbout(`${payment.ref} was not paid`)).toEqual([]);
    });

    test('that is executed by hand in vain stays due', async () => {
      const payment = await ready({}, await office.fund({ opening: '500', otpThreshold: '0' }));
      const scheduled = await schedule(payment);
      await office.verify(payment, await office.code(payment));
      await problemOf(office.execute(payment, office.people.carol, 'SKJ8BYHAND2'));
      expect(await scheduleNow(scheduled)).toMatchObject({ status: 'active' });
      await step(scheduled.view.schedule.ref, 'remove');
    });

    test('is not touched a millisecond before its time, and is at it', async () => {
      const payment = await ready();
      await schedule(payment);
      office.pass(HOUR - 1);
      expect((await findDue(office.store)).schedules).toEqual([]);
      office.pass(1);
      expect((await findDue(office.store)).schedules).toHaveLength(1);
      await work();
    });

    test('needs a verified code, and a refusal leaves the code and the payment as they were', async () => {
      const payment = await office.payment(fund, { method: 'mpesa' });
      const problem = await problemOf(schedule(payment));
      expect(problem).toMatchObject({ kind: 'auth', code: 'PAYMENT_NOT_EXECUTABLE' });
      expect(failingCodes(problem)).toContain('OTP_REQUIRED');
      expect(problem.details.unchanged).toBe('Nothing was scheduled.');
    });

    test('another person than the one who verified the code cannot schedule with it', async () => {
      const payment = await ready();
      expect(failingCodes(await problemOf(schedule(payment, HOUR, office.people.peter)))).toContain('OTP_REQUIRED');
    });

    test('the requester and the approver cannot order it either', async () => {
      const both = await office.person('rosa', ['requester', 'cashier']);
      const payment = await office.payment(fund, { method: 'mpesa', requester: both });
      expect(failingCodes(await problemOf(schedule(payment, HOUR, both)))).toContain('EXECUTOR_IS_REQUESTER');
    });

    test('a token can never schedule one', async () => {
      const payment = await ready();
      const token = { id: 'x', ref: 'tok_x', name: 'cron', scopes: ['worker:run'] as const };
      expect(await problemOf(schedule(payment, HOUR, { ...office.people.carol, token }))).toMatchObject({
        code: 'TOKEN_SCOPE',
      });
    });

    test('cash is handed over by a person, and its code stays good', async () => {
      const payment = await ready({ method: 'cash' });
      expect(await problemOf(schedule(payment))).toMatchObject({ code: 'CASH_NOT_SCHEDULED', kind: 'refused' });
      await office.pay(payment);
    });

    test('a time that has passed is refused, and one more than a year away', async () => {
      const payment = await ready();
      for (const ahead of [0, 366 * DAY + 1])
        expect(await problemOf(schedule(payment, ahead))).toMatchObject({ code: 'SCHEDULE_TIME_INVALID' });
      const scheduled = await schedule(payment, 366 * DAY);
      await step(scheduled.view.schedule.ref, 'remove');
    });

    test('has one schedule at a time', async () => {
      const payment = await ready();
      const first = await schedule(payment);
      await office.verify(payment, await office.code(payment));
      expect(await problemOf(schedule(payment))).toMatchObject({ code: 'SCHEDULE_EXISTS' });
      await step(first.view.schedule.ref, 'remove');
      await schedule(payment);
      office.pass(HOUR);
      await work();
      expect((await office.state(payment)).attempts).toHaveLength(1);
    });

    test('what the day brings is told when it is scheduled and judged when it is due', async () => {
      const poor = await office.fund({ opening: '500.00', otpThreshold: '0' });
      const payment = await ready({ amount: '1,000.00' }, poor);
      const scheduled = await schedule(payment);
      expect(scheduled.postponed.map(({ code }) => code)).toEqual(['INSUFFICIENT_FUNDS']);
      office.pass(HOUR);
      expect(await work()).toContainEqual(expect.objectContaining({ outcome: 'refused', subject: payment.ref }));
      const after = await office.state(payment);
      expect(after.payment).toMatchObject({ status: 'pending', retryCount: 0 });
      expect(after.attempts).toEqual([]);
      expect(after.actions).toContain('schedule.refused');
      const row = await scheduleNow(scheduled);
      expect(row).toMatchObject({ status: 'refused', lastOutcome: 'refused' });
      expect(row.lastDetail).toContain('KES 500.00');
      expect(await lettersAbout(`${payment.ref} was not paid`)).toHaveLength(1);
      expect(rail.orders).toEqual([]);
    });

    test('roles are those that its person holds when it is due', async () => {
      const paul = await office.person('paul', ['cashier']);
      const payment = await office.payment(fund, { method: 'mpesa' });
      await office.verify(payment, await office.code(payment, paul), paul);
      await schedule(payment, HOUR, paul);
      office.pass(HOUR);
      await disable(paul);
      await work();
      const { payment: now, attempts } = await office.state(payment);
      expect([now.status, attempts.length]).toEqual(['pending', 0]);
    });

    test('of a person who was shut out meanwhile is refused, and says so', async () => {
      const petra = await office.person('petra', ['cashier']);
      const payment = await office.payment(fund, { method: 'mpesa' });
      await office.verify(payment, await office.code(payment, petra), petra);
      const { view } = await schedule(payment, HOUR, petra);
      office.pass(HOUR);
      await disable(petra);
      await work();
      expect(await rowOf(view.schedule.id)).toMatchObject({
        ...{ status: 'refused', lastOutcome: 'refused', lastDetail: 'petra, who ordered it, is disabled.' },
      });
    });

    test('a code that becomes necessary only later is not there: it is refused, not paid without one', async () => {
      const lax = await office.fund({ opening: '100,000.00', otpThreshold: '1,500.00' });
      const to = { destination: '0799000001' };
      const payment = await office.payment(lax, { method: 'mpesa', amount: '1,000.00', ...to });
      const scheduled = await schedule(payment);
      expect(scheduled.view.schedule.challengeId).toBeNull();
      const other = await office.payment(lax, { method: 'mpesa', amount: '1,000.00', ...to });
      await office.execute(other);
      office.pass(HOUR);
      await work();
      expect((await scheduleNow(scheduled)).lastDetail).toContain('No code was needed when it was scheduled');
      expect((await office.state(payment)).attempts).toEqual([]);
    });

    test.each(['active', 'paused'] as const)(
      'one that is cancelled is due no more: its %s schedule goes with it',
      async (before) => {
        const payment = await ready();
        const scheduled = await schedule(payment);
        const { ref } = scheduled.view.schedule;
        if (before === 'paused') await step(ref, 'pause');
        const { grace } = office.people;
        const { removed } = await cancelPayment(office.store, grace, { paymentId: payment.id, reason: 'sold' });
        expect(removed).toMatchObject([{ ref, status: before }]);
        expect(await scheduleNow(scheduled)).toMatchObject({
          status: 'removed',
          nextAt: null,
          endedAt: office.clock.now,
        });
        expect((await office.state(payment)).actions.slice(-2)).toEqual(['payment.cancelled', 'schedule.removed']);
        office.pass(HOUR);
        expect((await work()).filter(({ subject }) => subject === payment.ref)).toEqual([]);
        expect(await lettersAbout(payment.ref)).toEqual([]);
        const again = await problemOf(step(ref, 'remove'));
        expect(again).toMatchObject({ kind: 'refused', code: 'SCHEDULE_NOT_OPEN' });
      },
    );

    test('one that cannot be cancelled keeps its schedule, and one without any removes none', async () => {
      const payment = await ready();
      const scheduled = await schedule(payment);
      const { helen, carol } = office.people;
      await problemOf(cancelPayment(office.store, helen, { paymentId: payment.id, reason: null }));
      expect(await scheduleNow(scheduled)).toMatchObject({ status: 'active' });
      const other = await ready();
      expect((await cancelPayment(office.store, carol, { paymentId: other.id, reason: null })).removed).toEqual([]);
      expect(await scheduleNow(scheduled)).toMatchObject({ status: 'active' });
      await cancelPayment(office.store, carol, { paymentId: payment.id, reason: null });
    });

    test('one that is cancelled when a worker has just taken it is not ordered, and the worker keeps nothing', async () => {
      const payment = await ready();
      const scheduled = await schedule(payment);
      office.pass(HOUR);
      const { id } = scheduled.view.schedule;
      const leaseMs = { payment: HOUR, job: HOUR };
      const taken = await office.store.write((tx) => leaseSchedule(tx, id, { leaseHolder: 'one', leaseMs }));
      await cancelPayment(office.store, office.people.carol, { paymentId: payment.id, reason: null });
      await carryOutPayment(office.store, taken!, aWorker('one'));
      expect(await scheduleNow(scheduled)).toMatchObject({ status: 'removed', lastOutcome: null });
      expect((await office.state(payment)).attempts).toEqual([]);
    });

    test('an order that its rail refuses is a failed payment, and its person is told', async () => {
      rail.answers = [{ kind: 'rejected', code: '2001', reason: 'wrong initiator', stops: false, raw: '{}' } as never];
      const payment = await ready();
      await schedule(payment);
      office.pass(HOUR);
      expect(await work()).toContainEqual(expect.objectContaining({ outcome: 'failed', subject: payment.ref }));
      expect((await office.state(payment)).payment).toMatchObject({ status: 'failed', retryCount: 1 });
      expect(await lettersAbout(`${payment.ref} was not paid`)).toHaveLength(1);
    });

    test('what is paid by hand is reserved, and its person is asked to pay it', async () => {
      const payment = await ready({ method: 'bank' });
      await schedule(payment);
      office.pass(HOUR);
      await work();
      expect((await office.state(payment)).attempts).toMatchObject([{ gateway: 'manual', state: 'sent' }]);
      expect(await lettersAbout(`${payment.ref} is due: pay it now`)).toHaveLength(1);
    });

    test('what breaks after the checks is one failed attempt and ends the schedule', async () => {
      const payment = await ready();
      const scheduled = await schedule(payment);
      office.pass(HOUR);
      let struck = false;
      office.fault.strike = (sql) => {
        if (struck || !/insert into "?payment_attempts/i.test(sql)) return;
        struck = true;
        throw new Error('disk on fire');
      };
      await work();
      office.fault.strike = null;
      expect(struck).toBe(true);
      expect((await office.state(payment)).payment).toMatchObject({ status: 'failed', retryCount: 1 });
      expect(await scheduleNow(scheduled)).toMatchObject({ status: 'refused', lastOutcome: 'failed' });
      expect(rail.orders).toEqual([]);
    });
  });

  describe('who runs the worker', () => {
    test('is asked about before each step: shut out after the first, the rest waits for another worker', async () => {
      const payments = [await ready(), await ready()];
      for (const payment of payments) await schedule(payment);
      office.pass(HOUR);
      const told: string[] = [];
      const shutOut = new Problem('auth', 'SESSION_MISSING', 'You are not logged in.');
      const change = {
        tell: ({ subject }: { subject: string }) => void told.push(subject),
        mayGoOn: () => (told.length === 0 ? Promise.resolve() : Promise.reject(shutOut)),
      };
      expect(await problemOf(work(change))).toBe(shutOut);
      const [first] = told;
      expect(payments.map(({ ref }) => ref)).toContain(first);
      expect(rail.orders).toHaveLength(1);
      expect((await work()).filter(({ what }) => what.startsWith('sch_'))).toMatchObject([
        { subject: payments.find(({ ref }) => ref !== first)?.ref, outcome: 'done' },
      ]);
      expect(rail.orders).toHaveLength(2);
    });
  });

  describe('many workers', () => {
    test('carry out each payment once', async () => {
      const payments = [];
      for (let count = 0; count < 6; count += 1) {
        const payment = await ready();
        await schedule(payment);
        payments.push(payment);
      }
      office.pass(HOUR);
      const crews = Array.from({ length: 4 }, (_, at) => workOff(office.store, aWorker(`w${at}`), () => false));
      const done = (await Promise.all(crews)).flat().filter(({ what }) => what.startsWith('sch_'));
      expect(done.map(({ subject }) => subject).toSorted()).toEqual(payments.map(({ ref }) => ref).toSorted());
      expect(rail.orders).toHaveLength(6);
    });

    test('one that another worker holds is left alone until its lease is over, and then taken', async () => {
      const payment = await ready();
      const { view } = await schedule(payment);
      office.pass(HOUR);
      const lease = { leaseHolder: 'crashed', leaseMs: { payment: 120_000, job: 0 } };
      await office.store.write((tx) => leaseSchedule(tx, view.schedule.id, lease));
      office.pass(120_000 - 1);
      expect(await runSchedule(office.store, view.schedule.id, aWorker('two'))).toBeNull();
      expect((await findDue(office.store)).schedules).toEqual([]);
      office.pass(1);
      expect(await runSchedule(office.store, view.schedule.id, aWorker('two'))).toMatchObject({ outcome: 'done' });
      expect(rail.orders).toHaveLength(1);
    });

    test('who has lost the lease meanwhile pays nothing', async () => {
      const payment = await ready();
      const { view } = await schedule(payment);
      office.pass(HOUR);
      const take = (leaseHolder: string) =>
        office.store.write((tx) =>
          leaseSchedule(tx, view.schedule.id, { leaseHolder, leaseMs: { payment: MINUTE, job: MINUTE } }),
        );
      const slow = await take('slow');
      office.pass(MINUTE);
      const fast = await take('fast');
      if (slow === null || fast === null) throw new Error('it was not due');
      expect(await carryOutPayment(office.store, slow, aWorker('slow'))).toMatchObject({ outcome: 'failed' });
      expect((await office.state(payment)).attempts).toEqual([]);
      expect(rail.orders).toEqual([]);
      expect(await carryOutPayment(office.store, fast, aWorker('fast'))).toMatchObject({ outcome: 'done' });
      expect(rail.orders).toHaveLength(1);
    });
  });

  describe('people and schedules', () => {
    test('one that is paused is not paid when its time passes; resumed it is due at once', async () => {
      const payment = await ready();
      const { view } = await schedule(payment);
      await step(view.schedule.ref, 'pause');
      office.pass(2 * HOUR);
      expect((await findDue(office.store)).schedules).toEqual([]);
      await step(view.schedule.ref, 'resume');
      await work();
      expect(rail.orders).toHaveLength(1);
    });

    test('a cashier moves only their own; a treasurer those of others', async () => {
      const { view } = await schedule(await ready());
      expect(await problemOf(step(view.schedule.ref, 'pause', office.people.peter))).toMatchObject({
        code: 'NOT_THE_SCHEDULER',
      });
      await step(view.schedule.ref, 'remove', office.people.david);
      expect(await problemOf(step(view.schedule.ref, 'resume'))).toMatchObject({ code: 'SCHEDULE_NOT_OPEN' });
    });

    test('a code of a schedule that was removed is gone', async () => {
      const payment = await ready();
      const { view } = await schedule(payment);
      await step(view.schedule.ref, 'remove');
      expect(failingCodes(await problemOf(office.execute(payment)))).toContain('OTP_USED');
    });

    test('what is being carried out cannot be taken back', async () => {
      const { view } = await schedule(await ready());
      office.pass(HOUR);
      await office.store.write((tx) =>
        leaseSchedule(tx, view.schedule.id, { leaseHolder: 'w', leaseMs: { payment: MINUTE, job: MINUTE } }),
      );
      expect(await problemOf(step(view.schedule.ref, 'remove'))).toMatchObject({ code: 'SCHEDULE_RUNNING' });
      office.pass(MINUTE);
      await step(view.schedule.ref, 'remove');
    });
  });

  describe('jobs', () => {
    const addJob = (person = office.people.david) =>
      scheduleJob(office.store, person, {
        ...{ job: 'replenish-check', cron: '0 6 * * *', fund: null, folder: null },
        nextAfter: (after) => new Date(after.getTime() + DAY),
      });

    test('are done for the person who ordered them, with the roles that they hold then', async () => {
      const { schedule: row } = await addJob();
      office.pass(DAY);
      const actors: Actor[] = [];
      const jobs = {
        ...aWorker('one').jobs,
        'replenish-check': async ({ acting }: JobOrder) => {
          actors.push(await acting());
          return 'checked';
        },
      };
      expect(await work({ jobs })).toContainEqual({
        what: row.ref,
        subject: 'replenish-check',
        outcome: 'done',
        detail: 'checked',
      });
      expect(actors).toMatchObject([{ username: 'david', grants: [{ role: 'treasurer' }] }]);
      expect(actors[0]).not.toHaveProperty('token');
      const after = await rowOf(row.id);
      expect(after.nextAt).toEqual(new Date(office.clock.now.getTime() + DAY));
      expect(after).toMatchObject({ status: 'active', failures: 0, lastOutcome: 'done' });
      await step(row.ref, 'remove', office.people.david);
    });

    test('one that fails for what may pass comes again sooner, later each time; one that is refused at its own time', async () => {
      const { schedule: row } = await addJob();
      const failing = (kind: 'external' | 'forbidden') => ({
        jobs: { ...aWorker('one').jobs, 'replenish-check': () => Promise.reject(new Problem(kind, 'X_Y', 'no luck')) },
      });
      office.pass(DAY);
      const waits: number[] = [];
      for (let time = 0; time < 3; time += 1) {
        await work(failing('external'));
        const { nextAt } = await rowOf(row.id);
        waits.push((nextAt?.getTime() ?? 0) - office.clock.now.getTime());
        office.clock.now = nextAt ?? office.clock.now;
      }
      expect(waits).toEqual([5_000, 10_000, 20_000]);
      expect(await rowOf(row.id)).toMatchObject({ failures: 3, lastOutcome: 'failed', lastDetail: 'no luck' });
      await work(failing('forbidden'));
      expect(await rowOf(row.id)).toMatchObject({ failures: 0, lastOutcome: 'refused' });
      await step(row.ref, 'remove', office.people.david);
    });

    test('one whose person is shut out is refused before it does anything, whatever it is', async () => {
      const paul = await office.person('pauline', ['treasurer']);
      const { schedule: row } = await scheduleJob(office.store, paul, {
        ...{ job: 'alerts', cron: '0 6 * * *', fund: null, folder: null },
        nextAfter: (after) => new Date(after.getTime() + DAY),
      });
      await disable(paul);
      office.pass(DAY);
      const jobs = { ...aWorker('one').jobs, alerts: () => expect.unreachable('it was done') };
      await work({ jobs });
      expect(await rowOf(row.id)).toMatchObject({
        ...{ status: 'active', lastOutcome: 'refused', failures: 0 },
        lastDetail: 'pauline, who ordered it, is disabled.',
      });
      await step(row.ref, 'remove', office.people.david);
    });

    test('one whose person is shut out while it runs does no further part of it', async () => {
      const paul = await office.person('paula', ['treasurer']);
      const { schedule: row } = await addJob(paul);
      office.pass(DAY);
      const parts: string[] = [];
      const jobs = {
        ...aWorker('one').jobs,
        'replenish-check': async ({ acting }: JobOrder) => {
          for (const part of ['one', 'two']) {
            await acting();
            parts.push(part);
            await disable(paul);
          }
          return 'checked';
        },
      };
      await work({ jobs });
      expect(parts).toEqual(['one']);
      expect(await rowOf(row.id)).toMatchObject({ lastOutcome: 'refused' });
      await step(row.ref, 'remove', office.people.david);
    });

    test('need the role for what they do', async () => {
      expect(await problemOf(addJob(office.people.carol))).toMatchObject({ code: 'ROLE_MISSING' });
    });

    test('integrity stops the worker, and nobody else is told that it ran', async () => {
      const { schedule: row } = await addJob();
      office.pass(DAY);
      const jobs = {
        ...aWorker('one').jobs,
        'replenish-check': () => Promise.reject(new Problem('integrity', 'X_Y', 'broken')),
      };
      expect(await errorOf(work({ jobs }))).toMatchObject({ code: 'X_Y' });
      expect(await rowOf(row.id)).toMatchObject({ lastRunAt: null });
      office.pass(15 * MINUTE);
      await work();
      await step(row.ref, 'remove', office.people.david);
    });
  });

  describe('the database holds it too', () => {
    test('a schedule never changes in what it orders, and is never deleted', async () => {
      const { view } = await schedule(await ready());
      const { schedules } = await office.store.read(async (tx) => tx.t);
      const tries = [
        { dueAt: office.clock.now },
        { createdBy: office.people.peter.userId },
        { challengeId: null },
        { cron: '* * * * *' },
      ];
      for (const change of tries)
        expect(
          await refusalOf((store) =>
            store.write((tx) => tx.db.update(schedules).set(change).where(eq(schedules.id, view.schedule.id))),
          ),
        ).toContain('fixed at creation');
      expect(
        await refusalOf((store) =>
          store.write((tx) => tx.db.delete(schedules).where(eq(schedules.id, view.schedule.id))),
        ),
      ).toContain('never deleted');
      await step(view.schedule.ref, 'remove');
    });

    test('the code of a schedule serves no attempt before its time, nor one of another person', async () => {
      const payment = await ready();
      const scheduled = await schedule(payment);
      const { challengeId } = scheduled.view.schedule;
      const forged = await office.payment(fund, { method: 'mpesa' });
      expect(
        await refusalOf((store) =>
          store.write(async (tx) => {
            const [model] = await tx.db
              .select()
              .from(tx.t.paymentAttempts)
              .orderBy(asc(tx.t.paymentAttempts.id))
              .limit(1);
            if (model === undefined) throw new Error('no attempt to forge from');
            await tx.db.insert(tx.t.paymentAttempts).values({
              ...model,
              id: forged.id,
              ref: 'att_forged',
              paymentId: payment.id,
              number: 1,
              idempotencyKey: 'forged',
              ...{ gateway: 'manual', gatewayAccount: 'mpesa', highestFeeMinor: 0, state: 'sent', error: null },
              ...{ reservedMinor: payment.amountMinor, resultToken: null, conversation: null, closedAt: null },
              ...{ nextLookAt: null, leaseHolder: null, leaseUntil: null, gatewayReference: null, evidence: null },
              challengeId,
              executorId: office.people.carol.userId,
            });
          }),
        ),
      ).toContain('the code was given for another time or person');
      await step(scheduled.view.schedule.ref, 'remove');
    });
  });
});
