import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { NO_PAINT, paintFor } from '../../src/terminal/colour.ts';
import type { Column, ListView } from '../../src/terminal/list.ts';
import { renderTable } from '../../src/terminal/table.ts';

interface Payment {
  ref: string;
  payee: string;
  amount: string;
  purpose: string;
  created: string;
}

const columns: Column<Payment>[] = [
  { key: 'ref', title: 'Payment', value: (row) => row.ref, priority: 1 },
  { key: 'payee', title: 'Payee', value: (row) => row.payee, priority: 2 },
  { key: 'amount', title: 'Amount', value: (row) => row.amount, kind: 'money', priority: 1 },
  { key: 'purpose', title: 'Purpose', value: (row) => row.purpose, priority: 4 },
  { key: 'created', title: 'Created', value: (row) => row.created, kind: 'time', priority: 3 },
];

const aPayment = (changes: Partial<Payment> = {}): Payment => ({
  ref: 'pay_7f3k2m',
  payee: 'Wanjiku General Supplies Limited',
  amount: 'KES 12,500.00',
  purpose: 'Fuel for the delivery lorries of the northern route, week 42',
  created: '2026-10-18 09:06:03 EAT',
  ...changes,
});

const aList = (rows: Payment[], changes: Partial<ListView<Payment>> = {}): ListView<Payment> => ({
  columns,
  rows,
  footer: ['2 payments, KES 25,000.00 in all'],
  empty: 'No payments yet. Create one: treasury payment create',
  ...changes,
});

const shown = (view: ListView<Payment>, width: number, wide = false) =>
  renderTable(view, { width, wide, paint: NO_PAINT });
const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

test('with room enough everything is shown', () => {
  expect(shown(aList([aPayment({ purpose: 'Fuel' })]), 120)).toBe(
    [
      'Payment     Payee                                    Amount  Purpose  Created',
      'pay_7f3k2m  Wanjiku General Supplies Limited  KES 12,500.00  Fuel     2026-10-18 09:06:03 EAT',
      '2 payments, KES 25,000.00 in all',
      '',
    ].join('\n'),
  );
});

test('at 80 columns text is shortened, and figures and times are not', () => {
  const text = shown(aList([aPayment()]), 80);
  expect(text).toContain('Wanjiku Gene…  KES 12,500.00  Fuel for the…  2026-10-18 09:06:03 EAT');
  expect(text).not.toContain('hidden');
  expect(widest(text)).toBeLessThanOrEqual(80);
});

test('at 44 columns the columns of later priority go first, and which is said', () => {
  const text = shown(aList([aPayment()]), 44).replaceAll('\n', ' ');
  expect(text).toContain('KES 12,500.00');
  expect(text).toContain('hidden: purpose, created (--wide shows all)');
  expect(text).toContain('Wanjiku');
});

test('a table that fits exactly is not touched; one column less, and text is cut', () => {
  const row = aPayment({ purpose: 'Fuel for the lorries' });
  const natural = widest(shown(aList([row], { footer: [] }), Infinity));
  expect(shown(aList([row]), natural)).not.toContain('…');
  const tighter = shown(aList([row]), natural - 1);
  expect(tighter).toContain('…');
  expect(widest(tighter)).toBe(natural - 1);
});

test('where not even reference and amount fit side by side, each row becomes lines', () => {
  const text = shown(aList([aPayment({ amount: 'KES 90,071,992,547,409.91' })]), 30);
  expect(text).toContain('Payment  pay_7f3k2m');
  expect(text).toContain('KES 90,071,992,547,409.91');
  expect(text).not.toContain('…');
  expect(widest(text)).toBeLessThanOrEqual(30);
});

test('--wide and pipes are not fitted', () => {
  for (const text of [shown(aList([aPayment()]), 30, true), shown(aList([aPayment()]), Infinity)]) {
    expect(text).toContain('week 42');
    expect(text).not.toContain('hidden');
  }
});

test('an empty list says so, in the width of the terminal', () => {
  const text = shown(aList([], { footer: [] }), 30);
  expect(text).toBe('No payments yet. Create one:\ntreasury payment create\n');
});

