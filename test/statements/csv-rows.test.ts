import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvScanner, type Delimiter } from '../../src/statements/csv-rows.ts';
import { lineRuns } from '../../src/statements/text-lines.ts';

/** The rows of a text that comes in pieces of so many characters. */
function rowsOf(text: string, { delimiter = ',' as Delimiter, pieceLength = text.length || 1 } = {}) {
  const scanner = new CsvScanner(delimiter);
  const pieces = Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, at) =>
    text.slice(at * pieceLength, (at + 1) * pieceLength),
  );
  const rows = [...lineRuns(pieces)].flatMap((run) => scanner.rows(run));
  scanner.close();
  return rows;
}
const cellsOf = (text: string) => rowsOf(text).map(({ cells }) => cells);

test.each<[string, string[][]]>([
  ['', []],
  [
    'a,b\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\r\nc,d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\rc,d\r',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['a\n\nb\n', [['a'], [''], ['b']]],
  [',,\n', [['', '', '']]],
  ['"a,b",c\n', [['a,b', 'c']]],
  ['"a""b","",c\n', [['a"b', '', 'c']]],
  ['"a\nb\r\nc",d\r\ne\n', [['a\nb\r\nc', 'd'], ['e']]],
  ['"a"', [['a']]],
  ['"a"\r', [['a']]],
  ['a,"b"', [['a', 'b']]],
  ['5" pipe,b "c"\n', [['5" pipe', 'b "c"']]],
  [' "a",b\n', [[' "a"', 'b']]],
])('%j', (text, cells) => {
  expect(cellsOf(text)).toEqual(cells);
});

test('rows stand on the line where they begin', () => {
  expect(rowsOf('a\n"b\nc\nd",e\n\nf\n').map(({ position }) => position)).toEqual([1, 2, 5, 6]);
});

test.each<[string, RegExp]>([
  ['a\n"b', /line 2: a quote is not closed/],
  ['"b""', /line 1: a quote is not closed/],
  ['a\n"b"c\n', /line 2: something stands between a closing quote/],
  ['"b" ,c\n', /line 1: something stands between a closing quote/],
  [','.repeat(1001), /more than 1000 cells/],
])('%j is refused', (text, why) => {
  expect(() => rowsOf(text)).toThrow(why);
});

test('a quote that is never closed does not fill the memory', () => {
  expect(() => rowsOf(`a\n"${'b\n'.repeat(1 << 20)}`, { pieceLength: 1 << 16 })).toThrow(/without an end/);
});

test('a file without any delimiter is looked through once', () => {
  const rows = rowsOf('x\n'.repeat(200_000));
  expect(rows).toHaveLength(200_000);
});

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'é', '0'), maxLength: 8 }),
);
const quotedCell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const written = (text: string, always: boolean) => (always || /[",;\n\r]/.test(text) ? quotedCell(text) : text);

test.each([',', ';'] as const)(
  'any table is read as csv-parse reads it, with %s, in pieces of any length',
  (delimiter) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        (table, end, ended, pieceLength) => {
          const lines = table.map((row) => row.map(([text, always]) => written(text, always)).join(delimiter));
          const text = lines.join(end) + (ended ? end : '');
          const options = { delimiter, relax_column_count: true, record_delimiter: ['\n', '\r\n'], bom: false };
          const oracle = parse(text, options);
          expect(rowsOf(text, { delimiter, pieceLength }).map(({ cells }) => cells)).toEqual(oracle);
        },
      ),
      { numRuns: 500 },
    );
  },
);

test('whatever csv-parse takes is read the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' '), maxLength: 30 }), (text) => {
      let oracle: string[][];
      try {
        oracle = parse(text, { relax_column_count: true, record_delimiter: '\n' });
      } catch {
        return;
      }
      expect(cellsOf(text)).toEqual(oracle);
    }),
    { numRuns: 2_000 },
  );
});
