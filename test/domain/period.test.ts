import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, isDay } from '../../src/domain/day.ts';
import { parsePeriod } from '../../src/domain/period.ts';
import { Problem } from '../../src/domain/problem.ts';

const TODAY = '2026-10-18';
const spoken = (text: string, today = TODAY) => {
  const { from, to } = parsePeriod(text, today);
  return `${from} ${to}`;
};

test.each([
  ['2026-09-30', '2026-09-30 2026-09-30'],
  ['2028-02-29', '2028-02-29 2028-02-29'],
  ['2026-09', '2026-09-01 2026-09-30'],
  ['2026-02', '2026-02-01 2026-02-28'],
  ['2028-02', '2028-02-01 2028-02-29'],
  ['2026-Q1', '2026-01-01 2026-03-31'],
  ['2026-Q3', '2026-07-01 2026-09-30'],
  ['2026-Q4', '2026-10-01 2026-12-31'],
  ['2026', '2026-01-01 2026-12-31'],
  ['1970', '1970-01-01 1970-12-31'],
  ['today', '2026-10-18 2026-10-18'],
  ['yesterday', '2026-10-17 2026-10-17'],
  ['1d', '2026-10-18 2026-10-18'],
  ['7d', '2026-10-12 2026-10-18'],
  ['this-month', '2026-10-01 2026-10-31'],
  ['last-month', '2026-09-01 2026-09-30'],
  ['2026-09-01..2026-09-15', '2026-09-01 2026-09-15'],
  ['2026-09-01..2026-09-01', '2026-09-01 2026-09-01'],
  ['2026-Q1..2026-Q2', '2026-01-01 2026-06-30'],
  ['last-month..today', '2026-09-01 2026-10-18'],
  ['2025..yesterday', '2025-01-01 2026-10-17'],
])('%s is read as %s', (text, expected) => {
  expect(spoken(text)).toBe(expected);
});

test('in January the last month is December, and yesterday may be last year', () => {
  expect(spoken('last-month', '2026-01-01')).toBe('2025-12-01 2025-12-31');
  expect(spoken('yesterday', '2026-01-01')).toBe('2025-12-31 2025-12-31');
  expect(spoken('last-month', '2026-02-01')).toBe('2026-01-01 2026-01-31');
});

test.each([
  ['', 'empty'],
  ['01/10/2026', 'slashed dates'],
  ['2026/10/01', 'slashed dates'],
  ['2026-02-30', 'there is no day 2026-02-30'],
  ['2026-02-29', 'there is no day 2026-02-29'],
  ['2026-13-01', 'there is no day'],
  ['1969-12-31', 'there is no day'],
  ['2026-13', 'there is no month 2026-13'],
  ['2026-00', 'there is no month'],
  ['1969', 'years start at 1970'],
  ['2026-Q5', 'neither a date'],
  ['2026-9', 'neither a date'],
  ['26-09-01', 'neither a date'],
  ['0d', '1d to 9999d'],
  ['10000d', '1d to 9999d'],
  ['-7d', 'neither a date'],
  [' today', 'neither a date'],
  ['Today', 'neither a date'],
  ['2026-09-30T10:00', 'neither a date'],
  ['٢٠٢٦', 'neither a date'],
  ['..today', 'a start and an end'],
  ['today..', 'a start and an end'],
  ['2026..2026..2026', 'one start and one end'],
  ['2026-09-02..2026-09-01', 'before it starts'],
  ['today..yesterday', 'ends on 2026-10-17, before it starts on 2026-10-18'],
  ['x'.repeat(41), 'too long'],
  ['9'.repeat(1_000_000), 'too long'],
])('%s is refused: %s', (text, fault) => {
  const act = () => parsePeriod(text, TODAY);
  expect(act).toThrow(Problem);
  expect(act).toThrow(fault);
  expect(act).toThrow(expect.objectContaining({ kind: 'usage', code: 'DATE_INVALID' }));
  expect(act).toThrow('Write 2026-09-30');
});

test('days are counted over months, years and leap days', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  expect(isDay('2026-2-01')).toBe(false);
});

test('any two days make a period one way round, and are refused the other', () => {
  const day = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1970-01-01', days));
  fc.assert(
    fc.property(day, day, (a, b) => {
      const [first, last] = a < b ? [a, b] : [b, a];
      expect(parsePeriod(`${first}..${last}`, TODAY)).toEqual({ from: first, to: last });
      if (first !== last) expect(() => parsePeriod(`${last}..${first}`, TODAY)).toThrow(Problem);
    }),
  );
});

test.each([
  ['', 'it is empty'],
  ['01/10/2026', 'slashed dates are read in two ways, so they are not read at all'],
  ['2026-02-30', 'there is no day 2026-02-30'],
  ['2026-13', 'there is no month 2026-13'],
  ['1969', 'years start at 1970'],
  ['1969-Q1', '"1969-Q1" is neither a date nor a word for one'],
  ['0d', 'days count from 1d to 9999d'],
  ['x7d', '"x7d" is neither a date nor a word for one'],
  ['7dx', '"7dx" is neither a date nor a word for one'],
  ['x2026', '"x2026" is neither a date nor a word for one'],
  ['2026x', '"2026x" is neither a date nor a word for one'],
  ['x2026-09', '"x2026-09" is neither a date nor a word for one'],
  ['2026-09x', '"2026-09x" is neither a date nor a word for one'],
  ['x2026-02-30', '"x2026-02-30" is neither a date nor a word for one'],
  ['2026-02-30x', '"2026-02-30x" is neither a date nor a word for one'],
  ['2026-Q0', '"2026-Q0" is neither a date nor a word for one'],
  ['a..b..c', 'a range has one start and one end'],
  ['today..', 'a range needs a start and an end'],
  ['today..yesterday', 'it ends on 2026-10-17, before it starts on 2026-10-18'],
  ['today..x', '"x" is neither a date nor a word for one'],
])('%j is no period: %s', (text, fault) => {
  expect(() => parsePeriod(text, TODAY)).toThrow(
    expect.objectContaining({
      message:
        `"${text}" is not a date or period: ${fault}. ` +
        'Write 2026-09-30, 2026-09, 2026-Q3, 2026, today, yesterday, 7d, this-month, last-month or 2026-09-01..2026-09-15.',
    }),
  );
});

test('months and days are read up to their last', () => {
  expect(['2026-10', '2026-12', '2026-01', '1970-Q1', '9999d', '10d'].map((text) => spoken(text))).toEqual([
    '2026-10-01 2026-10-31',
    '2026-12-01 2026-12-31',
    '2026-01-01 2026-01-31',
    '1970-01-01 1970-03-31',
    '1999-06-04 2026-10-18',
    '2026-10-09 2026-10-18',
  ]);
});

test('forty characters are read as far as they go, one more is too long', () => {
  expect(() => parsePeriod('x'.repeat(40), TODAY)).toThrow('neither a date');
  expect(() => parsePeriod('x'.repeat(41), TODAY)).toThrow('it is too long');
});
