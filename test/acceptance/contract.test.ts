import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import type { Command } from '../../src/commands/command.ts';
import { longName } from '../../src/commands/input.ts';
import { ABILITIES } from '../../src/domain/access.ts';
import { treasury } from '../support/tool.ts';
import { CALLS, ELSEWHERE, thingsBefore, thingsFor, type Call, type Things } from './calls.ts';
import { contents } from './contents.ts';
import { aDemoOffice, DIALECTS, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf, expectPromised, PROMISED } from './documents.ts';

const COMMANDS = await Promise.all(
  CATALOG.flatMap(({ commands, nouns }) => [...commands, ...nouns.flatMap((noun) => noun.verbs)]).map(
    async ({ load }) => (await load()).command,
  ),
);

/** A statement of our own. */
const STATEMENT = join(import.meta.dirname, '../statements/fixtures/camt053-month.xml');

const HEADER = 'payee,amount,purpose,method,destination,company,region,branch,category\n';

test('every command is called below', () => {
  expect(COMMANDS.map((command) => command.path).toSorted()).toEqual([...Object.keys(CALLS), ...ELSEWHERE].toSorted());
});

describe.each(DIALECTS)('every command on %s', (dialect) => {
  let office: DemoOffice;
  let things: Things;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    writeFileSync(join(office.home, 'list.csv'), `${HEADER}Jane,100,Taxi,cash,Jane,,,WESTLANDS,\n`);
    copyFileSync(STATEMENT, join(office.home, 'statement.xml'));
    writeFileSync(join(office.home, 'letter.txt'), 'Dear treasurer,\n');
    writeFileSync(
      join(office.home, 'callback.json'),
      '{"Result":{"ResultCode":0,"OriginatorConversationID":"NOBODY"}}',
    );
    writeFileSync(join(office.home, 'bad.csv'), `${HEADER}Jane,x,Taxi,cash,Jane,,,WESTLANDS,\n`);
    things = await thingsFor(office);
  });
  afterAll(() => office.close());

  /** The reversal that was just proposed, and another change, for the calls that follow. */
  const proposedAbove = async (reversal: unknown): Promise<string[]> => {
    const edit = ['fund', 'edit', 'MPESA', '--payment-limit', '90,000'];
    return [(reversal as { ref: string }).ref, (await office.data<{ ref: string }>('david', edit)).ref];
  };
  const withChanges = ({ home, ref }: Things, [change = '', change2 = '']: readonly string[]): Things => ({
    home,
    ref: { ...ref, change, change2 },
  });

  const call = ({ as, args, input }: Call, run = office.as, more: readonly string[] = []) =>
    run(as, [...args(things), '--json', ...more], input === undefined ? {} : { input });

  test.each(Object.keys(CALLS))('%s answers one document, whether it works or not', async (path) => {
    const command = commandOf(path);
    const [works, fails] = CALLS[path] ?? [];
    if (works === undefined || fails === undefined) throw new Error(`no call of ${path}`);
    things = await thingsBefore(path, office, things);
    const refusal = path === 'init' ? await treasury(['init', '--json']) : await call(fails);
    expect(await errorOf(refusal), refusal.stdout).toMatchObject({ code: fails.code, exit_code: fails.exit });
    if (command.writes && !UNREHEARSED.has(path)) await expectRehearsal(path, works);
    // On one of them each command is begun once as it is from a shell: a process that loads what this command needs, and ends.
    const run = await call(works, dialect === 'sqlite' ? office.alone : office.as);
    const answer = await answerOf(run);
    // On Postgres the tests connect as the owner of the tables, which doctor rightly finds (10).
    const expected = path === 'doctor' && run.exitCode === 10 ? 10 : (works.exit ?? 0);
    expect(run.exitCode, run.stdout).toBe(expected);
    // What needs a gateway that answers, or money that it lost, is played in rails.test.ts; here it says what is missing.
    if (works.document === 'error') return expect(answer).toMatchObject({ ok: false, schema: 'treasury.error/1' });
    expect(answer).toMatchObject({
      ok: true,
      schema: `treasury.${works.document ?? command.document}/1`,
      meta: { dry_run: false, replayed: false },
    });
    if (command.access !== 'open') expect(answer.meta.actor).toBe(works.as);
    expectKeys(works.document ?? command.document, answer.data);
    if (path === 'payment reverse') things = withChanges(things, await proposedAbove(answer.data));
  });

  /** --dry-run ends as the real thing does, and the database and the outbox stay as they are. */
  async function expectRehearsal(path: string, works: Call): Promise<void> {
    const before = await contents(office);
    const run = await call(works, office.as, ['--dry-run']);
    const answer = await answerOf(run);
    expect(answer.meta.dry_run).toBe(true);
    expect([run.exitCode, answer.schema], run.stdout).toEqual([
      works.exit ?? 0,
      `treasury.${works.document ?? commandOf(path).document}/1`,
    ]);
    expect(await contents(office)).toEqual(before);
  }
});