test('money stands on the right, and nothing is a dash', () => {
  const nothing: Column<Payment> = { key: 'note', title: 'Note', value: () => null, priority: 1 };
  const view = aList([aPayment({ amount: 'KES 5.00' }), aPayment()], { columns: [columns[2]!, nothing], footer: [] });
  expect(shown(view, 80)).toBe('       Amount  Note\n     KES 5.00  -\nKES 12,500.00  -\n');
});

test('escapes of a payee are shown; neither they nor wide letters shift the columns', () => {
  const rows = [aPayment({ payee: '\x1b[2Jx' }), aPayment({ payee: '日本語' }), aPayment({ payee: '👩‍👩‍👧‍👦 e\u0301' })];
  const text = shown(aList(rows, { footer: [] }), 120);
  expect(text).toContain('\\x1b[2Jx');
  const starts = text
    .split('\n')
    .slice(1, 4)
    .map((line) => stringWidth(line.slice(0, line.indexOf('KES'))));
  expect(new Set(starts).size).toBe(1);
});

test('colours change no width', async () => {
  const paint = await paintFor(1);
  for (const width of [120, 80, 44, 30]) {
    const view = aList([aPayment(), aPayment({ payee: '日本語' })]);
    const painted = renderTable(view, { width, wide: false, paint });
    expect(painted).toContain('\x1b[1m');
    expect(stripVTControlCharacters(painted)).toBe(shown(view, width));
  }
});

test('whatever the text, no line is wider than the terminal and no money is cut', () => {
  const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 40 }));
  const money = fc.constantFrom('KES 1.00', 'KES 12,500.00', 'KES -90,071,992,547,409.91', 'UGX 1');
  const row = fc.record({ ref: text, payee: text, amount: money, purpose: text, created: fc.constant('2026-10-18') });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), fc.integer({ min: 26, max: 130 }), (rows, width) => {
      const table = shown(aList(rows, { footer: ['x'.repeat(200)] }), width);
      expect(widest(table)).toBeLessThanOrEqual(width);
      for (const { amount } of rows) expect(table).toContain(amount);
    }),
  );
});

/** Payments as they are listed: what is decided by stays. */
const decided: Column<Payment>[] = [
  { key: 'ref', title: 'Payment', value: (row) => row.ref, priority: 1 },
  { key: 'amount', title: 'Amount', value: (row) => row.amount, kind: 'money', priority: 1 },
  { key: 'status', title: 'Status', value: () => 'reconciled', priority: 2 },
  { key: 'payee', title: 'Payee', value: (row) => row.payee, priority: 1, yields: true },
];

test('a payee is shortened, and everything else left out, before it goes', () => {
  const rows = [aPayment(), aPayment({ ref: 'pay_2k7f3m', payee: 'Jane', amount: 'KES 1,212,500.00' })];
  const at = (width: number) => shown(aList(rows, { columns: decided, footer: [] }), width).split('\n');
  expect(at(54)[1]).toBe('pay_7f3k2m     KES 12,500.00  reconciled  Wanjiku Gen…');
  expect(at(44).slice(0, 3)).toEqual([
    'Payment               Amount  Payee',
    'pay_7f3k2m     KES 12,500.00  Wanjiku Gener…',
    'pay_2k7f3m  KES 1,212,500.00  Jane',
  ]);
  expect(at(38)[1]).toBe('pay_7f3k2m     KES 12,500.00  Wanjiku…');
  // Too narrow for that: each row is a block, with all of it.
  expect(at(37).slice(0, 4)).toEqual([
    'Payment  pay_7f3k2m',
    'Amount   KES 12,500.00',
    'Status   reconciled',
    'Payee    Wanjiku General Supplies',
  ]);
});

test('a command is shown as it can be typed, or not at all', () => {
  const told: Column<Payment>[] = [
    ...decided,
    {
      key: 'command',
      title: 'Type',
      kind: 'whole',
      value: ({ ref }) => `treasury payment retry ${ref}`,
      priority: 3,
    },
  ];
  const lines = (width: number) => shown(aList([aPayment()], { columns: told, footer: [] }), width).split('\n');
  expect(lines(86)[1]).toContain('  treasury payment retry pay_7f3k2m');
  expect(lines(85)[1]).not.toContain('treasury');
  expect(lines(24).slice(3, 9)).toEqual([
    'Payee    Wanjiku General',
    '         Supplies',
    '         Limited',
    'Type',
    'treasury payment retry \\',
    '  pay_7f3k2m',
  ]);
});
