import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateFormat, DateReader, dateParts, knownFormats, timeBehind } from '../../src/statements/date-text.ts';
import { orderToldBy } from '../../src/statements/day-order.ts';

const read = (text: string, ...formats: string[]) => {
  const reader = new DateReader(knownFormats(...formats));
  return reader.read(text) ? [reader.day.iso, reader.time] : null;
};

test.each([
  ['dd/MM/yyyy', '03/04/2026', '2026-04-03'],
  ['MM/dd/yyyy', '03/04/2026', '2026-03-04'],
  ['yyyy/MM/dd', '2026/04/03', '2026-04-03'],
  ['d/M/yyyy', '3/4/2026', '2026-04-03'],
  ['d/M/yyyy', '03/04/2026', '2026-04-03'],
  ['dd-MM-yy', '03-04-26', '2026-04-03'],
  ['dd.MM.yyyy', '03.04.2026', '2026-04-03'],
  ['dd MM yyyy', '03 04 2026', '2026-04-03'],
  ['dd MMM yyyy', '03 Apr 2026', '2026-04-03'],
  ['d-MMM-yy', '3-APR-26', '2026-04-03'],
  ['dd MMM yyyy', '03 September 2026', '2026-09-03'],
  ['dd MMM yyyy', '03 sept 2026', '2026-09-03'],
  ['yyyyMMdd', '20260403', '2026-04-03'],
  ['dd/MM/yy', '31/12/70', '1970-12-31'],
  ['dd/MM/yy', '31/12/69', '2069-12-31'],
  ['dd/MM/yyyy', ' 03/04/2026 ', '2026-04-03'],
  ['dd/MM/yyyy', '31/02/2026', '2026-02-31'],
  ['dd/MM/yyyy', '2026-04-03', '2026-04-03'],
  ['dd/MM/yyyy', '2026/04/03', '2026-04-03'],
  ['dd/MM/yyyy', '2026.4.3', '2026-04-03'],
  ['dd/MM/yyyy', '2026-4-3', '2026-04-03'],
])('%s reads %s', (format, text, day) => {
  expect(read(text, format)?.[0]).toBe(day);
});

test.each([
  ['dd/MM/yyyy', '3/4/2026'],
  ['dd/MM/yyyy', '03/13/2026'],
  ['dd/MM/yyyy', '32/03/2026'],
  ['dd/MM/yyyy', '2026/13/01'],
  ['dd/MM/yyyy', '2026-13-01'],
  ['dd/MM/yyyy', '2026-12-32'],
  ['dd/MM/yyyy', '2026 04 03'],
  ['dd/MM/yyyy', '03-04-2026'],
  ['dd/MM/yyyy', '03/04/26'],
  ['dd/MM/yy', '03/04/2026'],
  ['dd/MM/yyyy', '03/Apr/2026'],
  ['dd/MMM/yyyy', '03/04/2026'],
  ['dd MMM yyyy', '03 Foo 2026'],
  ['dd MMM yyyy', '03 Aprilis 2026'],
  ['dd MMM yyyy', '03 ana 2026'],
  ['dd/MM/yyyy', '03/04-2026'],
  ['dd/MM/yyyy', '003/04/2026'],
  ['dd/MM/yyyy', '03/04/20261'],
  ['dd/MM/yyyy', '03/04'],
  ['dd/MM/yyyy', ''],
  ['dd/MM/yyyy', '03/04/2026x'],
  ['dd/MM/yyyy', '٠٣/٠٤/٢٠٢٦'],
])('%s does not read %j', (format, text) => {
  expect(read(text, format)).toBeNull();
});

test('the first format that fits is read', () => {
  expect(read('03/04/26', 'dd/MM/yyyy', 'dd/MM/yy')?.[0]).toBe('2026-04-03');
});

test('the same text again is the same day, another one is not', () => {
  const reader = new DateReader(knownFormats('dd/MM/yyyy'));
  expect([reader.read('03/04/2026'), reader.read('03/04/2026'), reader.day.iso]).toEqual([true, true, '2026-04-03']);
  expect([reader.read('nonsense'), reader.read('nonsense')]).toEqual([false, false]);
  expect([reader.read('04/04/2026'), reader.day.iso]).toEqual([true, '2026-04-04']);
});

test.each([
  'dd/MM',
  'yyyy',
  'dd/MM-yyyy',
  'MM/yyyy/dd',
  'dd/dd/yyyy',
  'ddMMyy',
  'dMyyyy',
  'MMM/dd/yyyy',
  'DD/MM/YYYY',
  'dd/mm/yyyy',
  'ddd/MM/yyyy',
  '',
])('%j is no way of writing days', (format) => {
  expect(dateFormat(format)).toBeNull();
});

describe('the time behind a date', () => {
  test.each<[string, string | null]>([
    ['', ''],
    ['  ', ''],
    [' 16:02:11', '16:02:11'],
    ['T16:02:11', '16:02:11'],
    [' 9:05', '09:05:00'],
    [' 16:02:11.123', '16:02:11'],
    [' 12:00 AM', '00:00:00'],
    [' 12:00 pm', '12:00:00'],
    [' 1:00 P.M.', '13:00:00'],
    [' 11:59:59PM', '23:59:59'],
    [' 24:00:00', null],
    [' 23:60:00', null],
    [' 23:59:60', null],
    [' 13:00 PM', null],
    [' 0:30 AM', null],
    [' 16', null],
    ['16:02:11', null],
    [' 16:02:11 EAT', null],
    [` 16:02:11${' '.repeat(100)}`, null],
  ])('%j', (text, time) => {
    expect(timeBehind(`2026-04-03${text}`, 10)).toBe(time);
  });
});

test.each([
  ['13/04/2026', 'dmy'],
  ['04/13/2026', 'mdy'],
  ['12/12/2026', null],
  ['03/04/2026', null],
  ['13/13/2026', null],
  ['2026-04-13', null],
  ['13 Apr 2026', null],
  ['nonsense', null],
])('%s tells %s', (text, order) => {
  expect(orderToldBy(text)).toBe(order);
});

test('every day is read back from every way of writing it', () => {
  const day = fc.date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true });
  const format = fc.constantFrom(
    'dd/MM/yyyy',
    'MM-dd-yyyy',
    'd.M.yyyy',
    'yyyy MM dd',
    'dd/MM/yy',
    'yyyyMMdd',
    'd-MMM-yyyy',
  );
  fc.assert(
    fc.property(day, format, (at, pattern) => {
      const iso = at.toISOString().slice(0, 10);
      const [year = '', month = '', date = ''] = iso.split('-');
      const name = at.toLocaleString('en', { month: 'short', timeZone: 'UTC' });
      const text = pattern
        .replace('yyyy', year)
        .replace('yy', year.slice(2))
        .replace('MMM', '#')
        .replace('MM', month)
        .replace('M', String(Number(month)))
        .replace('dd', date)
        .replace('d', String(Number(date)))
        .replace('#', name);
      expect(read(text, pattern)?.[0]).toBe(iso);
      expect(dateParts(text)).not.toBeNull();
    }),
  );
});
