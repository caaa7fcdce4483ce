import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treasury } from '../support/tool.ts';
import { aDemoOffice, copyOf, DIALECTS, PASSWORD, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

/** Texts that steer a terminal, and what of them must never reach it. */
const STEERING = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B-\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/;
const NASTY = {
  'an escape that clears the screen': 'Jane\u001B[2J\u001B[H Wanjiru',
  'an escape that writes the clipboard (OSC 52)': 'Jane\u001B]52;c;cm0gLXJmIH4=\u0007',
  'a title and a link': '\u001B]0;root\u0007\u001B]8;;http://evil.example\u001B\\Jane\u001B]8;;\u001B\\',
  'a C1 control': 'Jane\u009B31m',
  'text that runs the other way': 'Jane \u202Etxt.exe\u2066',
  'a carriage return that overwrites': 'KES 1.00\rKES 9.00',
  'lines of its own': 'Jane\nCarol$ treasury payment execute\u2028x',
  'what nobody sees': 'Ja\u200Bne\uFEFF',
};

describe.each(DIALECTS)('text from outside on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  test.each(Object.entries(NASTY))('%s is refused, or seen but never obeyed', async (_, text) => {
    const list = join(office.home, 'nasty.csv');
    const cell = `"${text.replaceAll('"', '""')}"`;
    writeFileSync(
      list,
      `payee,amount,purpose,method,destination,company,region,branch,category\n${cell},100,${cell},cash,${cell},,,WESTLANDS,${cell}\n`,
    );
    const runs = [
      await office.as('amina', ['requisition', 'import', list]),
      await office.as('amina', [
        'requisition',
        'create',
        '--payee',
        text,
        '--purpose',
        text,
        '--amount',
        '100',
        '--method',
        'cash',
        '--to',
        text,
        '--branch',
        'WESTLANDS',
      ]),
      await office.as('root-admin', ['company', 'add', 'X9', '--name', text, '--dry-run']),
      await office.as('david', ['fund', 'freeze', 'MPESA', '--reason', text, '--dry-run']),
      await office.as('carol', ['payment', 'list', '--search', text]),
      await office.as('carol', ['fund', 'show', text]),
      await office.as('carol', [text]),
      await office.as('carol', ['fund', 'list', `--${text}`]),
      await office.as('carol', ['requisition', 'list']),
    ];
    for (const { exitCode, stdout, stderr } of runs) {
      expect(exitCode, stderr).not.toBe(1);
      expect(`${stdout}${stderr}`).not.toMatch(STEERING);
    }
    for (const args of [
      ['requisition', 'list'],
      ['payment', 'list', '--search', text],
      ['fund', 'show', text],
    ]) {
      const run = await office.as('carol', [...args, '--json']);
      await answerOf(run);
      expect(run.stdout).not.toMatch(STEERING);
    }
  });

  test('a name that hides something, and so would be another payee, is refused with the character and its place', async () => {
    const words = { '--payee': 'Jane Wan\u200Bjiru', '--purpose': 'Taxi\u00AD', '--amount': '100', '--method': 'cash' };
    const create = ['requisition', 'create', ...Object.entries(words).flat(), '--to', 'Jane', '--branch', 'WESTLANDS'];
    const refused = await errorOf(await office.as('amina', [...create, '--json']));
    expect([refused.exit_code, refused.faults]).toEqual([
      2,
      [
        'the payee has a character in it that cannot be seen: U+200B, in place 9; type it anew without',
        'the purpose has a character in it that cannot be seen: U+00AD, in place 5; type it anew without',
      ],
    ]);
    const reason = ['fund', 'freeze', 'MPESA', '--reason', 'a co\u2060unt'];
    expect(await errorOf(await office.as('david', [...reason, '--json']))).toMatchObject({
      ...{ code: 'REASON_INVALID', exit_code: 2 },
      message: '--reason has a character in it that cannot be seen: U+2060, in place 5; type it anew without.',
    });
  });

  test('what names a thing is a value, never a part of a query', async () => {
    const before = await office.data<object[]>('faith', ['fund', 'list']);
    for (const text of [
      `'; drop table payments; --`,
      `" or "1"="1`,
      `' union select * from users --`,
      '%',
      '_',
      '\\',
      '$1',
      '?',
      '{}',
      `PET%`,
      `pay_%`,
      `pay_____`,
    ]) {
      const searched = await office.as('carol', ['payment', 'list', '--search', text, '--json']);
      expect((await answerOf(searched)).page?.count, text).toBe(0);
      for (const args of [
        ['fund', 'show', text],
        ['payment', 'show', text],
        ['requisition', 'show', text],
        ['ledger', 'show', text],
        ['replenish', 'show', text],
        ['fund', 'list', '--branch', text],
      ]) {
        const run = await office.as('faith', [...args, '--json']);
        expect([2, 3], `${args.join(' ')}: ${run.stdout}`).toContain((await errorOf(run)).exit_code);
      }
      for (const args of [
        ['payment', 'list', '--status', text],
        ['payment', 'list', '--amount', text],
        ['payment', 'list', '--since', text],
        ['fund', 'list', '--after', text],
        ['fund', 'list', '--limit', text],
      ]) {
        const run = await office.as('faith', [...args, '--json']);
        expect((await errorOf(run)).exit_code, `${args.join(' ')}: ${run.stdout}`).toBe(2);
      }
    }
    expect(await office.data('faith', ['fund', 'list'])).toEqual(before);
  });

  test('a wildcard in a search is a letter', async () => {
    await office.payment({ purpose: '100% of_it' });
    await office.payment({ purpose: '100 of it' });
    for (const text of ['100%', 'of_it']) {
      expect(
        (await office.data<{ purpose: string }[]>('carol', ['payment', 'list', '--search', text])).map(
          ({ purpose }) => purpose,
        ),
      ).toEqual(['100% of_it']);
    }
  });

  test('a range of amounts that finds nothing by itself is refused, and says how it is written', async () => {
    for (const range of ['5..1', '1..2..3', '0,500..1,000']) {
      const refused = await errorOf(await office.as('carol', ['payment', 'list', '--amount', range, '--json']));
      expect([refused.exit_code, refused.code], range).toEqual([2, 'AMOUNT_INVALID']);
    }
    for (const range of ['1..5', '5..5', '..5', '5..'])
      expect((await office.as('carol', ['payment', 'list', '--amount', range, '--json'])).exitCode, range).toBe(0);
  });

  test('names of what every object has are only words', async () => {
    for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect((await office.as('carol', ['fund', 'list', '--fields', word, '--json'])).exitCode, word).toBe(2);
      expect((await office.as('carol', ['config', 'set', word, 'x', '--json'])).exitCode, word).toBe(2);
      expect((await office.as('carol', ['payment', 'list', '--status', word, '--json'])).exitCode, word).toBe(2);
      expect((await office.as('root-admin', ['user', 'role', 'carol', '--role', word, '--json'])).exitCode, word).toBe(
        2,
      );
      for (const args of [[word], ['fund', word], ['help', word], ['schema', word], ['fund', 'list', `--${word}`]]) {
        expect((await office.as('carol', [...args, '--json'])).exitCode, args.join(' ')).toBe(2);
      }
    }
  });

  test('a spreadsheet takes no cell for a formula', async () => {
    const formulas = ['=cmd()', '+1+1', '-2+3', '@SUM(A1)'];
    for (const payee of formulas) await office.payment({ payee, purpose: payee });
    const { stdout } = await office.as('carol', ['payment', 'list', '--format', 'csv', '--limit', '0']);
    const rows: string[][] = parse(stdout);
    for (const cell of rows.slice(1).flat()) expect(cell).not.toMatch(/^[=+@\t\r]|^-\D/);
    for (const formula of formulas) expect(stdout).toContain(`'${formula}`);
  });

  test('a very long text is refused at once, and all of it is never repeated', async () => {
    // One argument may have 128 KiB on Linux.
    const long = 'a'.repeat(120_000);
    for (const args of [
      ['fund', 'show', long],
      ['payment', 'list', '--search', long],
      ['payment', 'list', '--since', `${'9'.repeat(100_000)}d`],
      ['payment', 'list', '--amount', '1,'.repeat(50_000)],
      ['payment', 'list', '--after', long],
      ['payment', 'list', '--fields', long],
      [
        'requisition',
        'create',
        '--payee',
        long,
        '--purpose',
        long.slice(0, 4000),
        '--amount',
        '1',
        '--method',
        'cash',
        '--to',
        'J',
        '--branch',
        'WESTLANDS',
      ],
      [long],
    ]) {
      const startedAt = performance.now();
      const run = await office.as(args[1] === 'create' ? 'amina' : 'carol', [...args, '--json']);
      expect([0, 2, 3], args.slice(0, 2).join(' ').slice(0, 40)).toContain(run.exitCode);
      expect(run.stdout.length, args.slice(0, 2).join(' ').slice(0, 40)).toBeLessThan(20_000);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }
  });
});

