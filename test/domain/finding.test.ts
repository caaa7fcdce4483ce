import { expect, test } from 'vitest';
import { advice, broken, fine } from '../../src/domain/finding.ts';

test('what is well needs no fix; advice and broken books name theirs', () => {
  expect(fine('clock', 'right')).toEqual({ id: 'clock', status: 'ok', message: 'right', fix: null });
  expect(advice('mail', 'none', 'set one')).toEqual({ id: 'mail', status: 'advice', message: 'none', fix: 'set one' });
  expect(broken('books', 'differ', 'ask')).toEqual({ id: 'books', status: 'broken', message: 'differ', fix: 'ask' });
});
