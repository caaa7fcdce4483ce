import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import type { Command } from '../../src/commands/command.ts';
import { ABILITIES } from '../../src/domain/access.ts';
import { allScopes, SCOPES, scopesFor } from '../../src/domain/token.ts';
import { CALLS } from './calls.ts';
import { contents } from './contents.ts';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

const COMMANDS = await Promise.all(
  CATALOG.flatMap(({ commands, nouns }) => [...commands, ...nouns.flatMap((noun) => noun.verbs)]).map(
    async ({ load }) => (await load()).command,
  ),
);
const PATHS = COMMANDS.map(({ path }) => path);

/** One person of each role. */
const BY_ROLE: Readonly<Record<string, Person>> = {
  requester: 'amina',
  approver: 'brian',
  cashier: 'carol',
  treasurer: 'david',
  cfo: 'esther',
  auditor: 'faith',
  admin: 'root-admin',
};

/** Scopes of commands that are still to come. */
const RESERVED = ['status', 'reconcile'];

test('every command of a scope is there, and needs what the scope lends', () => {
  for (const scope of allScopes()) {
    const { commands, abilities } = SCOPES[scope];
    for (const path of commands) {
      const command = COMMANDS.find((one) => one.path === path);
      if (command === undefined) expect(RESERVED, path).toContain(path);
      else if (command.access !== 'anyone') expect(abilities, path).toContain(command.access);
    }
  }
});

