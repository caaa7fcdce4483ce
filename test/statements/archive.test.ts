import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import { gunzipped, unzipped } from '../../src/statements/archive.ts';
import { readStatements } from '../../src/statements/read-statements.ts';
import type { StatementLine } from '../../src/statements/statement.ts';
import { MOST_UNPACKED, unpack, zipEntries } from '../../src/statements/zip-directory.ts';
import { archive, textFile, WORKBOOK_FILE } from '../support/zip-archive.ts';

const fixture = (name: string) => readFileSync(path.resolve(import.meta.dirname, 'fixtures', name), 'utf8');
const MONTH = fixture('camt053-month.xml');
const BANK = fixture('bank-equity.csv');

/** What a file says, with its lines. */
async function read(file: Uint8Array, type: string | null = null) {
  const lines: StatementLine[] = [];
  const { statements, rest } = await readStatements([file], {
    type,
    ...{ currency: null, today: '2099-12-31' },
    onLine: (line) => lines.push(line),
  });
  return { statements, rest, lines };
}

const plain = (text: string) => read(new TextEncoder().encode(text));

describe('statements in a zip archive', () => {
  test('one is read as if it were not packed, and what is said of it begins with its name', async () => {
    const packed = await read(archive([textFile('2026-09.xml', MONTH)]));
    const unpacked = await plain(MONTH);
    expect(packed.lines).toEqual(unpacked.lines);
    const warnings = unpacked.statements[0]!.warnings.map(({ message, position }) => ({
      message: `"2026-09.xml": ${message}`,
      position,
    }));
    expect(warnings.length).toBeGreaterThan(0);
    expect(packed.statements).toEqual([{ ...unpacked.statements[0], warnings }]);
  });

  test('several are read one after the other, in the order of their names', async () => {
    const files = [textFile('b/equity.csv', BANK), textFile('b/', ''), textFile('a/month.xml', MONTH)];
    const { statements, rest } = await read(archive(files));
    expect(statements.map(({ header }) => header.type)).toEqual(['camt', 'csv']);
    expect(rest).toEqual([]);
  });

  test('what does not go on where the file before it ended is named', async () => {
    const next = MONTH.replace('<Id>ST-2026-09', '<Id>ST-2026-10');
    const { statements } = await read(archive([textFile('1.xml', MONTH), textFile('2.xml', next)]));
    expect(statements[1]!.contradictions.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^"2.xml": it opens with KES 100,000.00, but the statement before it/),
    );
  });

  test('what is no statement is passed over with a word, and hidden files of a Mac without one', async () => {
    const files = [
      textFile('READ ME.txt', 'Dear treasurer,'),
      textFile('month.xml', MONTH),
      textFile('__MACOSX/._month.xml', 'x'),
      textFile('.DS_Store', 'x'),
    ];
    const { statements, rest } = await read(archive(files));
    expect(statements).toHaveLength(1);
    expect(rest).toEqual([
      { message: '"READ ME.txt" in the archive is no statement, and was passed over', position: null },
    ]);
  });

  test('a statement that is broken is not passed over', async () => {
    const files = [textFile('1.xml', MONTH), textFile('2.xml', MONTH.slice(0, -100))];
    await expect(read(archive(files))).rejects.toMatchObject({ code: 'STATEMENT_UNREADABLE' });
  });

  test.each([
    ['only letters', [textFile('a.txt', 'Dear treasurer,')], /no statement in a known format/],
    ['nothing', [], /It is a zip archive/],
    ['only folders', [textFile('a/', '')], /without any file/],
    ['an archive', [{ name: 'b.zip', bytes: archive([textFile('a.xml', MONTH)]) }], /b.zip is an archive within/],
  ])('one with %s in it is no statement', async (_, files, why) => {
    await expect(read(archive(files))).rejects.toMatchObject({ code: 'NOT_A_STATEMENT', kind: 'usage' });
    await expect(read(archive(files))).rejects.toThrow(why);
  });
});

describe('gzip', () => {
  test('what is packed with it is read as if it were not', async () => {
    const { rest, ...packed } = await read(gzipSync(BANK));
    expect({ rest, ...packed }).toEqual(await plain(BANK));
  });

  test('what is broken or too large is refused', async () => {
    await expect(read(gzipSync(BANK).subarray(0, 40))).rejects.toThrow(/packed with gzip, but broken/);
    const most = gzipSync(new Uint8Array(MOST_UNPACKED));
    expect(gunzipped([most])).toHaveLength(MOST_UNPACKED);
    expect(() => gunzipped([gzipSync(new Uint8Array(MOST_UNPACKED + 1))])).toThrow(/unpacks to more than/);
  });
});

