import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { TRANSACTIONS } from '../support/moments.ts';
import { aCrashOffice, portOf, type CrashOffice } from './a-crash-office.ts';
import { DIALECTS } from './demo-office.ts';
import { errorOf } from './documents.ts';

const { T1, MARKED, T2, INBOX, T3, SUSPENSE } = TRANSACTIONS;

/** First reported as failed, then as paid. */
const FAILS_THEN_PAYS = '0700000065';
const LISTEN = ['listen', '--port', '0', '--for', '60min'];

/**
 * Each crash point of SAFETY section 2 by its name: the tool is stopped exactly there, killed with SIGKILL, and started again as
 * people and cron would. After each, what M-Pesa paid is posted or held, nothing was sent twice, and nobody is forgotten.
 */
describe.each(DIALECTS)('kill -9 at the crash points, on %s', (dialect) => {
  let office: CrashOffice;
  beforeAll(async () => {
    office = await aCrashOffice(dialect);
  });
  afterAll(async () => {
    await office.expectProven();
    await office.close();
  });

  const ready = (to?: string) => office.ready({ method: 'mpesa', ...(to === undefined ? {} : { to }) });
  const execute = (ref: string) => ['payment', 'execute', ref, '--yes', '--json'];
  const resolve = (ref: string) => office.as('carol', ['payment', 'resolve', ref, '--json']);
  const stateOf = async (ref: string) => (await office.attempts(ref)).map(({ state }) => state);
  /** Executes to the end: the order is taken, and its report lies at the gate. */
  const executed = async (ref: string) => {
    const run = await office.as('carol', execute(ref));
    expect(run.exitCode, run.stdout).toBe(8);
  };
  /** Asks M-Pesa when the lease of the killed is over, as cron does, and hands over what it answers. */
  const asked = async (ref: string) => {
    await office.passLeases();
    const run = await office.as('carol', ['payment', 'resolve']);
    expect(run.exitCode, run.stdout).toBe(8);
    expect(run.stdout).toContain(ref);
    await office.deliver(await office.gateway.report());
  };
  /** A listener that is killed at a moment of its own, once it was told of something. */
  const listenerKilledAt = async (moment: Parameters<CrashOffice['stopping']>[2]) => {
    const listener = office.stopping('carol', LISTEN, moment);
    const report = await office.gateway.report();
    // Whether it is answered before the crash makes no difference: nobody comes again.
    office.deliver(report, await portOf(listener)).catch(() => undefined);
    await listener.stands;
    await listener.kill();
    return report;
  };
  /** Two people say that it was not paid. */
  const declaredNotPaid = async (ref: string) => {
    const [attempt] = await office.attempts(ref);
    const answer = await resolvePaymentOutcome(office.store, await office.actor('david'), {
      paymentId: attempt?.paymentId ?? '',
      outcome: { kind: 'not_paid', reason: 'M-Pesa knows of no such order' },
      dayAt: office.facts.dayAt,
    });
    if (answer.state === 'proposed')
      await confirmChange(office.store, await office.actor('esther'), {
        change: answer.proposed.change.ref,
        reason: null,
      });
    expect(await office.statusOf(ref)).toBe('failed');
  };

  test('before T1 commits: nothing was done, and the same code still pays, once', async () => {
    const ref = await ready();
    const before = office.gateway.orders;
    await office.killedAt('carol', execute(ref), { ...T1, at: 'before_commit' });
    expect([await office.statusOf(ref), await stateOf(ref)]).toEqual(['pending', []]);
    await office.expectSound();
    await executed(ref);
    await office.deliver(await office.gateway.report());
    expect(await office.settled(ref)).toBe('success');
    expect(office.gateway.orders - before).toBe(1);
    await office.expectSound();
  });

  test('after T1 before send: the money is reserved, and whoever comes next sends it, once', async () => {
    const ref = await ready();
    const before = office.gateway.orders;
    await office.killedAt('carol', execute(ref), { ...T1, at: 'after_commit' });
    expect([await office.statusOf(ref), await stateOf(ref)]).toEqual(['executing', ['reserved']]);
    expect((await resolve(ref)).exitCode).toBe(8);
    // The killed one still has the lease: nobody else sends.
    expect(office.gateway.orders).toBe(before);
    await office.expectSound({ open: [ref] });
    await asked(ref);
    expect(await office.settled(ref)).toBe('success');
    expect(office.gateway.orders - before).toBe(1);
    await office.expectSound();
  });

  test('after T1 before send, when it counts as sent: it is asked about and never sent, until two people know', async () => {
    const ref = await ready();
    const before = office.gateway.orders;
    await office.killedAt('carol', execute(ref), { ...MARKED, at: 'after_commit' });
    expect(await stateOf(ref)).toEqual(['sent']);
    await asked(ref);
    expect([await office.statusOf(ref), await stateOf(ref)]).toEqual(['executing', ['unknown']]);
    await office.expectSound({ open: [ref] });
    await declaredNotPaid(ref);
    expect(office.gateway.orders).toBe(before);
    await office.expectSound();
  });

  test('mid-send: half an order pays nobody, and is asked about and never sent again', async () => {
    const ref = await ready();
    const before = office.gateway.orders;
    const run = office.keeping('carol', execute(ref), 'order');
    await run.stands;
    await run.kill();
    expect(await stateOf(ref)).toEqual(['sent']);
    await asked(ref);
    await office.expectSound({ open: [ref] });
    await declaredNotPaid(ref);
    expect(office.gateway.orders - before).toBe(1);
    await office.expectSound();
  });

  test('reply lost: M-Pesa has paid, and says so when it is asked', async () => {
    const ref = await ready();
    const run = office.keeping('carol', execute(ref), 'reply');
    await run.stands;
    await run.kill();
    expect(await stateOf(ref)).toEqual(['sent']);
    const lost = await office.gateway.report();
    await asked(ref);
    expect(await office.settled(ref)).toBe('success');
    // The report that was late changes nothing any more.
    await office.deliver(lost);
    await office.expectSound();
  });

  test('reply seen but not recorded: it is unknown to the next, and the report posts it once', async () => {
    const ref = await ready();
    await office.killedAt('carol', execute(ref), { ...T2, at: 'before_commit' });
    expect(await stateOf(ref)).toEqual(['sent']);
    const report = await office.gateway.report();
    await asked(ref);
    await office.deliver(report);
    expect(await office.settled(ref)).toBe('success');
    await office.expectSound();
  });

  test('callback before the reply: it is posted while the sender still waits, which is killed there', async () => {
    const ref = await ready();
    const run = office.keeping('carol', execute(ref), 'reply');
    await run.stands;
    await office.deliver(await office.gateway.report());
    expect(await office.settled(ref)).toBe('success');
    await run.kill();
    expect((await errorOf(await office.as('carol', execute(ref)))).exit_code).toBe(6);
    await office.passLeases();
    expect((await office.as('carol', ['payment', 'resolve'])).exitCode).toBe(0);
    await office.expectSound();
  });

  test('callback before the reply: the reply that comes after it changes nothing', async () => {
    const ref = await ready();
    const run = office.keeping('carol', execute(ref), 'reply');
    const release = await run.stands;
    await office.deliver(await office.gateway.report());
    expect(await office.settled(ref)).toBe('success');
    release();
    expect((await run.ended).code).toBe(8);
    expect(await stateOf(ref)).toEqual(['paid']);
    await office.expectSound();
  });

  test.each(['after_commit', 'before_commit'] as const)(
    'inbox stored but not applied (%s): the next start of listen applies what was stored, and nothing twice',
    async (at) => {
      const ref = await ready();
      await executed(ref);
      const report = await listenerKilledAt({ ...INBOX, at });
      expect([await office.statusOf(ref), await stateOf(ref)]).toEqual(['executing', ['accepted']]);
      const next = await office.as('carol', ['listen', '--port', '0', '--for', '0min', '--json']);
      const { data } = next.json<{ data: { applied: number } }>();
      expect(data.applied).toBe(at === 'after_commit' ? 1 : 0);
      // What was not stored was not answered either: the gateway comes again, or is asked.
      if (at === 'before_commit') await office.deliver(report);
      expect(await office.settled(ref)).toBe('success');
      await office.expectSound();
    },
  );

  test.each(['inside', 'before_commit', 'after_commit'] as const)(
    'inside T3 (%s): it is wholly posted or not at all, and the next one posts it',
    async (at) => {
      const ref = await ready();
      await executed(ref);
      await listenerKilledAt({ ...T3, at });
      expect(await office.statusOf(ref)).toBe(at === 'after_commit' ? 'success' : 'executing');
      const run = await office.as('carol', ['payment', 'resolve', '--json']);
      expect(run.exitCode, run.stdout).toBe(0);
      expect(await office.statusOf(ref)).toBe('success');
      await office.expectSound();
    },
  );

  test('callback twice: the listener is killed between storing and applying, and told the same again', async () => {
    const ref = await ready();
    await executed(ref);
    const report = await listenerKilledAt({ ...INBOX, at: 'after_commit' });
    await office.deliver(report);
    expect(await office.settled(ref)).toBe('success');
    await office.deliver(report);
    expect((await office.as('carol', ['payment', 'resolve'])).exitCode).toBe(0);
    await office.expectSound();
  });

  test('success after failure: what left although it had failed is held once', async () => {
    const ref = await ready(FAILS_THEN_PAYS);
    await executed(ref);
    await office.deliver(await office.gateway.report());
    expect(await office.settled(ref)).toBe('failed');
    await listenerKilledAt({ ...SUSPENSE, at: 'before_commit' });
    const run = await office.as('carol', ['payment', 'resolve']);
    expect(run.exitCode, run.stdout).toBe(0);
    await office.expectSound();
    const held = await office.as('david', ['suspense', 'list', '--json']);
    expect(held.json<{ data: { payment: string }[] }>().data.map(({ payment }) => payment)).toContain(ref);
  });

  test('success after void: two people said that it was not paid, and what left is held once', async () => {
    const ref = await ready();
    const run = office.keeping('carol', execute(ref), 'reply');
    await run.stands;
    await run.kill();
    await declaredNotPaid(ref);
    await listenerKilledAt({ ...SUSPENSE, at: 'after_commit' });
    expect((await office.as('carol', ['payment', 'resolve'])).exitCode).toBe(0);
    expect(await office.statusOf(ref)).toBe('failed');
    await office.expectSound();
  });
});
