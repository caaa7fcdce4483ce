import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schedulePayment } from '../../src/operations/add-schedule.ts';
import { TRANSACTIONS } from '../support/moments.ts';
import { bytesOf, payByFile, waitingForFile, type ExportedFile } from './a-bank-file.ts';
import { aBatch } from './a-batch.ts';
import { aCrashOffice, type CrashOffice } from './a-crash-office.ts';
import { DIALECTS } from './demo-office.ts';
import { answerOf } from './documents.ts';

const { T1, T2 } = TRANSACTIONS;
const BATCH_BEGUN = { has: ['update "batches"'] };
const SCHEDULE_TAKEN = { has: ['update "schedules"'], hasNot: ['insert into "payment_attempts"'] };
/** A time for which something can be scheduled. */
const SOON_MS = 1500;
/** So often it is looked whether another order has left, for three seconds in all. */
const TRIES = 150;
const FILE_KEPT = { has: ['insert into "bank_files"'] };

/** What is longer than one payment, killed in the middle: whoever goes on pays nobody twice and forgets nobody. */
describe.each(DIALECTS)('kill -9 in the middle of work, on %s', (dialect) => {
  let office: CrashOffice;
  beforeAll(async () => {
    office = await aCrashOffice(dialect);
    await payByFile(office);
  });
  afterAll(async () => {
    await office.expectProven();
    await office.close();
  });

  const stateOf = async (ref: string) => (await office.attempts(ref)).map(({ state }) => state);
  const reported = async (count: number) => {
    for (let left = count; left > 0; left -= 1) await office.deliver(await office.gateway.report());
  };

  describe('batch execute', () => {
    const ROWS = ['0712000001', '0712000002', '0712000003'] as const;
    const aBatchOfThree = () =>
      aBatch(office, 'ready', {
        rows: ROWS.map((destination) => ({ method: 'mpesa', destination, payee: destination })),
        fund: 'MPESA',
      });
    const execute = (ref: string) => ['batch', 'execute', ref, '--yes', '--json'];
    interface BatchData {
      readonly status: string;
      readonly rows: readonly { readonly payment: string; readonly outcome: string }[];
    }
    const rowsOf = async (ref: string) => (await office.data<BatchData>('carol', ['batch', 'show', ref])).rows;
    const resume = async (ref: string, code: number) => {
      const run = await office.as('carol', ['batch', 'resume', ref, '--yes', '--json']);
      expect(run.exitCode, run.stdout).toBe(code);
    };
    const expectPaid = async (ref: string) => {
      for (const { payment } of await rowsOf(ref)) expect(await office.settled(payment)).toBe('success');
      expect((await office.data<BatchData>('carol', ['batch', 'show', ref])).status).toBe('done');
      await office.expectSound();
    };

    test('begun, with no row paid yet: the code is used up, and a resume pays each row once', async () => {
      const ref = await aBatchOfThree();
      const before = office.gateway.orders;
      await office.killedAt('carol', execute(ref), { ...BATCH_BEGUN, at: 'after_commit' });
      expect(office.gateway.orders).toBe(before);
      await resume(ref, 8);
      await reported(3);
      expect(office.gateway.orders - before).toBe(3);
      await expectPaid(ref);
    });

    test('with replies of several rows on their way: nothing is sent again, and M-Pesa is asked about them', async () => {
      const ref = await aBatchOfThree();
      const { orders: before, keys } = office.gateway;
      const taken = keys.length;
      const run = office.keeping('carol', execute(ref), 'reply');
      const first = await run.stands;
      const second = office.gateway.keep('reply');
      first();
      await second;
      // The third goes with the second, unless a slow machine had no time left for both in one transaction: then it waits.
      for (let tries = 0; keys.length < taken + ROWS.length && tries < TRIES; tries += 1) await pause(20);
      await run.kill();
      const third = keys.length < taken + ROWS.length ? 'waiting' : 'in_flight';
      expect((await rowsOf(ref)).map(({ outcome }) => outcome)).toEqual(['in_flight', 'in_flight', third]);
      await resume(ref, 8);
      const reports = [await office.gateway.report(), await office.gateway.report(), await office.gateway.report()];
      await office.passLeases();
      const asked = await office.as('carol', ['payment', 'resolve']);
      expect(asked.exitCode, asked.stdout).toBe(8);
      // Of those whose replies were lost it is the answer that tells; their reports come after it, and tell the same again.
      await reported((asked.stdout.match(/was asked/g) ?? []).length);
      for (const report of reports) await office.deliver(report);
      await expectPaid(ref);
      expect(office.gateway.orders - before).toBe(ROWS.length);
    });

    test('before T1 of a row commits: that row waits, and a resume pays it', async () => {
      const ref = await aBatchOfThree();
      const before = office.gateway.orders;
      await office.killedAt('carol', execute(ref), { ...T1, at: 'before_commit' });
      expect((await rowsOf(ref)).map(({ outcome }) => outcome)).toEqual(['waiting', 'waiting', 'waiting']);
      expect(office.gateway.orders).toBe(before);
      await resume(ref, 8);
      await reported(3);
      await expectPaid(ref);
    });
  });

  describe('worker run', () => {
    const work = ['worker', 'run', '--once', '--json'];
    /** What a worker did about a payment. */
    const worked = async (ref: string) => {
      const { data } = await answerOf(await office.as('david', work));
      const attempts = (await office.attempts(ref)).map((attempt) => attempt.ref);
      return (data as { items: { what: string; subject: string; outcome: string }[] }).items
        .filter(({ what, subject }) => subject === ref || attempts.includes(what))
        .map(({ outcome }) => outcome);
    };
    /** A payment that Carol has given her code for, due now. */
    const dueNow = async (): Promise<string> => {
      const payment = await office.ready({ method: 'mpesa' });
      const at = new Date(Date.now() + SOON_MS);
      await schedulePayment(office.store, await office.actor('carol'), { payment, at, dayAt: office.facts.dayAt });
      await pause(SOON_MS);
      return payment;
    };
    const passScheduleLeases = () =>
      office.store.write(async ({ db, now, t: { schedules } }) => {
        await db.update(schedules).set({ leaseUntil: now }).where(eq(schedules.status, 'active'));
      });

    test('with a schedule taken and nothing done: another worker takes it over when the lease is over, and pays once', async () => {
      const ref = await dueNow();
      const before = office.gateway.orders;
      await office.killedAt('david', work, { ...SCHEDULE_TAKEN, at: 'after_commit' });
      expect(await worked(ref)).toEqual([]);
      expect(await office.statusOf(ref)).toBe('pending');
      await passScheduleLeases();
      expect(await worked(ref)).toEqual(['done']);
      await reported(1);
      expect(await office.settled(ref)).toBe('success');
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });

    test.each([
      ['before T1 commits', 'before_commit', 'pending'],
      ['after T1 before send', 'after_commit', 'executing'],
    ] as const)('%s: another worker pays it once', async (_, at, status) => {
      const ref = await dueNow();
      const before = office.gateway.orders;
      await office.killedAt('david', work, { ...T1, at });
      expect([await office.statusOf(ref), office.gateway.orders]).toEqual([status, before]);
      expect(await worked(ref)).toEqual([]);
      await passScheduleLeases();
      await office.passLeases();
      expect(await worked(ref)).toEqual(['done']);
      await reported(1);
      expect(await office.settled(ref)).toBe('success');
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });

    test('with the reply seen and not recorded: another worker asks, and sends nothing', async () => {
      const ref = await dueNow();
      await office.killedAt('david', work, { ...T2, at: 'before_commit' });
      const before = office.gateway.orders;
      expect(await stateOf(ref)).toEqual(['sent']);
      await office.passLeases();
      expect(await worked(ref)).toEqual(['done']);
      await reported(2);
      expect(await office.settled(ref)).toBe('success');
      expect(office.gateway.orders).toBe(before);
      await office.expectSound();
    });
  });

  describe('bankfile export', () => {
    const args = (name: string, ...more: string[]) => [
      ...['bankfile', 'export', '--fund', 'BANK', '--out', join(office.home, name), ...more, '--json'],
    ];
    /** Payments that are in a file, of which the bank has said nothing yet. */
    const open: string[] = [];
    const waiting = async (amount: string): Promise<string> => {
      const ref = await waitingForFile(office, amount);
      open.push(ref);
      return ref;
    };
    const exported = (name: string, ...more: string[]) =>
      office.data<ExportedFile>('carol', args(name, ...more).slice(0, -1));
    const inFile = async (ref: string) =>
      (
        await office.data<{ in_flight: { state: string; conversation: string | null } }>('carol', [
          'payment',
          'show',
          ref,
        ])
      ).in_flight;

    test('before it is kept: there is no file, every payment waits as before, and the next export takes it', async () => {
      const ref = await waiting('100');
      await office.killedAt('carol', args('before.xml'), { ...FILE_KEPT, at: 'before_commit' });
      expect(existsSync(join(office.home, 'before.xml'))).toBe(false);
      expect(await inFile(ref)).toMatchObject({ state: 'reserved', conversation: null });
      expect((await exported('before.xml')).payments.map(({ payment }) => payment)).toEqual([ref]);
      await office.expectSound({ open });
    });

    test.each([
      ['kept, and nothing written', { ...FILE_KEPT, at: 'after_commit' }],
      ['written, and not in its place', { at: 'linked' }],
    ] as const)(
      '%s: the file is absent, its payment says its name, and it is written again as it was',
      async (how, at) => {
        const ref = await waiting('200');
        const name = `${at.at}.xml`;
        await office.killedAt('carol', args(name), at);
        expect(existsSync(join(office.home, name))).toBe(false);
        // What lies beside it is for nobody else to read.
        const lying = () => readdirSync(office.home).filter((file) => file.startsWith(`${name}.`));
        for (const left of lying()) {
          expect(statSync(join(office.home, left)).mode & 0o777, how).toBe(0o600);
          utimesSync(join(office.home, left), new Date(0), new Date(0));
        }
        expect(lying()).toHaveLength(at.at === 'linked' ? 1 : 0);
        writeFileSync(join(office.home, `${name}.000000000000`), 'mine', { mode: 0o600 });
        const { state, conversation } = await inFile(ref);
        expect([state, typeof conversation]).toEqual(['sent', 'string']);
        const again = await exported(name, '--message-id', conversation ?? '');
        expect(again).toMatchObject({ exported_before: true, count: 1, message_id: conversation });
        expect(lying()).toEqual([`${name}.000000000000`]);
        const bytes = bytesOf(again.file);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(again.sha256);
        const third = await exported(`again-${name}`, '--message-id', conversation ?? '');
        expect(bytesOf(third.file).equals(bytes)).toBe(true);
        await office.expectSound({ open });
      },
    );
  });
});