describe('files', () => {
  let office: DemoOffice;
  const HEADER = 'payee,amount,purpose,method,destination,company,region,branch,category';
  const imported = (file: string, input?: string) =>
    office.as('amina', ['requisition', 'import', file, '--json'], input === undefined ? {} : { input });
  beforeAll(async () => {
    office = await aDemoOffice('sqlite');
  });
  afterAll(() => office.close());

  test('a directory, a pipe, a device or nothing is no list', async () => {
    execFileSync('mkfifo', [join(office.home, 'pipe')]);
    for (const file of [
      office.home,
      join(office.home, 'pipe'),
      '/dev/zero',
      '/dev/null',
      join(office.home, 'nowhere'),
    ]) {
      expect(await errorOf(await imported(file)), file).toMatchObject({ exit_code: 2 });
    }
  });

  test.each([
    ['nothing', ''],
    ['only a header', `${HEADER}\n`],
    ['a quote that never ends', `${HEADER}\n"Jane,100,Taxi,cash,Jane,,,WESTLANDS,\n`],
    ['a line cut in the middle', `${HEADER}\nJane,100,Taxi,ca`],
    ['a NUL', `${HEADER}\nJa\0ne,100,Taxi,cash,Jane,,,WESTLANDS,\n`],
    ['a column that objects have', `__proto__,${HEADER}\nx,Jane,100,Taxi,cash,Jane,,,WESTLANDS,\n`],
    ['another separator', HEADER.replaceAll(',', ';')],
  ])('%s is refused whole', async (_, text) => {
    const file = join(office.home, 'list.csv');
    writeFileSync(file, text);
    for (const run of [await imported(file), await imported('-', text)]) {
      expect((await errorOf(run)).exit_code, run.stdout).toBe(2);
    }
    expect(await office.data('amina', ['requisition', 'list'])).toEqual([]);
  });

  test('a list of another encoding or of too many bytes is refused', async () => {
    const file = join(office.home, 'list.csv');
    writeFileSync(file, Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0xff, 0xfe, 0x80])]));
    expect((await imported(file)).exitCode).toBe(2);
    truncateSync(file, 6 * 1024 * 1024);
    expect(await errorOf(await imported(file))).toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('every bad line of a list is named at once, and none is imported', async () => {
    const lines = [
      'Jane,0,Taxi,cash,Jane,,,WESTLANDS,',
      'Jane,100,Taxi,cash,Jane,,,WESTLANDS,',
      'Jane,1e3,Taxi,cheque,Jane,,,NOWHERE,',
      ',100,,mpesa,12,,,WESTLANDS,',
    ];
    const { faults } = await errorOf(await imported('-', `${HEADER}\n${lines.join('\n')}\n`));
    for (const line of ['line 2', 'line 4', 'line 5']) expect(faults.join('\n')).toContain(line);
    expect(faults.join('\n')).not.toContain('line 3');
    expect(await office.data('amina', ['requisition', 'list'])).toEqual([]);
  });

  test('--out replaces a link instead of following it, and writes no directory', async () => {
    const precious = join(office.home, 'precious');
    const link = join(office.home, 'link');
    writeFileSync(precious, 'precious');
    symlinkSync(precious, link);
    await office.as('carol', ['fund', 'list', '--json', '--out', link]);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    for (const out of [office.home, join(office.home, 'nowhere', 'x'), '/proc/nothing']) {
      const run = await office.as('david', ['fund', 'freeze', 'PETTY', '--reason', 'x', '--out', out, '--json']);
      expect(await errorOf(run), out).toMatchObject({ code: 'OUT_NOT_WRITABLE', exit_code: 2 });
    }
    expect(await office.data('carol', ['fund', 'show', 'PETTY'])).toMatchObject({ status: 'ok' });
  });

  test('a config or database that anyone may write is refused, and so is a session that others may read', async () => {
    const copy = copyOf(office);
    const run = (args: readonly string[]) =>
      treasury([...args, '--json'], { home: copy.home, env: copy.environment('carol') });
    try {
      writeFileSync(join(copy.home, 'config.toml'), 'tz = "UTC"\n');
      chmodSync(join(copy.home, 'config.toml'), 0o666);
      expect(await errorOf(await run(['fund', 'list']))).toMatchObject({ code: 'CONFIG_WORLD_WRITABLE', exit_code: 5 });
      chmodSync(join(copy.home, 'config.toml'), 0o600);
      chmodSync(join(copy.home, 'treasury.db'), 0o666);
      expect(await errorOf(await run(['fund', 'list']))).toMatchObject({
        code: 'DATABASE_WORLD_WRITABLE',
        exit_code: 5,
      });
      chmodSync(join(copy.home, 'treasury.db'), 0o600);
      chmodSync(join(copy.home, 'sessions', 'carol'), 0o644);
      expect(await errorOf(await run(['fund', 'list']))).toMatchObject({ code: 'SECRET_FILE_EXPOSED', exit_code: 4 });
    } finally {
      copy.remove();
    }
  });

  test('a file of another program is not touched', async () => {
    const other = join(office.home, 'other.db');
    const database = new Database(other);
    database.exec('create table notes (text)');
    database.close();
    const text = join(office.home, 'text.db');
    writeFileSync(text, 'not a database at all, but long enough to look like something'.repeat(100));
    for (const file of [other, text, office.home]) {
      const before = file === office.home ? '' : readFileSync(file, 'hex');
      for (const args of [['fund', 'list'], ['migrate'], ['whoami']]) {
        const run = await office.as('carol', [...args, '--json'], { env: { TREASURY_DATABASE_URL: `sqlite:${file}` } });
        expect([2, 3, 6, 9, 11], `${file} ${args.join(' ')}: ${run.stdout}`).toContain((await errorOf(run)).exit_code);
      }
      if (before !== '') expect(readFileSync(file, 'hex')).toBe(before);
    }
  });

  test('init makes nothing in a database of another program', async () => {
    const other = join(office.home, 'other2.db');
    const database = new Database(other);
    database.exec('create table notes (text)');
    database.close();
    const home = join(office.home, 'fresh');
    mkdirSync(home);
    const args = [
      'init',
      '--company',
      'Acme',
      '--company-code',
      'ACME',
      '--admin',
      'root-admin',
      '--admin-email',
      'r@acme.example',
      '--admin-password-stdin',
      '--json',
    ];
    const run = await treasury(args, { home, env: { TREASURY_DATABASE_URL: `sqlite:${other}` }, input: PASSWORD });
    expect(run.exitCode, run.stdout).not.toBe(0);
    expect(run.exitCode, run.stdout).not.toBe(1);
    expect(existsSync(join(home, 'pepper'))).toBe(false);
  });
});
