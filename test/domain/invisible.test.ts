import { describe, expect, test } from 'vitest';
import { destinationFault, textFault } from '../../src/domain/destination.ts';
import { hiddenCharacter } from '../../src/domain/invisible.ts';
import { destinationKey, payeeKey } from '../../src/domain/payee-flags.ts';

describe('a name hides nothing', () => {
  test.each([
    ['a zero width space', 'Jane Wan\u200bjiru', 'U+200B', 9],
    ['a soft hyphen', 'Jane\u00ad', 'U+00AD', 5],
    ['a mark that turns the direction', '\u202eJane', 'U+202E', 1],
    ['an isolate', 'Ja\u2066ne', 'U+2066', 3],
    ['a word joiner', 'Ja\u2060ne', 'U+2060', 3],
    ['a byte order mark', 'Ja\ufeffne', 'U+FEFF', 3],
    ['a grapheme joiner', 'Ja\u034fne', 'U+034F', 3],
    ['a Hangul filler, which is a letter', 'Jane\u3164Wanjiru', 'U+3164', 5],
    ['a variation selector behind a letter', 'Ja\ufe0fne', 'U+FE0F', 3],
    ['a tag', 'Jane\u{e0041}', 'U+E0041', 5],
    ['a joiner between letters of Latin', 'Ja\u200dne', 'U+200D', 3],
    ['a non-joiner between letters of Latin', 'Ja\u200cne', 'U+200C', 3],
    ['a non-joiner at the end of a Persian word', '\u0645\u06cc\u200c', 'U+200C', 3],
    ['two non-joiners in a Persian word', '\u0645\u06cc\u200c\u200c\u062e', 'U+200C', 3],
    ['counted by characters, not by halves of them', '\u{1f469}\u{1f469}\u200b', 'U+200B', 3],
  ])('%s', (_, text, point, place) => {
    expect(hiddenCharacter(text)).toEqual({ point, place });
    expect(textFault('the payee', text, 140)).toBe(
      `the payee has a character in it that cannot be seen: ${point}, in place ${place}; type it anew without`,
    );
  });

  test.each([
    ['Latin with accents, composed or not', 'Am\u00e9lie Ange\u0301lique'],
    ['an apostrophe, a dash and a space that does not break', "O'Neil\u00a0\u2013 Sons"],
    ['Persian, where a non-joiner is spelling', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['Malayalam, where a joiner is', '\u0d28\u0d4d\u200d\u0d2e'],
    ['Devanagari, behind the mark that joins', '\u0915\u094d\u200d\u0937'],
    ['an emoji of several', 'Mama \u{1f469}\u200d\u{1f373} \u260e\ufe0f'],
  ])('but this is a name: %s', (_, text) => {
    expect(hiddenCharacter(text)).toBeNull();
    expect(textFault('the payee', text, 140)).toBeNull();
  });

  test('where cash and bank transfers go neither', () => {
    expect(destinationFault('cash', 'Jane\u200b')).toContain('U+200B, in place 5');
    expect(destinationFault('bank', 'KCB:1234\u31645678')).toContain('U+3164, in place 9');
  });

  test('with what cannot be seen a name that was kept before is the same one', () => {
    expect(payeeKey('Jane\u00ad Wan\u200bjiru')).toBe('jane wanjiru');
    expect(payeeKey('\u0645\u06cc\u200c\u062e')).toBe('\u0645\u06cc\u062e');
    expect(destinationKey('KCB:1234\u31645678')).toBe('KCB12345678');
  });
});
