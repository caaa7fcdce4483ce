import { expect, test } from 'vitest';
import { quoted } from '../../src/domain/quoted.ts';

test('plain text is shown as it is, from the space to the tilde', () => {
  expect(quoted(' a~')).toBe('" a~"');
  expect(quoted('')).toBe('""');
});

test('anything else is escaped: one below the space, one above the tilde, halves and whole characters', () => {
  expect(quoted('\u001f\u007f')).toBe('"\\u{1f}\\u{7f}"');
  expect(quoted('\u001b[2J\u202e')).toBe('"\\u{1b}[2J\\u{202e}"');
  expect(quoted('😀\ud83d')).toBe('"\\u{1f600}\\u{d83d}"');
});

test('forty characters are shown, of more the first forty', () => {
  expect(quoted('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
  expect(quoted('x'.repeat(41))).toBe(`"${'x'.repeat(40)}..."`);
});