describe.each(DIALECTS)('tokens on %s', (dialect) => {
  let office: DemoOffice;
  /** A token of each person with every scope there is. */
  const every = new Map<Person, string>();

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    for (const person of Object.values(BY_ROLE)) every.set(person, await make(person, 'every', allScopes()));
  });
  afterAll(() => office.close());

  async function make(person: Person, name: string, scopes: readonly string[], more: readonly string[] = []) {
    const file = join(office.home, `${person}-${name}.token`);
    const args = ['token', 'create', name, '--scope', scopes.join(','), '--out', file, '--password-stdin', ...more];
    await office.data(person, args, PASSWORD);
    return file;
  }
  const by = (file: string | undefined, args: readonly string[], input = '') =>
    office.as(null, args, { env: { TREASURY_TOKEN_FILE: file ?? '' }, input });

  const guarded = COMMANDS.filter(({ access }) => access !== 'open');

  describe('a token with every scope, of somebody who may', () => {
    test.each(guarded.filter(({ path }) => scopesFor(path).length === 0 && path !== 'whoami').map(({ path }) => path))(
      'may not %s',
      async (path) => {
        const before = await contents(office);
        const [works] = CALLS[path] ?? [];
        const words = works?.args({ ref: {}, home: office.home }) ?? path.split(' ');
        const run = await by(
          every.get(works?.as ?? holderOf(path)) ?? every.get('carol'),
          [...words, '--json'],
          works?.input ?? '',
        );
        expect(await errorOf(run), run.stdout).toMatchObject({
          code: 'TOKEN_SCOPE',
          exit_code: 5,
          message: expect.stringContaining(`No token may run treasury ${path}`) as string,
        });
        expect(await contents(office)).toEqual(before);
      },
    );

    test('may not change the settings of the office either, which anybody may run without a login', async () => {
      const run = await by(every.get('root-admin'), ['config', 'set', 'office.timezone', 'UTC', '--json']);
      expect(await errorOf(run)).toMatchObject({ code: 'TOKEN_SCOPE', exit_code: 5 });
    });
  });

  test.each(PATHS.filter((path) => scopesFor(path).length > 0))(
    '%s opens with its scope, and with no other',
    async (path) => {
      const [works] = CALLS[path] ?? [];
      const person = holderOf(path);
      const others = await make(
        person,
        `not-${path.replaceAll(' ', '-')}`,
        allScopes().filter((one) => !scopesFor(path).includes(one)),
      );
      const refused = await by(others, [...path.split(' '), '--json']);
      expect(await errorOf(refused)).toMatchObject({ code: 'TOKEN_SCOPE', exit_code: 5 });
      const own = await make(person, `only-${path.replaceAll(' ', '-')}`, scopesFor(path));
      const words = works?.args({ ref: {}, home: office.home }) ?? [];
      const run = await by(own, [...words, '--json']);
      // Whatever it finds, it is the command itself that answers.
      if (run.exitCode === 0) expect((await answerOf(run)).meta.actor).toBe(person);
      else expect((await errorOf(run)).code).not.toMatch(/^(?:TOKEN|ROLE|SESSION)/);
    },
  );

  function holderOf(path: string): Person {
    const command = COMMANDS.find((one) => one.path === path) as Command;
    const [role = 'cashier'] =
      command.access === 'open' || command.access === 'anyone' ? [] : ABILITIES[command.access];
    return BY_ROLE[role] ?? 'carol';
  }

  test('the secret is in its file only, which is 0600 and never written over', async () => {
    const file = await make('carol', 'secret', ['books:read']);
    const secret = readFileSync(file, 'utf8');
    expect(secret).toMatch(/^tsy_[\w-]{43}\n$/);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    const rows = await office.store.read(async (tx) => {
      const found: object[] = [];
      for (const table of Object.values(tx.t)) found.push(...(await tx.db.select().from(table)));
      return JSON.stringify(found);
    });
    expect(rows).not.toContain(secret.trim());
    const args = [
      'token',
      'create',
      'again',
      '--scope',
      'books:read',
      '--password-stdin',
      '--json',
      '--debug',
      '--out',
    ];
    const over = await office.as('carol', [...args, file], { input: PASSWORD });
    expect(await errorOf(over)).toMatchObject({ code: 'FILE_EXISTS', exit_code: 2 });
    expect(readFileSync(file, 'utf8')).toBe(secret);
    const made = await office.as('carol', [...args, join(office.home, 'again.token')], { input: PASSWORD });
    expect(made.stdout + made.stderr).not.toMatch(/tsy_/);
    const shown = await office.as('carol', [...args, '-'], { input: PASSWORD });
    expect(await errorOf(shown)).toMatchObject({ code: 'SECRET_TO_FILE_ONLY' });
  });

  test('without its password, a session leaves neither token nor file behind', async () => {
    const file = join(office.home, 'thief.token');
    const args = ['token', 'create', 'thief', '--scope', 'books:read', '--out', file, '--json'];
    expect(await errorOf(await office.as('carol', args))).toMatchObject({ code: 'INPUT_MISSING', exit_code: 2 });
    const wrong = await office.as('carol', [...args, '--password-stdin'], { input: 'wrong horse battery' });
    expect(await errorOf(wrong)).toMatchObject({ code: 'LOGIN_FAILED', exit_code: 4 });
    const rehearsed = await office.as('carol', [...args, '--password-stdin', '--dry-run'], { input: PASSWORD });
    expect(await errorOf(rehearsed)).toMatchObject({ code: 'DRY_RUN_REFUSED', exit_code: 2 });
    expect(() => statSync(file)).toThrow('ENOENT');
    expect(
      (await office.data<object[]>('carol', ['token', 'list', '--limit', '0']))
        .map((one) => JSON.stringify(one))
        .join(),
    ).not.toContain('"thief"');
  });

  test('it goes before the session, says so, and leaves its name in the trail', async () => {
    const file = await make('amina', 'desk', ['requisition:create']);
    const env = { TREASURY_TOKEN_FILE: file };
    const who = await office.as('carol', ['whoami', '--json'], { env });
    expect((await answerOf(who)).data).toMatchObject({
      username: 'amina',
      token: { name: 'desk', scopes: ['requisition:create'] },
    });
    expect((await office.as('carol', ['whoami'], { env })).stdout).toMatch(/^Token +desk \(tok_/m);
    const line =
      'requisition create --payee Jane --amount 100 --purpose Taxi --method cash --to Jane --branch WESTLANDS';
    const made = await office.as('carol', [...line.split(' '), '--json'], { env });
    const { data, meta } = await answerOf(made);
    expect(meta.actor).toBe('amina');
    const [event] = await office.data<{ user_agent: string; actor: string }[]>('faith', [
      ...['audit', 'log', '--subject', (data as { ref: string }).ref],
    ]);
    expect(event).toMatchObject({ actor: 'amina', user_agent: expect.stringMatching(/ token=desk$/) as string });
    const login = await office.as('carol', ['login', '--user', 'carol', '--password-stdin'], { env, input: PASSWORD });
    expect(login.stderr).toMatch(/TREASURY_TOKEN_FILE is set/);
  });

  test('revoked, unknown, missing, exposed: each says what it is (4)', async () => {
    const file = await make('carol', 'gone', ['books:read']);
    await office.data('carol', ['token', 'revoke', 'gone']);
    expect(await errorOf(await by(file, ['fund', 'list', '--json']))).toMatchObject({
      code: 'TOKEN_REVOKED',
      exit_code: 4,
    });
    const forged = join(office.home, 'forged.token');
    writeFileSync(forged, `tsy_${'A'.repeat(43)}\n`, { mode: 0o600 });
    expect(await errorOf(await by(forged, ['fund', 'list', '--json']))).toMatchObject({
      code: 'TOKEN_UNKNOWN',
      exit_code: 4,
    });
    expect(await errorOf(await by(`${forged}.none`, ['fund', 'list', '--json']))).toMatchObject({
      code: 'TOKEN_FILE_MISSING',
      exit_code: 4,
    });
    const open = join(office.home, 'open.token');
    writeFileSync(open, readFileSync(every.get('carol') ?? ''));
    chmodSync(open, 0o640);
    expect(await errorOf(await by(open, ['fund', 'list', '--json']))).toMatchObject({
      code: 'SECRET_FILE_EXPOSED',
      exit_code: 4,
    });
  });
});
