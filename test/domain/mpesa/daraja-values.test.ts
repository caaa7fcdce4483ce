import { describe, expect, test } from 'vitest';
import { readBalances } from '../../../src/domain/mpesa/daraja-balances.ts';
import {
  darajaResultIn,
  instantIn,
  minorIn,
  parametersOf,
  receiptIn,
  receiverIn,
  textIn,
} from '../../../src/domain/mpesa/daraja-values.ts';

describe('instants', () => {
  test.each([
    ['01.01.2026 00:00:00', '2025-12-31T21:00:00.000Z'],
    ['31.12.2026 23:59:59', '2026-12-31T20:59:59.000Z'],
    ['20260101000000', '2025-12-31T21:00:00.000Z'],
    ['20261231235959', '2026-12-31T20:59:59.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantIn(text)?.toISOString()).toBe(instant);
  });

  test.each([
    ...['31.12.2026 24:00:00', '31.12.2026 23:60:00', '31.12.2026 23:59:60', '20261231240000', '20261231236000'],
    ...['20261231235960', '00.01.2026 10:00:00', '32.01.2026 10:00:00', '01.00.2026 10:00:00', '01.13.2026 10:00:00'],
    // On another day of another month, or on the same day of the next.
    ...['31.04.2026 10:00:00', '29.02.2026 10:00:00', '62.01.2026 10:00:00', '20260431100000'],
    ...[' 01.01.2026 10:00:00', '01.01.2026 10:00:00 ', '101.01.2026 10:00:00', '01.01.2026 10:00:000'],
    ...['120260101000000', '202601010000001', '2026010100000', '01-01-2026 10:00:00'],
  ])('%j is none', (text) => {
    expect(instantIn(text)).toBeNull();
  });
});

describe('amounts', () => {
  test.each([
    ['0', 0],
    ['0.01', 1],
    ['0.10', 10],
    ['0.1', 10],
    ['1.990000000', 199],
    ['9999999999999', 999_999_999_999_900],
  ])('%s is %d', (text, minor) => {
    expect(minorIn(text)).toBe(minor);
  });

  test.each([
    '0.001',
    '1.999',
    '1.990000001',
    '1.9900000000',
    '10000000000000',
    '.5',
    '5.',
    ' 5',
    '5 ',
    '+5',
    '5.5.5',
    'x5',
  ])('%j is none', (text) => {
    expect(minorIn(text)).toBeNull();
  });
});

describe('receipts', () => {
  test.each(['ABCDEFG1', 'A'.repeat(20), 'SG6000000B', 'sg632nmuab'])('%s', (text) => {
    expect(receiptIn(text)).toBe(text.toUpperCase());
  });

  test.each(['ABCDEF1', 'A'.repeat(21), 'SG632NMU-B', 'SG632NMUAB ', ' SG632NMUAB', 'A0000000', 'SG60000000'])(
    '%j is none',
    (text) => {
      expect(receiptIn(text)).toBeNull();
    },
  );
});

test('a receiver stands at the beginning, with twelve digits', () => {
  expect(receiverIn('254705912645-X')).toBe('254705912645');
  for (const text of ['2547059126451 - X', '25470591264 - X', 'X 254705912645', '1254705912645', '255705912645 - X'])
    expect(receiverIn(text), text).toBeNull();
});

describe('texts', () => {
  test('are texts and numbers as they were written', () => {
    expect([' a ', 1, 0, -1.5, 20_200_120_164_825].map(textIn)).toEqual(['a', '1', '0', '-1.5', '20200120164825']);
  });

  test('are nothing else', () => {
    for (const value of ['', ' ', '\t', 1e21, 1e-7, Number.NaN, Infinity, true, null, undefined, {}, [], ['a']])
      expect(textIn(value), String(value)).toBeNull();
  });
});

describe('a result', () => {
  test('is an object in an object', () => {
    expect(darajaResultIn('{"Result":{"a":1}}')).toEqual({ a: 1 });
    for (const raw of ['{"Result":[1]}', '{"Result":null}', '{"Result":"a"}', '[{"Result":{}}]', 'null', '1', '{', ''])
      expect(darajaResultIn(raw), raw).toBeNull();
  });

  test('has at most 64 KiB', () => {
    const ofLength = (length: number): string => `{"Result":{"a":"${'x'.repeat(length - 19)}"}}`;
    expect(ofLength(65_536)).toHaveLength(65_536);
    expect(darajaResultIn(ofLength(65_536))).not.toBeNull();
    expect(darajaResultIn(ofLength(65_537))).toBeNull();
  });

  test('has parameters and behind them reference data; what is said first counts, and what says nothing is not said', () => {
    const item = (Key: unknown, Value?: unknown): object => ({ Key, Value });
    const parameters = parametersOf({
      ResultParameters: {
        ResultParameter: [item('a', ''), item('a', 1), item('a', 2), item('', 3), item('b'), 4, null],
      },
      ReferenceData: { ReferenceItem: [item('a', 5), item('b', 6), item('c', { d: 7 })] },
    });
    expect(['a', 'b', 'c', '', 'toString'].map((key) => parameters.text(key))).toEqual(['1', '6', null, null, null]);
  });

  test('has none where they are in no form that is known', () => {
    for (const ResultParameters of [undefined, null, [], 'a', { ResultParameter: null }, { ResultParameter: 'a' }])
      expect(parametersOf({ ResultParameters }).text('a')).toBeNull();
  });
});

describe('balances', () => {
  const told = (Value: unknown) =>
    readBalances(
      JSON.stringify({ Result: { ResultParameters: { ResultParameter: { Key: 'AccountBalance', Value } } } }),
    );

  test('are read with spaces around their parts', () => {
    expect(told(' Working Account | KES | 5.25 |x& Utility Account |KES| -0.05')).toEqual([
      { account: 'Working Account', currency: 'KES', balanceMinor: 525 },
      { account: 'Utility Account', currency: 'KES', balanceMinor: -5 },
    ]);
  });

  test('are left out where the account or the amount is none', () => {
    expect(told('|KES|5&A|KES|5-5&B|KES|--5&C|KES&D&&E|KES|5')).toEqual([
      { account: 'E', currency: 'KES', balanceMinor: 500 },
    ]);
  });

  test.each(['', 'x', '{"Result":{}}', '{"Result":{"ResultParameters":{}}}'])('are none in %j', (raw) => {
    expect(readBalances(raw)).toEqual([]);
  });
});
