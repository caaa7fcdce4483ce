import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putLetters } from '../../src/store/outbox.ts';
import { copyOfDatabase } from '../support/databases.ts';
import { TRANSACTIONS } from '../support/moments.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aCrashOffice, portOf, type CrashOffice } from './a-crash-office.ts';
import { codeIn, DIALECTS } from './demo-office.ts';
import { errorOf } from './documents.ts';

const { T1, MARKED, T2, INBOX, T3 } = TRANSACTIONS;
const CODE_MADE = { has: ['insert into "otp_challenges"'] };
const CODE_SENT = { has: ['update "otp_challenges"'], hasNot: ['insert into "otp_challenges"'] };
const LETTERS_TAKEN = { has: ['update "outbox_messages"'] };
const LISTEN = ['listen', '--port', '0', '--for', '60min'];

const strace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** The crash points of SAFETY section 2 that are about what a payment stands on: mail, the database, its disk, other people, old copies. */
describe.each(DIALECTS)('the crash points around a payment, on %s', (dialect) => {
  let office: CrashOffice;
  beforeAll(async () => {
    office = await aCrashOffice(dialect);
  });
  afterAll(async () => {
    await office.expectProven();
    await office.close();
  });

  const ready = () => office.ready({ method: 'mpesa' });
  const execute = (ref: string, ...more: string[]) => ['payment', 'execute', ref, '--yes', '--json', ...more];
  const resolveDue = () => office.as('carol', ['payment', 'resolve', '--json']);
  const stateOf = async (ref: string) => (await office.attempts(ref)).map(({ state }) => state);
  const paidOnReport = async (ref: string) => {
    await office.deliver(await office.gateway.report());
    expect(await office.settled(ref)).toBe('success');
  };

  describe('mail not sent', () => {
    const send = (ref: string) => ['payment', 'otp', ref, '--send', '--json'];
    const verify = (ref: string, code: string) =>
      office.as('carol', ['payment', 'otp', ref, '--verify', '--code-stdin', '--json'], { input: code });

    test('a code that was made and not mailed is nobody’s; the next one is good', async () => {
      const ref = await office.payment({ method: 'mpesa' });
      const before = office.mails().length;
      await office.killedAt('carol', send(ref), { ...CODE_MADE, at: 'after_commit' });
      expect(office.mails()).toHaveLength(before);
      expect((await office.as('carol', execute(ref))).exitCode).toBe(4);
      expect((await office.as('carol', send(ref))).exitCode).toBe(0);
      expect((await verify(ref, office.newestCode())).exitCode).toBe(0);
      await office.expectSound();
    });

    test('a code that was mailed and is not known to be pays nothing; the next one is good', async () => {
      const ref = await office.payment({ method: 'mpesa' });
      await office.killedAt('carol', send(ref), { ...CODE_SENT, at: 'before_commit' });
      const lost = codeIn(office.mails().at(-1) ?? '');
      expect(await errorOf(await verify(ref, lost))).toMatchObject({ code: 'OTP_INVALID', exit_code: 4 });
      expect((await office.as('carol', send(ref))).exitCode).toBe(0);
      expect((await verify(ref, office.newestCode())).exitCode).toBe(0);
      await office.expectSound();
    });

    test('a letter that was taken and not sent is sent by the next worker, when the lease of the killed is over', async () => {
      const subject = `To be known on ${dialect}`;
      await office.store.write((tx) =>
        putLetters(tx, [{ to: 'carol@acme.example', subject, text: 'It is due.\n' }], { ownTry: false }),
      );
      const work = ['worker', 'run', '--once', '--json'];
      const sent = () => office.mails().filter((mail) => mail.includes(subject)).length;
      await office.killedAt('david', work, { ...LETTERS_TAKEN, at: 'after_commit' });
      expect((await office.as('david', work)).exitCode).toBe(0);
      expect(sent()).toBe(0);
      await office.store.write(async ({ db, now, t: { outboxMessages: outbox } }) => {
        await db.update(outbox).set({ leaseUntil: now });
      });
      expect((await office.as('david', work)).exitCode).toBe(0);
      expect((await office.as('david', work)).exitCode).toBe(0);
      expect(sent()).toBe(1);
    });
  });

  describe('two operators', () => {
    test('the one who waits behind a killed one pays, once', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      const killed = office.stopping('carol', execute(ref), { ...T1, at: 'before_commit' });
      await killed.stands;
      const other = office.begin('carol', execute(ref));
      // Long enough to come to the lock; whenever it comes, the outcome is the same.
      expect(await Promise.race([other.ended, pause(600)])).toBeUndefined();
      await killed.kill();
      const { code, stdout } = await other.ended;
      expect(code, stdout).toBe(8);
      await paidOnReport(ref);
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });

    test('the one who waits behind one that goes on is told that it is under way, and sends nothing', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      const first = office.stopping('carol', execute(ref), { ...T1, at: 'before_commit' });
      const release = await first.stands;
      const other = office.begin('carol', execute(ref));
      expect(await Promise.race([other.ended, pause(600)])).toBeUndefined();
      release();
      const [one, two] = await Promise.all([first.ended, other.ended]);
      expect([one.code, two.code], two.stdout).toEqual([8, 8]);
      expect(two.stdout).toContain('PAYMENT_IN_FLIGHT');
      await paidOnReport(ref);
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });
  });

  describe('cron and human', () => {
    test('cron does not touch what somebody is sending, and asks about it when they were killed', async () => {
      const ref = await ready();
      const human = office.keeping('carol', execute(ref), 'reply');
      await human.stands;
      const before = office.gateway.orders;
      const early = await resolveDue();
      expect(early.json<{ data: unknown[] }>().data).toEqual([]);
      expect((await office.as('david', ['payment', 'resolve', ref])).exitCode).toBe(8);
      expect(await stateOf(ref)).toEqual(['sent']);
      const report = await office.gateway.report();
      await human.kill();
      await office.passLeases();
      expect((await office.as('david', ['worker', 'run', '--once'])).exitCode).toBe(0);
      await paidOnReport(ref);
      await office.deliver(report);
      expect(office.gateway.orders).toBe(before);
      await office.expectSound();
    });

    test('who stood still after T1 until cron had sent it, sends nothing any more', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      const human = office.stopping('carol', execute(ref), { ...T1, at: 'after_commit' });
      const release = await human.stands;
      await office.passLeases();
      expect((await resolveDue()).exitCode).toBe(8);
      expect(office.gateway.orders - before).toBe(1);
      release();
      expect((await human.ended).code).toBe(8);
      expect(office.gateway.orders - before).toBe(1);
      await paidOnReport(ref);
      await office.expectSound();
    });

    test('who stood still when it counted as sent, while cron asked about it, still sends it once', async () => {
      const ref = await ready();
      const human = office.stopping('carol', execute(ref), { ...MARKED, at: 'after_commit' });
      const release = await human.stands;
      await office.passLeases();
      expect((await resolveDue()).exitCode).toBe(8);
      // M-Pesa knows of no such order yet, which proves nothing.
      await office.deliver(await office.gateway.report());
      release();
      expect((await human.ended).code).toBe(8);
      expect(await stateOf(ref)).toEqual(['unknown']);
      await paidOnReport(ref);
      await office.expectSound();
    });
  });

  describe.runIf(dialect === 'postgres')('Postgres COMMIT reply lost', () => {
    const unknown = (run: { readonly code: number | null; readonly stdout: string }) =>
      expect([run.code, run.stdout]).toEqual([8, expect.stringContaining('COMMIT_UNKNOWN')]);

    test('of T1, which was kept: it is exit 8, whoever tries again is told that it is under way, and it is sent once', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      unknown(await office.fated('carol', execute(ref), { ...T1, at: 'after_commit' }, 'lose_answer'));
      expect([await stateOf(ref), office.gateway.orders]).toEqual([['reserved'], before]);
      const again = await errorOf(await office.as('carol', execute(ref)));
      expect([again.exit_code, again.checks.map(({ code }) => code)]).toEqual([
        8,
        expect.arrayContaining(['PAYMENT_IN_FLIGHT']),
      ]);
      await office.passLeases();
      await resolveDue();
      await paidOnReport(ref);
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });

    test('of T1, which was not kept: it is exit 8 as well, and the payment is as it was', async () => {
      const ref = await ready();
      unknown(await office.fated('carol', execute(ref), { ...T1, at: 'before_commit' }, 'lose_commit'));
      expect([await office.statusOf(ref), await stateOf(ref)]).toEqual(['pending', []]);
      expect((await office.as('carol', execute(ref))).exitCode).toBe(8);
      await paidOnReport(ref);
      await office.expectSound();
    });

    test('of T1 under a key: it is looked up by the key, and what was kept is sent once', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      const keyed = execute(ref, '--idempotency-key', `execute-${ref}`);
      const run = await office.fated('carol', keyed, { ...T1, at: 'after_commit' }, 'lose_answer');
      expect([run.code, run.stdout]).toEqual([8, expect.stringContaining('"replayed":true')]);
      const again = await office.as('carol', keyed);
      expect([again.exitCode, again.json<{ meta: { replayed: boolean } }>().meta.replayed]).toEqual([8, true]);
      await paidOnReport(ref);
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });

    test('of T1 under a key, which was not kept: it is exit 8, and the same key pays, once', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      const keyed = execute(ref, '--idempotency-key', `execute-${ref}`);
      unknown(await office.fated('carol', keyed, { ...T1, at: 'before_commit' }, 'lose_commit'));
      const again = await office.as('carol', keyed);
      expect([again.exitCode, again.json<{ meta: { replayed: boolean } }>().meta.replayed]).toEqual([8, false]);
      await paidOnReport(ref);
      expect(office.gateway.orders - before).toBe(1);
      await office.expectSound();
    });

    test('of T2: it is exit 8, and what is recorded by then is good', async () => {
      const ref = await ready();
      unknown(await office.fated('carol', execute(ref), { ...T2, at: 'after_commit' }, 'lose_answer'));
      expect(await stateOf(ref)).toEqual(['accepted']);
      await paidOnReport(ref);
      await office.expectSound();
    });

    test.each(['lose_answer', 'lose_commit'] as const)('of T3 (%s): it is posted once', async (fate) => {
      const ref = await ready();
      expect((await office.as('carol', execute(ref))).exitCode).toBe(8);
      const listener = office.stopping('carol', LISTEN, { ...INBOX, at: 'after_commit' });
      office.deliver(await office.gateway.report(), await portOf(listener)).catch(() => undefined);
      await listener.stands;
      await listener.kill();
      const at = fate === 'lose_answer' ? 'after_commit' : 'before_commit';
      unknown(await office.fated('carol', ['payment', 'resolve', '--json'], { ...T3, at }, fate));
      expect(await office.statusOf(ref)).toBe(fate === 'lose_answer' ? 'success' : 'executing');
      expect((await resolveDue()).exitCode).toBe(0);
      expect(await office.statusOf(ref)).toBe('success');
      await office.expectSound();
    });
  });

  describe.runIf(dialect === 'postgres' || strace)('disk full', () => {
    /** Runs with no room for what the transaction writes: ENOSPC from the file system, or Postgres' own word for it. */
    const withoutRoom = async (args: readonly string[], transaction: typeof T1 | typeof T3) => {
      if (dialect === 'postgres') {
        const { code, stdout } = await office.fated('carol', args, { ...transaction, at: 'before_commit' }, 'full');
        return { code, stdout };
      }
      const wal = `${office.home}/treasury.db-wal`;
      const full = ['-e', 'trace=pwrite64', '-P', wal, '-e', 'inject=pwrite64:error=ENOSPC'];
      const ran = spawnSync('strace', ['-f', '-o', '/dev/null', ...full, process.execPath, TOOL, ...args], {
        env: toolEnvironment(office.home, office.environment('carol')),
        encoding: 'utf8',
      });
      return { code: ran.status, stdout: ran.stdout };
    };

    test('at T1: nothing was reserved and nothing sent, and with room the same code pays', async () => {
      const ref = await ready();
      const before = office.gateway.orders;
      const run = await withoutRoom(execute(ref), T1);
      expect([run.code, run.stdout]).toEqual([9, expect.stringContaining('DISK_FULL')]);
      expect([await office.statusOf(ref), await stateOf(ref), office.gateway.orders]).toEqual(['pending', [], before]);
      expect((await office.as('carol', execute(ref))).exitCode).toBe(8);
      await paidOnReport(ref);
      await office.expectSound();
    });

    test('at T3: what was reported is kept, and with room it is posted once', async () => {
      const ref = await ready();
      expect((await office.as('carol', execute(ref))).exitCode).toBe(8);
      const listener = office.stopping('carol', LISTEN, { ...INBOX, at: 'after_commit' });
      office.deliver(await office.gateway.report(), await portOf(listener)).catch(() => undefined);
      await listener.stands;
      await listener.kill();
      const run = await withoutRoom(['payment', 'resolve', '--json'], T3);
      expect([run.code, run.stdout]).toEqual([9, expect.stringContaining('DISK_FULL')]);
      expect([await office.statusOf(ref), await stateOf(ref)]).toEqual(['executing', ['accepted']]);
      expect((await resolveDue()).exitCode).toBe(0);
      expect(await office.statusOf(ref)).toBe('success');
      await office.expectSound();
    });
  });

  test('restored from an old backup: nothing is executed, however often it is tried, until it is reconciled', async () => {
    const ref = await ready();
    const copy = await copyOfDatabase(office.url);
    expect((await office.as('carol', execute(ref))).exitCode).toBe(8);
    await paidOnReport(ref);
    const before = office.gateway.orders;
    const url = office.environment('carol')['TREASURY_DATABASE_URL'] ?? '';
    const restored =
      dialect === 'sqlite' ? copy : Object.assign(new URL(url), { pathname: new URL(copy).pathname }).href;
    const env = { env: { TREASURY_DATABASE_URL: restored } };
    const other = await office.as('carol', ['payment', 'show', ref, '--json'], env);
    expect(other.json<{ data: { status: string } }>().data.status).toBe('pending');
    for (let tries = 0; tries < 2; tries += 1) {
      const run = await office.as('carol', execute(ref), env);
      expect(await errorOf(run)).toMatchObject({ exit_code: 11, fix: expect.stringContaining('accept') });
    }
    expect(office.gateway.orders).toBe(before);
    expect((await office.as('root-admin', ['doctor'], env)).exitCode).not.toBe(0);
    await office.expectSound();
  });
});
