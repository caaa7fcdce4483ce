import { describe, expect, test } from 'vitest';
import { reconciliationReport, type ReportFacts } from '../../src/terminal/reconciliation-report.ts';
import { readPage } from '../support/read-page.ts';

const left = (change: object = {}) => ({
  ...{ line: 'stl_c7ajtq0001', day: '2026-10-18', reference: 'SKZ9NOBODY', about: 'NOBODY: Payment', entry: null },
  ...{ amountMinor: -45_000, message: 'No entry of the book explains it.', next: 'treasury ledger list' },
  ...change,
});

const facts = (change: Partial<ReportFacts> = {}): ReportFacts => ({
  ...{ office: 'Acme Kenya (ACME)', fund: 'MPESA, M-Pesa till', currency: 'KES', state: 'A preview.', inTransit: 0 },
  about: [
    ['Account', '600600'],
    ['SHA-256 of the file', 'f'.repeat(64)],
  ],
  statement: { openingMinor: 100_000, creditsMinor: 5_000, debitsMinor: 45_000, closingMinor: 60_000, ties: true },
  agreement: {
    ...{ day: '2026-10-18', ledgerMinor: 110_000, ledgerOnlyMinor: 1_000, statementOnlyMinor: -45_000 },
    ...{ differsMinor: -3_000, closingMinor: 60_000, unexplainedMinor: -1_000 },
  },
  passes: [
    { title: 'Same identifier', matches: 2, lines: 3, sumMinor: -300 },
    { title: 'By rule', matches: 1, lines: 1, sumMinor: -13 },
  ],
  kinds: [{ title: 'only on the statement', exceptions: [left(), left({ amountMinor: 100 })] }],
  ...change,
});
const read = (change: Partial<ReportFacts> = {}) => readPage(reconciliationReport(facts(change)));

