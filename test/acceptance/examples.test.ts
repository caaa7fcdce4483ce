import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import type { Command } from '../../src/commands/command.ts';
import { ERROR_CODES } from '../../src/documents/error-codes.ts';
import { ABILITIES } from '../../src/domain/access.ts';
import { anApp } from '../support/an-app.ts';
import { TOOL, toolEnvironment, treasury, treasuryInTerminal, treasuryStanding } from '../support/tool.ts';
import { bankFileThings } from './a-bank-file.ts';
import { aBatch } from './a-batch.ts';
import { alertOf, messageOf, webhookOf, statementThings } from './calls.ts';
import { aDemoOffice, copyOf, PASSWORD, type DemoOffice, type Person } from './demo-office.ts';

const COMMANDS = await Promise.all(
  CATALOG.flatMap(({ commands, nouns }) => [...commands, ...nouns.flatMap((noun) => noun.verbs)]).map(
    async ({ load }) => (await load()).command,
  ),
);

const WHO: Readonly<Record<string, Person>> = {
  requester: 'amina',
  approver: 'brian',
  cashier: 'carol',
  treasurer: 'david',
  cfo: 'esther',
  auditor: 'faith',
  admin: 'root-admin',
};

/** Examples whose person is another than the first who may, and those that end otherwise than with 0. */
const SPECIAL: Readonly<Record<string, { readonly as?: Person; readonly exit?: number }>> = {
  'treasury payment explain': { as: 'carol' },
  'treasury schedule add replenish-check': { as: 'david' },
  'treasury webhook test': { exit: 9 },
  'treasury requisition cancel': { as: 'amina' },
  'treasury user password carol': { as: 'root-admin' },
  'treasury user password --current': { as: 'carol' },
  'treasury user show': { as: 'faith' },
  'printf %s {APP_CODE} | treasury user totp': { as: 'grace' },
  'printf %s {RECOVERY_CODE} | treasury user totp': { as: 'grace' },
  'treasury user totp disable musa': { as: 'root-admin' },
  'treasury payment resolve {IN_FLIGHT} --not-paid': { as: 'david' },
  'treasury replenish check': { as: 'david', exit: 10 },
  'treasury change confirm': { as: 'esther' },
  'treasury payment import-callback': { as: 'carol', exit: 10 },
  // A message waits to be settled.
  'treasury doctor': { exit: 10 },
  'treasury gateway message list': { exit: 10 },
  'treasury gateway message settle': { as: 'david' },
  'treasury suspense settle': { as: 'david', exit: 3 },
  'treasury bankfile import': { as: 'david' },
  'printf \'separator = ";"': { as: 'david' },
  'treasury gateway set mpesa daraja': { as: 'root-admin' },
  'treasury gateway test': { as: 'root-admin', exit: 6 },
  'treasury reconcile apply': { as: 'esther', exit: 10 },
  'treasury reconcile mpesa.csv': { as: 'david', exit: 10 },
  'treasury reconcile - --fund MPESA': { as: 'david', exit: 10 },
  'treasury change reject': { as: 'esther' },
  "printf '[[approval]]\\napprovers": { exit: 10 },
  'treasury config set office': { as: 'root-admin' },
  'treasury guard accept clock': { as: 'root-admin' },
  'treasury guard accept copy': { as: 'esther' },
};

/** Played whole elsewhere (secrets.test.ts), or asking a person (below). */
const ELSEWHERE = ['treasury demo --seed 7', 'treasury login --user carol'];

const EXAMPLES = COMMANDS.flatMap((command) => command.examples.map(({ command: line }) => ({ command, line }))).filter(
  ({ line }) => !ELSEWHERE.includes(line),
);

let office: DemoOffice;
let bin: string;
/** By placeholder, what the examples are about. Each example runs in a copy of the office. */
let things: Readonly<Record<string, string>>;

beforeAll(async () => {
  office = await aDemoOffice('sqlite');
  bin = mkdtempSync(join(tmpdir(), 'treasury-bin-'));
  writeFileSync(join(bin, 'treasury'), `#!/bin/sh\nexec "${process.execPath}" "${TOOL}" "$@"\n`);
  chmodSync(join(bin, 'treasury'), 0o755);
  things = await prepared();
});

