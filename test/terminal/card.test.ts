import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Check } from '../../src/domain/problem.ts';
import { renderCard, renderChecks } from '../../src/terminal/card.ts';
import { NO_PAINT, paintFor } from '../../src/terminal/colour.ts';

const pairs = [
  { label: 'Payment', value: 'pay_7f3k2m' },
  { label: 'Amount', value: 'KES 90,071,992,547,409.91', kind: 'money' },
  { label: 'Destination', value: 'mpesa +254712345678' },
  { label: 'Purpose', value: 'Fuel for the delivery lorries of the northern route, week 42, as agreed' },
] as const;

const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

test('a card shows labels on the left and wraps text on the right', () => {
  expect(renderCard(pairs, { width: 60, paint: NO_PAINT })).toBe(
    [
      'Payment      pay_7f3k2m',
      'Amount       KES 90,071,992,547,409.91',
      'Destination  mpesa +254712345678',
      'Purpose      Fuel for the delivery lorries of the northern',
      '             route, week 42, as agreed',
      '',
    ].join('\n'),
  );
});

test('a narrow card looks the same, and money goes below its label rather than be cut', () => {
  const text = renderCard(pairs, { width: 30, paint: NO_PAINT });
  expect(text).toContain('Amount\nKES 90,071,992,547,409.91\n');
  expect(text).toContain('Payment      pay_7f3k2m');
  expect(widest(text)).toBeLessThanOrEqual(30);
});

test('a time goes below its label whole, and is broken only where no line holds it', () => {
  const until = [{ label: 'Session until', value: '2026-11-29 14:37:55 EAT unless used', kind: 'time' as const }];
  expect(renderCard(until, { width: 44, paint: NO_PAINT })).toBe(
    'Session until\n2026-11-29 14:37:55 EAT unless used\n',
  );
  expect(renderCard(until, { width: 30, paint: NO_PAINT })).toBe(
    'Session until\n2026-11-29 14:37:55 EAT unless\nused\n',
  );
});

test('cards and checks fit every terminal, with colours or without', async () => {
  const paint = await paintFor(1);
  for (const width of [120, 80, 51, 50, 49, 44, 30]) {
    const plain = renderCard(pairs, { width, paint: NO_PAINT });
    expect(widest(plain)).toBeLessThanOrEqual(width);
    expect(stripVTControlCharacters(renderCard(pairs, { width, paint }))).toBe(plain);
    expect(widest(renderChecks(checks, { width, paint }))).toBeLessThanOrEqual(width);
  }
});

test('in a pipe nothing is wrapped', () => {
  expect(renderCard(pairs, { width: Infinity, paint: NO_PAINT }).split('\n')).toHaveLength(5);
});

test('a long word is broken rather than lost', () => {
  const value = 'x'.repeat(200);
  for (const width of [80, 44]) {
    const text = renderCard([{ label: 'Purpose', value }], { width, paint: NO_PAINT });
    expect(text.replaceAll(/[^x]/g, '')).toBe(value);
    expect(widest(text)).toBeLessThanOrEqual(width);
  }
});

test('escapes in a value are shown, not obeyed', () => {
  for (const width of [80, 40]) {
    const text = renderCard([{ label: 'Payee', value: '\x1b]52;c;eA==\x07\nAmount KES 1' }], {
      width,
      paint: NO_PAINT,
    });
    expect(text).toContain('\\x1b]52;c;eA==\\x07\\nAmount');
    expect(text).not.toContain('\x1b');
  }
});

const aCheck = (changes: Partial<Check>): Check => ({
  id: 'balance',
  ok: true,
  code: null,
  message: 'Fund NBI has KES 50.00 available.',
  fix: null,
  facts: {},
  ...changes,
});

const checks = [
  aCheck({}),
  aCheck({
    id: 'segregation',
    ok: false,
    code: 'EXECUTOR_IS_REQUESTER',
    message: 'You requested this payment, so somebody else must execute it.',
    fix: { command: 'treasury payment execute pay_7f3k2m', who: ['jane', 'paul'] },
  }),
  aCheck({ id: 'otp', ok: null, message: 'Not judged.', fix: { command: null, who: [] } }),
];

test('checks say which passed, which failed and what fixes it', () => {
  expect(renderChecks(checks, { width: 50, paint: NO_PAINT })).toBe(
    [
      '✓ Fund NBI has KES 50.00 available.',
      '✗ You requested this payment, so somebody else',
      '  must execute it.',
      '  fix: treasury payment execute pay_7f3k2m',
      '  who: jane, paul',
      '· Not judged.',
      '',
    ].join('\n'),
  );
});

test('a command with a word wider than its line is at the edge, where a shell joins its halves', () => {
  const fix = { command: 'TREASURY_DATABASE_URL=postgres://USER@HOST/DATABASE', who: [] };
  const lines = renderChecks([aCheck({ ok: false, message: 'No.', fix })], { width: 44, paint: NO_PAINT }).split('\n');
  expect(lines.slice(0, 2)).toEqual(['✗ No.', '  fix:']);
  expect(lines.slice(2).join('\n').replaceAll('\\\n', '').trim()).toBe(fix.command);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(44);
});

test('without UTF-8 the marks are words', () => {
  const text = renderChecks(checks, { width: 50, paint: NO_PAINT, ascii: true });
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  expect(text).toContain('no You requested this payment');
});

test('a passed check offers no fix', () => {
  const passed = aCheck({ fix: { command: 'treasury fund show NBI', who: [] } });
  expect(renderChecks([passed], { width: 80, paint: NO_PAINT })).not.toContain('fix');
});
