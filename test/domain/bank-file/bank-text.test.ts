import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bankText } from '../../../src/domain/bank-file/bank-text.ts';
import { cases } from '../../support/seed.ts';

test.each([
  ['Jane Wanjiku', 'Jane Wanjiku'],
  ['Café Ñandú', 'Cafe Nandu'],
  ['Straße Œuvre Ærø Łódź İstanbul', 'Strasse OEuvre AEro Lodz Istanbul'],
  ['Mwangi & Sons', 'Mwangi + Sons'],
  ['jane@example.com', 'jane(at)example.com'],
  ['O’Brien “Bros”', "O'Brien 'Bros'"],
  ['A–B — C_D', 'A-B - C-D'],
  ['[x] {y}; z|w\\v', '(x) (y), z/w/v'],
  ['rent\tfor\nMay\u00a02026', 'rent for May 2026'],
  ['５０ ﬁles', '50 files'],
  ['李小龍 Lee', 'Lee'],
  ['Lee 李小龍', 'Lee .'],
  ['5 € 100%', '5 EUR 100.'],
])('%j becomes %j', (written, safe) => {
  expect(bankText(written, 140)).toBe(safe);
});

test('every letter and sign with a usual stand-in gets it', () => {
  const letters = 'ß ẞ æ Æ œ Œ ø Ø đ Đ ð Ð þ Þ ł Ł ı ŋ Ŋ';
  expect(bankText(letters, 140)).toBe('ss SS ae AE oe OE o O d D d D th TH l L i n N');
  expect(bankText('x€x&x@x_x~x–x—x', 140)).toBe('xEURx+x(at)x-x-x-x-x');
  expect(bankText('x‘x’xʼx`x´x"x“x”x', 140)).toBe(`x${"'x".repeat(8)}`);
  expect(bankText('x[x{x]x}x;x|x\\x', 140)).toBe('x(x(x)x)x,x/x/x');
});

test('several spaces, slashes or points become one, and what ends in a slash or space loses it', () => {
  expect(bankText('a  b   c', 140)).toBe('a b c');
  expect(bankText('a//b////c', 140)).toBe('a/b/c');
  expect(bankText('a..b...c.', 140)).toBe('a.b.c.');
  expect(bankText('a / ', 140)).toBe('a');
  expect(bankText('ab /cd', 4)).toBe('ab');
});

test('what would begin a formula, a field or an option is taken off', () => {
  expect(bankText('=1+1', 140)).toBe('1+1');
  expect(bankText('+254 712', 140)).toBe('254 712');
  expect(bankText('//rent', 140)).toBe('rent');
  expect(bankText(':20:x', 140)).toBe('20:x');
  expect(bankText('(a) rent//may/', 140)).toBe('(a) rent/may');
});

test.each(['', '   ', '李小龍', '...', '-/?:', '\u0301'])('nothing is left of %j', (written) => {
  expect(bankText(written, 140)).toBeNull();
});

test('it is cut to its length, after it was spelt out', () => {
  expect(bankText('a'.repeat(140), 140)).toHaveLength(140);
  expect(bankText('a'.repeat(141), 140)).toHaveLength(140);
  expect(bankText('ß'.repeat(71), 140)).toHaveLength(140);
  expect(bankText('ab cd', 3)).toBe('ab');
});

test('whatever comes, it is safe, and safe text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (written, longest) => {
      const safe = bankText(written, longest);
      if (safe === null) return;
      expect(safe).toMatch(/^[a-zA-Z0-9(][a-zA-Z0-9/\-?:().,'+ ]*$/);
      expect(safe.length).toBeLessThanOrEqual(longest);
      expect(safe).not.toMatch(/\/\/| {2}|[ /]$/);
      expect(bankText(safe, longest)).toBe(safe);
    }),
    { numRuns: cases(2000) },
  );
});