afterAll(async () => {
  await office.close();
  rmSync(bin, { recursive: true, force: true });
});

async function prepared(): Promise<Readonly<Record<string, string>>> {
  const inFlight = await office.ready({ method: 'bank' });
  const failed = await office.ready({ method: 'bank' });
  for (const ref of [inFlight, failed]) await office.as('carol', ['payment', 'execute', ref, '--yes']);
  await office.data('david', ['payment', 'resolve', failed, '--not-paid', '--reason', 'never left', '--yes']);
  const low: string[] = [];
  for (const code of ['LOW-A', 'LOW-B']) {
    const terms = ['--opening', '1000', '--reorder-level', '5000', '--imprest-level', '9000'];
    const fund = await office.data<{ open_replenishment: string }>('david', [
      'fund',
      'create',
      code,
      '--name',
      code,
      '--company',
      'ACME',
      ...terms,
    ]);
    low.push(fund.open_replenishment);
  }
  const [pendingReplenishment = '', approvedReplenishment = ''] = low;
  await office.data('esther', ['replenish', 'approve', approvedReplenishment]);
  await office.data('david', [
    'fund',
    'create',
    'EMPTY',
    '--name',
    'Empty',
    '--company',
    'ACME',
    '--opening',
    '0',
    '--reorder-level',
    '0',
  ]);
  const [entry] = await office.data<{ ref: string }[]>('faith', ['ledger', 'list', '--fund', 'PETTY']);
  await office.enrolled('musa');
  // From here on the office has paid: what opens doors is only proposed.
  const paid = await office.ready();
  await office.data('carol', ['payment', 'execute', paid, '--yes']);
  const variances: string[] = [];
  for (const adjusted of ['1,050', '990']) {
    const adjusting = await office.ready();
    await office.data('carol', ['payment', 'execute', adjusting, '--yes']);
    const record = ['variance', 'record', adjusting, '--adjusted', adjusted, '--reason', 'the receipt'];
    variances.push((await office.data<{ ref: string }>('david', record)).ref);
  }
  const [variance = '', otherVariance = ''] = variances;
  const edit = ['fund', 'edit', 'MPESA', '--payment-limit', '90,000'];
  const change = (await office.data<{ ref: string }>('david', edit)).ref;
  const token = ['token', 'create', 'monthly', '--scope', 'books:read', '--out', join(office.home, 'monthly.token')];
  await office.data('carol', [...token, '--password-stdin'], PASSWORD);
  const { chains } = await office.data<{ chains: { head: string }[] }>('faith', ['audit', 'verify']);
  const matched = await statementThings(office);
  const { report, messageId } = await bankFileThings(office);
  return {
    LINE: matched['line'] ?? '',
    MATCH: matched['match'] ?? '',
    PAID_MPESA: matched['paid'] ?? '',
    TOKEN: 'monthly',
    TOKEN_FILE: join(office.home, 'monthly.token'),
    ALERT: await alertOf(office),
    WEBHOOK: await webhookOf(office),
    SCHEDULE: await scheduled(),
    PAUSED_SCHEDULE: await scheduled('pause'),
    BANK_FUND: 'BANK',
    BANK_FILE: messageId,
    BANK_REPORT: report,
    PAID: paid,
    CHANGE: change,
    VARIANCE: variance,
    OTHER_VARIANCE: otherVariance,
    PENDING_REPLENISHMENT: pendingReplenishment,
    REPLENISHMENT: pendingReplenishment,
    APPROVED_REPLENISHMENT: approvedReplenishment,
    EMPTY_FUND: 'EMPTY',
    SUSPENSE: 'sus_4kq7z2',
    MESSAGE: await messageOf(office),
    ENTRY: entry?.ref ?? '',
    IN_FLIGHT: inFlight,
    FAILED: failed,
    REFERENCE: 'SKJ7EXAMPLE',
    HEAD: chains[0]?.head.slice(0, 16) ?? '',
  };
}

