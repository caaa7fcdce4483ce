import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revokeSessions } from '../../src/store/sessions.ts';
import { batchFile, type RowWish } from '../support/a-batch.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aBatch } from './a-batch.ts';
import { aDemoOffice, aSession, DIALECTS, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';
import { playBlock } from './readme-blocks.ts';

const MANY = 120;
const rows = (count: number): RowWish[] =>
  Array.from({ length: count }, (_, at) => ({
    amount: `${at + 1}`,
    payee: `Payee ${at + 1}`,
    destination: `Payee ${at + 1}`,
  }));
const SUM = (MANY * (MANY + 1)) / 2;

interface BatchData {
  readonly status: string;
  readonly paid: string;
  readonly outcome: { readonly waiting: number; readonly paid: number; readonly in_flight: number };
}

describe.each(DIALECTS)('batch execute on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  const show = (ref: string) => office.data<BatchData>('carol', ['batch', 'show', ref]);
  const balance = async () =>
    Number((await office.data<{ balance: string }>('carol', ['fund', 'show', 'PETTY'])).balance);

  /** Runs a batch until it says how far it is, and sends it a signal then, or does something else. */
  async function struck(
    ref: string,
    strike: NodeJS.Signals | (() => void),
    count = MANY,
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const env = toolEnvironment(office.home, office.environment('carol'));
    const child = spawn(process.execPath, [TOOL, 'batch', 'execute', ref, '--yes', '--json'], { env, stdio: 'pipe' });
    let [stdout, stderr, sent] = ['', '', false];
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString();
      if (sent || !stderr.includes(`25 of ${count}`)) return;
      sent = true;
      if (typeof strike === 'string') child.kill(strike);
      else strike();
    });
    child.stdin.end();
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }

  /** Goes on after what happened, asked nothing again: everything is paid once, and the books hold. */
  async function expectPaidOnce(ref: string, before: number): Promise<void> {
    const resumed = await office.as('carol', ['batch', 'resume', ref, '--json']);
    expect(resumed.exitCode, resumed.stdout).toBe(0);
    expect((await answerOf(resumed)).data).toMatchObject({ status: 'done', outcome: { paid: MANY, waiting: 0 } });
    expect(await balance()).toBe(before - SUM);
    for (const proof of ['ledger', 'audit']) expect((await office.as('faith', [proof, 'verify'])).exitCode).toBe(0);
    const again = await errorOf(await office.as('carol', ['batch', 'resume', ref, '--yes', '--json']));
    expect(again).toMatchObject({ code: 'BATCH_NOT_EXECUTABLE', exit_code: 6 });
    expect(await balance()).toBe(before - SUM);
  }

  test.each([
    ['SIGINT', 130, 'Interrupted'],
    ['SIGTERM', 143, 'Terminated'],
  ] as const)(
    '%s stops it after the rows in hand, says how far it was, and a resume pays the rest',
    async (signal, code, word) => {
      const before = await balance();
      const ref = await aBatch(office, 'ready', { rows: rows(MANY) });
      const run = await struck(ref, signal);
      expect(run.code, run.stderr).toBe(code);
      const { error } = JSON.parse(run.stdout) as {
        error: { code: string; message: string; unchanged: string; fix: string };
      };
      expect(error).toMatchObject({ code: 'INTERRUPTED', fix: `treasury batch resume ${ref}` });
      const { outcome, status } = await show(ref);
      expect(error.message).toContain(
        `${word} after ${outcome.paid} rows of ${ref}: ${outcome.paid} paid, ${outcome.waiting} not paid yet.`,
      );
      expect(status).toBe('executing');
      expect(outcome.paid).toBeGreaterThanOrEqual(25);
      expect(outcome.waiting).toBeGreaterThan(0);
      await expectPaidOnce(ref, before);
    },
  );

  test('kill -9 leaves each row paid or not, and a resume pays the rest', async () => {
    const before = await balance();
    const ref = await aBatch(office, 'ready', { rows: rows(MANY) });
    const run = await struck(ref, 'SIGKILL');
    expect(run.code).toBeNull();
    const { outcome, paid } = await show(ref);
    expect(outcome.paid + outcome.waiting).toBe(MANY);
    expect(outcome.waiting).toBeGreaterThan(0);
    expect(await balance()).toBe(before - Number(paid));
    await expectPaidOnce(ref, before);
  });

  test('whoever logs out elsewhere stops it before the next rows; what was paid stays paid, and another login resumes', async () => {
    const LONG = 600;
    const ref = await aBatch(office, 'ready', {
      rows: Array.from({ length: LONG }, (_, at) => ({ amount: '1', payee: `P ${at}`, destination: `P ${at}` })),
    });
    const { userId } = await office.actor('carol');
    const run = await struck(ref, () => void office.store.write((tx) => revokeSessions(tx, userId)), LONG);
    expect(run.code, run.stderr).toBe(4);
    const { error } = JSON.parse(run.stdout) as { error: { code: string; unchanged: string; fix: string } };
    expect(error.code).toBe('SESSION_MISSING');
    expect(error.fix).toBe(`treasury login --user carol, then treasury batch resume ${ref}`);
    writeFileSync(join(office.home, 'sessions', 'carol'), await aSession(office.store, 'carol'), { mode: 0o600 });
    const { outcome } = await show(ref);
    expect(error.unchanged).toBe(
      `The run of ${ref} stopped after ${outcome.paid} rows; what was paid stays paid. No other row was begun.`,
    );
    expect(outcome.paid).toBeGreaterThanOrEqual(25);
    expect(outcome.paid).toBeLessThan(LONG);
    expect(outcome.paid + outcome.waiting).toBe(LONG);
    const resumed = await office.as('carol', ['batch', 'resume', ref, '--yes', '--json']);
    expect(resumed.exitCode, resumed.stdout).toBe(0);
    expect((await show(ref)).outcome.paid).toBe(LONG);
    for (const proof of ['ledger', 'audit']) expect((await office.as('faith', [proof, 'verify'])).exitCode).toBe(0);
  });

  test('two processes that resume at once pay each row once', async () => {
    const before = await balance();
    const ref = await aBatch(office, 'begun', { rows: rows(MANY) });
    const args = ['batch', 'resume', ref, '--yes', '--json'];
    const runs = await Promise.all([office.as('carol', args), office.as('carol', args)]);
    // The second one may have come when nothing was left.
    for (const { exitCode, stdout } of runs) expect([0, 6], stdout).toContain(exitCode);
    expect(runs.map(({ exitCode }) => exitCode)).toContain(0);
    expect((await show(ref)).outcome.paid).toBe(MANY);
    expect(await balance()).toBe(before - SUM);
    expect((await office.as('faith', ['ledger', 'verify'])).exitCode).toBe(0);
  });

  test('what is paid in an app is open (8) until its reference is given, and then the batch is done', async () => {
    const ref = await aBatch(office, 'ready', { rows: [{ method: 'mpesa' }, {}] });
    const run = await office.as('carol', ['batch', 'execute', ref, '--yes', '--json']);
    expect(run.exitCode).toBe(8);
    const { data, warnings } = await answerOf(run);
    expect(data).toMatchObject({ status: 'executing', outcome: { in_flight: 1, paid: 1 } });
    expect(warnings).toEqual(['The outcome of 1 row is open: the money is reserved. Never pay it again.']);
    const [flying] = (data as { rows: { payment: string; outcome: string }[] }).rows.filter(
      ({ outcome }) => outcome === 'in_flight',
    );
    const resumed = await errorOf(await office.as('carol', ['batch', 'resume', ref, '--yes', '--json']));
    expect(resumed.exit_code).toBe(8);
    await office.data('carol', ['payment', 'resolve', flying?.payment ?? '', '--gateway-reference', 'SKB7BATCH1']);
    expect((await show(ref)).status).toBe('done');
  });

  test('the outcome of every row is saved whole, for its owner only, with no formula in it', async () => {
    const evil = [{ payee: '=1+1' }, { payee: '@SUM(A1)' }];
    const ref = await aBatch(office, 'ready', { rows: evil });
    await office.data('carol', ['batch', 'execute', ref, '--yes']);
    const file = join(office.home, 'outcome.csv');
    const run = await office.as('carol', ['batch', 'export', ref, '--format', 'csv', '--out', file]);
    expect(run.exitCode).toBe(0);
    const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(header).toContain('line,payee,amount,currency,method,destination,outcome,payment,voucher');
    expect(lines.map((line) => line.split(',')[1])).toEqual(["'=1+1", "'@SUM(A1)"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('the README', () => {
  test('says what a batch prints', async () => {
    const office = await aDemoOffice('sqlite');
    try {
      const list = [
        ...[{ amount: '1500' }, { amount: '2500', payee: 'Peter Otieno', destination: 'Peter Otieno' }],
        { amount: '1000', payee: 'Mary Achieng', method: 'mpesa' },
      ] as const;
      writeFileSync(join(office.home, 'stipends.csv'), batchFile(list));
      await playBlock(office, 'batch', { known: {} });
      const [made] = await office.data<{ ref: string }[]>('carol', ['batch', 'list']);
      const ref = made?.ref ?? '';
      await office.data('carol', ['batch', 'otp', ref, '--send']);
      await office.data('carol', ['batch', 'otp', ref, '--verify', '--code-stdin'], office.newestCode());
      await playBlock(office, 'batch-run', { known: { [IN_README]: ref }, exits: { 'batch execute': 8 } });
    } finally {
      await office.close();
    }
  });
});

/** The batch of the README. */
const IN_README = 'bat_0g4v7w';

describe('on a terminal', () => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice('sqlite');
  });
  afterAll(() => office.close());

  test('batch execute sends the code, asks for it and for a yes, and says what it does', async () => {
    const ref = await aBatch(office, 'approved');
    const session = office.terminal('carol', ['batch', 'execute', ref]);
    await session.waitFor(/Code \(\d:\d\d left\)/, 30_000);
    session.type(office.newestCode());
    session.press('enter');
    await session.waitFor(`Pay 2 rows of ${ref}, KES 250.00, from fund PETTY`, 30_000);
    await session.waitFor('(y/N)', 30_000);
    session.type('y');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    expect(session.screen()).toContain('2 of 2: line 3, KES 150.00 to Peter Otieno: paid.');
    expect(session.screen()).toContain(`${ref}: approved > done, 2 paid`);
  });

  test('whoever answers no has paid nothing, and the code is not used up', async () => {
    const ref = await aBatch(office, 'ready');
    const session = office.terminal('carol', ['batch', 'execute', ref]);
    await session.waitFor('(y/N)', 30_000);
    session.press('enter');
    expect((await session.exit).exitCode).toBe(130);
    expect(session.screen()).toContain('Nothing was paid.');
    expect((await office.as('carol', ['batch', 'execute', ref, '--yes'])).exitCode).toBe(0);
  });

  test('who approves and who pays sees a batch as one line, on a phone', async () => {
    const ref = await aBatch(office, 'submitted', { rows: rows(40) });
    const screen = async (person: 'brian' | 'carol') => {
      const session = office.terminal(person, ['status'], { columns: 44 });
      expect((await session.exit).exitCode).toBe(0);
      for (const line of session.screen().split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(44);
      return session.screen().replaceAll(/\s+/g, ' ');
    };
    const lines = `40 ${ref} 40 rows, KES 820.00 by amina > treasury batch`;
    expect(await screen('brian')).toContain(`To approve: ${lines} approve ${ref}`);
    await office.data('brian', ['batch', 'approve', ref]);
    expect(await screen('carol')).toContain(`To pay: ${lines} otp ${ref}`);
  });

  test('above confirm.type_amount_over the total must be typed', async () => {
    await office.as('carol', ['config', 'set', 'confirm.type_amount_over', '249.99']);
    const ref = await aBatch(office, 'ready');
    const session = office.terminal('carol', ['batch', 'execute', ref]);
    await session.waitFor('Type the amount', 30_000);
    session.type('250');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
  });
});
