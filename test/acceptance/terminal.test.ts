import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOOL, toolEnvironment, type TerminalSession } from '../support/tool.ts';
import { aDemoOffice, notThe, type DemoOffice } from './demo-office.ts';
import { errorOf } from './documents.ts';

let office: DemoOffice;
beforeAll(async () => {
  office = await aDemoOffice('sqlite');
  const paid = await office.ready({ amount: '32,800.00' });
  await office.data('carol', ['payment', 'execute', paid, '--yes']);
  await office.payment({ amount: '17,200.00', payee: 'Kilimanjaro Printing and Stationery Works of Nairobi Limited' });
  await office.payment({ amount: '123,456.78', method: 'mpesa' });
  await office.payment({ amount: '1,234,567.89', method: 'bank', payee: '日本印刷株式会社' });
});
afterAll(() => office.close());

const ESCAPE = '\u001B';

/** What is printed on a terminal of a width, as lines. */
async function linesAt(
  columns: number,
  args: readonly string[],
  person: 'faith' | 'carol' = 'faith',
): Promise<string[]> {
  const session = office.terminal(person, args, { columns });
  await session.exit;
  return session.screen().trimEnd().split('\n');
}

describe('tables and cards', () => {
  const LISTS = [
    ['fund', 'list'],
    ['payment', 'list'],
    ['requisition', 'list'],
    ['ledger', 'list'],
    ['replenish', 'list'],
    ['replenish', 'check'],
    ['user', 'list'],
    ['org', 'tree'],
    ['audit', 'log'],
    ['fund', 'show', 'BANK'],
    ['status'],
    [],
    ['--help'],
    ['help', 'errors'],
  ];
  test.each([120, 80, 44, 30])('fit %i columns', async (columns) => {
    for (const args of LISTS) {
      const lines = await linesAt(columns, args);
      expect(lines.length, args.join(' ')).toBeGreaterThan(1);
      for (const line of lines)
        expect(stringWidth(line), `${args.join(' ')} at ${columns}: ${line}`).toBeLessThanOrEqual(columns);
    }
  });

  test.each([120, 80, 44, 30])('never cut money, at %i columns', async (columns) => {
    const lists = [
      [
        ['payment', 'list'],
        ['KES 32,800.00', 'KES 17,200.00', 'KES 123,456.78', 'KES 1,234,567.89'],
      ],
      [
        ['fund', 'list'],
        ['KES 17,200.00', 'KES 250,000.00', 'KES 1,500,000.00'],
      ],
      [
        ['ledger', 'list'],
        ['KES -32,800.00', 'KES 50,000.00'],
      ],
    ] as const;
    for (const [args, amounts] of lists) {
      const screen = (await linesAt(columns, args)).join('\n');
      for (const amount of amounts) expect(screen, `${args.join(' ')} at ${columns}`).toContain(amount);
    }
  });

  test.each([44, 30])('status is numbered, with whole amounts and what to type, at %i columns', async (columns) => {
    const lines = await linesAt(columns, [], 'carol');
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    const screen = lines.join('\n');
    expect(screen).toMatch(/^1\. To pay: 3$/m);
    for (const amount of ['KES 17,200.00', 'KES 123,456.78', 'KES 1,234,567.89']) expect(screen).toContain(amount);
    expect(screen.replaceAll(/\s\\?\s*/g, ' ')).toMatch(/> treasury payment execute pay_\w+ /);
  });

  test.each([80, 60, 44, 30])('keep whom a payment goes to, and how much, at %i columns', async (columns) => {
    const lists = [
      ['payment', 'list'],
      ['requisition', 'list'],
    ];
    for (const args of lists) {
      const lines = await linesAt(columns, args);
      const screen = lines.join('\n');
      expect(screen.replaceAll(/\s+/g, ' '), `${args.join(' ')} at ${columns}`).toMatch(/Payee.*Kilimanj/);
      expect(screen).toContain('KES 17,200.00');
      // What is hidden is said, and it is neither of them.
      expect(screen.slice(screen.indexOf('hidden:'))).not.toMatch(/hidden:[^(]*(?:payee|\bamount)/);
    }
  });

  test('say which columns were left out, and give them all with --wide', async () => {
    expect((await linesAt(80, ['payment', 'list'])).join('\n')).toMatch(/hidden: .*created_at/);
    const wide = (await linesAt(80, ['payment', 'list', '--wide'])).join('\n');
    expect(wide).not.toContain('hidden:');
    expect(wide).toContain('Created');
  });
});

/** The words that a shell gives to the tool when this is pasted into it. */
async function pasted(text: string): Promise<string[]> {
  const { stdout } = await execa('sh', ['-c', `treasury() { printf '%s\\n' "$@"; }\n${text}`]);
  return stdout.split('\n');
}

describe('a command that is told', () => {
  test.each([120, 44, 30])('can be copied from a terminal of %i columns: what comes next', async (columns) => {
    const { number } = await office.requisition({ amount: '15' });
    const told =
      (await linesAt(columns, ['requisition', 'show', number], 'carol')).join('\n').split(/Next:\s/)[1] ?? '';
    const words = ['payment', 'create', '--requisition', number, '--fund', 'FUND'];
    expect(await pasted(told), told).toEqual(words);
  });

  test('can be copied from 44 columns: what mends it, and an example of the help', async () => {
    const screen = (await linesAt(44, ['requisition', 'approve', 'REQ-2026-00001'], 'carol')).join('\n');
    const fix = screen.slice(screen.lastIndexOf('treasury user role'));
    expect(await pasted(fix), screen).toEqual(['user', 'role', 'USERNAME', '--role', 'ROLE']);
    const help = (await linesAt(44, ['help', 'payment', 'resolve'])).join('\n');
    const words = await pasted(help.slice(help.indexOf('  # ')));
    expect(words, help).toContain("not in the app's history");
    expect(words.join(' '), help).toContain('--not-paid --reason');
  });

  test('so does the place from which a list goes on', async () => {
    const args = ['payment', 'list', '--limit', '1'];
    const screen = (await linesAt(44, args)).join('\n');
    const after = (await pasted(`treasury ${screen.slice(screen.indexOf('--after'))}`))[1] ?? '';
    const [first] = await office.data<{ ref: string }[]>('faith', args);
    const [second] = await office.data<{ ref: string }[]>('faith', [...args, '--after', after]);
    expect(second?.ref).toMatch(/^pay_/);
    expect(second?.ref).not.toBe(first?.ref);
  });
});

describe('colours', () => {
  const run = async (env: Record<string, string>, args: readonly string[] = ['fund', 'list']): Promise<string> => {
    const session = office.terminal('carol', args, { env });
    await session.exit;
    return session.raw();
  };
  const painted = (text: string): boolean => new RegExp(String.raw`${ESCAPE}\[[\d;]*m`).test(text);

  test('are there on a terminal, and gone with NO_COLOR, --color never or a dumb terminal', async () => {
    expect(painted(await run({}))).toBe(true);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect(await run(env), JSON.stringify(env)).not.toContain(ESCAPE);
    expect(await run({ FORCE_COLOR: '3' }, ['fund', 'list', '--color', 'never'])).not.toContain(ESCAPE);
  });

  test('are not in a pipe unless asked for, and never in data', async () => {
    const pipe = (args: readonly string[], env: Record<string, string> = {}) => office.as('carol', args, { env });
    expect((await pipe(['fund', 'list'])).stdout).not.toContain(ESCAPE);
    expect(painted((await pipe(['fund', 'list', '--color', 'always'])).stdout)).toBe(true);
    expect(painted((await pipe(['fund', 'list'], { FORCE_COLOR: '1' })).stdout)).toBe(true);
    for (const more of [['--json'], ['--format', 'csv'], ['--format', 'jsonl'], ['--format', 'md']]) {
      const { stdout, stderr } = await pipe(['fund', 'list', '-q', '--color', 'always', ...more]);
      expect(stdout + stderr, more.join(' ')).not.toContain(ESCAPE);
    }
  });

  test('a reader that takes one line ends nothing loudly', async () => {
    const environment = { env: toolEnvironment(office.home, office.environment('faith')), extendEnv: false };
    const { stdout, stderr } = await execa(
      'sh',
      ['-c', `"${process.execPath}" "${TOOL}" payment list --limit 0 --json | head -c 1; echo; echo done`],
      environment,
    );
    expect([stdout, stderr]).toEqual(['{\ndone', '']);
  });

  test('a reader that takes its time gets all of a long answer', async () => {
    const header = 'payee,amount,purpose,method,destination,company,region,branch,category';
    const row = `Wanjiku Kamau,10,${'stationery '.repeat(15)},cash,Jane at the counter,ACME,NBI-R,WESTLANDS,office`;
    const list = path.join(office.home, 'long.csv');
    writeFileSync(list, [header, ...Array.from({ length: 300 }, () => row)].join('\n'));
    const before = await office.data<unknown[]>('faith', ['requisition', 'list', '--limit', '0']);
    await office.data('amina', ['requisition', 'import', list, '--yes']);
    const environment = { env: toolEnvironment(office.home, office.environment('faith')), extendEnv: false };
    const { stdout } = await execa(
      'sh',
      ['-c', `"${process.execPath}" "${TOOL}" requisition list --limit 0 --json | { sleep 0.5; cat; }`],
      environment,
    );
    expect(stdout.length).toBeGreaterThan(2 * 65_536);
    expect((JSON.parse(stdout) as { data: unknown[] }).data.length).toBe(before.length + 300);
  });
});

/** Where a session of `payment execute` stands after its code was given. */
async function atTheQuestion(ref: string, more: readonly string[] = []): Promise<TerminalSession> {
  const session = office.terminal('carol', ['payment', 'execute', ref, ...more]);
  await session.waitFor('(y/N)', 30_000);
  return session;
}

const statusOf = async (ref: string): Promise<string> =>
  (await office.data<{ status: string }>('carol', ['payment', 'show', ref])).status;

describe('questions', () => {
  test('a wrong code asks again, r sends another, and the right one leads to the question', async () => {
    const ref = await office.payment();
    const session = office.terminal('carol', ['payment', 'execute', ref]);
    await session.waitFor(/Code \(\d:\d\d left\)/, 30_000);
    const first = office.newestCode();
    session.type(notThe(first));
    session.press('enter');
    await session.waitFor('That is not a valid code', 30_000);
    await session.waitFor(/Code \(\d:\d\d left\)/, 30_000);
    session.type('r');
    session.press('enter');
    await session.waitFor(/A code for [\s\S]*Code \(\d:\d\d left\)/, 30_000);
    session.type(office.newestCode());
    session.press('enter');
    await session.waitFor('Pay KES 1,000.00 to Jane Wanjiru', 30_000);
    await session.waitFor('(y/N)', 30_000);
    session.type('y');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    expect(session.screen()).toMatch(/Voucher PV-PETTY-\d{4}-\d{5}/);
    expect(session.screen()).not.toContain('undefined');
  });

  test.each([
    ['q', ['q', 'enter']],
    ['Ctrl-C', ['ctrl-c']],
  ] as const)('%s at the code leaves the payment as it was', async (_, keys) => {
    const ref = await office.payment();
    const session = office.terminal('carol', ['payment', 'execute', ref]);
    await session.waitFor(/Code \(\d:\d\d left\)/, 30_000);
    for (const key of keys) {
      if (key === 'q') session.type(key);
      else session.press(key);
    }
    expect((await session.exit).exitCode, session.screen()).toBe(130);
    expect(session.screen()).toContain('Nothing was paid.');
    expect(await statusOf(ref)).toBe('pending');
  });

  test.each([
    ['Enter alone', ''],
    ['n', 'n'],
    ['yess', 'yess'],
    ['Ctrl-C', null],
  ] as const)('%s at the yes question pays nothing', async (_, typed) => {
    const ref = await office.ready();
    const session = await atTheQuestion(ref);
    if (typed === null) session.press('ctrl-c');
    else {
      session.type(typed);
      session.press('enter');
    }
    expect((await session.exit).exitCode, session.screen()).toBe(130);
    expect(session.screen()).toContain('Nothing was paid.');
    expect(await statusOf(ref)).toBe('pending');
  });

  test.each([
    ['an empty answer', 'enter'],
    ['Ctrl-C', 'ctrl-c'],
  ] as const)('%s after the money was reserved is exit 8, and says how to resolve it', async (_, key) => {
    const ref = await office.ready({ method: 'mpesa' });
    const session = await atTheQuestion(ref);
    session.type('y');
    session.press('enter');
    await session.waitFor('Reference', 30_000);
    session.press(key);
    expect((await session.exit).exitCode, session.screen()).toBe(8);
    // Nothing was cancelled: the payment is under way.
    expect(session.screen()).not.toContain('Cancelled');
    expect(session.screen()).toContain('in the M-Pesa app');
    expect(session.screen()).toContain(`treasury payment resolve ${ref}`);
    expect(await statusOf(ref)).toBe('executing');
  });

  test('the reference given at the question settles it', async () => {
    const ref = await office.ready({ method: 'mpesa' });
    const session = await atTheQuestion(ref);
    session.type('y');
    session.press('enter');
    await session.waitFor('Reference', 30_000);
    session.type('SKJ7TERMINAL');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    expect(await statusOf(ref)).toBe('success');
  });

  test('a large amount must be typed', async () => {
    await office.data('carol', ['config', 'set', 'confirm.type_amount_over', '999.99']);
    const ref = await office.ready();
    const session = office.terminal('carol', ['payment', 'execute', ref]);
    await session.waitFor('Type the amount', 30_000);
    session.type('y');
    session.press('enter');
    await session.waitFor('not that amount', 30_000);
    session.type('1000');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    await office.data('carol', ['config', 'unset', 'confirm.type_amount_over']);
  });
});

describe('a secret from standard input that is a terminal', () => {
  test('is asked for and not shown: a password', async () => {
    const session = office.terminal('carol', ['login', '--user', 'carol', '--password-stdin']);
    await session.waitFor('Password', 30_000);
    session.type('no password of carol');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(4);
    expect(session.screen()).not.toContain('no password');
  });

  test('is asked for and not shown: a code', async () => {
    const ref = await office.payment();
    await office.data('carol', ['payment', 'otp', ref]);
    const session = office.terminal('carol', ['payment', 'otp', ref, '--verify', '--code-stdin']);
    await session.waitFor('Code', 30_000);
    session.type('abc123');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(4);
    expect(session.screen()).not.toContain('abc123');
  });
});

describe('a locale without UTF-8', () => {
  test.each([
    ['C', 'no A one-time code'],
    ['C.UTF-8', '✗ A one-time code'],
  ])('with %s a failing check is marked so: %s', async (locale, marked) => {
    const ref = await office.payment();
    const session = office.terminal('carol', ['payment', 'explain', ref], { env: { LC_ALL: locale } });
    expect((await session.exit).exitCode).toBe(4);
    expect(session.screen()).toContain(marked);
  });
});

describe('where nobody can be asked', () => {
  test('a piped y confirms nothing, and failing checks come before the question', async () => {
    const ready = await office.ready();
    for (const input of ['y\n', 'yes\ny\n']) {
      const run = await office.as('carol', ['payment', 'execute', ready, '--json'], { input });
      expect(await errorOf(run)).toMatchObject({
        code: 'CONFIRMATION_REQUIRED',
        exit_code: 2,
        fix: expect.stringContaining('--yes'),
      });
    }
    const pending = await office.payment();
    expect((await office.as('carol', ['payment', 'execute', pending], { input: 'y\n' })).exitCode).toBe(4);
    expect(await statusOf(ready)).toBe('pending');
  });

  test.each([
    ['CI', [], { CI: '1' }],
    ['--no-input', ['--no-input'], {}],
  ] as const)('%s asks nothing, though there is a terminal', async (_, more, env) => {
    const ref = await office.ready();
    const session = office.terminal('carol', ['payment', 'execute', ref, ...more], { env });
    expect((await session.exit).exitCode).toBe(2);
    expect(session.screen()).toContain('--yes');
    const login = office.terminal('carol', ['login', '--user', 'carol', ...more], { env });
    expect((await login.exit).exitCode).toBe(2);
    expect(login.screen()).toContain('--password-stdin or --password-file');
  });

  test('the code is only sent, and --verify without a code says how to give it', async () => {
    const ref = await office.payment();
    expect(await office.data<{ sent: boolean; verified: boolean }>('carol', ['payment', 'otp', ref])).toMatchObject({
      sent: true,
      verified: false,
    });
    const run = await office.as('carol', ['payment', 'otp', ref, '--verify', '--json']);
    expect(await errorOf(run)).toMatchObject({ exit_code: 2, fix: expect.stringContaining('--code-stdin') });
  });
});
