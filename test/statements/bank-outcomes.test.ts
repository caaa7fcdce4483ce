import { expect, test } from 'vitest';
import type { OutcomeColumns } from '../../src/domain/bank-file/outcome-columns.ts';
import { readOutcomeRows } from '../../src/statements/bank-outcomes.ts';

const COLUMNS: OutcomeColumns = {
  ...{ separator: ',', charset: null, decimal: '.', thousands: ',' },
  ...{
    key: 'Ref',
    messageId: null,
    status: 'Status',
    reason: 'Remarks',
    amount: 'Amount',
    currency: null,
    account: null,
  },
  ...{ paid: ['Paid'], rejected: ['Failed'] },
};
const HEADER = 'Ref,Amount,Status,Remarks\n';
const read = (text: string | Uint8Array, change: Partial<OutcomeColumns> = {}) =>
  readOutcomeRows([Buffer.from(text)], { ...COLUMNS, ...change });
const rowsOf = (text: string | Uint8Array, change: Partial<OutcomeColumns> = {}) =>
  read(text, change).rows.map(({ position, key, status, reason }) => [position, key, status, reason]);

test('a row says which payment it means and what became of it, below whatever stands above the header', () => {
  const text = `Bulk upload 7\nMade by,me\n\n${HEADER}K1,"1,000.00", Paid ,\n\nK2,5.00,Failed,"no, such account"\n`;
  expect(read(text).rows).toEqual([
    {
      ...{ position: 5, key: 'K1', messageId: null, status: 'Paid', reason: null },
      ...{ amount: '1,000.00', currency: null, account: null },
    },
    {
      ...{ position: 7, key: 'K2', messageId: null, status: 'Failed', reason: 'no, such account' },
      ...{ amount: '5.00', currency: null, account: null },
    },
  ]);
});

test('columns go by letters and digits, in any order, with CRLF, semicolons and no end', () => {
  expect(rowsOf('STATUS;re f;remarks;amount\r\nPaid;K1;;5', { separator: ';' })).toEqual([[2, 'K1', 'Paid', null]]);
});

test('a byte order mark is no part of the first column, whatever charset the layout says', () => {
  const marked = `\ufeff${HEADER}K1,5,Paid,Grüße\n`;
  for (const charset of [null, 'windows-1252'] as const)
    expect(rowsOf(marked, { charset })).toEqual([[2, 'K1', 'Paid', 'Grüße']]);
  expect(rowsOf(Buffer.from(`\ufeff${HEADER}K1,5,Paid,x\n`, 'utf16le'))).toEqual([[2, 'K1', 'Paid', 'x']]);
});

test('windows-1252 is read where the layout says so, and where it is no UTF-8', () => {
  const bytes = Buffer.from(`${HEADER}K1,5,Failed,caf\u00e9\n`, 'latin1');
  for (const charset of [null, 'windows-1252'] as const)
    expect(rowsOf(bytes, { charset })).toEqual([[2, 'K1', 'Failed', 'café']]);
});

test('a row that says neither which payment nor what became of it is none; one of the two is told', () => {
  expect(rowsOf(`${HEADER}Total,,\n,500.00,,\n,5,Paid,\nK1,5,,\n`)).toEqual([
    [2, 'Total', '', null],
    [4, null, 'Paid', null],
    [5, 'K1', '', null],
  ]);
});

test.each([
  ['without the column of our key', 'Amount,Status,Remarks\n5,Paid,\n', 'NOT_A_STATEMENT'],
  ['without a column that is compared', 'Ref,Status,Remarks\nK1,Paid,\n', 'NOT_A_STATEMENT'],
  ['that is empty', '', 'NOT_A_STATEMENT'],
  ['of another separator', HEADER.replaceAll(',', ';'), 'NOT_A_STATEMENT'],
  ['with a column twice', 'Ref,Amount,Status,Remarks,Status\nK1,5,Paid,,Failed\n', 'STATEMENT_UNREADABLE'],
  ['whose cells were moved by a comma without quotes', `${HEADER}K1,1,000.00,Paid,x\n`, 'STATEMENT_UNREADABLE'],
  ['with an open quote', `${HEADER}"K1,5,Paid,\n`, 'STATEMENT_UNREADABLE'],
])('a file %s is refused', (_, text, code) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code }));
});

test('an empty file is said to be empty', () => {
  expect(() => read('')).toThrow('The file is empty.');
});

test('empty cells behind the header’s are none', () => {
  expect(rowsOf(`${HEADER}K1,5,Paid,,,,\n`)).toEqual([[2, 'K1', 'Paid', null]]);
});
