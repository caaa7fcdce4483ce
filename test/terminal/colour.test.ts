import { expect, test } from 'vitest';
import { type ColourFlag, isAsciiOnly, NO_PAINT, paintFor, resolveColour } from '../../src/terminal/colour.ts';

const resolved = (flag: ColourFlag, env: Record<string, string>, isTTY = true) =>
  resolveColour({ flag, env: { TERM: 'xterm', ...env }, stream: { isTTY } });

test('the flag decides over everything', () => {
  expect(resolved('never', { FORCE_COLOR: '3' })).toBe(0);
  expect(resolved('always', { NO_COLOR: '1' }, false)).toBe(1);
});

test('NO_COLOR decides over FORCE_COLOR, unless it is empty', () => {
  expect(resolved('auto', { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(0);
  expect(resolved('auto', { NO_COLOR: '', FORCE_COLOR: '2' })).toBe(2);
});

test('FORCE_COLOR decides over the terminal', () => {
  expect(
    ['0', 'false', '', '1', 'true', '2', '3'].map((value) => resolved('auto', { FORCE_COLOR: value }, false)),
  ).toEqual([0, 0, 1, 1, 1, 2, 3]);
});

test('without a word a terminal has colours; a pipe and a dumb terminal have none', () => {
  expect(resolved('auto', {})).toBe(1);
  expect(resolved('auto', {}, false)).toBe(0);
  expect(resolved('auto', { TERM: 'dumb' })).toBe(0);
  expect(resolved('auto', { TERM: 'xterm-256color' })).toBe(2);
  expect(resolved('auto', { COLORTERM: 'truecolor' })).toBe(3);
  expect(resolveColour({ flag: 'auto', env: {}, stream: {} })).toBe(0);
  expect(resolveColour({ flag: 'auto', env: {}, stream: { isTTY: true } })).toBe(1);
});

test.each([
  [{}, false],
  [{ LANG: 'en_KE.UTF-8' }, false],
  [{ LANG: 'C.utf8' }, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'en_GB.ISO-8859-1' }, true],
  [{ LANG: 'en_KE.UTF-8', LC_CTYPE: 'POSIX' }, true],
  [{ LANG: 'C', LC_ALL: 'en_KE.UTF-8' }, false],
  [{ LANG: 'C', LC_ALL: '' }, true],
] as const)('with the locale %o a terminal shows ASCII only: %s', (env, expected) => {
  expect(isAsciiOnly(env)).toBe(expected);
});

test('without colours every text stays as it is', async () => {
  const paint = await paintFor(0);
  expect(paint).toBe(NO_PAINT);
  expect(Object.values(paint).map((one) => one('x'))).toEqual(Array(9).fill('x'));
});

test('with colours good and bad differ', async () => {
  const paint = await paintFor(1);
  expect(paint.good('x')).toBe('\x1b[32mx\x1b[39m');
  expect(paint.bad('x')).toBe('\x1b[31mx\x1b[39m');
  expect(paint.plain('x')).toBe('x');
});