/** A payment that Carol has scheduled, and perhaps paused. */
async function scheduled(verb?: 'pause'): Promise<string> {
  const add = ['schedule', 'add', await office.ready({ method: 'mpesa' }), '--at', '1d'];
  const { ref } = await office.data<{ ref: string }>('carol', add);
  if (verb !== undefined) await office.data('carol', ['schedule', verb, ref]);
  return ref;
}

/** What changes with the example: requisitions in the state it needs, and codes that are still fresh. */
async function placeholders(command: Command, line: string): Promise<Readonly<Record<string, string>>> {
  const filled: Record<string, string> = { ...things };
  if (line.includes('{REQUISITION}')) filled['REQUISITION'] = await requisitionFor(command.path);
  if (line.includes('{READY}')) filled['READY'] = await office.ready();
  if (line.includes('{READY_MPESA}')) filled['READY_MPESA'] = await office.ready({ method: 'mpesa' });
  if (line.includes('{PAYMENT}'))
    filled['PAYMENT'] = command.path === 'payment explain' ? await office.ready() : await office.payment();
  for (const [name, stage] of Object.entries(BATCH_STAGES))
    if (line.includes(`{${name}}`)) filled[name] = await aBatch(office, stage);
  if (line.includes('{BATCH_CODE}')) {
    await office.data('carol', ['batch', 'otp', filled['APPROVED_BATCH'] ?? '', '--send']);
    filled['BATCH_CODE'] = office.newestCode();
  }
  if (line.includes('{APP_CODE}') || line.includes('{RECOVERY_CODE}')) Object.assign(filled, await codesFor(line));
  if (line.includes('{CODE}')) {
    await office.data('carol', ['payment', 'otp', filled['PAYMENT'] ?? '', '--send']);
    filled['CODE'] = office.newestCode();
  }
  return filled;
}

const BATCH_STAGES = {
  BATCH: 'submitted',
  SUBMITTED_BATCH: 'submitted',
  APPROVED_BATCH: 'approved',
  READY_BATCH: 'ready',
  BEGUN_BATCH: 'begun',
} as const;

/** What Grace's app shows: of one that waits for its first code, or of one that was enrolled and of which nothing is used. */
async function codesFor(line: string): Promise<Readonly<Record<string, string>>> {
  if (line.includes('--confirm')) {
    const begin = ['user', 'totp', 'enroll', '--password-stdin'];
    const { uri } = await office.data<{ uri: string }>('grace', begin, PASSWORD);
    return { APP_CODE: anApp(uri).codeAt(new Date()) };
  }
  grace ??= office.enrolled('grace');
  const { app, recoveryCodes } = await grace;
  return { APP_CODE: app.codeAt(new Date()), RECOVERY_CODE: recoveryCodes[0] ?? '' };
}

let grace: ReturnType<DemoOffice['enrolled']> | undefined;

async function requisitionFor(path: string): Promise<string> {
  if (path === 'payment create') return (await office.requisition({ amount: '4,000.00' })).number;
  const line =
    'requisition create --payee Jane --amount 2500 --purpose Taxi --method cash --to Jane --branch WESTLANDS';
  return (await office.data<{ number: string }>('amina', line.split(' '))).number;
}

