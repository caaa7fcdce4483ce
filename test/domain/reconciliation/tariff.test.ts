import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import {
  readTariff,
  stepsIn,
  stepsOfRows,
  tariffOddities,
  tariffWords,
} from '../../../src/domain/reconciliation/tariff.ts';
import { kes } from '../../support/a-payment.ts';

const tariff = (text: string, currency = 'KES') => readTariff(stepsIn(text), currency);
const rows = (...lines: readonly string[][]) => lines.map((cells, at) => ({ cells, line: at + 1 }));

/** Everything that a tariff is refused for. */
function faults(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem && error.code === 'TARIFF_INVALID') return error.details.faults ?? [];
    throw error;
  }
  return [];
}

describe('a tariff', () => {
  test('has steps up to and with an amount, the last one perhaps without an end', () => {
    expect(tariff('100:0, 500:7 ,*:108.50')).toEqual([
      { upToMinor: kes('100'), feeMinor: 0 },
      { upToMinor: kes('500'), feeMinor: kes('7') },
      { upToMinor: null, feeMinor: kes('108.50') },
    ]);
    expect(tariff('500:7')).toEqual([{ upToMinor: kes('500'), feeMinor: kes('7') }]);
    expect(tariff('*:1', 'UGX')).toEqual([{ upToMinor: null, feeMinor: 1 }]);
  });

  test('comes from a file as well, its columns in any order', () => {
    const written = stepsOfRows(rows(['At_Most', ' up_to '], ['0', '100'], ['1,000', '50,000.00'], [' 2000', '* ']));
    expect(readTariff(written, 'KES')).toEqual([
      { upToMinor: kes('100'), feeMinor: 0 },
      { upToMinor: kes('50000'), feeMinor: kes('1000') },
      { upToMinor: null, feeMinor: kes('2000') },
    ]);
    const usual = stepsOfRows(rows(['up_to', 'at_most'], ['100', '5']));
    expect(readTariff(usual, 'KES')).toEqual([{ upToMinor: kes('100'), feeMinor: kes('5') }]);
  });

  test.each([
    ['100:0,100:7', ['step 2: KES 100.00 is not more than the KES 100.00 before it']],
    ['100:0,99:7,98:8', [/step 2: KES 99.00 is not more/, /step 3: KES 98.00 is not more/]],
    ['*:5,100:7', ['step 1: only the last step can be without an end']],
    ['100:0,*:0', ['it allows no fee at all']],
    ['0:5', [/step 1: "0" is not an amount in KES: it must be more than 0/]],
    ['100:-5,2x0:7', [/step 1: "-5" .* negative/, /step 2: "2x0" is not an amount/]],
    ['100:0.005', [/KES has 2 decimals/]],
    ['100', [/step 1, "100", is not an amount, a colon and a fee/]],
    ['100:1:2,,5:1', [/step 1/, /step 2, ""/]],
    ['', [/step 1, ""/]],
    [`1:${'1'.repeat(4000)}`, [/longer than 4000 characters/]],
  ] as const)('%s is none', (text, expected) => {
    expect(faults(() => tariff(text))).toEqual(
      expected.map((one) => (typeof one === 'string' ? one : (expect.stringMatching(one) as unknown))),
    );
  });

  test('with a step too many, or with none, is none', () => {
    const steps = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}:1`).join(',');
    expect(tariff(steps(100)).length).toBe(100);
    expect(faults(() => tariff(steps(101)))).toEqual(['it has 101 steps; 100 are the most']);
    expect(faults(() => readTariff(stepsOfRows(rows(['up_to', 'at_most'])), 'KES'))).toContain('it has no steps');
  });

  test('one cent between two steps is an order, none is not', () => {
    expect(tariff('100:1,100.01:2').length).toBe(2);
    expect(faults(() => tariff('100.01:1,100.01:2')).length).toBe(1);
  });

  test('in a file without its columns, or with a cell too many, is none', () => {
    for (const header of [['up_to'], ['up_to', 'fee'], ['at_most', 'fee'], ['up_to', 'at_most', 'note'], []])
      expect(faults(() => stepsOfRows(rows(header, ['1', '2'])))).toEqual([
        'its first line must name the columns up_to and at_most',
      ]);
    expect(faults(() => stepsOfRows([]))).toHaveLength(1);
    expect(faults(() => stepsOfRows(rows(['up_to', 'at_most'], ['1', '2', '3'], ['1'])))).toEqual([
      'line 2 has 3 cells instead of 2',
      'line 3 has 1 cells instead of 2',
    ]);
  });

  test('in no currency that there is, is refused for that', () => {
    expect(() => tariff('100:5', 'ABC')).toThrow(expect.objectContaining({ code: 'UNKNOWN_CURRENCY' }));
  });
});

test('what is odd about a tariff is said: less for more, and an end', () => {
  expect(tariffOddities(tariff('100:0,500:7,*:7'), 'KES')).toEqual([]);
  expect(tariffOddities(tariff('100:8,500:7,*:9'), 'KES')).toEqual([
    'Above KES 100.00 it allows less than below: KES 7.00 instead of KES 8.00.',
  ]);
  expect(tariffOddities(tariff('100:8'), 'KES')).toEqual(['Above KES 100.00 it allows nothing.']);
  expect(
    tariffOddities(
      [
        { upToMinor: null, feeMinor: 8 },
        { upToMinor: 5, feeMinor: 7 },
      ],
      'KES',
    ).length,
  ).toBe(1);
  expect(tariffOddities([], 'KES')).toEqual([]);
});

test('a tariff in words', () => {
  expect(tariffWords(tariff('100:0,*:108'), 'KES')).toEqual([
    'up to KES 100.00: at most KES 0.00',
    'above: at most KES 108.00',
  ]);
  expect(tariffWords(tariff('*:108'), 'KES')).toEqual(['any amount: at most KES 108.00']);
});