describe('a report of a reconciliation', () => {
  test('says whose it is, and has room for two signatures', () => {
    const page = read();
    expect(page.title).toBe('Reconciliation of MPESA, M-Pesa till');
    expect(page.text).toContain('Acme Kenya (ACME)');
    expect(page.text).toContain('A preview.');
    expect(page.facts).toEqual({ Account: '600600', 'SHA-256 of the file': 'f'.repeat(64) });
    expect(page.headings.slice(-2)).toEqual(['Prepared by', 'Reviewed by']);
    expect(page.text.match(/Name and signature/g)?.length).toBe(2);
  });

  test('shows the arithmetic, of which every row adds up to the last', () => {
    const [own, both] = read().tables;
    expect([own?.rows, own?.foot]).toEqual([
      [
        ['Opening balance', 'KES 1,000.00'],
        ['Money in', 'KES 50.00'],
        ['Money out', 'KES -450.00'],
      ],
      ['Closing balance', 'KES 600.00'],
    ]);
    expect(both?.rows.map(([, amount]) => amount)).toEqual([
      ...['KES 1,100.00', 'KES -10.00', 'KES -450.00', 'KES -30.00', 'KES 600.00'],
    ]);
    expect(both?.foot).toEqual(['Unexplained', 'KES -10.00']);
  });

  test('says what a statement does not tell, and whether it holds', () => {
    const silent = { openingMinor: null, creditsMinor: 0, debitsMinor: 0, closingMinor: null };
    const page = read({ statement: { ...silent, ties: null }, agreement: null });
    expect(page.text).toContain('the book cannot be held against the statement');
    expect(page.text).toContain('does not say enough');
    expect(page.tables[0]?.foot).toEqual(['Closing balance', 'not told']);
    expect(read({ statement: { ...silent, ties: false } }).text).toContain('do NOT come to the closing balance');
  });

  test('counts matches and sums them up by how they were found', () => {
    const table = read().tables.find(({ head }) => head.includes('Matches'));
    expect(table?.rows).toEqual([
      ['Same identifier', '2', '3', 'KES -3.00'],
      ['By rule', '1', '1', 'KES -0.13'],
    ]);
    expect(table?.foot).toEqual(['All', '3', '4', 'KES -3.13']);
    expect(read({ passes: [] }).text).toContain('Nothing was matched.');
  });

  test('lists every exception with its figures, by kind, with sums', () => {
    const page = read({
      kinds: [
        ...facts().kinds,
        { title: 'the statement does not hold', exceptions: [left({ line: null, amountMinor: null })] },
      ],
      inTransit: 3,
    });
    expect(page.headings).toContain('Left for people: 3');
    const [first, second] = page.tables.slice(-2);
    // What is the same for all of a kind is said once, and what none has takes no room.
    expect(first?.head).toEqual(['Line', 'Day', 'Reference', 'Who and what', 'Amount']);
    expect(first?.rows[0]).toEqual([
      ...['stl_c7ajtq0001', '2026-10-18', 'SKZ9NOBODY', 'NOBODY: Payment', 'KES -450.00'],
    ]);
    expect(page.text.split('No entry of the book explains it. treasury ledger list')).toHaveLength(3);
    expect(page.text).toContain('KES -449.00');
    expect(first?.foot).toEqual(['All 2', '', '', '', 'KES -449.00']);
    expect(second?.rows[0]?.slice(0, 4)).toEqual(['2026-10-18', 'SKZ9NOBODY', 'NOBODY: Payment', '']);
    expect(page.text).toContain('3 entries of the book are too young');
  });

  test('says beside each why it is left where that differs', () => {
    const exceptions = [left({ entry: 'pay_7' }), left({ message: 'It may be pay_8 or pay_9.' })];
    const [table] = read({ kinds: [{ title: 'ambiguous', exceptions }] }).tables.slice(-1);
    expect(table?.head).toEqual([
      ...['Line', 'Day', 'Reference', 'Who and what', 'Entry', 'Amount', 'Why, and what settles it'],
    ]);
    expect(table?.rows.map((row) => row.at(-1))).toEqual([
      'No entry of the book explains it. treasury ledger list',
      'It may be pay_8 or pay_9. treasury ledger list',
    ]);
    expect(table?.rows.map((row) => row[4])).toEqual(['pay_7', '']);
    expect(table?.foot?.[0]).toBe('All 2');
  });

  test('says so when nothing is left', () => {
    const page = read({ kinds: [], inTransit: 1 });
    expect(page.text).toContain('Nothing: every line and every entry is explained.');
    expect(page.text).toContain('too young');
    expect(read({ kinds: [] }).text).not.toContain('too young');
  });

  test('makes text from outside harmless, wherever it stands', () => {
    const evil = `</td></table><script>alert(1)</script><img src=x onerror="x">&#x202e;'"${String.fromCodePoint(0x202e, 0x1b)}[2J`;
    const everywhere = left({
      line: evil,
      reference: evil,
      about: evil,
      message: evil,
      next: evil,
      day: evil,
      entry: evil,
    });
    const change = { office: evil, fund: evil, state: evil, about: [[evil, evil]] as const };
    const page = read({
      ...change,
      passes: [{ title: evil, matches: 1, lines: 1, sumMinor: 0 }],
      kinds: [{ title: evil, exceptions: [everywhere] }],
    });
    const plain = read();
    expect(page.elements).toEqual(plain.elements);
    expect(page.attributes).toEqual(plain.attributes);
    expect(page.tables.at(-1)?.rows[0]?.[2]).toBe(
      `</td></table><script>alert(1)</script><img src=x onerror="x">&#x202e;'"\\u{202e}\\x1b[2J`,
    );
    expect(page.title).toContain('<script>alert(1)</script>');
    const points = Array.from(reconciliationReport(facts(change)), (one) => one.codePointAt(0) ?? 0);
    expect(points.filter((point) => (point < 0x20 && point !== 0x0a) || point === 0x202e)).toEqual([]);
  });
});
