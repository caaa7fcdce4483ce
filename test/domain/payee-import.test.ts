import { expect, test } from 'vitest';
import * as payees from '../../src/domain/payee-import.ts';

const HEADER = ['payee', 'amount', 'purpose', 'method', 'destination', 'company', 'region', 'branch', 'category'];
const CELLS = ['Mary', '500.00', 'Fares', 'cash', 'Mary Wanjiru', 'ACME', 'COAST', 'MSA', 'travel'];

const read = (cells: readonly string[], line: number, header: readonly string[] = HEADER): payees.ImportLine => {
  const found = payees.importLine(header, cells, line);
  if (typeof found === 'string') throw new Error(found);
  return found;
};

test('the header has all columns, in any order', () => {
  expect(payees.headerFaults(HEADER)).toEqual([]);
  expect(payees.headerFaults(HEADER.toReversed())).toEqual([]);
});

test('everything wrong with a header is said at once', () => {
  expect(
    payees.headerFaults(['payee', 'payee', 'amount', 'Purpose', 'method', 'method', 'branch', 'category', '\u001b']),
  ).toEqual([
    'line 1: missing columns purpose, destination, company, region',
    'line 1: unknown columns "Purpose", "\\u{1b}"',
    'line 1: columns given twice payee, method',
  ]);
});

test('the cells of a line are read by their column', () => {
  const expected = {
    line: 7,
    payee: 'Mary',
    amount: '500.00',
    purpose: 'Fares',
    method: 'cash',
    destination: 'Mary Wanjiru',
    company: 'ACME',
    region: 'COAST',
    branch: 'MSA',
    category: 'travel',
  };
  expect(payees.importLine(HEADER, CELLS, 7)).toEqual(expected);
  expect(payees.importLine(HEADER.toReversed(), CELLS.toReversed(), 7)).toEqual(expected);
});

test('one cell too few or too many is a fault of its line', () => {
  expect(payees.importLine(HEADER, CELLS.slice(1), 3)).toBe('line 3: 8 cells where the header has 9');
  expect(payees.importLine(HEADER, [...CELLS, ''], 3)).toBe('line 3: 10 cells where the header has 9');
});

test('a line that says what an earlier one says is warned of, each time', () => {
  const spaced = CELLS.map((cell) => ` ${cell} `);
  const other = CELLS.with(1, '500.01');
  const lines = [read(CELLS, 2), read(other, 3), read(spaced, 4), read(CELLS, 6)];
  expect(payees.duplicateWarnings(lines)).toEqual(['Line 4 is the same as line 2.', 'Line 6 is the same as line 2.']);
});

test('cells that run together are not the same', () => {
  const lines = [read(CELLS.with(0, 'Mary').with(1, '5'), 2), read(CELLS.with(0, 'Mary5').with(1, ''), 3)];
  expect(payees.duplicateWarnings(lines)).toEqual([]);
});

test('a list is bounded', () => {
  expect([payees.MOST_IMPORT_ROWS, payees.MOST_IMPORT_BYTES]).toEqual([10_000, 5_242_880]);
});