describe('workbooks', () => {
  const refused = (bytes: Uint8Array) => expect(unzipped([bytes])).rejects;

  test('what unpacks to too much is refused before it is unpacked', async () => {
    const half = { name: 'xl/media/a.bin', bytes: new Uint8Array(), says: MOST_UNPACKED / 2 + 1 };
    await refused(archive([WORKBOOK_FILE, half, { ...half, name: 'xl/media/b.bin' }])).toThrow(/unpacks to more than/);
    expect(zipEntries(archive([WORKBOOK_FILE, half]))).toHaveLength(2);
  });

  test('what unpacks to more or less than it says is refused', async () => {
    const bomb = { name: 'xl/worksheets/sheet1.xml', bytes: new Uint8Array(10_000_000), says: 100 };
    await refused(archive([WORKBOOK_FILE, bomb])).toThrow(/sheet1.xml cannot be unpacked to the length/);
    await refused(archive([WORKBOOK_FILE, { ...bomb, says: 10_000_001 }])).toThrow(
      /is not as long as it is said to be/,
    );
  });

  test.each(['A4000001', 'XFE1', 'xfe1', 'ZZZZZZZZ1', 'SR8000', 'XFD245'])(
    'a sheet with a cell at %s spans too much',
    async (cell) => {
      const sheet = `<worksheet><sheetData><row r="1"><c r="A1"/><c r="${cell}"/></row></sheetData></worksheet>`;
      await refused(archive([WORKBOOK_FILE, textFile('xl/worksheets/sheet1.xml', sheet)])).toThrow(/spans/);
    },
  );

  test.each(['AMJ5', 'XFD1', 'XFD244'])('a sheet whose last cell, which is empty, is %s is read', async (cell) => {
    const [row] = /\d+/.exec(cell) ?? [];
    const cells = ['Date', 'Description', 'Debit', 'Credit', 'Balance']
      .map((text, at) => `<c r="${'ABCDE'.charAt(at)}1" t="inlineStr"><is><t>${text}</t></is></c>`)
      .join('');
    const last = `<c r="${cell}"/>`;
    const rows =
      row === '1' ? `<row r="1">${cells}${last}</row>` : `<row r="1">${cells}</row><row r="${row}">${last}</row>`;
    const entries = zipEntries(new Uint8Array(await writeWorkbook([[{ value: 'x' }]] as never).toBuffer()));
    const files = entries.map((entry) =>
      entry.name === 'xl/worksheets/sheet1.xml'
        ? textFile(
            entry.name,
            `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
          )
        : { name: entry.name, bytes: unpack(entry) },
    );
    const [csv] = await unzipped([archive(files)]);
    expect(new TextDecoder().decode(csv!.bytes)).toMatch(/^Date,Description,Debit,Credit,Balance/);
  });

  test.each([
    ['<f>B1-C1</f>', true],
    ['<f t="shared" si="0"/>', true],
    ['<f>B1-C1</f><v>5</v>', false],
    ['<f>B1-C1</f><v></v>', false],
    ['<v>5</v>', false],
  ])('a cell with %s is refused for want of a result: %s', async (inside, refuses) => {
    const sheet = `<worksheet><sheetData><row r="1"><c r="A1">${inside}</c></row></sheetData></worksheet>`;
    const workbook = archive([WORKBOOK_FILE, textFile('xl/worksheets/sheet1.xml', sheet)]);
    await refused(workbook).toThrow(refuses ? /has a formula without its result/ : /The workbook cannot be read/);
  });

  test('broken, locked and other archives are refused', async () => {
    await refused(archive([{ ...WORKBOOK_FILE, flags: 1 }])).toThrow(/has a password/);
    await refused(archive([{ ...WORKBOOK_FILE, method: 99 }])).toThrow(/directory cannot be read/);
    await refused(archive([{ ...WORKBOOK_FILE, method: 0, says: 5 }])).toThrow(/directory cannot be read/);
    await refused(archive([WORKBOOK_FILE]).subarray(0, -1)).toThrow(/directory cannot be read/);
    await refused(archive([WORKBOOK_FILE])).toThrow(/The workbook cannot be read/);
    await refused(new Uint8Array(30)).toThrow(/directory cannot be read/);
    const many = Array.from({ length: 1001 }, (_, at) => textFile(`f${at}`, ''));
    await refused(archive([WORKBOOK_FILE, ...many])).toThrow(/more than 1000 files/);
    await refused(new Uint8Array(17 * 1024 * 1024)).toThrow(/more than 16777216 bytes/);
  });

  test('a stored file is read as it is', () => {
    expect(zipEntries(archive([{ ...WORKBOOK_FILE, method: 0 }]))[0]).toMatchObject({
      isPacked: false,
      unpackedBytes: 11,
    });
  });
});
