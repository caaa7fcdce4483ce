import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mpesaStatement, paidThroughMpesa, statementFile, today } from './a-statement.ts';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

interface Reconciliation {
  readonly statement: { readonly ref: string | null; readonly lines: number; readonly skipped_already_seen: number };
  readonly matched: readonly { readonly ref: string | null; readonly payment: string | null; readonly pass: string }[];
  readonly exceptions: readonly {
    readonly kind: string;
    readonly payment: string | null;
    readonly line: { readonly ref: string | null; readonly external_id: string | null } | null;
    readonly candidates: readonly { readonly payment: string | null }[];
    readonly suggested_command: string;
  }[];
  readonly summary: Readonly<Record<string, number>>;
  readonly agreement: { readonly unexplained_minor: number } | null;
  readonly applied: boolean;
}

describe.each(DIALECTS)('a month of M-Pesa on %s', (dialect) => {
  let office: DemoOffice;
  const paid: Record<string, string> = {};
  let file: string;

  const reconcile = async (who: 'david' | 'esther' | 'carol', args: readonly string[], input?: string) => {
    const run = await office.as(who, ['reconcile', ...args, '--json'], input === undefined ? {} : { input });
    return { exit: run.exitCode, data: (await answerOf(run)).data as unknown as Reconciliation };
  };
  const statusOf = async (ref: string): Promise<string> =>
    (await office.data<{ status: string }>('david', ['payment', 'show', ref])).status;

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    for (const [name, receipt, amount] of [
      ['exact', 'SKA1EXACT1', '1,000.00'],
      ['late', 'SKA2LATE22', '1,500.00'],
      ['twice', 'SKA3TWICE3', '700.00'],
    ] as const)
      paid[name] = await paidThroughMpesa(office, receipt, amount);
    file = statementFile(office, 'month.csv', 250_000, [
      { receipt: 'SKA1EXACT1', amount: -1000 },
      { receipt: 'SKA1EXACT1', amount: -13, reason: 'Business Payment Charge' },
      { receipt: 'SKA3TWICE3', amount: -700 },
      { receipt: 'SKA3TWICE3', amount: -700 },
      { receipt: 'SKZ9NOBODY', amount: -450, party: '254799999999 - NOBODY KNOWN' },
    ]);
  });
  afterAll(() => office.close());

  test('the preview tells everything and saves nothing', async () => {
    const { exit, data } = await reconcile('david', [file, '--fund', 'MPESA']);
    expect(exit).toBe(10);
    expect(data.matched.map(({ payment, pass }) => [payment, pass])).toEqual([[paid['exact'], 'external_id']]);
    expect(data.summary).toMatchObject({ matched: 1, ambiguous: 2, statement_only: 2, ledger_only: 2, exceptions: 6 });
    expect(data).toMatchObject({ applied: false, statement: { ref: null, lines: 5, skipped_already_seen: 0 } });
    expect(data.agreement?.unexplained_minor).toBe(0);
    expect(await statusOf(paid['exact'] ?? '')).toBe('success');
    expect((await office.data<unknown[]>('david', ['reconcile', 'unmatched', '--fund', 'MPESA'])).length).toBe(3);
  });

  test('every match and everything that is left is a row of each format but the table', async () => {
    const { data } = await reconcile('david', [file, '--fund', 'MPESA']);
    const kinds = [...data.matched.map(() => 'matched'), ...data.exceptions.map(({ kind }) => kind)];
    const rows = async (format: string): Promise<string[]> => {
      const run = await office.as('david', ['reconcile', file, '--fund', 'MPESA', '--format', format, '--quiet']);
      expect(run.exitCode).toBe(10);
      return run.stdout.trimEnd().split('\n');
    };
    const lines = (await rows('jsonl')).map((line) => JSON.parse(line) as { result: string; payment: string | null });
    expect(lines.map(({ result }) => result)).toEqual(kinds);
    expect(lines[0]?.payment).toBe(paid['exact']);
    expect((await rows('csv')).map((row) => row.split(',')[0])).toEqual(['result', ...kinds]);
    expect((await rows('md')).slice(2).map((row) => row.split(' | ')[0])).toEqual(kinds.map((kind) => `| ${kind}`));
  });

  test('neither the cashier nor the person who paid reconciles', async () => {
    const run = await office.as('carol', ['reconcile', file, '--fund', 'MPESA', '--json']);
    expect(await errorOf(run)).toMatchObject({ exit_code: 5, code: 'ROLE_MISSING' });
  });

  test('--auto saves the lines and what is certain, once', async () => {
    const first = await reconcile('david', [file, '--fund', 'MPESA', '--auto']);
    expect(first).toMatchObject({ exit: 10, data: { applied: true, summary: { matched: 1, ambiguous: 2 } } });
    expect(first.data.matched[0]?.ref).toMatch(/^mat_/);
    expect(first.data.agreement?.unexplained_minor).toBe(0);
    expect(await statusOf(paid['exact'] ?? '')).toBe('reconciled');
    const again = await reconcile('esther', ['-', '--fund', 'MPESA', '--auto'], mpesaStatementOf(file));
    expect(again.data).toMatchObject({
      statement: { ref: null, skipped_already_seen: 5 },
      summary: { matched: 0, ambiguous: 2, statement_only: 2, ledger_only: 2 },
    });
  });

  test('who reconciles is told what is left, on a phone; who does not, is not', async () => {
    const session = office.terminal('esther', ['status'], { columns: 44 });
    expect((await session.exit).exitCode).toBe(0);
    const screen = session.screen();
    for (const line of screen.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(44);
    const words = screen.replaceAll(/\s+/g, ' ');
    for (const told of [
      'Lines that nothing explains: 4 MPESA 4, of today',
      'Payments on no statement: 2 MPESA 2, of today',
    ])
      expect(words).toContain(told);
    // On so narrow a screen the command goes on below, as a shell reads it.
    expect(words).toContain('> treasury reconcile unmatched \\ --fund MPESA');
    const waiting = async (who: 'carol' | 'esther') =>
      (await office.data<{ waiting: Record<string, { count: number; items: object[] }> }>(who, ['status'])).waiting;
    expect((await waiting('esther'))['unmatched_lines']).toMatchObject({
      count: 4,
      items: [{ name: 'MPESA', count: 4, oldest: today(), age_days: 0, amount_minor: -186_300 }],
    });
    expect((await waiting('carol'))['missed_payments']).toMatchObject({ count: 0, items: [] });
  });

  test('a tie shows both lines, and a person decides', async () => {
    const { data } = await reconcile('david', [file, '--fund', 'MPESA']);
    const [tie] = data.exceptions.filter(({ kind }) => kind === 'ambiguous');
    expect(tie?.candidates.map(({ payment }) => payment)).toEqual([paid['twice']]);
    const match = await office.data<{ ref: string; payment: string }>('david', [
      ...['reconcile', 'match', tie?.line?.ref ?? '', paid['twice'] ?? '', '--reason', 'the first of two'],
    ]);
    expect(match.payment).toBe(paid['twice']);
    expect(await statusOf(paid['twice'] ?? '')).toBe('reconciled');
    const twice = await office.as('david', ['reconcile', 'match', tie?.line?.ref ?? '', paid['late'] ?? '', '--json']);
    expect(await errorOf(twice)).toMatchObject({ exit_code: 6, code: 'MATCH_REFUSED' });
  });

  test('undo restores the exact earlier state, and the match can be made again', async () => {
    const before = await office.data<{ reconciled: boolean; match: string }[]>('faith', [
      'ledger',
      'list',
      '--fund',
      'MPESA',
    ]);
    const match = before.find((entry) => entry.match !== null)?.match ?? '';
    const undone = await office.data<{ live: boolean; payment: string }>('david', [
      'reconcile',
      'undo',
      match,
      '--reason',
      'mistaken',
    ]);
    expect(undone.live).toBe(false);
    expect(await statusOf(undone.payment)).toBe('success');
    const run = await office.as('david', ['reconcile', 'undo', match, '--json']);
    expect(await errorOf(run)).toMatchObject({ exit_code: 6, code: 'MATCH_UNDONE' });
    const again = await office.data('david', ['reconcile', 'payment', undone.payment, '--reason', 'seen in the app']);
    expect(again).toMatchObject({ status: 'reconciled' });
  });

  test('a plan is applied by another person, unless anything has moved since', async () => {
    const ref = await paidThroughMpesa(office, 'SKF1PLAN11', '120.00');
    const planned = statementFile(office, 'planned.csv', 247_137, [{ receipt: 'SKF1PLAN11', amount: -120 }]);
    const plan = join(office.home, 'plan.json');
    const make = () => reconcile('david', [planned, '--fund', 'MPESA', '--out', plan]);
    expect((await make()).data).toMatchObject({ applied: false, summary: { matched: 1 } });
    await office
      .data('david', ['reconcile', 'payment', paid['twice'] ?? '', '--reason', 'seen'])
      .catch(() => undefined);
    await paidThroughMpesa(office, 'SKF2MOVE22', '10.00');
    const moved = await office.as('esther', ['reconcile', 'apply', plan, '--json']);
    expect(await errorOf(moved)).toMatchObject({ exit_code: 7, code: 'PLAN_OUTDATED' });
    await make();
    const text = readFileSync(plan, 'utf8');
    writeFileSync(
      plan,
      text.replace(/("sha256": ")(.)/, (_, key: string, digit: string) => key + (digit === '0' ? '1' : '0')),
    );
    const altered = await office.as('esther', ['reconcile', 'apply', plan, '--json']);
    expect(await errorOf(altered)).toMatchObject({ exit_code: 2, code: 'PLAN_INVALID' });
    writeFileSync(plan, text);
    const { data } = await reconcile('esther', ['apply', plan]);
    expect(data).toMatchObject({ applied: true, summary: { matched: 1 } });
    expect(await statusOf(ref)).toBe('reconciled');
    const again = await office.as('esther', ['reconcile', 'apply', plan, '--json']);
    expect(await errorOf(again)).toMatchObject({ exit_code: 7, code: 'PLAN_OUTDATED' });
  });

  test('a payment without a line is reconciled by hand, under its own reference only', async () => {
    const late = paid['late'] ?? '';
    const wrong = await office.as('david', [
      'reconcile',
      'payment',
      late,
      '--gateway-reference',
      'SKA9OTHER9',
      '--json',
    ]);
    expect(await errorOf(wrong)).toMatchObject({ exit_code: 6, code: 'REFERENCE_DIFFERS' });
    const carol = await office.as('carol', ['reconcile', 'payment', late, '--json']);
    expect(await errorOf(carol)).toMatchObject({ exit_code: 5 });
    writeFileSync(join(office.home, 'letter.txt'), 'the bank confirms');
    const evidence = ['--gateway-reference', 'ska2late22', '--evidence', join(office.home, 'letter.txt')];
    expect(await office.data('david', ['reconcile', 'payment', late, ...evidence])).toMatchObject({
      status: 'reconciled',
    });
  });

  test('an amount that differs waits for a CFO: approved it is reconciled, rejected the match is undone', async () => {
    const more = await paidThroughMpesa(office, 'SKD1MORE11', '2,000.00');
    const less = await paidThroughMpesa(office, 'SKD2LESS22', '3,000.00');
    const opening = 250_000 - 1000 - 13 - 700 - 700 - 450;
    const differing = statementFile(office, 'differs.csv', opening, [
      { receipt: 'SKD1MORE11', amount: -2050 },
      { receipt: 'SKD2LESS22', amount: -2900 },
    ]);
    const preview = await reconcile('david', [differing, '--fund', 'MPESA']);
    expect(preview.data.summary).toMatchObject({ amount_differs: 2, matched: 0 });
    const { exit, data } = await reconcile('david', [differing, '--fund', 'MPESA', '--auto']);
    expect(exit).toBe(10);
    expect(data.summary['variances_recorded']).toHaveLength(2);
    expect(data.agreement?.unexplained_minor).toBe(preview.data.agreement?.unexplained_minor);
    expect([await statusOf(more), await statusOf(less)]).toEqual(['success', 'success']);
    const again = await reconcile('david', [differing, '--fund', 'MPESA', '--auto']);
    expect(again.data.summary).toMatchObject({ amount_differs: 0, variances_recorded: [] });
    const refOf = (payment: string): string =>
      /var_\w+/.exec(data.exceptions.find((one) => one.payment === payment)?.suggested_command ?? '')?.[0] ?? '';
    await office.data('esther', ['variance', 'approve', refOf(more), '--yes']);
    await office.data('esther', ['variance', 'reject', refOf(less), '--reason', 'the bank erred']);
    expect([await statusOf(more), await statusOf(less)]).toEqual(['reconciled', 'success']);
    const last = await reconcile('david', [differing, '--fund', 'MPESA']);
    expect(last.data.summary).toMatchObject({ amount_differs: 1, matched: 0 });
    expect(last.data.agreement?.unexplained_minor).toBe(preview.data.agreement?.unexplained_minor);
  });

  test('by hand, another amount records the difference as well', async () => {
    const ref = await paidThroughMpesa(office, 'SKE1HAND11', '400.00');
    const run = await office.as('david', ['reconcile', 'payment', ref, '--amount', '410', '--json']);
    expect(run.exitCode).toBe(10);
    expect(await statusOf(ref)).toBe('success');
    const { warnings } = (await answerOf(run)) as unknown as { warnings: string[] };
    const variance = /var_\w+/.exec(warnings.join(' '))?.[0] ?? '';
    await office.data('esther', ['variance', 'approve', variance, '--yes']);
    expect(await statusOf(ref)).toBe('reconciled');
  });

  test('what contradicts itself is not imported', async () => {
    const broken = join(office.home, 'broken.csv');
    writeFileSync(
      broken,
      mpesaStatement(1000, [
        { receipt: 'SKB1AAAAAA', amount: -100 },
        { receipt: 'SKB2AAAAAA', amount: -100 },
      ]).replace(',800.00,', ',805.00,'),
    );
    const preview = await reconcile('david', [broken, '--fund', 'MPESA']);
    expect(preview.data.exceptions.some(({ kind }) => kind === 'unbalanced')).toBe(true);
    const run = await office.as('david', ['reconcile', broken, '--fund', 'MPESA', '--auto', '--json']);
    expect(await errorOf(run)).toMatchObject({ exit_code: 6, code: 'STATEMENT_UNBALANCED' });
    expect(await office.data('david', ['reconcile', 'status', '--fund', 'MPESA'])).toMatchObject([
      { reconciled_to: today() },
    ]);
  });

  test('the books hold, and every rule about matches with them', async () => {
    expect((await office.as('faith', ['audit', 'verify'])).exitCode).toBe(0);
    expect((await office.as('faith', ['ledger', 'verify'])).exitCode).toBe(0);
    const doctor = await office.data<{ id: string; status: string }[]>('faith', ['doctor']);
    expect(doctor.length).toBeGreaterThan(20);
    expect(doctor.filter(({ status }) => status === 'broken')).toEqual([]);
  });
});

const mpesaStatementOf = (file: string): string => readFileSync(file, 'utf8');
