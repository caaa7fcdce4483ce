import { expect, test } from 'vitest';
import { FORMATS, formatOf, headAndAll, HEAD_BYTES } from '../../src/statements/detect.ts';
import { withinSize } from '../../src/statements/limits.ts';
import { piecesOf, readStatements } from '../support/statements.ts';

const head = (text: string) => headAndAll([new TextEncoder().encode(text)]).head;
const nameOf = (text: string) => formatOf(head(text), null).name;

test('a file is known by its content', () => {
  expect(nameOf('<?xml version="1.0"?><d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:camt.053.001.13">')).toBe(
    'camt053',
  );
  expect(nameOf(`<message>${' '.repeat(5000)}<x:BkToCstmrAcctRpt>`)).toBe('camt053');
});

test.each([
  'OFXHEADER:100\r\nDATA:OFXSGML',
  '<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>',
  '\n<ofx>',
  '<OFX xmlns="x">',
])('%j begins OFX', (text) => {
  expect(nameOf(text)).toBe('ofx');
});

test('also when it is written in UTF-16', () => {
  const utf16 = new Uint8Array([...'<BkToCstmrStmt>'].flatMap((letter) => [letter.charCodeAt(0), 0]));
  expect(formatOf(headAndAll([utf16]).head, null).name).toBe('camt053');
});

test.each([
  'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\nSKA1,',
  'Transaction Date,Value Date,Description,Debit,Credit,Running Balance\n',
  'Buchung;Date;Amount;Description;Balance\n',
  '01,BANK,ME,261015,1200,1,80,1,2/\n',
  ':20:STMT\n:25:123\n',
  'OFXHEADER:100\n',
  '<BkToCstmrStmt>',
])('%j is known with a byte order mark as it is without', (text) => {
  const name = nameOf(text);
  const marked = [
    Buffer.from(`\ufeff${text}`, 'utf8'),
    Buffer.from(`\ufeff${text}`, 'utf16le'),
    Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  ];
  for (const bytes of marked) expect(formatOf(headAndAll([bytes]).head, null).name).toBe(name);
});

test('--type overrides, by its name or by the kind', () => {
  expect(formatOf(head('nothing'), 'camt053').type).toBe('camt');
  expect(formatOf(head('nothing'), 'camt').type).toBe('camt');
  expect(() => formatOf(head('nothing'), 'shoe')).toThrow(/"shoe" is none of camt053/);
});

test.each([
  ['', /empty/],
  ['PK\u0003\u0004....', /zip archive: unpack it/],
  ['\u001f\u008b..', /gzip/],
  ['%PDF-1.7', /PDF/],
  ['<!DOCTYPE html><html>', /web page/],
  ['{"a": 1}', /JSON/],
  ['\u00d0\u00cf\u0011\u00e0..', /old Excel/],
  ['Dear treasurer,', /What is read: camt053/],
])('%j is none, and the refusal says what it is', (text, why) => {
  const bytes = new Uint8Array([...text].map((letter) => letter.charCodeAt(0)));
  expect(() => formatOf(headAndAll([bytes]).head, null)).toThrow(why);
});

test('looking at the head takes nothing away from the file', () => {
  const file = new Uint8Array(HEAD_BYTES * 2 + 5).map((_, at) => at % 251);
  for (const pieceBytes of [999, HEAD_BYTES, file.length]) {
    const { head: found, all } = headAndAll(piecesOf(file, pieceBytes));
    expect(found.bytes).toEqual(file.subarray(0, HEAD_BYTES));
    expect([...all].flatMap((piece) => [...piece])).toEqual([...file]);
  }
});

test('every format has a name and a kind of its own', () => {
  for (const key of ['name', 'title'] as const)
    expect(new Set(FORMATS.map((one) => one[key])).size).toBe(FORMATS.length);
});

test('a file with too many bytes is refused before it is read to its end', () => {
  const pieces = [new Uint8Array(5), new Uint8Array(5)];
  expect([...withinSize(pieces, 10)]).toHaveLength(2);
  expect(() => [...withinSize(pieces, 9)]).toThrow(/more than 9 bytes/);
});

test('a file of another type than it is said to be is none', async () => {
  await expect(readStatements('a,b\n1,2\n', { type: 'camt053' })).rejects.toMatchObject({ kind: 'usage' });
});