/** Commands that refuse to be rehearsed, because a rehearsal would be a free guess. */
const UNREHEARSED = new Set(['login', 'init', 'token create', 'user totp enroll', 'webhook add']);

describe('who asks, and with what', () => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice('sqlite');
  });
  afterAll(() => office.close());

  const guarded = COMMANDS.filter(({ access }) => access !== 'open');
  test.each(guarded.map((command) => command.path))(
    '%s: nobody gets past the login, nor the wrong role past the role',
    async (path) => {
      const command = commandOf(path);
      expect(await errorOf(await office.as(null, [...path.split(' '), '--json']))).toMatchObject({
        exit_code: 4,
        code: 'SESSION_MISSING',
      });
      const stranger = withoutRole(command);
      if (stranger === undefined) return;
      expect(await errorOf(await office.as(stranger, [...path.split(' '), '--json']))).toMatchObject({
        exit_code: 5,
        code: 'ROLE_MISSING',
      });
    },
  );

  const needy = COMMANDS.filter((command) => neededBy(command).length > 0);
  test.each(needy.map((command) => command.path))('%s names everything that it lacks at once', async (path) => {
    const command = commandOf(path);
    const run = await office.as(withRole(command), [...path.split(' '), '--json']);
    const error = await errorOf(run);
    expect(error).toMatchObject({ exit_code: 2, code: 'INPUT_MISSING', unchanged: 'Nothing was changed.' });
    for (const name of neededBy(command)) expect(error.faults.join('\n')).toContain(name);
  });

  test.each([
    ['user', 'totp', 'enroll', '--password-stdin'],
    ['user', 'totp', 'disable', '--password-stdin'],
    ['user', 'totp', 'recovery', '--password-stdin'],
    ['user', 'totp', 'enroll', '--confirm', '--code-stdin'],
  ])('a rehearsal of %s %s %s %s is refused, for it would be a free guess', async (...words) => {
    const run = await office.as('carol', [...words, '--dry-run', '--json'], { input: '123456' });
    expect(await errorOf(run)).toMatchObject({ code: 'DRY_RUN_REFUSED', exit_code: 2 });
  });

  test('a rehearsal of a login or a code is refused, for it would be a free guess', async () => {
    const ref = await office.payment();
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin', '--dry-run', '--json'];
    expect(await errorOf(await office.as('carol', verify, { input: '123456' }))).toMatchObject({
      code: 'DRY_RUN_REFUSED',
      exit_code: 2,
    });
    const login = ['login', '--user', 'carol', '--password-stdin', '--dry-run', '--json'];
    expect(await errorOf(await office.as(null, login, { input: 'x' }))).toMatchObject({
      code: 'DRY_RUN_REFUSED',
      exit_code: 2,
    });
  });

  test('a refused rehearsal is refused with the same code', async () => {
    const ref = await office.payment();
    const real = await office.as('amina', ['payment', 'explain', ref, '--json']);
    expect(real.exitCode).toBe(5);
    for (const more of [[], ['--dry-run']]) {
      const run = await office.as('carol', ['payment', 'execute', ref, '--yes', '--json', ...more]);
      expect((await errorOf(run)).exit_code).toBe(4);
    }
  });
});

const CAST: readonly (readonly [Person, string])[] = [
  ['amina', 'requester'],
  ['brian', 'approver'],
  ['carol', 'cashier'],
  ['david', 'treasurer'],
  ['esther', 'cfo'],
  ['faith', 'auditor'],
  ['root-admin', 'admin'],
];

function holders(command: Command): readonly string[] {
  return command.access === 'open' || command.access === 'anyone'
    ? CAST.map(([, role]) => role)
    : ABILITIES[command.access];
}

const withRole = (command: Command): Person | null =>
  CAST.find(([, role]) => holders(command).includes(role))?.[0] ?? null;

const withoutRole = (command: Command): Person | undefined =>
  CAST.find(([, role]) => !holders(command).includes(role))?.[0];

const neededBy = (command: Command): string[] => [
  ...(command.arguments ?? []).filter((argument) => argument.optional !== true).map((argument) => argument.name),
  ...(command.options ?? [])
    .filter((option) => option.required === true)
    .map((option) => `--${longName(option.flags)}`),
];

function commandOf(path: string): Command {
  const found = COMMANDS.find((command) => command.path === path);
  if (found === undefined) throw new Error(`there is no command ${path}`);
  return found;
}

function expectKeys(document: string, data: unknown): void {
  if (!(document in PROMISED)) return;
  const name = document as keyof typeof PROMISED;
  for (const one of Array.isArray(data) ? data : [data]) {
    expectPromised(name, one);
    if (name !== 'execution') continue;
    const outcome = one as { payment: object; execution: object; ledger_entry: object; fund: object };
    expectPromised('payment', outcome.payment);
    expectPromised('execution_part', outcome.execution);
    expectPromised('ledger_entry', outcome.ledger_entry);
    expect(Object.keys(outcome.fund)).toEqual(expect.arrayContaining(['code', 'balance_before', 'balance_after']));
  }
}
