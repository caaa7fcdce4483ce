import { describe, expect, test } from 'vitest';
import { missingPages, type PagePart, type Paging } from '../../src/domain/statement-pages.ts';

const page = (number: string | null, which: string | null, paging: Paging | null = null): PagePart => ({
  number,
  page: which,
  paging,
});
const ofStatement = (isLast: boolean | null): Paging => ({ of: 'statement', message: null, isLast });
const ofMessage = (message: string | null, isLast: boolean | null): Paging => ({ of: 'message', message, isLast });

const told = (parts: readonly PagePart[], cameBefore?: (number: string | null) => boolean) =>
  missingPages(parts, cameBefore).map(({ part, message }) => `${part}: ${message}`);

describe('the page before', () => {
  test('is there, or has come before, or is missing', () => {
    expect(told([page('7', '1'), page('7', '2')])).toEqual([]);
    expect(told([page('7', '2')])).toEqual(['0: page 2 of statement "7" is in it, page 1 is not']);
    expect(told([page('7', '2')], (number) => number === '7')).toEqual([]);
    expect(told([page('7', '2')], (number) => number === '8')).toEqual([
      '0: page 2 of statement "7" is in it, page 1 is not',
    ]);
  });

  test('within the file is missing whatever came before', () => {
    expect(told([page('7', '1'), page('7', '3')], () => true)).toEqual([
      '1: page 3 of statement "7" is in it, page 2 is not',
    ]);
  });

  test('of a message without a number is asked for as one without', () => {
    const asked: (string | null)[] = [];
    const before = (number: string | null): boolean => asked.push(number) > 0;
    expect(told([page(null, '2', ofMessage('M1', null))], before)).toEqual([]);
    expect(asked).toEqual([null]);
    expect(told([page(null, '2', ofMessage('M1', null))])).toEqual([
      '0: page 2 of the message is in it, page 1 is not',
    ]);
  });
});

describe('the page behind', () => {
  test('is missing where a page says that it is not the last', () => {
    expect(told([page('7', '1', ofStatement(false))])).toEqual([
      '0: page 1 of statement "7" is not the last, and page 2 is not in it',
    ]);
    expect(told([page('7', '1', ofStatement(false)), page('7', '2', ofStatement(true))])).toEqual([]);
    expect(told([page('7', '1', ofStatement(true))])).toEqual([]);
    expect(told([page('7', '1', ofStatement(null))])).toEqual([]);
  });

  test('is wanted of every message that goes on', () => {
    const [first, second] = [page(null, '1', ofMessage('M1', false)), page(null, '1', ofMessage('M2', false))];
    const next = page(null, '2', ofMessage('M3', true));
    expect(told([first, second, next])).toEqual(['0: page 1 of the message is not the last, and page 2 is not in it']);
    expect(told([first, second, next, page(null, '2', ofMessage('M4', true))])).toEqual([]);
    expect(told([page(null, '1', ofMessage(null, false)), page(null, '2', ofMessage(null, true))])).toEqual([]);
  });
});

test.each([[null], ['0'], ['-1'], ['1.5'], ['x']])('a page called %s says nothing', (which) => {
  expect(told([page('7', which, ofStatement(false))])).toEqual([]);
});

test('pages of a statement without a number belong to none', () => {
  expect(told([page(null, '2')])).toEqual([]);
});
