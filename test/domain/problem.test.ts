import { expect, test } from 'vitest';
import { notFound, Problem, usage } from '../../src/domain/problem.ts';

test('a problem is an error with a kind, a code and what is to be said', () => {
  const problem = new Problem('conflict', 'BUSY', 'Somebody else writes.', { retryable: true });
  expect(problem).toBeInstanceOf(Error);
  expect(problem.name).toBe('Problem');
  expect([problem.kind, problem.code, problem.message]).toEqual(['conflict', 'BUSY', 'Somebody else writes.']);
  expect(problem.details).toEqual({ retryable: true });
  expect(new Problem('refused', 'NO', 'No.').details).toEqual({});
});

test('wrong words are a matter of usage', () => {
  const problem = usage('AMOUNT_INVALID', 'No amount.', { faults: ['it is empty'] });
  expect([problem.kind, problem.code, problem.message]).toEqual(['usage', 'AMOUNT_INVALID', 'No amount.']);
  expect(problem.details).toEqual({ faults: ['it is empty'] });
  expect(usage('AMOUNT_INVALID', 'No amount.').details).toEqual({});
});

test('what is not found is named, and nothing was changed', () => {
  const problem = notFound('ledger line entry', 'led_123456', 'treasury ledger list');
  expect([problem.kind, problem.code]).toEqual(['not_found', 'LEDGER_LINE_ENTRY_NOT_FOUND']);
  expect(problem.message).toBe('There is no ledger line entry led_123456.');
  expect(problem.details).toEqual({ unchanged: 'Nothing was changed.', fix: 'treasury ledger list' });
  expect(notFound('fund', 'NBI').details).toStrictEqual({ unchanged: 'Nothing was changed.' });
});
