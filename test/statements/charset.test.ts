import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textOf } from '../../src/statements/charset.ts';
import { piecesOf } from '../support/statements.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...utf8(part)] : part)));

function decoded(file: Uint8Array, pieceBytes: number, declared: string | null = null) {
  const warnings: string[] = [];
  const options = { declaredIn: () => declared, warn: (message: string) => void warnings.push(message) };
  return { text: [...textOf(piecesOf(file, pieceBytes), options)].join(''), warnings };
}

const anyLetter = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point));
const anyText = fc
  .array(fc.oneof(anyLetter, fc.string({ maxLength: 3 })), { maxLength: 30 })
  .map((all) => all.join(''));

test('any text in UTF-8 comes back, however it is cut into pieces', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 9 }), (text, pieceBytes) => {
      fc.pre(!text.startsWith('\ufeff') && !/^.?\0/s.test(text));
      expect(decoded(utf8(text), pieceBytes)).toEqual({ text, warnings: [] });
    }),
  );
});

test('the pieces of a file change nothing, whatever is in it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 9 }), (file, pieceBytes) => {
      fc.pre(file[0] !== 0xff && file[0] !== 0xfe && file[0] !== 0 && file[1] !== 0);
      expect(decoded(file, pieceBytes)).toEqual(decoded(file, 1000));
    }),
  );
});

test('a byte order mark is not text', () => {
  expect(decoded(bytes([0xef, 0xbb, 0xbf], 'KES'), 2).text).toBe('KES');
  expect(decoded(bytes([0xff, 0xfe, 0x4b, 0, 0xac, 0x20]), 3).text).toBe('K€');
  expect(decoded(bytes([0xfe, 0xff, 0, 0x4b, 0x20, 0xac]), 3).text).toBe('K€');
});

test('UTF-16 without a mark shows itself by its zeros', () => {
  expect(decoded(bytes([0x3c, 0, 0x78, 0]), 1).text).toBe('<x');
  expect(decoded(bytes([0, 0x3c, 0, 0x78]), 1).text).toBe('<x');
});

test('what is not UTF-8 is Windows-1252 from the first letter on', () => {
  expect(decoded(bytes('Caf', [0xe9], ' ', [0x80], '5, Z', [0xfc], 'rich'), 3)).toEqual({
    text: 'Café €5, Zürich',
    warnings: [],
  });
});

test('a broken letter among good ones is mended alone, with a word', () => {
  const { text, warnings } = decoded(bytes('Ömer, Caf', [0xe9], ', Çelik'), 4);
  expect(text).toBe('Ömer, Café, Çelik');
  expect(warnings).toEqual([expect.stringContaining('no UTF-8')]);
});

test.each([
  ['a letter cut off by the end', bytes('ab', [0xc3]), 'abÃ'],
  ['an overlong zero', bytes([0xc0, 0x80]), 'À€'],
  ['half of a pair', bytes([0xed, 0xa0, 0x80]), 'í\u00a0€'],
  ['beyond Unicode', bytes([0xf4, 0x90, 0x80, 0x80]), 'ô\u0090€€'],
  ['a letter cut off by another', bytes([0xe2, 0x82], 'x'), 'â‚x'],
])('%s is no UTF-8', (_, file, text) => {
  for (const pieceBytes of [1, 2, 100]) expect(decoded(file, pieceBytes).text).toBe(text);
});

test('a declared charset is believed; an unknown one is not, with a word', () => {
  expect(decoded(bytes([0xbe]), 1, 'ISO-8859-15').text).toBe('Ÿ');
  expect(decoded(bytes([0xe9]), 1, 'latin1').text).toBe('é');
  expect(decoded(utf8('é'), 1, 'UTF-8').text).toBe('é');
  expect(decoded(utf8('é'), 1, 'UTF-16')).toEqual({ text: 'é', warnings: [] });
  expect(decoded(utf8('é'), 1, 'EBCDIC')).toEqual({ text: 'é', warnings: [expect.stringContaining('"EBCDIC"')] });
});

test('UTF-16 that is cut in the middle of a letter is no text', () => {
  expect(() => decoded(bytes([0xff, 0xfe, 0x4b]), 10)).toThrow(/no text in utf-16le/);
});
