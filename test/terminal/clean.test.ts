import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvCell, jsonText, visible } from '../../src/terminal/clean.ts';

test.each([
  ['an escape that fills the clipboard (OSC 52)', '\x1b]52;c;cm0gLXJm\x07', '\\x1b]52;c;cm0gLXJm\\x07'],
  ['a colour', '\x1b[31mPAID\x1b[0m', '\\x1b[31mPAID\\x1b[0m'],
  ['an eight-bit escape', '\x9b2J', '\\x9b2J'],
  ['right-to-left override', 'Jane \u202e00.05 SEK', 'Jane \\u{202e}00.05 SEK'],
  ['a bidirectional isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['line feeds, carriage returns and tabs', 'a\nb\rc\td', 'a\\nb\\rc\\td'],
  ['a line separator', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
  ['zero-width characters', 'J\u200bane\u200d\u2060\ufeff', 'J\\u{200b}ane\\u{200d}\\u{2060}\\u{feff}'],
  ['a soft hyphen', 'Ja\u00adne', 'Ja\\xadne'],
  ['tag characters', 'Jane\u{e0041}', 'Jane\\u{e0041}'],
  ['hangul filler', 'Jane\u3164', 'Jane\\u{3164}'],
  ['a variation selector that carries data', 'Jane\u{e0101}\ufe01', 'Jane\\u{e0101}\\u{fe01}'],
  ['half a character', 'a\ud800b', 'a\\u{d800}b'],
  ['null and delete', '\0\x7f', '\\x00\\x7f'],
])('%s is shown, not obeyed', (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each([
  'Jane Wanjikũ',
  'Łódź',
  'e\u0301',
  'محمد',
  'שלום',
  '日本語',
  'नमस्ते',
  '🎉',
  '👩‍👩‍👧‍👦',
  '👍🏽',
  '❤️',
  '🧑🏿‍🚀',
  '🇰🇪',
  '1️⃣',
])('%s stays as it is', (text) => {
  expect(visible(text)).toBe(text);
});

test('nothing that steers a terminal comes through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
    }),
  );
});

test.each(['=1+1', '+1', '-5', '@SUM(A1)', '\tx', '\rx'])('%j is no formula in a spreadsheet', (text) => {
  expect(csvCell(text)).toBe(`'${text}`);
});

test.each(['', 'Jane', '5', 'a=b', "'x"])('%j needs no apostrophe', (text) => {
  expect(csvCell(text)).toBe(text);
});

test('JSON keeps every value, with nothing in it that steers a terminal', () => {
  const value = { payee: '\x1b[2J\u009b\u202eok\u{e0041}\n', n: 1 };
  expect(JSON.parse(jsonText(value))).toEqual(value);
  expect(jsonText(value)).toMatch(/^[\x20-\x7e]*$/);
  expect(jsonText({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
});
