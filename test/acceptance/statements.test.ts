import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import { treasury, treasuryInTerminal } from '../support/tool.ts';
import { answerOf, errorOf } from './documents.ts';
import { scratchDirectory } from '../support/scratch.ts';

const FIXTURES = path.join(import.meta.dirname, '../statements/fixtures');
const MONTH = path.join(FIXTURES, 'camt053-month.xml');
const ACCOUNTS = path.join(FIXTURES, 'ofx2-accounts.ofx');

let home: string;
beforeAll(() => {
  home = scratchDirectory('treasury-statements-');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const show = (...args: string[]) => treasury(['statement', 'show', ...args], { home });

function fileOf(name: string, content: string): string {
  const file = path.join(home, name);
  writeFileSync(file, content);
  return file;
}

describe('statement show needs no office and no login', () => {
  test('tells what a file says, and makes none', async () => {
    const answer = await answerOf(await show(MONTH, '--json'));
    expect(answer).toMatchObject({ ok: true, schema: 'treasury.statement/1', meta: { actor: null } });
    expect(answer.data).toEqual([
      {
        type: 'camt',
        id: 'ST-2026-09',
        page: '1',
        account: '01100012345600',
        currency: 'KES',
        period: { from: '2026-09-01', to: '2026-09-30' },
        opening: '100000.00',
        opening_minor: 10_000_000,
        opening_currency: 'KES',
        closing: '110665.50',
        closing_minor: 11_066_550,
        closing_currency: 'KES',
        lines: 5,
        credits: '20700.00',
        credits_minor: 2_070_000,
        debits: '10034.50',
        debits_minor: 1_003_450,
        ties: true,
        warnings: [
          'line 114: 2026-09-31 is no day of the calendar',
          'line 108: 1 entry that is not booked is left out (PDNG), from here on',
        ],
      },
    ]);
    expect(existsSync(path.join(home, 'treasury.db'))).toBe(false);
  });

  test('standard input is a file like any other, and leaves nothing behind', async () => {
    const temporary = path.join(home, 'tmp');
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    const options = { home, input: readFileSync(MONTH, 'utf8'), env: { TMPDIR: temporary } };
    const piped = await answerOf(await treasury(['statement', 'show', '-', '--json'], options));
    expect(piped.data).toEqual((await answerOf(await show(MONTH, '--json'))).data);
    expect(readdirSync(temporary).filter((name) => name.startsWith('treasury-'))).toEqual([]);
  });

  test('a statement that does not tie is shown all the same', async () => {
    const file = fileOf('wrong.xml', readFileSync(MONTH, 'utf8').replace('110665.5<', '110665.6<'));
    const run = await show(file, '--json');
    expect(run.exitCode).toBe(0);
    const answer = await answerOf(run);
    expect(answer.data).toMatchObject([{ ties: false, closing: '110665.60' }]);
    expect(answer.warnings[0]).toContain('line 114: it does not tie');
    const people = await show(file);
    expect(people.stdout).toMatch(/Ties\s+NO/);
    expect(people.stderr).toContain('Warning: line 114: it does not tie');
  });

  test.each([
    {
      what: 'a type against the sign of its amount',
      from: 'ofx1-month.ofx',
      change: (text: string) => text.replace(/<TRNTYPE>\w+/, '<TRNTYPE>DEBIT').replace(/<TRNAMT>-?/, '<TRNAMT>'),
      says: 'DEBIT is money out, but its amount is above zero: it is not certain which was meant',
    },
    {
      what: 'a group that is cut off',
      from: 'bai2-day.bai2',
      change: (text: string) => text.slice(0, text.indexOf('98,15025100')),
      says: 'the group has no trailer (98): it may be cut off',
    },
    {
      what: 'a net that its entries do not come to',
      from: 'camt053-month.xml',
      change: (text: string) => withTotal(text, '<TtlNetNtry><Amt>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>'),
      says: 'it says that credits less debits come to KES 1.00, and they come to KES 10,665.50',
    },
    {
      what: 'a total that cannot be read',
      from: 'camt053-month.xml',
      change: (text: string) => withTotal(text, '<Sum>1.005E3</Sum>'),
      says: 'the sum of TtlNtries is "1.005E3", which is no amount',
    },
    {
      what: 'a line of a day that cannot be',
      from: 'camt053-month.xml',
      change: (text: string) => text.replace(/(<BookgDt>\s*<Dt>)2026/, '$11989'),
      says: 'it is the first line booked on a day that cannot be: 1989-09-04 is before 1990',
    },
  ])('$what is named, and the file is shown all the same', async ({ from, change, says }) => {
    const text = readFileSync(path.join(FIXTURES, from), 'utf8');
    expect(change(text)).not.toBe(text);
    const [good, bad] = [await show(path.join(FIXTURES, from)), await show(fileOf(from, change(text)))];
    expect([good.exitCode, bad.exitCode]).toEqual([0, 0]);
    expect(good.stderr).not.toContain(says);
    expect(bad.stderr).toContain(says);
  });

  const withTotal = (text: string, total: string): string =>
    text.replace('<Ntry>', `<TxsSummry><TtlNtries>${total}</TtlNtries></TxsSummry><Ntry>`);

  test('a page that is missing is named', async () => {
    const month = readFileSync(MONTH, 'utf8');
    const warnings = async (xml: string): Promise<string> => {
      const { data } = await answerOf(await show(fileOf('pages.xml', xml), '--json'));
      return JSON.stringify(data);
    };
    expect(month).toContain('<LastPgInd>true</LastPgInd>');
    expect(await warnings(month.replace('<LastPgInd>true<', '<LastPgInd>false<'))).toContain(
      'page 1 of the message is not the last, and page 2 is not in it',
    );
    expect(await warnings(month.replace('<PgNb>1<', '<PgNb>2<'))).toContain(
      'page 2 of the message is in it, page 1 is not',
    );
  });

  test('several statements are a list', async () => {
    const answer = await answerOf(await show(ACCOUNTS, '--json'));
    expect(answer.data).toMatchObject([
      { type: 'ofx', account: '4000-1234', currency: 'UGX', closing: '-150000', ties: null },
      { type: 'ofx', account: 'INV-7', currency: 'USD', debits: '2.50', closing: null, closing_currency: null },
    ]);
    const { stdout } = await show(ACCOUNTS, '--format', 'csv');
    expect(stdout.split('\n')).toHaveLength(4);
    expect(stdout).toContain('account,currency,id,period,opening,credits,debits,closing,lines,ties');
  });
});

describe('what is no statement is exit 2', () => {
  test.each([
    ['empty', '', /empty/],
    ['letter', 'Dear treasurer,\n', /no statement in a known format/],
    ['archive.zip', 'PK\u0003\u0004', /zip archive/],
    ['bomb.xml', '<!DOCTYPE a [<!ENTITY b "c">]><a><BkToCstmrStmt/></a>', /DOCTYPE/],
    ['cut.xml', readFileSync(MONTH, 'utf8').slice(0, 3000), /unclosed/],
  ])('%s', async (name, content, why) => {
    const error = await errorOf(await show(fileOf(name, content), '--json'));
    expect(error).toMatchObject({ exit_code: 2, message: expect.stringMatching(why) });
    expect(error.unchanged).not.toBeNull();
  });

  test('nor is a directory, or what is not there, or an unknown type', async () => {
    expect(await errorOf(await show(home, '--json'))).toMatchObject({ code: 'FILE_UNREADABLE', exit_code: 2 });
    expect(await errorOf(await show('nothing.xml', '--json'))).toMatchObject({ code: 'FILE_UNREADABLE', exit_code: 2 });
    expect(await errorOf(await show(MONTH, '--type', 'shoe', '--json'))).toMatchObject({
      code: 'STATEMENT_TYPE_UNKNOWN',
    });
    expect(await errorOf(await show(MONTH, '--type', 'ofx', '--json'))).toMatchObject({ code: 'NOT_A_STATEMENT' });
  });
});

describe('its lines', () => {
  test('are told in the order of the file', async () => {
    const answer = await answerOf(await show(MONTH, '--lines', '--json'));
    expect(answer).toMatchObject({
      schema: 'treasury.statement_line/1',
      page: { next: null, count: 5, totals: { KES: '10665.50' } },
    });
    expect(answer.data).toMatchObject([
      { statement: 1, position: 39, booked_on: '2026-09-02', amount: '20000.00', external_id: 'FT26245001' },
      { amount: '-10000.00', references: ['PAIN-17', 'PI-17', 'PV-NBI-2026-00001', 'PV-NBI-2026-00002'] },
      { amount: '-34.50', is_charge: true },
      { amount: '700.00', counterparty: 'Peter Otieno' },
      { amount: '0.00', booked_on: '2026-09-31' },
    ]);
  });

  test('as many as are wanted', async () => {
    const some = await show(MONTH, '--lines', '--limit', '2');
    expect(some.stdout).toContain('5 lines, net KES 10,665.50');
    expect(some.stdout).toContain('Showing 2; --limit 0 shows all');
    expect((await show(MONTH, '--lines', '--limit', '0', '--format', 'jsonl')).stdout.trim().split('\n')).toHaveLength(
      5,
    );
  });

  test('cannot steer a terminal or a spreadsheet', async () => {
    const hostile = readFileSync(MONTH, 'utf8').replace('>Taxi<', '>=cmd|x \u202e\u009b31m<');
    const { stdout } = await show(fileOf('hostile.xml', hostile), '--lines', '--format', 'csv');
    expect(stdout).toContain("'=cmd|x \\u{202e}\\x9b31m");
  });
});

test.each([MONTH, ACCOUNTS])('%s fits 44 columns', async (file) => {
  for (const args of [[], ['--lines']]) {
    const session = treasuryInTerminal(['statement', 'show', file, ...args], { home, columns: 44 });
    expect((await session.exit).exitCode).toBe(0);
    const wide = session
      .screen()
      .split('\n')
      .filter((line) => stringWidth(line) > 44);
    expect(wide).toEqual([]);
  }
});
