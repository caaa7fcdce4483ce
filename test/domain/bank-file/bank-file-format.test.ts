import { describe, expect, test } from 'vitest';
import { bankFileText, debtorOf, wishedFile } from '../../../src/domain/bank-file/bank-file-format.ts';
import { bankCsv, CSV_LAYOUTS } from '../../../src/domain/bank-file/csv-layout.ts';
import { pain001 } from '../../../src/domain/bank-file/pain001.ts';
import { aBankFile } from './a-bank-file.ts';

describe('the kind of file that is wished for', () => {
  test.each([
    [null, null, { format: 'pain001.09' }],
    ['pain001.09', null, { format: 'pain001.09' }],
    ['pain001.03', null, { format: 'pain001.03' }],
    ['csv', null, { format: 'csv', layout: 'generic' }],
    ['csv', 'kcb', { format: 'csv', layout: 'kcb' }],
    [null, 'kcb', { format: 'csv', layout: 'kcb' }],
  ])('format %s with layout %s', (format, layout, wished) => {
    expect(wishedFile(format, layout)).toEqual(wished);
  });

  test.each(['', 'CSV', 'pain001', 'pain.001.001.09'])('cannot be %j', (format) => {
    for (const layout of [null, 'kcb'])
      expect(() => wishedFile(format, layout)).toThrow(
        expect.objectContaining({
          ...{ kind: 'usage', code: 'BANK_FILE_FORMAT_UNKNOWN' },
          message: `--format "${format}" is none of pain001.03, pain001.09, csv.`,
          details: expect.objectContaining({ unchanged: 'Nothing was exported.' }) as unknown,
        }),
      );
  });

  test.each(['pain001.03', 'pain001.09'])('has no layout as %s', (format) => {
    expect(() => wishedFile(format, 'kcb')).toThrow(
      expect.objectContaining({
        ...{ kind: 'usage', code: 'FLAGS_CONTRADICT', message: `--layout is for csv; ${format} has none.` },
        details: expect.objectContaining({ unchanged: 'Nothing was exported.' }) as unknown,
      }),
    );
  });
});

test('a file is written in its kind', () => {
  const [layout] = CSV_LAYOUTS;
  if (layout === undefined) throw new Error('there is no layout');
  const file = aBankFile();
  expect(bankFileText(file, { format: 'pain001.03' })).toBe(pain001(file, '03'));
  expect(bankFileText(file, { format: 'pain001.09' })).toBe(pain001(file, '09'));
  expect(bankFileText(file, { format: 'csv', layout })).toBe(bankCsv(file, layout));
});

describe('who pays', () => {
  const settings = { debtorName: 'Ácme & Sons', debtorAccount: '9988', debtorBank: '01100', debtorBic: 'KCBLKENX' };

  test('is named in letters that banks take, with the account of the settings', () => {
    expect(debtorOf(settings)).toEqual({
      name: 'Acme + Sons',
      account: { code: '01100', bic: 'KCBLKENX', name: null, number: '9988' },
    });
    expect(debtorOf({ ...settings, debtorBic: null }).account.bic).toBeNull();
  });

  test('has a name', () => {
    expect(() => debtorOf({ ...settings, debtorName: '李' })).toThrow('the debtor 李 has no letter that banks take');
  });
});
