import { describe, expect, test } from 'vitest';
import { b2cResult, callError, TRANSACTION_STATES } from '../../../src/domain/mpesa/daraja-codes.ts';

// Written out once more: a code that moves to another class pays twice, or never.

describe('what a result code says of an order', () => {
  test('only 0 has paid', () => {
    expect(b2cResult('0')).toEqual({ class: 'paid', stops: false });
  });

  test.each(['1', '2', '3', '4', '8', '2040', 'SFC_IC0003'])('%s fails this order alone', (code) => {
    expect(b2cResult(code)).toEqual({ class: 'failed', stops: false });
  });

  test.each(['11', '21', '2001', '2006', '2028', '8006'])('%s fails this order, and would fail the next', (code) => {
    expect(b2cResult(code)).toEqual({ class: 'failed', stops: true });
  });

  test.each(['15', '17', '26', '', ' 0', '00', '1.0', 'sfc_ic0003'])('%j is unknown', (code) => {
    expect(b2cResult(code)).toEqual({ class: 'unknown', stops: false });
  });
});

describe('how a call is understood that is turned away', () => {
  test.each([
    ...['401.002.01', '404.001.03', '400.003.01'].map((code) => [code, 'token'] as const),
    ...['400.002.02', '400.002.05', '400.003.02'].map((code) => [code, 'rejected'] as const),
    ...['404.001.04', '404.001.01', '404.002.01', '405.001'].map((code) => [code, 'stops'] as const),
    ...['500.003.02', '500.003.03'].map((code) => [code, 'busy'] as const),
    // The first of two calls under one key may have paid.
    ...['500.002.1001', '500.001.1001', '500.003.1001'].map((code) => [code, 'unknown'] as const),
    ...['', '500', '400.002.2', '400.002.020', '999.999.99'].map((code) => [code, 'unknown'] as const),
  ])('%j: %s', (code, meaning) => {
    expect(callError(code)).toBe(meaning);
  });
});

test('a transaction has ended in four states and goes on in three', () => {
  expect([...TRANSACTION_STATES].toSorted()).toEqual([
    ['authorized', 'in_progress'],
    ['cancelled', 'failed'],
    ['completed', 'paid'],
    ['declined', 'failed'],
    ['expired', 'failed'],
    ['initiated', 'in_progress'],
    ['pending authorized', 'in_progress'],
  ]);
});
