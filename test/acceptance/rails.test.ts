import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/gateways/mpesa/simulator/simulator.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { INVARIANTS, judgeInvariants } from '../../src/store/invariants.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aBatch } from './a-batch.ts';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';

const FORGED = 10_000;
const KILLED = Number(process.env['KILLS'] ?? 12);

describe.each(DIALECTS)('M-Pesa by itself, on %s', (dialect) => {
  let office: DemoOffice;
  let simulator: Simulator;
  let listener: { readonly process: ChildProcessByStdio<null, Readable, Readable>; readonly port: number };

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    simulator = await startSimulator({
      ...{ host: '127.0.0.1', port: 0, seed: 1, shortCode: '600000', now: () => new Date() },
      // A hundred times as fast: what takes hours is not waited for. But never before a busy machine has heard the answer.
      later: (milliseconds, work) => void setTimeout(() => void work(), 100 + milliseconds / 100).unref(),
    });
    const gateways = join(office.home, 'gateways');
    mkdirSync(gateways, { recursive: true });
    const { consumerKey, consumerSecret, initiatorPassword, certificate } = simulator.credentials;
    writeFileSync(join(gateways, 'certificate.pem'), certificate, { mode: 0o600 });
    writeFileSync(
      join(gateways, 'daraja.toml'),
      `consumer_key = "${consumerKey}"\nconsumer_secret = "${consumerSecret}"\ninitiator_password = "${initiatorPassword}"\ncertificate = "certificate.pem"\n`,
      { mode: 0o600 },
    );
    listener = await listening(0);
    const admin = await office.actor('root-admin');
    await setGateway(office.store, admin, {
      ...{ method: 'mpesa', kind: 'daraja', reason: null },
      typed: {
        ...{ baseUrl: simulator.url, shortCode: '600000', initiator: 'treasury' },
        resultUrl: `http://127.0.0.1:${listener.port}/results`,
      },
    });
  });

  afterAll(async () => {
    listener.process.kill('SIGKILL');
    await simulator.close();
    await office.close();
  });

  /** A listener of the built tool, and the port that it says it has. */
  const listening = async (port: number): Promise<typeof listener> => {
    const args = [TOOL, 'listen', '--port', String(port), '--for', '60min'];
    const env = toolEnvironment(office.home, office.environment('carol'));
    const process = spawn(globalThis.process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for await (const piece of process.stderr as AsyncIterable<Buffer>) {
      said += piece.toString();
      const found = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) {
        process.stderr.resume();
        return { process, port: Number(found) };
      }
    }
    throw new Error(`it does not listen: ${said}`);
  };
  const ready = (to?: string) => office.ready({ method: 'mpesa', ...(to === undefined ? {} : { to }) });
  const execute = (ref: string) => office.as('carol', ['payment', 'execute', ref, '--yes', '--json']);
  const wait = (ref: string) => office.as('carol', ['payment', 'wait', ref, '--for', '1min', '--json']);
  const books = () =>
    office.store.read(async (tx) => ({
      executions: await tx.db.select().from(tx.t.paymentExecutions),
      suspense: await tx.db.select().from(tx.t.suspenseItems),
      faults: (await judgeInvariants(tx, INVARIANTS, null)).flatMap(({ broken }) =>
        broken.map(({ message }) => message),
      ),
    }));
  /** What M-Pesa paid is posted or held, receipt by receipt, and every invariant holds. */
  const expectClosed = async (): Promise<void> => {
    const { executions, suspense, faults } = await books();
    const known = [...executions.filter(({ gateway }) => gateway === 'daraja'), ...suspense].map(
      ({ gatewayReference }) => gatewayReference,
    );
    expect(known.toSorted()).toEqual(simulator.paid.map(({ receipt }) => receipt).toSorted());
    expect(faults).toEqual([]);
  };

  test('is under way at once (exit 8), paid when M-Pesa says so, and posted with its receipt', async () => {
    const ref = await ready();
    const run = await execute(ref);
    expect(run.exitCode).toBe(8);
    expect(run.json<{ data: object }>().data).toMatchObject({
      payment: { status: 'executing', in_flight: { state: 'accepted', gateway: 'daraja' } },
    });
    const waited = await wait(ref);
    expect(waited.exitCode).toBe(0);
    expect(waited.json<{ data: object }>().data).toMatchObject({
      ...{ status: 'success', in_flight: null },
      execution: { gateway: 'daraja', gateway_reference: simulator.paid.at(-1)?.receipt },
    });
    const history = await office.as('david', ['payment', 'history', ref, '--json']);
    const told = history.json<{ data: { action: string }[] }>().data.map(({ action }) => action);
    expect(told.slice(told.indexOf('payment.reserved'))).toEqual([
      ...['payment.reserved', 'order.sent', 'gateway.reply', 'order.taken', 'gateway.callback', 'payment.executed'],
    ]);
    await expectClosed();
  });

  test('the doctor, gateway list and a payment say what is wrong with the secrets of this machine, and no secret', async () => {
    const file = join(office.home, 'gateways', 'daraja.toml');
    const { consumerKey, consumerSecret, initiatorPassword } = simulator.credentials;
    const written = readFileSync(file, 'utf8');
    const daraja = async () => {
      const run = await office.as('root-admin', ['doctor', '--json']);
      type Found = { id: string; status: string; message: string; fix: string | null };
      expect([0, 10], run.stdout).toContain(run.exitCode);
      for (const secret of [consumerKey, consumerSecret, initiatorPassword])
        expect(run.stdout + run.stderr).not.toContain(secret);
      return run.json<{ data: Found[] }>().data.filter(({ id }) => id === 'daraja');
    };
    expect(await daraja()).toMatchObject([{ status: 'ok', fix: null }]);
    writeFileSync(file, written.replace(/^consumer_secret.*$/m, '').replace('certificate.pem', 'none.pem'));
    chmodSync(file, 0o644);
    const expected = [
      { message: expect.stringContaining('can be read by others'), fix: `chmod 600 ${file}` },
      { message: expect.stringContaining('consumer_secret is missing'), fix: expect.stringContaining(file) },
      { message: expect.stringContaining('none.pem is missing'), fix: expect.stringContaining('none.pem') },
    ];
    expect(await daraja()).toMatchObject(expected.map((finding) => ({ status: 'advice', ...finding })));
    const list = await office.data<{ method: string; missing: string[] }[]>('root-admin', ['gateway', 'list']);
    expect(list.find(({ method }) => method === 'mpesa')?.missing).toEqual([
      ...[`${file} can be read by others on this machine`, 'consumer_secret'],
      join(office.home, 'gateways', 'none.pem'),
    ]);
    // The change is made, whatever this machine lacks: that is a warning.
    const settings = ['--base-url', simulator.url, '--short-code', '600000', '--initiator', 'treasury'];
    const results = ['--result-url', `http://127.0.0.1:${listener.port}/results`];
    const set = await office.as('root-admin', [
      ...['gateway', 'set', 'mpesa', 'daraja', ...settings, ...results, '--json'],
    ]);
    expect(set.exitCode, set.stdout).toBe(0);
    const tried = await office.as('root-admin', ['gateway', 'test', 'mpesa', '--json']);
    expect(tried.exitCode).toBe(6);
    expect(tried.json<{ error: object }>().error).toMatchObject({
      code: 'GATEWAY_SECRETS_UNUSABLE',
      message: expect.stringMatching(/can be read by others.*; consumer_secret is missing; .*none\.pem is missing/),
    });
    const paid = await execute(await ready());
    expect(paid.exitCode, paid.stdout).toBe(9);
    writeFileSync(file, written);
    chmodSync(file, 0o600);
    expect(await daraja()).toMatchObject([{ status: 'ok' }]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s lets listen apply what it has kept and end with 0', async (signal) => {
    const another = await listening(0);
    const [ended, printed] = [once(another.process, 'exit'), text(another.process.stdout)];
    const token = 'f'.repeat(32);
    const report = { method: 'POST', body: '{"Result":{"ResultType":0}}' };
    expect((await fetch(`http://127.0.0.1:${another.port}/results/${token}`, report)).status).toBe(200);
    another.process.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(await printed).toBe(`Stopped listening on port ${another.port}: 1 kept, 1 applied.\n`);
  });

  test('listen says why a port cannot be had', async () => {
    const taken = await office.as('carol', ['listen', '--port', String(listener.port), '--json']);
    expect(taken.exitCode).toBe(9);
    expect(taken.json<{ error: object }>().error).toMatchObject({
      code: 'PORT_NOT_OPENED',
      message: `Port ${listener.port} of 127.0.0.1 cannot be opened: another program listens there.`,
      fix: expect.stringContaining('treasury listen --port PORT'),
    });
    const nowhere = ['--port', '0', '--host', '192.0.2.1', '--json'];
    const elsewhere = await office.as('carol', ['listen', ...nowhere]);
    expect(elsewhere.json<{ error: object }>().error).toMatchObject({
      message: expect.stringContaining('this machine has no such address'),
    });
  });

  test('of a batch, what M-Pesa carries is waited for or asked, as a single payment is', async () => {
    // Never reported, so that it is in flight for as long as nobody asks.
    const rows = [{ method: 'mpesa', destination: '0700000062' }, { amount: '120' }] as const;
    const batch = await aBatch(office, 'ready', { rows });
    const run = await office.as('carol', ['batch', 'execute', batch, '--yes']);
    expect(run.exitCode, run.stderr).toBe(8);
    const shown = await office.data<{ rows: { payment: string; in_flight: object | null }[] }>('carol', [
      ...['batch', 'show', batch],
    ]);
    const ref = shown.rows[0]?.payment ?? '';
    const next = (text: string) => text.split('\n').filter((line) => line.startsWith('Next: '));
    expect(next(run.stderr)).toEqual([
      `Next: treasury payment wait ${ref}`,
      `Next: treasury payment resolve ${ref}`,
      `Next: treasury batch show ${batch}`,
    ]);
    // Asked it reports soon, perhaps before the command has ended.
    expect([0, 8]).toContain((await office.as('carol', ['payment', 'resolve', ref])).exitCode);
    expect((await wait(ref)).exitCode).toBe(0);
    const after = await office.as('carol', ['batch', 'show', batch]);
    expect(next(after.stderr)).toEqual([`Next: treasury batch export ${batch} --format csv`]);
    await expectClosed();
  });

  test('credentials can be tried, and nothing is paid by that', async () => {
    const before = simulator.paid.length;
    const run = await office.as('root-admin', ['gateway', 'test', 'mpesa', '--json']);
    expect([run.exitCode, run.json<{ schema: string }>().schema]).toEqual([0, 'treasury.gateway/1']);
    expect(simulator.paid.length).toBe(before);
  });

  test('refused by M-Pesa it has failed (exit 9), its money is free, and it can be tried again', async () => {
    const ref = await ready('0700000040');
    expect((await execute(ref)).exitCode).toBe(8);
    const waited = await wait(ref);
    expect(waited.exitCode).toBe(9);
    expect(waited.stdout).toContain('2040');
    expect((await office.as('carol', ['payment', 'retry', ref])).exitCode).toBe(0);
  });

  test('a lost answer is unknown and no failure; the result settles it, and nothing was sent twice', async () => {
    const before = simulator.paid.length;
    const ref = await ready('0700000061');
    const run = await execute(ref);
    expect(run.exitCode).toBe(8);
    expect(run.stdout).toContain('"state":"unknown"');
    // Still open, or settled by now: in no case paid again.
    expect([6, 8]).toContain((await execute(ref)).exitCode);
    expect((await wait(ref)).exitCode).toBe(0);
    expect(simulator.paid.length - before).toBe(1);
    await expectClosed();
  });

  test('what M-Pesa never reports is asked for', async () => {
    const ref = await ready('0700000062');
    await execute(ref);
    for (const verb of ['execute', 'retry', 'cancel']) {
      const run = await office.as('carol', ['payment', verb, ref]);
      expect([run.exitCode, run.stderr], verb).toEqual([
        8,
        expect.stringMatching(new RegExp(`^Fix: treasury payment resolve ${ref}$`, 'm')),
      ]);
    }
    const asked = await office.as('carol', ['payment', 'resolve', ref, '--json']);
    expect([0, 8]).toContain(asked.exitCode);
    expect((await wait(ref)).exitCode).toBe(0);
    await expectClosed();
  });

  test('a success after a failure is held in suspense, told by doctor, and settled by two', async () => {
    const ref = await ready('0700000065');
    await execute(ref);
    const listed = async () => {
      for (let tries = 0; tries < 600; tries += 1) {
        const run = await office.as('david', ['suspense', 'list', '--json']);
        if (run.exitCode === 10) return run;
        await pause(100);
      }
      throw new Error('nothing is held');
    };
    const [item] = (await listed()).json<{ data: { ref: string; payment: string; gateway_reference: string }[] }>()
      .data;
    expect(item?.payment).toBe(ref);
    // What left for one payment was not paid by hand for another.
    const other = await ready();
    const receipt = item?.gateway_reference ?? '';
    const byHand = await office.as('carol', ['payment', 'execute', other, '--gateway-reference', receipt, '--yes']);
    expect(byHand.exitCode).toBe(6);
    expect(byHand.stderr).toContain(`held as ${item?.ref}`);
    expect((await office.as('carol', ['payment', 'cancel', other])).exitCode).toBe(0);
    expect((await office.as('root-admin', ['doctor'])).stdout).toContain(`${item?.ref} of ${ref}`);
    const proposed = await office.as('david', [
      'suspense',
      'settle',
      item?.ref ?? '',
      '--reason',
      'the payee keeps it',
      '--json',
    ]);
    const change = proposed.json<{ data: { ref: string } }>().data.ref;
    expect((await office.as('david', ['change', 'confirm', change, '--yes'])).exitCode).toBe(5);
    expect((await office.as('esther', ['change', 'confirm', change, '--yes'])).exitCode).toBe(0);
    expect((await office.as('david', ['suspense', 'list'])).exitCode).toBe(0);
    await expectClosed();
  });

  test('what is wrong with how it shall listen is said once, be it one thing or two', async () => {
    const said = async (...more: string[]) => (await office.as('carol', ['listen', '--port', 'door', ...more])).stderr;
    for (const text of [await said(), await said('--for', 'soon')])
      expect(text.match(/is no port/g), text).toHaveLength(1);
    expect(await said('--for', 'soon')).toMatch(/2 things are wrong[^]*is no port[^]*is not a length of time/);
  });

  test('under an idempotency key it is sent once, however often it is run', async () => {
    const before = simulator.paid.length;
    const ref = await ready();
    const run = () =>
      office.as('carol', ['payment', 'execute', ref, '--yes', '--json', '--idempotency-key', `execute-${ref}`]);
    const [first, second] = [await run(), await run()];
    expect([first.exitCode, second.exitCode]).toEqual([8, 8]);
    expect(second.json<{ meta: object }>().meta).toMatchObject({ replayed: true });
    expect((await wait(ref)).exitCode).toBe(0);
    expect(simulator.paid.length - before).toBe(1);
  });

  test(`${FORGED} reports that are forged or repeated change nothing`, { timeout: 600_000 }, async () => {
    const ref = await ready('0700000063');
    await execute(ref);
    const before = await books();
    const attempt = await office.store.read(async (tx) => (await tx.db.select().from(tx.t.paymentAttempts)).at(-1));
    const paid = simulator.paid.at(-1);
    const base = `http://127.0.0.1:${listener.port}/results`;
    const body = (change: object): string =>
      JSON.stringify({
        Result: {
          ResultCode: 0,
          OriginatorConversationID: paid?.key,
          ConversationID: attempt?.conversation,
          TransactionID: 'FORGED0001',
          ...change,
        },
      });
    const real = `${base}/${attempt?.resultToken ?? ''}`;
    const forged = (count: number): readonly [string, string] => {
      const amount = {
        ResultParameters: { ResultParameter: [{ Key: 'TransactionAmount', Value: 1000 + (count % 7) + 1 }] },
      };
      // Another address; the right one with another amount; with the key of nobody; without sense.
      if (count % 10 < 7) return [`${base}/${count.toString(16).padStart(32, '0')}`, body({})];
      if (count % 10 === 7) return [real, body(amount)];
      return count % 10 === 8
        ? [real, body({ OriginatorConversationID: `NOBODY${count % 50}` })]
        : [real, `no JSON ${count % 50}`];
    };
    for (let from = 0; from < FORGED; from += 100)
      await Promise.all(
        Array.from({ length: 100 }, async (_, count) => {
          const [url, text] = forged(from + count);
          await (await fetch(url, { method: 'POST', body: text })).text();
        }),
      );
    const after = await books();
    expect(after.executions).toEqual(before.executions);
    expect(after.suspense).toEqual(before.suspense);
    expect(after.faults).toEqual([]);
    const shown = await office.as('carol', ['payment', 'show', ref, '--json']);
    expect(shown.json<{ data: object }>().data).toMatchObject({ status: 'executing' });
    const receipt = paid?.receipt ?? '';
    expect((await office.as('carol', ['payment', 'resolve', ref, '--gateway-reference', receipt])).exitCode).toBe(0);
  });

  test(
    `${KILLED} processes killed at any moment pay nobody twice and forget nobody`,
    { timeout: 600_000 },
    async () => {
      const refs: string[] = [];
      for (let count = 0; count < KILLED; count += 1) refs.push(await ready());
      for (const [count, ref] of refs.entries()) {
        const env = toolEnvironment(office.home, office.environment('carol'));
        const process = spawn(globalThis.process.execPath, [TOOL, 'payment', 'execute', ref, '--yes'], {
          env,
          stdio: 'ignore',
        });
        await pause(60 + (count * 500) / KILLED);
        process.kill('SIGKILL');
      }
      // Leases of the killed end, and their payments come due.
      await office.store.write(async (tx) => {
        for (const row of await tx.db.select().from(tx.t.paymentAttempts)) {
          if (row.leaseHolder === null || row.state === 'paid' || row.state === 'failed') continue;
          const { moveAttempt } = await import('../../src/store/attempts.ts');
          await moveAttempt(tx, { ...row, was: row.state, leaseUntil: tx.now, nextLookAt: tx.now });
        }
      });
      await office.as('carol', ['payment', 'resolve']);
      await pause(2000);
      for (const ref of refs) {
        const { data } = (await office.as('carol', ['payment', 'show', ref, '--json'])).json<{
          data: { status: string };
        }>();
        // What was killed before its money was reserved is pending; what was never taken is open until the quiet period is over.
        expect(['pending', 'success', 'executing']).toContain(data.status);
      }
      const keys = simulator.paid.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      await expectClosed();
    },
  );
});
