import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { type Column, pickColumns, renderCsv, renderJsonLines, renderMarkdown } from '../../src/terminal/list.ts';

interface Line {
  payee: string;
  amount: string;
}

const columns: Column<Line>[] = [
  { key: 'payee', title: 'Payee', value: (row) => row.payee, priority: 2 },
  {
    key: 'amount',
    title: 'Amount',
    value: (row) => `KES ${row.amount}`,
    csv: (row) => row.amount,
    kind: 'money',
    priority: 1,
  },
  { key: 'voucher', title: 'Voucher', value: () => null, priority: 3 },
];

test('CSV has keys as header, plain figures and empty cells', () => {
  expect(renderCsv({ columns, rows: [{ payee: 'Jane', amount: '12500.00' }] })).toBe(
    'payee,amount,voucher\nJane,12500.00,\n',
  );
  expect(renderCsv({ columns, rows: [] })).toBe('payee,amount,voucher\n');
});

test('formulas are quoted safe in text, and a negative amount stays a number', () => {
  const csv = renderCsv({ columns, rows: [{ payee: '=HYPERLINK("x")', amount: '-5.00' }] });
  expect(csv).toBe('payee,amount,voucher\n"\'=HYPERLINK(""x"")",-5.00,\n');
  expect(renderCsv({ columns, rows: [{ payee: '\t=1', amount: '1.00' }] })).toContain("\n'\\t=1,1.00,");
});

test('what CSV holds, a CSV reader reads back', () => {
  const payee = fc.string({ maxLength: 20 }).filter((text) => !/[=+\-@]/.test(text[0] ?? ''));
  fc.assert(
    fc.property(payee, (text) => {
      const read = parse(renderCsv({ columns, rows: [{ payee: text, amount: '1.00' }] })) as string[][];
      expect(read[1]).toEqual([text, '1.00', '']);
    }),
  );
});

test('JSON lines hold one document a line', () => {
  expect(renderJsonLines([{ a: 'x\ny' }, { a: '\u202e' }])).toBe('{"a":"x\\ny"}\n{"a":"\\u202e"}\n');
  expect(renderJsonLines([])).toBe('');
});

test('Markdown tables survive bars, brackets and line feeds in text', () => {
  const view = { columns, footer: ['1 payment'], empty: 'No payments.' };
  expect(renderMarkdown({ ...view, rows: [{ payee: 'a|b <c>\n', amount: '5.00' }] })).toBe(
    '| Payee | Amount | Voucher |\n| --- | ---: | --- |\n| a\\|b \\<c\\>\\\\n | KES 5.00 |  |\n\n1 payment\n',
  );
  expect(renderMarkdown({ ...view, rows: [{ payee: 'x', amount: '5.00' }], footer: [] })).toMatch(/\|\n$/);
  expect(renderMarkdown({ ...view, rows: [], footer: [] })).toBe('No payments.\n');
});

test('--fields picks columns in its own order, and hides none of them', () => {
  const picked = pickColumns(columns, 'voucher, payee,voucher');
  expect(picked.map(({ key, priority }) => [key, priority])).toEqual([
    ['voucher', 1],
    ['payee', 1],
  ]);
});

test('an unknown field is refused, naming all there are', () => {
  for (const fields of ['payee,nope', '', 'payee,', '__proto__']) {
    expect(() => pickColumns(columns, fields)).toThrow(Problem);
    expect(() => pickColumns(columns, fields)).toThrow('The fields are payee, amount, voucher.');
  }
  expect(() => pickColumns(columns, 'nope\x1b')).toThrow(
    expect.objectContaining({ kind: 'usage', code: 'FIELD_UNKNOWN' }),
  );
});