describe('examples of the help', () => {
  test.each(EXAMPLES)('$line', async ({ command, line }) => {
    const filled = await placeholders(command, line);
    const typed = line.replaceAll(/\{([A-Z_]+)\}/g, (found, name: string) => filled[name] ?? found);
    expect(typed).not.toMatch(/\{[A-Z_]+\}/);
    const copy = copyOf(office);
    try {
      const special = Object.entries(SPECIAL).find(([start]) => line.startsWith(start))?.[1];
      const person = special?.as ?? personFor(command);
      if (command.path === 'init') rmSync(join(copy.home, 'treasury.db'));
      writeFileSync(
        join(copy.home, 'requisitions.csv'),
        'payee,amount,purpose,method,destination,company,region,branch,category\nJane,100,Taxi,cash,Jane,,,WESTLANDS,\n',
      );
      copyFileSync(
        join(import.meta.dirname, '../statements/fixtures/camt053-month.xml'),
        join(copy.home, 'statement.xml'),
      );
      writeFileSync(
        join(copy.home, 'callback.json'),
        '{"Result":{"ResultCode":0,"OriginatorConversationID":"NOBODY"}}',
      );
      mkdirSync(join(copy.home, 'passwords'), { recursive: true });
      const before = EARLIER[line];
      if (before !== undefined) {
        const args = before.args.map((word) => word.replace('~', copy.home));
        const run = await treasury(args, { home: copy.home, env: copy.environment(person) });
        expect(run.exitCode, run.stderr).toBe(before.exit);
      }
      const env = {
        ...toolEnvironment(copy.home, copy.environment(person)),
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      };
      const ran = await execa('sh', ['-c', typed], {
        env,
        extendEnv: false,
        cwd: copy.home,
        reject: false,
        stdin: 'ignore',
      });
      expect(ran.exitCode, `${person}$ ${typed}\n${ran.stdout}\n${ran.stderr}`).toBe(special?.exit ?? 0);
    } finally {
      copy.remove();
    }
  });

  test('login, where the password is asked for', async () => {
    const session = treasuryInTerminal(['login', '--user', 'carol'], {
      home: office.home,
      env: office.environment('carol'),
    });
    await session.waitFor('Password', 30_000);
    session.type(PASSWORD);
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    expect(session.raw()).not.toContain(PASSWORD);
  });
});

/** Who asks for what not everybody may. */
const BY: Readonly<Record<string, Person>> = { fund: 'david', variance: 'esther' };

/** What somebody did before an example. */
const EARLIER: Readonly<Record<string, { readonly args: readonly string[]; readonly exit: number }>> = {
  'treasury fund unfreeze MPESA --reason "count done"': {
    args: ['fund', 'freeze', 'MPESA', '--reason', 'count'],
    exit: 0,
  },
  // A plan is good only until something of its fund moves.
  'treasury reconcile apply plan.json': {
    args: ['reconcile', '~/mpesa.csv', '--fund', 'MPESA', '--out', '~/plan.json'],
    exit: 10,
  },
};

function personFor(command: Command): Person {
  if (command.access === 'open' || command.access === 'anyone') return 'carol';
  const [role = ''] = ABILITIES[command.access];
  return WHO[role] ?? 'carol';
}

describe('what the help promises', () => {
  test('no placeholder is left in an example', async () => {
    for (const { path } of COMMANDS) {
      const { stdout } = await treasuryStanding(['help', ...path.split(' ')]);
      expect(stdout).toContain('Examples:');
      expect(stdout).not.toMatch(/\{[A-Z_]+\}/);
    }
  });

  test('every prompt has a flag: without a terminal each question names it', async () => {
    const ref = await office.ready();
    const calls = [
      ['payment', 'execute', ref],
      ['batch', 'execute', await aBatch(office, 'ready')],
      ['fund', 'close', 'EMPTY'],
      ['variance', 'approve', things['VARIANCE'] ?? ''],
      ['login', '--user', 'carol'],
      ['user', 'password'],
      ['user', 'totp', 'enroll'],
      ['user', 'totp', 'enroll', '--confirm'],
      ['user', 'totp', 'disable'],
      ['user', 'totp', 'recovery'],
    ];
    for (const args of calls) {
      const run = await office.as(BY[args[0] ?? ''] ?? 'carol', args);
      expect(run.exitCode, args.join(' ')).toBe(2);
      expect(run.stderr, args.join(' ')).toMatch(/--(?:yes|password-(?:stdin|file)|code-stdin)/);
    }
  });

  test('every code of an error or check is in treasury help errors', async () => {
    const { stdout } = await treasury(['help', 'errors']);
    const listed = new Set(stdout.split('\n').map((line) => line.trim()));
    expect(ERROR_CODES.filter((code) => !listed.has(code))).toEqual([]);
  });
});
