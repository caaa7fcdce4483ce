import { describe, expect, test } from 'vitest';
import { batchHeader, centsFault, documentOf, repeatedWarnings, type BatchLine } from '../../src/domain/batch-file.ts';
import { IMPORT_COLUMNS } from '../../src/domain/payee-import.ts';
import type { Terms } from '../../src/domain/requisition.ts';

const PHONES = ['MobileNumber', 'DocumentType', 'DocumentNumber', 'Amount', 'PurposeOfPayment', 'Name'];

function lineOf(header: readonly string[], cells: readonly string[]): BatchLine | string {
  const read = batchHeader(header);
  if ('faults' in read) throw new Error(read.faults.join());
  return read.read(cells, 2);
}

const faultsOf = (header: readonly string[]): readonly string[] => {
  const read = batchHeader(header);
  return 'faults' in read ? read.faults : [];
};

describe('the header of a batch', () => {
  test('may be that of lists of phones, which M-Pesa pays', () => {
    expect(lineOf(PHONES, ['0712345678', 'ID', '12345678', '1500', 'Stipend', 'Jane'])).toEqual({
      ...{ line: 2, payee: 'Jane', amount: '1500', purpose: 'Stipend', method: 'mpesa', destination: '0712345678' },
      ...{ company: '', region: '', branch: '', category: '', document: 'ID 12345678' },
    });
  });

  test('in any order, case and with spaces around', () => {
    const header = [' NAME', 'purposeofpayment ', 'amount', 'documentnumber', 'DOCUMENTTYPE', 'Mobilenumber'];
    expect(lineOf(header, ['Jane', 'Stipend', '1500', '12345678', 'ID', '0712345678'])).toMatchObject({
      ...{ payee: 'Jane', destination: '0712345678', document: 'ID 12345678', amount: '1500' },
    });
  });

  test('or that of payee lists', () => {
    const cells = ['Jane', '100', 'Taxi', 'cash', 'Jane', '', '', 'WESTLANDS', ''];
    expect(lineOf(IMPORT_COLUMNS, cells)).toMatchObject({
      payee: 'Jane',
      method: 'cash',
      branch: 'WESTLANDS',
      document: '',
    });
  });

  test('lacks nothing, has nothing else and nothing twice: all of it is said, of the list that it is nearest to', () => {
    expect(faultsOf(['MobileNumber', 'Amount', 'Name', 'name', 'Colour'])).toEqual([
      'line 1: missing columns DocumentType, DocumentNumber, PurposeOfPayment',
      'line 1: unknown columns "colour"',
      'line 1: columns given twice Name',
    ]);
    expect(faultsOf(['payee', 'amount'])[0]).toContain('missing columns purpose, method');
    expect(faultsOf(PHONES)).toEqual([]);
  });

  test('counts the cells of its lines', () => {
    expect(lineOf(PHONES, ['0712345678'])).toBe('line 2: 1 cells where the header has 6');
    expect(lineOf(IMPORT_COLUMNS, ['Jane'])).toBe('line 2: 1 cells where the header has 9');
  });
});

describe('a row', () => {
  const terms = (change: Partial<Terms> = {}): Terms => ({
    ...{
      payee: 'Jane',
      amountMinor: 10_000,
      method: 'mpesa',
      destination: '254712345678',
      purpose: 'x',
      category: null,
    },
    ...change,
  });

  test('by M-Pesa has no cents: a shilling, and a cent more', () => {
    expect(centsFault(terms({ amountMinor: 100 }), 'KES')).toBeNull();
    expect(centsFault(terms({ amountMinor: 101 }), 'KES')).toBe('M-Pesa pays whole shillings; KES 1.01 has cents');
    expect(centsFault(terms({ amountMinor: 101, method: 'bank' }), 'KES')).toBeNull();
    expect(centsFault(terms({ amountMinor: 101 }), 'UGX')).toBeNull();
  });

  test('keeps the document of its payee, tidy and of no more than 140 characters', () => {
    expect(documentOf({ document: '  ' })).toEqual({ document: null });
    expect(documentOf({ document: ` ${'1'.repeat(140)} ` })).toEqual({ document: '1'.repeat(140) });
    expect(documentOf({ document: '1'.repeat(141) })).toHaveProperty('fault');
    expect(documentOf({ document: 'ID\u001b1' })).toHaveProperty('fault');
  });

  test('that pays the same to the same destination again is warned of, whatever it is for', () => {
    const rows = [
      { line: 2, terms: terms() },
      { line: 3, terms: terms({ amountMinor: 10_001 }) },
      { line: 4, terms: terms({ purpose: 'y', payee: 'J. Wanjiru' }) },
      { line: 5, terms: terms({ method: 'bank' }) },
      { line: 6, terms: terms() },
    ];
    expect(repeatedWarnings(rows)).toEqual([
      'Line 4 pays the same amount to the same destination as line 2.',
      'Line 6 pays the same amount to the same destination as line 2.',
    ]);
  });
});
