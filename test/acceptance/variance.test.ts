import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';
import { playBlock, readmeBlock } from './readme-blocks.ts';

/** A second CFO, who is in no other office. */
const FRANK = 'frank' as Person;
/** A phone held upright, over SSH. */
const PHONE = { columns: 44, rows: 30 };

async function withFrank(office: DemoOffice): Promise<DemoOffice> {
  const who = ['frank', '--email', 'frank@acme.example', '--name', 'Frank', '--role', 'cfo', '--company', 'ACME'];
  await office.data('root-admin', ['user', 'add', ...who, '--password-stdin'], PASSWORD);
  await office.data(FRANK, ['login', '--user', 'frank', '--password-stdin'], PASSWORD);
  return office;
}

/** A payment of KES 1,000.00 that a person made. */
async function paidBy(office: DemoOffice, person: Person = 'carol'): Promise<string> {
  const ref = await office.ready({}, person);
  await office.data(person, ['payment', 'execute', ref, '--yes']);
  return ref;
}

const record = async (office: DemoOffice, payment: string, adjusted: string, by: Person = 'david'): Promise<string> =>
  (
    await office.data<{ ref: string }>(by, [
      ...['variance', 'record', payment, '--adjusted', adjusted, '--reason', 'the receipt says so'],
    ])
  ).ref;
const count = async (office: DemoOffice, fund: string, counted: string): Promise<string> =>
  (
    await office.data<{ ref: string }>('david', [
      ...['variance', 'record', '--fund', fund, '--counted', counted, '--reason', 'evening count'],
    ])
  ).ref;
const statusOf = async (office: DemoOffice, ref: string): Promise<string> =>
  (await office.data<{ status: string }>('faith', ['variance', 'show', ref])).status;
const balanceOf = async (office: DemoOffice, fund: string): Promise<number> =>
  (await office.data<{ balance_minor: number }>('faith', ['fund', 'show', fund])).balance_minor;
async function provesWhole(office: DemoOffice): Promise<void> {
  for (const proof of ['ledger', 'audit']) expect((await office.as('faith', [proof, 'verify'])).exitCode).toBe(0);
}

describe('the README', () => {
  test('shows what a treasurer and a CFO see', async () => {
    const office = await aDemoOffice('sqlite');
    try {
      const [payment = ''] = /pay_\w+/.exec(readmeBlock('variance')) ?? [];
      await playBlock(office, 'variance', { known: { [payment]: await paidBy(office) } });
    } finally {
      await office.close();
    }
  });
});

