import { expect, test } from 'vitest';
import { fileTrouble } from '../../src/domain/file-trouble.ts';

const withCode = (code: string): Error => Object.assign(new Error(`${code}: raw`), { code });

test.each([
  ['ENOENT', 'there is no such file', 'there is no such directory'],
  ['EACCES', 'you may not read it', 'you may not write there'],
  ['EISDIR', 'it is a directory', 'it is a directory'],
  ['ENOSPC', 'the disk is full', 'the disk is full'],
  ['EROFS', 'its file system takes no writes', 'its file system takes no writes'],
  // What nobody has words for is still told.
  ['EXDEV', 'EXDEV', 'EXDEV'],
])('%s is said in words', (code, reading, writing) => {
  expect([fileTrouble(withCode(code), 'reading'), fileTrouble(withCode(code), 'writing')]).toEqual([reading, writing]);
});

test('what no file is to blame for stays what it is', () => {
  expect(fileTrouble(new TypeError('a bug'), 'reading')).toBe(null);
  expect(fileTrouble(Object.assign(new Error('odd'), { code: 7 }), 'writing')).toBe(null);
});
