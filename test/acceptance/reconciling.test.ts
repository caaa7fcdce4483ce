import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPage } from '../support/read-page.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { mpesaStatement, paidThroughMpesa, statementFile, type StatementRow } from './a-statement.ts';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';
import { playBlock, readmeBlock } from './readme-blocks.ts';

const CHARGE = 'Business Payment Charge';

describe('the README', () => {
  test('shows how a statement is reconciled', async () => {
    const office = await aDemoOffice('sqlite');
    try {
      await paidThroughMpesa(office, 'SKJ7X2M9QP', '3,100.00');
      await paidThroughMpesa(office, 'SKJ8K1L4WZ', '1,500.00');
      statementFile(office, 'mpesa.csv', 250_000, [
        { receipt: 'SKJ7X2M9QP', amount: -3100, party: '254722123456 - JANE WANJIRU' },
        { receipt: 'SKJ7X2M9QP', amount: -13, reason: CHARGE },
        { receipt: 'SKJ9N0B0DY', amount: -450, party: '254799999999 - NOBODY KNOWN' },
      ]);
      await playBlock(office, 'reconcile', { known: {}, exits: { 'reconcile mpesa.csv': 10 } });
    } finally {
      await office.close();
    }
  });
});

describe.each(DIALECTS)('the night of the README on %s', (dialect) => {
  let office: DemoOffice;
  const [setUp = '', line = ''] = readmeBlock('nightly').split('crontab -l\n');
  const inbox = (name: string) => join(office.home, 'statements', name);
  const sent = (): string => (existsSync(inbox('../sent')) ? readFileSync(inbox('../sent'), 'utf8') : '');
  const arrives = (name: string, opening: number, rows: readonly StatementRow[]): void =>
    writeFileSync(inbox(name), mpesaStatement(opening, rows));
  const shell = (command: string, env: Readonly<Record<string, string>>) =>
    execa('sh', ['-c', command], {
      env: { ...toolEnvironment(office.home, env), PATH: `${join(office.home, 'bin')}:${process.env['PATH'] ?? ''}` },
      ...{ extendEnv: false, cwd: office.home, reject: false },
    });
  /** What cron runs: the line without its five times, in a shell without a session. */
  const night = async (): Promise<{ exitCode: number | undefined; mail: string }> => {
    const before = sent();
    expect(line).toMatch(/^30 2 \* \* \* {2}TREASURY_TOKEN_FILE=/);
    const ran = await shell(line.trim().replace(/^(?:\S+ +){5}/, ''), office.environment(null));
    return { exitCode: ran.exitCode, mail: sent().slice(before.length) };
  };
  const statusOf = async (ref: string): Promise<string> =>
    (await office.data<{ status: string }>('david', ['payment', 'show', ref])).status;

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    mkdirSync(join(office.home, 'bin'));
    const programs = {
      treasury: `exec "${process.execPath}" "${TOOL}" "$@"`,
      mail: '{ echo "$@"; cat; } >> "$HOME/sent"',
    };
    for (const [name, body] of Object.entries(programs)) {
      writeFileSync(join(office.home, 'bin', name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(office.home, 'bin', name), 0o755);
    }
    writeFileSync(join(office.home, 'david.password'), `${PASSWORD}\n`, { mode: 0o600 });
    const ran = await shell(setUp, office.environment('david'));
    expect(ran.exitCode, `${ran.stdout}${ran.stderr}`).toBe(0);
  });
  afterAll(() => office.close());

  test('without a statement nothing happens, and nobody is written to', async () => {
    expect(await night()).toEqual({ exitCode: 0, mail: '' });
  });

  test('what is explained (0) is saved, laid aside with what was said, and nobody is written to', async () => {
    const payment = await paidThroughMpesa(office, 'SKN1NIGHT1', '1,000.00');
    arrives('first.csv', 250_000, [{ receipt: 'SKN1NIGHT1', amount: -1000 }]);
    expect(await night()).toEqual({ exitCode: 0, mail: '' });
    expect(await statusOf(payment)).toBe('reconciled');
    expect(readdirSync(inbox('done')).toSorted()).toEqual(['first.csv', 'first.csv.txt']);
    expect(readFileSync(inbox('done/first.csv.txt'), 'utf8')).toContain('1, saved');
    expect(statSync(inbox('done/first.csv.txt')).mode & 0o077).toBe(0);
  });

  test('what is left for people (10) is saved, laid aside and mailed; fees are left to them', async () => {
    const payment = await paidThroughMpesa(office, 'SKN2NIGHT2', '500.00');
    arrives('second.csv', 249_000, [
      { receipt: 'SKN2NIGHT2', amount: -500 },
      { receipt: 'SKN2NIGHT2', amount: -7, reason: CHARGE },
    ]);
    const { exitCode, mail } = await night();
    expect(exitCode).toBe(0);
    expect(mail).toContain('-s second.csv: something is left to reconcile treasurer@acme.example');
    expect(mail).toContain('1 only on the statement: KES -7.00');
    expect(await statusOf(payment)).toBe('reconciled');
    expect(existsSync(inbox('second.csv'))).toBe(false);
    expect(existsSync(inbox('done/second.csv'))).toBe(true);
  });

  test('what is refused stays, is mailed with its exit code, and the next night tries it again', async () => {
    const payment = await paidThroughMpesa(office, 'SKN3NIGHT3', '100.00');
    const text = mpesaStatement(248_493, [
      { receipt: 'SKN3NIGHT3', amount: -100 },
      { receipt: 'SKN4NIGHT4', amount: -100 },
    ]);
    writeFileSync(inbox('third.csv'), text.replace(',248393.00,', ',248399.00,'));
    writeFileSync(inbox('letter.csv'), 'Dear customer\n');
    const refused = await night();
    expect(refused.exitCode).toBe(1);
    expect(refused.mail).toContain('-s letter.csv was not reconciled (exit 2) treasurer@acme.example');
    expect(refused.mail).toContain('-s third.csv was not reconciled (exit 6) treasurer@acme.example');
    expect(await statusOf(payment)).toBe('success');
    expect(readdirSync(inbox('.')).filter((name) => name.endsWith('.csv'))).toEqual(['letter.csv', 'third.csv']);
    writeFileSync(inbox('third.csv'), text);
    expect((await night()).mail).toContain('third.csv: something is left to reconcile');
    expect(await statusOf(payment)).toBe('reconciled');
    expect(existsSync(inbox('third.csv'))).toBe(false);
    expect(existsSync(inbox('letter.csv'))).toBe(true);
  });

  test('a file that comes again adds nothing', async () => {
    const before = await office.data<{ matched: number }[]>('david', ['reconcile', 'status', '--fund', 'MPESA']);
    writeFileSync(inbox('first-again.csv'), readFileSync(inbox('done/first.csv')));
    await night();
    expect(readFileSync(inbox('done/first-again.csv.txt'), 'utf8')).toContain('1, of which 1 were imported before');
    const after = await office.data<{ matched: number }[]>('david', ['reconcile', 'status', '--fund', 'MPESA']);
    expect(after.map(({ matched }) => matched)).toEqual(before.map(({ matched }) => matched));
  });

  test('a token that was revoked opens nothing (4): the file waits', async () => {
    await office.data('david', ['token', 'revoke', 'nightly']);
    arrives('fourth.csv', 248_293, [{ receipt: 'SKN5NIGHT5', amount: -1 }]);
    const { exitCode, mail } = await night();
    expect([exitCode, existsSync(inbox('fourth.csv'))]).toEqual([1, true]);
    expect(mail).toContain('-s fourth.csv was not reconciled (exit 4)');
  });
});