describe('a CFO on a phone', () => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await withFrank(await aDemoOffice('sqlite'));
    await office.data('david', [
      ...['fund', 'create', 'KAMPALA', '--name', 'Kampala', '--company', 'ACME', '--currency', 'UGX'],
      ...['--opening', '5,000,000', '--reorder-level', '0'],
    ]);
    await office.data('root-admin', ['config', 'set', 'confirm.type_amount_over', '3000']);
  });
  afterAll(() => office.close());

  const approving = (...refs: readonly string[]) => office.terminal('esther', ['variance', 'approve', ...refs], PHONE);
  const fits = (screen: string) => {
    for (const line of screen.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(PHONE.columns);
  };

  test('reads what waits, one and all of them, without a line that is too long', async () => {
    const ref = await record(office, await paidBy(office), '1,250.50');
    await count(office, 'BANK', '1,234,567.89');
    for (const args of [['status'], ['variance', 'list'], ['variance', 'show', ref], ['fund', 'show', 'BANK']]) {
      const session = office.terminal('esther', args, PHONE);
      expect((await session.exit).exitCode).toBe(0);
      fits(session.screen());
    }
    const list = office.terminal('esther', ['variance', 'list'], PHONE);
    await list.exit;
    for (const words of [ref, 'count BANK', 'KES 250.50', 'KES -265,432.11', 'by size KES 265,682.61'])
      expect(list.screen()).toContain(words);
  });

  test('sees each and types the total of several; a wrong total, or none, approves nothing', async () => {
    const refs = [
      await record(office, await paidBy(office), '3,600.25'),
      await record(office, await paidBy(office), '0'),
    ];
    const before = await balanceOf(office, 'PETTY');
    const stopped = approving(...refs);
    await stopped.waitFor('Type the amount (KES 3,600.25)');
    for (const words of [...refs, 'KES 1,000.00 > KES 3,600.25', 'KES 2,600.25 are taken from fund PETTY'])
      expect(stopped.screen()).toContain(words);
    stopped.type('1,600.25');
    stopped.press('enter');
    await stopped.waitFor('not that amount');
    for (let typed = '1,600.25'.length; typed > 0; typed -= 1) stopped.press('backspace');
    stopped.press('enter');
    expect((await stopped.exit).exitCode).toBe(130);
    expect(stopped.screen()).toContain('Nothing was approved.');
    for (const ref of refs) expect(await statusOf(office, ref)).toBe('pending');
    const session = approving(...refs);
    await session.waitFor('Type the amount (KES 3,600.25)');
    session.type('3600.25');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    for (const ref of refs) expect(await statusOf(office, ref)).toBe('approved');
    expect(await balanceOf(office, 'PETTY')).toBe(before - 260_025 + 100_000);
    await provesWhole(office);
  });

  test('up to the limit says yes, and Enter is no', async () => {
    const ref = await record(office, await paidBy(office), '4,000');
    const declined = approving(ref);
    await declined.waitFor('(y/N)');
    expect(declined.screen()).toContain(`Approve ${ref}, KES 3,000.00?`);
    declined.press('enter');
    expect((await declined.exit).exitCode).toBe(130);
    expect(await statusOf(office, ref)).toBe('pending');
    const session = approving(ref);
    await session.waitFor('(y/N)');
    session.type('y');
    session.press('enter');
    expect((await session.exit).exitCode).toBe(0);
    fits(
      session
        .screen()
        .split('\n')
        .filter((line) => !line.startsWith('?'))
        .join('\n'),
    );
  });

  test('is asked for each currency apart, and one no is a no to all', async () => {
    const refs = [await count(office, 'KAMPALA', '4,999,000'), await record(office, await paidBy(office), '990')];
    const session = approving(...refs);
    await session.waitFor('UGX 1,000 in all?');
    session.type('y');
    session.press('enter');
    await session.waitFor('KES 10.00 in all?');
    session.press('enter');
    expect((await session.exit).exitCode).toBe(130);
    for (const ref of refs) expect(await statusOf(office, ref)).toBe('pending');
  });

  test('is not asked about what cannot be approved', async () => {
    const ref = await record(office, await paidBy(office), '900', 'esther');
    const session = approving(ref);
    expect((await session.exit).exitCode).toBe(5);
    expect(session.screen().replaceAll(/\s+/g, ' ')).toContain('esther recorded it, and may not approve');
    expect(session.screen()).toContain('Fix: ask frank');
    expect(session.screen()).not.toContain('(y/N)');
    fits(session.screen());
  });
});

