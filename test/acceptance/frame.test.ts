import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import { TOOL, toolEnvironment, treasury, type ToolRun } from '../support/tool.ts';
import { scratchDirectory } from '../support/scratch.ts';

interface Failed {
  readonly ok: boolean;
  readonly schema: string;
  readonly error: {
    readonly code: string;
    readonly exit_code: number;
    readonly message: string;
    readonly faults: string[];
  };
  readonly meta: { readonly actor: string | null; readonly dry_run: boolean };
}

let home: string;
const PASSWORD = 'correct horse battery';

beforeAll(async () => {
  home = scratchDirectory('treasury-frame-');
  const secret = ['--admin-password-stdin'];
  const office = [
    '--company',
    'Acme Ltd',
    '--company-code',
    'ACME',
    '--admin',
    'root-admin',
    '--admin-email',
    'root@acme.example',
  ];
  expect((await treasury(['init', ...office, ...secret], { home, input: PASSWORD })).exitCode).toBe(0);
  expect(
    (await treasury(['login', '--user', 'root-admin', '--password-stdin'], { home, input: PASSWORD })).exitCode,
  ).toBe(0);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const tool = (args: readonly string[]): Promise<ToolRun> => treasury(args, { home });

/** The refusal of a command with --json: one document on stdout, nothing on stderr, its exit code the process's. */
async function refusal(args: readonly string[], options: Parameters<typeof treasury>[1] = { home }): Promise<Failed> {
  const run = await treasury([...args, '--json'], options);
  const answer = run.json<Failed>();
  expect(answer).toMatchObject({ ok: false, schema: 'treasury.error/1' });
  expect(answer.error.exit_code).toBe(run.exitCode);
  expect(run.stderr).toBe('');
  return answer;
}

const everyCommand = CATALOG.flatMap(({ commands, nouns }) => [
  ...commands.map(({ name, load }) => ({ words: [name], load })),
  ...nouns.flatMap((noun) => noun.verbs.map(({ name, load }) => ({ words: [noun.name, name], load }))),
]);

describe('help', () => {
  test('the first page names every command under its heading', async () => {
    const { stdout, exitCode } = await treasury([]);
    expect(exitCode).toBe(0);
    for (const { heading, commands, nouns } of CATALOG) {
      expect(stdout).toContain(`\n${heading}\n`);
      for (const { name } of [...commands, ...nouns]) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  test('every command is what its place says, with a first sentence and an example of its own', async () => {
    for (const { words, load } of everyCommand) {
      const { command } = await load();
      expect(command.path).toBe(words.join(' '));
      expect(command.examples.length, command.path).toBeGreaterThan(0);
      for (const { command: line } of command.examples) expect(line).toContain(`treasury ${command.path}`);
    }
  });

  test('the help of a command ends with its examples, however it is asked for', async () => {
    const [asked, flagged] = [await tool(['help', 'payment', 'execute']), await tool(['payment', 'execute', '--help'])];
    expect(asked.stdout).toBe(flagged.stdout);
    expect(asked.stdout).toMatch(/^Usage: treasury payment execute <ref> \[options\]/);
    expect(asked.stdout).toMatch(/Exit codes: 0 done[\s\S]*Examples:\n(?: {2}.*\n)+$/);
  });

  test('no line is wider than the terminal asks for', async () => {
    const { stdout } = await treasury(['fund', 'create', '--help'], { home, env: { COLUMNS: '50' } });
    const text = stdout.slice(0, stdout.indexOf('Examples:'));
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(50);
  });

  test.each(['words', 'exit-codes', 'environment', 'scopes', 'errors'])('there is a page on %s', async (topic) => {
    const { stdout, exitCode } = await tool(['help', topic]);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThan(10);
  });

  test('a page of two columns keeps them apart, or one below the other where it is narrow', async () => {
    const page = async (columns: string) =>
      (await treasury(['help', 'environment'], { home, env: { COLUMNS: columns } })).stdout;
    expect(await page('80')).toMatch(/^ {2}TREASURY_HOME +one directory for config/m);
    expect(await page('44')).toContain('\n  TREASURY_HOME\n    one directory for config, data and\n    state;');
  });

  test('the word help after a noun asks for its help', async () => {
    expect((await tool(['payment', 'help'])).stdout).toBe((await tool(['payment', '--help'])).stdout);
  });

  test('who has no office is told how to begin, and who is not logged in how to log in', async () => {
    const nowhere = { ...{ home, env: { TREASURY_HOME: path.join(home, 'nowhere') } } };
    expect((await treasury([], nowhere)).stdout).toMatch(
      /There is no office here yet\. .*treasury demo.*treasury init/,
    );
    const there = { home, env: { TREASURY_SESSION_FILE: path.join(home, 'nobody') } };
    expect((await treasury([], there)).stdout).toMatch(/You are not logged in: treasury login --user NAME\n$/);
  });

  test('help for what does not exist is a usage error', async () => {
    expect((await refusal(['help', 'payment', 'execcute'])).error.message).toContain('execute');
  });
});

describe('what is wrong on the command line', () => {
  test.each([
    [['fnud', 'list'], 'COMMAND_UNKNOWN', 'fund'],
    [['fund', 'lst'], 'COMMAND_UNKNOWN', 'list'],
    [['pay'], 'COMMAND_UNKNOWN', 'payment?'],
    [['list', 'payments'], 'COMMAND_UNKNOWN', 'treasury payment list?'],
    [['approve', 'requisition'], 'COMMAND_UNKNOWN', 'treasury requisition approve?'],
    [['-x'], 'FLAG_UNKNOWN', "'-x'"],
    [['fund'], 'COMMAND_MISSING', 'create, list'],
    [['fund', 'list', '--lo'], 'FLAG_UNKNOWN', '--lo'],
    [['fund', 'list', 'PETTY'], 'TOO_MANY_ARGUMENTS', ''],
    [['fund', 'list', '--format', 'json'], 'FLAG_INVALID', '--json'],
    [['fund', 'list', '--color', 'pink'], 'FLAG_INVALID', 'auto, always, never'],
  ])('%o is a usage error that says what is right', async (args, code, right) => {
    const { error } = await refusal(args);
    expect(error).toMatchObject({ code, exit_code: 2 });
    expect(error.message).toContain(right);
  });

  test('all unknown flags are named at once, those that are nearly right with what is meant', async () => {
    const args = [
      'fund',
      'create',
      '--code',
      'PETTY',
      '--name',
      '--opning',
      '--opening',
      '5',
      '--reorder-levl',
      '1',
      '--json',
    ];
    const { error } = await refusal(args);
    expect(error).toMatchObject({ code: 'FLAG_UNKNOWN', exit_code: 2 });
    expect(error.faults).toHaveLength(2);
    expect(error.faults[0]).toContain('--code');
    expect(error.faults[1]).toContain('--reorder-level');
    const behind = (await tool(['user', 'show', '--json', '--wrong', '--', '--other'])).json<Failed>();
    expect(behind.error.message).toContain("'--wrong'");
    expect(behind.error.faults).toEqual([]);
  });

  test('a flag at the end without its value', async () => {
    const run = await tool(['version', '--json', '--tz']);
    expect(run.exitCode).toBe(2);
    expect(run.json<Failed>().error.code).toBe('FLAG_WITHOUT_VALUE');
  });

  test('all missing inputs are named at once', async () => {
    const { error } = await refusal(['user', 'add']);
    expect(error.exit_code).toBe(2);
    expect(error.code).toBe('INPUT_MISSING');
    for (const name of ['username', '--email', '--name', '--role']) expect(error.faults.join('\n')).toContain(name);
  });

  test('each of several faults goes on below its first word', async () => {
    const { stderr } = await treasury(['region', 'add'], { home, env: { COLUMNS: '30' } });
    const faults = stderr.slice(stderr.indexOf('  - '), stderr.indexOf('Nothing')).trimEnd().split('\n');
    expect(faults.length).toBeGreaterThan(2);
    for (const line of faults) expect(line).toMatch(/^(?: {2}- | {4})\S.{0,25}$/);
  });

  test('what the message has said is not listed again, and scripts get it all the same', async () => {
    const said = await tool(['login']);
    expect(said.stderr).toContain('treasury login needs --user and --password-stdin or --password-file.');
    expect(said.stderr).not.toContain('is missing');
    expect((await refusal(['login'])).error.faults).toEqual([
      '--user is missing',
      '--password-stdin or --password-file is missing',
    ]);
  });

  test('a wrong figure or word of the command line says that nothing was changed', async () => {
    const { stderr } = await tool(['user', 'list', '--limit', 'abc']);
    expect(stderr).toContain('Nothing was changed.');
  });

  test('the role is judged before missing inputs, and the login before the role', async () => {
    expect((await refusal(['payment', 'create'])).error).toMatchObject({ code: 'ROLE_MISSING', exit_code: 5 });
    const stranger = { home, env: { TREASURY_SESSION_FILE: path.join(home, 'nobody') } };
    expect((await refusal(['payment', 'create'], stranger)).error).toMatchObject({
      code: 'SESSION_MISSING',
      exit_code: 4,
    });
  });

  test('a session file that others can read is refused', async () => {
    const file = path.join(home, 'open-session');
    writeFileSync(file, readFileSync(path.join(home, 'session')), { mode: 0o644 });
    const { error } = await refusal(['whoami'], { home, env: { TREASURY_SESSION_FILE: file } });
    expect(error).toMatchObject({ code: 'SECRET_FILE_EXPOSED', exit_code: 4 });
  });

  test.each([
    ['login', '--password', 'hunter2hunter2'],
    ['login', '--password=hunter2hunter2'],
    ['login', '--user', 'root-admin', '--password-stdin=hunter2hunter2'],
    ['login', '--user', 'root-admin', '--password-stdin', 'hunter2hunter2'],
    ['login', '--pasword=hunter2hunter2'],
    ['init', '--admin-password', 'hunter2hunter2'],
    ['--code', 'hunter2hunter2', 'payment', 'otp', 'pay_7f3k2m'],
    ['payment', 'otp', 'pay_7f3k2m', '--code=hunter2hunter2'],
  ])('a secret on the command line is refused and never repeated: %s %s', async (...args) => {
    const run = await tool(args);
    expect(run.exitCode).toBe(2);
    expect(run.stdout + run.stderr).not.toContain('hunter2');
    if (/^--(?:admin-)?(?:password|code)(?:=|$)/.test(args.find((word) => /password|code/.test(word)) ?? '')) {
      expect(run.stderr).toMatch(/-stdin/);
      expect((await refusal(args)).error.code).toBe('SECRET_IN_ARGV');
    }
  });

  test('a code after -- or a company code is no secret', async () => {
    expect((await tool(['user', 'show', '--json', '--', '--code'])).json<Failed>().error.code).not.toBe(
      'SECRET_IN_ARGV',
    );
    expect((await tool(['init', '--company-code', 'ACME', '--json'])).stdout).not.toContain('SECRET_IN_ARGV');
    expect((await refusal(['fund', 'create', '--code', 'PETTY'])).error.code).toBe('FLAG_UNKNOWN');
  });
});

describe('answers', () => {
  test('global flags work before and after the command', async () => {
    const [before, after] = [await tool(['--json', 'user', 'list']), await tool(['user', 'list', '--json'])];
    expect(before.json<{ data: unknown }>().data).toEqual(after.json<{ data: unknown }>().data);
    expect((await tool(['--tz', 'UTC', 'user', 'list', '--json'])).exitCode).toBe(0);
  });

  test('the version, short and long', async () => {
    expect((await treasury(['--version'])).stdout).toMatch(/^treasury \d+\.\d+\.\d+\n$/);
    expect((await treasury(['--version', '--json'])).json<{ schema: string }>().schema).toBe('treasury.version/1');
  });

  test('the fields that are asked for, in that order, in every format', async () => {
    const json = await tool(['user', 'list', '--json', '--fields', 'username,ref']);
    expect(Object.keys(json.json<{ data: object[] }>().data[0] ?? {})).toEqual(['username', 'ref']);
    expect((await tool(['user', 'list', '--format', 'csv', '--fields', 'username'])).stdout).toBe(
      'username\nroot-admin\n',
    );
    expect((await tool(['user', 'show', 'root-admin', '--format', 'jsonl', '--fields', 'username'])).stdout).toBe(
      '{"username":"root-admin"}\n',
    );
    expect((await refusal(['user', 'list', '--fields', 'shoe_size'])).error).toMatchObject({
      code: 'FIELD_UNKNOWN',
      exit_code: 2,
    });
  });

  test('CSV has only rows on stdout; what was counted is said on stderr', async () => {
    const run = await tool(['user', 'list', '--format', 'csv']);
    expect(run.stdout.trim().split('\n')).toHaveLength(2);
    expect(run.stderr).toContain('1');
    expect((await tool(['user', 'list', '--format', 'csv', '-q'])).stderr).toBe('');
  });

  test('a file is written for its owner only, and stdout stays empty', async () => {
    const file = path.join(home, 'users.json');
    const run = await tool(['user', 'list', '--json', '--out', file]);
    expect([run.exitCode, run.stdout]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ ok: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await tool(['user', 'list', '--json', '--out', '-'])).stdout).toContain('treasury.user/1');
  });

  test('a file that cannot be written is refused before anything is done', async () => {
    const args = ['company', 'add', 'BETA', '--name', 'Beta', '--out', path.join(home, 'nowhere', 'x')];
    expect((await refusal(args)).error).toMatchObject({ code: 'OUT_NOT_WRITABLE', exit_code: 2 });
    expect((await tool(['org', 'tree'])).stdout).not.toContain('BETA');
  });

  test('--dry-run says that nothing was saved, and nothing was', async () => {
    const args = ['company', 'add', 'GAMMA', '--name', 'Gamma', '--dry-run'];
    const run = await tool(args);
    expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining('Nothing was saved (dry run).')]);
    expect((await tool([...args, '--json'])).json<Failed>().meta).toMatchObject({ actor: 'root-admin', dry_run: true });
    expect((await tool(['org', 'tree'])).stdout).not.toContain('GAMMA');
  });

  test('--read-only refuses what writes', async () => {
    const { error } = await refusal(['company', 'add', 'DELTA', '--name', 'Delta', '--read-only']);
    expect(error).toMatchObject({ code: 'READ_ONLY', exit_code: 2 });
    expect((await tool(['user', 'list', '--read-only'])).exitCode).toBe(0);
  });

  test('an error for people says what happened, what did not, and what to do', async () => {
    const { stdout, stderr } = await tool(['user', 'show', 'nobody-here']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Error: .*\n/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect((await tool(['user', 'show', 'nobody-here', '--debug'])).stderr).toMatch(/\n\s+at /);
  });

  test('a zone that is none', async () => {
    expect((await refusal(['user', 'list', '--tz', 'Mars/Base'])).error).toMatchObject({
      code: 'ZONE_UNKNOWN',
      exit_code: 2,
    });
  });
});

describe('schemas', () => {
  const validate = async (name: string, answer: unknown): Promise<void> => {
    const { data } = (await treasury(['schema', name, '--json'])).json<{ data: { json_schema: object } }>();
    const check = new Ajv2020({ strict: false, validateFormats: false }).compile(data.json_schema);
    expect(check(answer), JSON.stringify(check.errors)).toBe(true);
  };

  test('every document has one', async () => {
    const { data } = (await treasury(['schema', '--json'])).json<{ data: { name: string }[] }>();
    const names = data.map(({ name }) => name);
    for (const { load } of everyCommand) expect(names).toContain((await load()).command.document);
    for (const name of names) expect((await treasury(['schema', name])).exitCode, name).toBe(0);
  });

  test('answers and refusals keep to theirs', async () => {
    for (const args of [
      ['version'],
      ['schema'],
      ['schema', 'error'],
      ['whoami'],
      ['user', 'list'],
      ['org', 'tree'],
      ['config', 'list'],
    ]) {
      const answer = (await tool([...args, '--json'])).json<{ schema: string }>();
      await validate(answer.schema.replace(/^treasury\.(.*)\/1$/, '$1'), answer);
    }
    await validate('error', await refusal(['user', 'show', 'nobody-here']));
    await validate('error', await refusal(['fund', 'create'], {}));
  });

  test('a document that does not exist', async () => {
    expect((await refusal(['schema', 'shoe'])).error).toMatchObject({ code: 'SCHEMA_UNKNOWN', exit_code: 2 });
  });
});

describe('the process', () => {
  const start = (args: readonly string[]) =>
    execa(process.execPath, [TOOL, ...args], {
      env: toolEnvironment(home),
      extendEnv: false,
      stdin: 'pipe',
      reject: false,
    });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s before anything was done ends it with %i', async (signal, exitCode) => {
    const run = start(['login', '--user', 'root-admin', '--password-stdin', '--json']);
    await pause(1000);
    run.kill(signal);
    const ended = await run;
    expect(ended.exitCode).toBe(exitCode);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      error: { code: 'INTERRUPTED', exit_code: exitCode, unchanged: 'Nothing was changed.' },
    });
  });

  test('files that cannot be read are said, with what did not happen, and are no bug', async () => {
    const other = scratchDirectory('treasury-unread-');
    const directory = path.join(other, 'directory');
    mkdirSync(directory, { mode: 0o700 });
    for (const [variable, place] of [
      ['TREASURY_SESSION_FILE', directory],
      ['TREASURY_TOKEN_FILE', directory],
    ] as const) {
      const { error } = await refusal(['whoami'], { home, env: { [variable]: place } });
      expect(error).toMatchObject({ code: 'SECRET_FILE_UNREADABLE', exit_code: 4, unchanged: 'Nothing was changed.' });
      expect(error.message).toContain(place);
    }
    mkdirSync(path.join(other, 'config.toml'));
    const { error } = await refusal(['version'], { home: other });
    expect(error).toMatchObject({ code: 'CONFIG_UNREADABLE', exit_code: 2 });
    rmSync(other, { recursive: true, force: true });
  });

  test('a reader that goes away, as head does, is no error', async () => {
    const run = await execa('sh', ['-c', `"${process.execPath}" "${TOOL}" help errors | head -1; echo done`], {
      env: toolEnvironment(home),
      extendEnv: false,
    });
    expect(run.stdout).toMatch(/done$/);
    expect(run.stderr).toBe('');
  });

  test('it runs through a link, from another directory', async () => {
    const link = path.join(home, 'linked-treasury');
    symlinkSync(TOOL, link);
    const run = await execa(process.execPath, [link, '--version'], {
      cwd: '/',
      env: toolEnvironment(home),
      extendEnv: false,
    });
    expect(run.stdout).toMatch(/^treasury /);
  });

  test('a Node that is too old says so, with 78', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})`;
    const run = await execa(process.execPath, ['--import', old, TOOL, 'version'], {
      env: toolEnvironment(home),
      extendEnv: false,
      reject: false,
    });
    expect([run.exitCode, run.stdout]).toEqual([78, '']);
    expect(run.stderr).toMatch(/needs Node 24\.16 or newer; this is 20\.1\.0/);
  });
});
