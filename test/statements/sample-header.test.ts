import { expect, test } from 'vitest';
import { headerIn } from '../../src/statements/sample-header.ts';

const header = (text: string, mark = ',', skipLines = 0) =>
  headerIn([new TextEncoder().encode(text)], { mark, skipLines, sheet: null });

test('the header of a table is the row with the most names, wherever it stands', async () => {
  expect(await header('Bank,Statement\nDate,Text,Amount\n01/02/2026,Rent,5.00\n02/02/2026,Fee for A1,6.00')).toEqual([
    'Date',
    'Text',
    'Amount',
  ]);
  expect(await header('Buchung;Zweck;Betrag in €\n1;2;3', ';')).toEqual(['Buchung', 'Zweck', 'Betrag in €']);
});

test('a header is found in UTF-16 as well', async () => {
  const utf16 = Buffer.from('\ufeffDate,Text,Amount\n01/02/2026,Rent,5.00\n', 'utf16le');
  expect(await headerIn([utf16], { mark: ',', skipLines: 0, sheet: null })).toEqual(['Date', 'Text', 'Amount']);
});

test('lines that are passed over hold no header', async () => {
  expect(await header('a,b,c\nd,e\n', ',', 1)).toEqual(['d', 'e']);
});

test('there is none where nothing stands between cells, or no row has two names', async () => {
  expect(await header('Date;Text\n')).toBeNull();
  expect(await header('1,2\n')).toBeNull();
  expect(await header('')).toBeNull();
  expect(await header('Date,Text', 'x')).toBeNull();
});
