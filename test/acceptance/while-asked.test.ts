import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aDemoOffice, type DemoOffice } from './demo-office.ts';

/** What may become of Carol while a question waits for her answer, and what she is told then. */
const MEANWHILE = [
  [
    'lost her role',
    ['role', 'carol', '--role', 'auditor', '--company', 'ACME'],
    { exitCode: 5, says: 'carol holds none of the roles' },
  ],
  [
    'has her role at another branch only',
    ['role', 'carol', '--role', 'cashier', '--branch', 'MOMBASA'],
    { exitCode: 5, says: 'carol' },
  ],
  ['was disabled', ['disable', 'carol'], { exitCode: 4, says: 'You are not logged in.' }],
] as const;

describe.each(['sqlite', 'postgres'] as const)('on %s, an answer counts only from who may still give it', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  const statusOf = async (ref: string): Promise<string> =>
    (await office.data<{ status: string }>('faith', ['payment', 'show', ref])).status;
  const byAdmin = (args: readonly string[]): Promise<unknown> => office.data('root-admin', ['user', ...args]);
  /** Carol is a cashier as before; whoever was disabled logs in again. */
  const restore = async (): Promise<void> => {
    await office.as('root-admin', ['user', 'enable', 'carol', '--json']);
    await byAdmin(['role', 'carol', '--role', 'cashier', '--company', 'ACME']);
    await office.data('carol', ['login', '--user', 'carol', '--password-file', `${office.home}/passwords/carol`]);
  };
  /** What is printed when Carol answers a question only after something has become of her. */
  const answered = async (
    args: readonly string[],
    [question, answer]: readonly [string | RegExp, () => string],
    meanwhile: readonly string[],
  ): Promise<{ exitCode: number; screen: string }> => {
    const session = office.terminal('carol', args);
    await session.waitFor(question, 30_000);
    await byAdmin(meanwhile);
    session.type(answer());
    session.press('enter');
    const { exitCode } = await session.exit;
    await restore();
    return { exitCode, screen: session.screen() };
  };

  test.each(MEANWHILE)('a yes to a payment by who %s pays nothing', async (_, meanwhile, { exitCode, says }) => {
    const ref = await office.ready();
    const run = await answered(['payment', 'execute', ref], ['(y/N)', () => 'y'], meanwhile);
    expect(run).toMatchObject({ exitCode, screen: expect.stringContaining(says) });
    expect(await statusOf(ref)).toBe('pending');
  });

  test('a code from who lost her role is not used up', async () => {
    const ref = await office.payment();
    const code = () => office.newestCode();
    const [, meanwhile, { exitCode, says }] = MEANWHILE[0];
    const run = await answered(['payment', 'execute', ref], [/Code \(\d:\d\d left\)/, code], meanwhile);
    expect(run).toMatchObject({ exitCode, screen: expect.stringContaining(says) });
    expect(await statusOf(ref)).toBe('pending');
  });

  test('a reference from who was disabled settles nothing: the outcome stays open', async () => {
    const ref = await office.ready({ method: 'mpesa' });
    const session = office.terminal('carol', ['payment', 'execute', ref]);
    await session.waitFor('(y/N)', 30_000);
    session.type('y');
    session.press('enter');
    await session.waitFor('Reference', 30_000);
    await byAdmin(['disable', 'carol']);
    session.type('SKJ7MEANWHILE');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(8);
    await restore();
    expect(session.screen()).toContain('You are not logged in.');
    expect(await statusOf(ref)).toBe('executing');
  });

  test('who says no is told so, whatever has become of them', async () => {
    const ref = await office.ready();
    const run = await answered(['payment', 'execute', ref], ['(y/N)', () => 'n'], ['disable', 'carol']);
    expect(run).toMatchObject({ exitCode: 130, screen: expect.stringContaining('Nothing was paid.') });
  });

  test('a treasurer who lost that role while asked whether to close a fund closes none', async () => {
    await office.data('david', [
      ...['fund', 'create', 'SPARE', '--name', 'Spare', '--company', 'ACME'],
      ...['--opening', '0', '--reorder-level', '0', '--imprest-level', '10'],
    ]);
    const session = office.terminal('david', ['fund', 'close', 'SPARE']);
    await session.waitFor('(y/N)', 30_000);
    await byAdmin(['role', 'david', '--role', 'cashier', '--company', 'ACME']);
    session.type('y');
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(5);
    await byAdmin(['role', 'david', '--role', 'treasurer', '--company', 'ACME']);
    expect((await office.data<{ status: string }>('faith', ['fund', 'show', 'SPARE'])).status).not.toBe('closed');
  });

  test('standard input that ends after its person was disabled asks for nothing', async () => {
    const environment = toolEnvironment(office.home, office.environment('amina'));
    const list =
      'payee,amount,purpose,method,destination,company,region,branch,category\nJane,10,Taxi,cash,Jane,ACME,,,\n';
    const child = spawn(process.execPath, [TOOL, 'requisition', 'import', '-', '--json'], { env: environment });
    let stdout = '';
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.write(list);
    // Long enough for it to have asked who Amina is.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await byAdmin(['disable', 'amina']);
    child.stdin.end();
    expect(await ended, stdout).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'SESSION_MISSING' } });
    await byAdmin(['enable', 'amina']);
  });
});
