import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bankCsv,
  CSV_LAYOUTS,
  type CsvLayout,
  DATE_FORMS,
  LAYOUT_FIELDS,
  type LayoutField,
  layoutFaults,
  SEPARATORS,
} from '../../../src/domain/bank-file/csv-layout.ts';
import { decimalOf } from '../../../src/domain/money.ts';
import { aBankFile, anAccount, anOrder, anyBankFile } from './a-bank-file.ts';

const GENERIC = CSV_LAYOUTS[0]!;
const columnsOf = (...fields: LayoutField[]) => fields.map((field) => ({ title: field, field }));
const layout = (...fields: LayoutField[]): CsvLayout => ({ ...GENERIC, header: false, columns: columnsOf(...fields) });

test('the generic layout has a row for each order under its header', () => {
  const orders = [
    anOrder({ payee: 'Mwangi, Sons' }),
    anOrder({ key: 'K2', account: anAccount('KCB:1101'), remarks: null }),
  ];
  expect(bankCsv(aBankFile({ orders }), GENERIC).split('\r\n')).toEqual([
    'Reference,Beneficiary Name,Bank,Bank Code,Branch Code,BIC,Account Number,Amount,Currency,Narration,Value Date,Debit Account',
    '0A1B2C3D4E5F6G7-001,"Mwangi, Sons",KCBLKENX,01,094,KCBLKENX,1234567890,12500.00,KES,Rent for May,2026-11-30,9988776655',
    'K2,Jane Wanjiku,KCB,,,,1101,12500.00,KES,,2026-11-30,9988776655',
    '',
  ]);
});

test('a code is taken apart only where it has Kenya’s five digits', () => {
  const row = (bank: string) =>
    bankCsv(
      aBankFile({ orders: [anOrder({ account: anAccount(`${bank}:1`) })] }),
      layout('bank', 'bank_code', 'branch_code'),
    );
  expect(row('01094')).toBe('01,01,094\r\n');
  expect(row('01')).toBe('01,01,\r\n');
  expect(row('123456')).toBe('123456,123456,\r\n');
});

test.each([
  ['YYYY-MM-DD', '2026-11-30'],
  ['DD/MM/YYYY', '30/11/2026'],
  ['DD-MM-YYYY', '30-11-2026'],
  ['YYYYMMDD', '20261130'],
  ['DDMMYYYY', '30112026'],
] as const)('a day as %s is %s', (date, written) => {
  expect(bankCsv(aBankFile(), { ...layout('date'), date })).toBe(`${written}\r\n`);
});

test('the other fields say who pays, which file it is and which row', () => {
  const file = aBankFile({ orders: [anOrder(), anOrder({ key: 'K2' })] });
  expect(bankCsv(file, { ...layout('number', 'debtor', 'message_id'), separator: ';' })).toBe(
    '1;Acme Ltd;NBI-20261128-0001\r\n2;Acme Ltd;NBI-20261128-0001\r\n',
  );
});

test('a title with a quotation mark is read back as it is', () => {
  const columns = [{ title: 'Payee "as is"', field: 'payee' as const }];
  expect(bankCsv(aBankFile(), { ...GENERIC, columns })).toBe('"Payee ""as is"""\r\nJane Wanjiku\r\n');
});

test('what was written is read back, whatever stands in it, and no cell begins a formula', () => {
  const layouts = fc.record<CsvLayout>({
    name: fc.constant('any'),
    separator: fc.constantFrom(...SEPARATORS),
    header: fc.constant(false),
    date: fc.constantFrom(...DATE_FORMS),
    columns: fc.constant(columnsOf('payee', 'amount', 'remarks', 'account', 'key')),
  });
  fc.assert(
    fc.property(anyBankFile, layouts, (file, wanted) => {
      const rows: string[][] = parse(bankCsv(file, wanted), { delimiter: wanted.separator });
      expect(rows).toEqual(
        file.orders.map(({ payee, amountMinor, remarks, account, key }) => [
          payee,
          decimalOf(amountMinor, file.currency),
          remarks ?? '',
          account.number,
          key,
        ]),
      );
      for (const [payee = '', , remarks = ''] of rows) expect(`${payee}\n${remarks}`).not.toMatch(/^[=+\-@\t\r]/m);
    }),
  );
});

test('a layout has payee, account and amount, and something to know the payment by again', () => {
  expect(layoutFaults(GENERIC)).toEqual([]);
  expect(layoutFaults(layout('payee', 'account', 'amount', 'remarks'))).toEqual([]);
  expect(layoutFaults(layout('key'))).toEqual([
    'it has no column for the account',
    'it has no column for the amount',
    'it has no column for the payee',
  ]);
  expect(layoutFaults(layout('payee', 'account', 'amount'))).toHaveLength(1);
  expect(layoutFaults(layout(...LAYOUT_FIELDS))).toEqual([]);
});
