import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import writeWorkbook from 'write-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../src/store/tables.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

const README = join(import.meta.dirname, '..', '..', 'README.md');
const FILE = `Stanbic Bank Kenya
Booked;Narrative;Money Out;Money In;Running
01.10.2026;Rent;1.500,00;;8.500,00
02.10.2026;Sale;;200,00;8.700,00
`;
const FLAGS = [
  ...['--date', 'Booked', '--date-format', 'dd.MM.yyyy', '--description', 'Narrative', '--debit', 'Money Out'],
  ...['--credit', 'Money In', '--balance', 'Running', '--decimal', ',', '--delimiter', ';'],
];

describe.each(DIALECTS)('column profiles on %s', (dialect) => {
  let office: DemoOffice;
  let file: string;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    file = join(office.home, 'stanbic.csv');
    writeFileSync(file, FILE);
  });
  afterAll(() => office.close());

  const add = (name: string, ...more: string[]) => ['reconcile', 'profile', 'add', name, '--sample', file, ...more];
  const names = async (): Promise<string[]> =>
    (await office.data<{ name: string }[]>('faith', ['reconcile', 'profile', 'list'])).map(({ name }) => name);

  test('a rehearsal shows the first lines and whether they hold, and saves nothing', async () => {
    const run = await office.as('david', add('stanbic', ...FLAGS, '--dry-run'));
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/Opening +KES 10,000.00\n/);
    expect(run.stdout).toMatch(/Ties +yes\n/);
    expect(run.stdout).toMatch(/2026-10-01 .*KES -1,500.00.*KES 8,500.00.*Rent/);
    expect(run.stderr).toContain('Nothing was saved');
    expect(await names()).toEqual(['equity', 'kcb', 'coop', 'ncba']);
  });

  test('of a workbook with several sheets one is read, the one that is named', async () => {
    const rows = (text: string) => [
      ['Booked', 'Narrative', 'Money Out', 'Money In', 'Running'].map((value) => ({ value })),
      ['01.10.2026', text, null, 5, 5].map((value) => ({ value })),
    ];
    const workbook = join(office.home, 'stanbic.xlsx');
    const sheets = ['Summary', 'October'].map((sheet) => ({ sheet, data: rows(`of ${sheet}`) }));
    writeFileSync(workbook, await writeWorkbook(sheets as never).toBuffer());
    const adding = ['reconcile', 'profile', 'add', 'sheets', '--sample', workbook, ...FLAGS.slice(0, -4), '--json'];
    expect(await errorOf(await office.as('david', adding))).toMatchObject({
      code: 'NOT_A_STATEMENT',
      message: expect.stringContaining('"Summary", "October"'),
      fix: expect.stringContaining('--sheet'),
      exit_code: 2,
    });
    const added = await office.as('david', [...adding, '--sheet', 'October', '--dry-run']);
    expect(await answerOf(added)).toMatchObject({
      data: { sheet: 'October', sample: { first_lines: [{ description: 'of October' }] } },
    });
  });

  test('without anybody to ask, everything that lacks is named', async () => {
    const run = await office.as('david', ['reconcile', 'profile', 'add', 'stanbic', '--json']);
    expect((await errorOf(run)).faults).toEqual(
      ['--sample', '--date', '--date-format', '--description', '--amount, or --debit and --credit'].map(
        (flag) => `${flag} is missing`,
      ),
    );
    const half = await office.as(
      'david',
      add('x', '--debit', 'Money Out', '--mark', 'M', '--date', 'Booked', '--json'),
    );
    expect((await errorOf(half)).faults.join()).toMatch(/--credit is missing.*--marks-in is missing,--marks-out/);
    const both = await office.as('david', add('x', ...FLAGS, '--amount', 'Running', '--json'));
    expect(await errorOf(both)).toMatchObject({ code: 'AMOUNTS_TOLD_TWICE', exit_code: 2 });
  });

  test('one that is read against its balances is not added', async () => {
    const turned = FLAGS.map((flag) => ({ 'Money Out': 'Money In', 'Money In': 'Money Out' })[flag] ?? flag);
    const run = await office.as('david', add('stanbic', ...turned, '--json'));
    expect(await errorOf(run)).toMatchObject({ code: 'PROFILE_DOES_NOT_HOLD', exit_code: 6 });
    expect(await names()).toHaveLength(4);
  });

  test('on a terminal it asks for what is not given', async () => {
    const session = office.terminal('david', ['reconcile', 'profile', 'add', 'asked']);
    const answers = [
      ['A statement to try it on', file],
      ['Between cells', ';'],
      ['Column of the day', 'Booked'],
      ['How days are written', 'dd.MM.yyyy'],
      ['Columns of the description', 'Narrative'],
      ['Column of money out', 'Money Out'],
      ['Column of money in', 'Money In'],
      ['Column of the running balance', 'Running'],
      ["bank's own reference", ''],
      ['Decimal mark', ','],
    ] as const;
    for (const [question, answer] of answers) {
      await session.waitFor(question, 30_000);
      session.type(answer);
      session.press('enter');
    }
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    expect(session.screen()).toContain('Its columns: Booked | Narrative | Money Out | Money In | Running');
    expect(session.screen()).toContain('Profile asked is there for everybody in the office.');
    expect(await names()).toContain('asked');
  });

  test('what was added reads files by its name, for whoever is logged in', async () => {
    await answerOf(await office.as('david', add('stanbic', ...FLAGS, '--json')));
    const show = ['statement', 'show', file, '--map', 'stanbic', '--json'];
    expect((await answerOf(await office.as('carol', show))).data).toMatchObject([
      { type: 'csv', lines: 2, opening: '10000.00', closing: '8700.00', ties: true },
    ]);
    expect(await errorOf(await office.as(null, show))).toMatchObject({ exit_code: 4, code: 'SESSION_MISSING' });
    const reconcile = ['reconcile', file, '--fund', 'BANK', '--map', 'stanbic', '--json'];
    expect((await answerOf(await office.as('david', reconcile))).data).toMatchObject({ statement: { lines: 2 } });
    expect(
      await errorOf(
        await office.as(
          'david',
          reconcile.map((word) => (word === 'stanbic' ? 'none' : word)),
        ),
      ),
    ).toMatchObject({
      exit_code: 3,
      code: 'PROFILE_NOT_FOUND',
    });
  });

  test('a plan is applied by the profile that it was made by', async () => {
    const plan = join(office.home, 'plan.json');
    const made = await office.as('david', ['reconcile', file, '--fund', 'BANK', '--map', 'stanbic', '--out', plan]);
    expect(made.exitCode, made.stderr).toBe(10);
    expect(await office.data('david', ['reconcile', 'apply', plan])).toMatchObject({
      ...{ applied: true, statement: { lines: 2, skipped_already_seen: 0 } },
    });
    const [{ profile }] = (await office.store.read((tx) => tx.db.select().from(tx.t.statements))) as [
      Row<'statements'>,
    ];
    expect(profile).toBe('stanbic');
  });

  test('those that come with the tool need no login, and no other type', async () => {
    const equity = join(office.home, 'equity.csv');
    writeFileSync(equity, 'Date,Description,Debit,Credit,Balance\n01/10/2026,Rent,5.00,,95.00\n');
    const show = ['statement', 'show', equity, '--map', 'equity', '--json'];
    expect((await answerOf(await office.as(null, show))).data).toMatchObject([{ lines: 1, debits: '5.00' }]);
    expect(await errorOf(await office.as(null, [...show, '--type', 'ofx']))).toMatchObject({
      code: 'PROFILE_NEEDS_CSV',
    });
    expect((await office.as(null, [...show, '--type', 'csv'])).exitCode).toBe(0);
  });

  test('the README adds one as it says', async () => {
    const [, block = ''] = /<!-- profile -->\n```sh\n(.*?)```/s.exec(readFileSync(README, 'utf8')) ?? [];
    const commands = block
      .replaceAll('profile add stanbic', 'profile add readme')
      .replace('--map stanbic', '--map readme');
    writeFileSync(join(office.home, 'treasury'), `#!/bin/sh\nexec "${process.execPath}" "${TOOL}" "$@"\n`, {
      mode: 0o700,
    });
    const ran = await execa('sh', ['-ec', commands.replace(/(--map readme)$/m, '$1 || test $? = 10')], {
      env: {
        ...toolEnvironment(office.home, office.environment('david')),
        PATH: `${office.home}:${process.env['PATH'] ?? ''}`,
      },
      ...{ extendEnv: false, cwd: office.home, reject: false },
    });
    expect(ran.exitCode, `${ran.stdout}${ran.stderr}`).toBe(0);
    expect(await names()).toContain('readme');
  });

  test('a card says what a profile says', async () => {
    const { stdout } = await office.as('faith', ['reconcile', 'profile', 'show', 'stanbic']);
    expect(stdout).toMatch(/Day +Booked, written dd\.MM\.yyyy\n/);
    expect(stdout).toMatch(/Amounts +Money Out is money out, Money In money in\n/);
    expect(stdout).toMatch(/Figures +1\.234,50\n/);
    expect(stdout).toMatch(/File +utf-8, a semicolon between cells\n/);
    expect(stdout).toMatch(/Made by +david, /);
  });
});