describe.each(DIALECTS)('a report on %s', (dialect) => {
  let office: DemoOffice;
  const EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>';
  const BIDI = String.fromCodePoint(0x202e);
  let file: string;
  const report = (name = 'report.html') => join(office.home, name);
  const reconcile = (args: readonly string[], who: 'david' | 'esther' = 'david') =>
    office.as(who, ['reconcile', file, '--fund', 'MPESA', ...args, '--json']);

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    const add = ['reconcile', 'fee', 'add', 'charges', '--fund', 'MPESA', '--contains', 'charge', '--tariff', '*:13'];
    const { ref } = await office.data<{ ref: string }>('david', add);
    await office.data('esther', ['change', 'confirm', ref, '--yes']);
    await paidThroughMpesa(office, 'SKR1REPORT', '1,000.00');
    await paidThroughMpesa(office, 'SKR2REPORT', '200.00');
    file = statementFile(office, 'mpesa <b>.csv', 250_000, [
      { receipt: 'SKR1REPORT', amount: -1000 },
      { receipt: 'SKR1REPORT', amount: -13, reason: CHARGE },
      { receipt: 'SKZ9NOBODY', amount: -450, party: `${EVIL.replaceAll('"', "'")}${BIDI}` },
    ]);
  });
  afterAll(() => office.close());

  test('of a preview says what it found, and that nothing was saved', async () => {
    const run = await reconcile(['--report', report()]);
    expect(run.stderr).toContain(`The report is in ${report()}.`);
    expect(run.exitCode).toBe(10);
    const page = readPage(readFileSync(report(), 'utf8'));
    expect(page.title).toBe('Reconciliation of MPESA, M-Pesa till Nairobi');
    expect(page.text).toContain('A preview: nothing was saved.');
    expect(page.text).toMatch(/\(ACME\)/);
    expect(page.facts).toMatchObject({ File: 'mpesa <b>.csv, mpesa', 'Made by': 'david' });
    expect(page.facts['Made at']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d EAT$/);
    expect(page.facts['SHA-256 of the file']).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(report()).mode & 0o777).toBe(0o600);
    const state = await office.data<{ matched: number }[]>('david', ['reconcile', 'status', '--fund', 'MPESA']);
    expect(state.map(({ matched }) => matched)).toEqual([0]);
  });

  test('is written again whole, shows every exception, and nothing of the statement becomes markup', async () => {
    writeFileSync(report(), 'an older report', { mode: 0o644 });
    const { data } = (await answerOf(await reconcile(['--auto', '--report', report()]))) as unknown as {
      data: {
        reconciliation: string;
        exceptions: { amount: string }[];
        matched: { pass: string }[];
        agreement: { unexplained_minor: number };
      };
    };
    const text = readFileSync(report(), 'utf8');
    const page = readPage(text);
    expect(statSync(report()).mode & 0o777).toBe(0o600);
    expect(readdirSync(office.home).filter((name) => name.startsWith('report.html'))).toEqual(['report.html']);
    expect(page.text).toContain(`Saved: reconciliation ${data.reconciliation}`);
    expect(page.text).toContain('1 fee booked');
    for (const name of ['script', 'img', 'b', 'link', 'iframe', 'form', 'a']) expect(page.elements).not.toContain(name);
    expect(page.attributes.filter((name) => name.startsWith('on') || name === 'src' || name === 'href')).toEqual([]);
    expect(text).not.toContain(BIDI);
    expect(page.text).toContain('\\u{202e}');
    const matched = page.tables.find(({ head }) => head.includes('Matches'));
    expect(matched?.rows.map(([, count]) => count)).toEqual(['1', '1']);
    expect(matched?.foot).toEqual(['All', '2', '2', 'KES -1,013.00']);
    const left = page.tables.filter(({ head }) => head.includes('Why, and what settles it'));
    expect(left.flatMap(({ rows }) => rows).length).toBe(data.exceptions.length);
    const shown = left.flatMap(({ head, rows }) => rows.map((row) => row[head.indexOf('Amount')]?.replace('KES ', '')));
    expect(shown.toSorted()).toEqual(data.exceptions.map(({ amount }) => amount).toSorted());
    expect(page.tables.find(({ head }) => head[0]?.startsWith('What explains it'))?.foot).toEqual([
      'Unexplained',
      `KES ${(data.agreement.unexplained_minor / 100).toFixed(2)}`,
    ]);
  });

  test('that cannot be written is refused (2) before anything is saved', async () => {
    await paidThroughMpesa(office, 'SKR3REPORT', '10.00');
    const later = file;
    file = statementFile(office, 'later.csv', 248_537, [{ receipt: 'SKR3REPORT', amount: -10 }]);
    try {
      for (const place of [office.home, join(office.home, 'nowhere', 'report.html'), file]) {
        const run = await reconcile(['--auto', '--report', place]);
        expect(await errorOf(run), place).toMatchObject({ exit_code: 2, code: 'REPORT_NOT_WRITABLE' });
      }
      expect(readFileSync(file, 'utf8')).toContain('Receipt No.');
      const skipped = async () =>
        ((await answerOf(await reconcile([]))) as unknown as { data: { statement: { skipped_already_seen: number } } })
          .data.statement.skipped_already_seen;
      expect(await skipped()).toBe(0);
    } finally {
      file = later;
    }
  });

  test('is not written by a rehearsal, nor under a key', async () => {
    const run = await reconcile(['--auto', '--dry-run', '--report', report('dry.html')]);
    expect(run.exitCode, run.stdout).toBe(10);
    expect(existsSync(report('dry.html'))).toBe(false);
    const keyed = await reconcile(['--auto', '--idempotency-key', 'k1', '--report', report('dry.html')]);
    expect(await errorOf(keyed)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REFUSED' });
  });
});