describe.each(DIALECTS)('insiders and differences, on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await withFrank(await aDemoOffice(dialect));
  });
  afterAll(() => office.close());

  const approve = (by: Person, refs: readonly string[], more: readonly string[] = []) =>
    office.as(by, ['variance', 'approve', ...refs, '--yes', '--json', ...more]);
  const refused = async (by: Person, ref: string, code: string) => {
    for (const words of [
      ['approve', ref, '--yes'],
      ['reject', ref, '--reason', 'no'],
    ])
      expect(await errorOf(await office.as(by, ['variance', ...words, '--json']))).toMatchObject({
        ...{ exit_code: 5, code },
        checks: expect.arrayContaining([
          expect.objectContaining({ id: 'segregation', ok: false, fix: { command: null, who: ['esther'] } }),
        ]) as unknown,
      });
  };

  test('a CFO does not decide on what they recorded, executed or requested', async () => {
    await refused(FRANK, await record(office, await paidBy(office), '900', FRANK), 'APPROVER_IS_RECORDER');
    await refused(FRANK, await record(office, await paidBy(office, FRANK), '900'), 'APPROVER_IS_EXECUTOR');
  });

  test('one answers an object, several an array; a second time is refused', async () => {
    const refs = [await record(office, await paidBy(office), '900'), await count(office, 'MPESA', '249,999')];
    const [first = ''] = refs;
    const several = await answerOf(await approve('esther', refs));
    expect(several.data).toMatchObject(refs.map((ref) => ({ ref, status: 'approved', approved_by: 'esther' })));
    expect(await errorOf(await approve(FRANK, [first]))).toMatchObject({ exit_code: 6, code: 'VARIANCE_NOT_PENDING' });
    const one = await answerOf(await approve(FRANK, [await record(office, await paidBy(office), '900')]));
    expect(one.data).toMatchObject({ status: 'approved', approved_by: 'frank', variance: '-100.00' });
  });

  test('two CFOs in two processes approve it once', async () => {
    const ref = await record(office, await paidBy(office), '900');
    const before = await balanceOf(office, 'PETTY');
    const runs = await Promise.all([approve('esther', [ref]), approve(FRANK, [ref]), approve('esther', [ref])]);
    expect(runs.map((run) => run.exitCode).toSorted()).toEqual([0, 6, 6]);
    expect(await balanceOf(office, 'PETTY')).toBe(before + 10_000);
    await provesWhole(office);
  });

  test('one key in several processes is one approval, answered to each', async () => {
    for (let round = 0; round < 3; round += 1) {
      const ref = await record(office, await paidBy(office), '900');
      const before = await balanceOf(office, 'PETTY');
      const key = ['--idempotency-key', `once-${round}`];
      const runs = await Promise.all(Array.from({ length: 3 }, () => approve('esther', [ref], key)));
      const answers = await Promise.all(runs.map(answerOf));
      expect(answers.map(({ meta }) => meta.replayed).toSorted()).toEqual([false, true, true]);
      for (const { data } of answers) expect(data).toEqual(answers[0]?.data);
      expect(await balanceOf(office, 'PETTY')).toBe(before + 10_000);
    }
  });

  test('a count waits for an open outcome, and sees a payment that is made meanwhile whole or not at all', async () => {
    const open = await office.ready({ method: 'bank' });
    await office.as('carol', ['payment', 'execute', open, '--yes']);
    const counting = (counted: string, fund: string) =>
      office.as('david', ['variance', 'record', '--fund', fund, '--counted', counted, '--reason', 'count', '--json']);
    expect(await errorOf(await counting('1', 'BANK'))).toMatchObject({ exit_code: 6, code: 'PAYMENTS_IN_FLIGHT' });
    const ready = await office.ready();
    const before = await balanceOf(office, 'PETTY');
    const [counted, executed] = await Promise.all([
      counting('30,000', 'PETTY'),
      office.as('carol', ['payment', 'execute', ready, '--yes', '--json']),
    ]);
    expect(executed.exitCode).toBe(0);
    const { data } = await answerOf(counted);
    const { ref, original_minor, variance_minor } = data as {
      ref: string;
      original_minor: number;
      variance_minor: number;
    };
    expect([before, before - 100_000]).toContain(original_minor);
    await approve('esther', [ref]);
    expect(await balanceOf(office, 'PETTY')).toBe(before - 100_000 + variance_minor);
    await provesWhole(office);
  });

  test('no token records or decides, and one that reads the books sees all', async () => {
    const ref = await record(office, await paidBy(office), '900');
    const file = `${office.home}/esther.token`;
    const token = ['token', 'create', 'reader', '--scope', 'books:read', '--out', file, '--password-stdin'];
    await office.data('esther', token, PASSWORD);
    const env = { TREASURY_TOKEN_FILE: file };
    const by = (words: readonly string[]) => office.as('esther', ['variance', ...words, '--json'], { env });
    expect((await by(['list'])).exitCode).toBe(0);
    expect((await by(['show', ref])).exitCode).toBe(0);
    for (const words of [
      ['approve', ref, '--yes'],
      ['reject', ref, '--reason', 'no'],
      ['record', '--fund', 'PETTY', '--counted', '1', '--reason', 'no'],
    ])
      expect(await errorOf(await by(words))).toMatchObject({ exit_code: 5, code: 'TOKEN_SCOPE' });
    expect(await statusOf(office, ref)).toBe('pending');
  });

  test('what would steer the terminal of who approves it is refused, and steers none', async () => {
    const payment = await paidBy(office);
    const words = ['variance', 'record', payment, '--adjusted', '900', '--reason', 'fine\u202Eeurt'];
    const { exitCode, stdout, stderr } = await office.as('david', words);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('U+202E');
    expect(stderr).not.toContain('\u202E');
    expect((await office.as('esther', ['variance', 'list', '--wide'])).stdout).not.toContain('eurt');
  });
});
