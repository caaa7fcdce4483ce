import writeWorkbook from 'write-excel-file/node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { bankProfile } from '../../src/statements/bank-profiles.ts';
import { readStatements as readAll } from '../../src/statements/read-statements.ts';
import { cellAddress } from '../../src/statements/sheet-cells.ts';
import { exactDecimal, workbookAsCsv } from '../../src/statements/workbook.ts';
import { readStatements } from '../support/statements.ts';
import { archive, textFile } from '../support/zip-archive.ts';

type Cell = string | number | boolean | Date | null;

/** A workbook with one sheet. */
async function workbook(rows: readonly (readonly Cell[])[]): Promise<Uint8Array> {
  return new Uint8Array(await writeWorkbook(cellsOf(rows) as never).toBuffer());
}

const cellsOf = (rows: readonly (readonly Cell[])[]) =>
  rows.map((row) =>
    row.map((value) => (value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy hh:mm:ss' } : { value })),
  );

const csvOf = async (bytes: Uint8Array) => new TextDecoder().decode(await workbookAsCsv(Uint8Array.from(bytes)));

describe('cells', () => {
  test('texts, numbers, dates and what is neither become one line for each row', async () => {
    const rows = [
      ['text', 'a,b "c"', 'two\nlines', '007'],
      [1234.1, 0.1, -5, 1e15, 0],
      [new Date('2026-09-30T16:02:11Z'), new Date('2026-09-30T00:00:00Z'), true, false, null, 'x'],
    ];
    expect((await csvOf(await workbook(rows))).split('\n')).toEqual([
      'text,"a,b ""c""",two lines,007,,',
      '1234.1,0.1,-5,1000000000000000,0,',
      '2026-09-30 16:02:11,2026-09-30,TRUE,FALSE,,x',
    ]);
  });

  test.each([
    ['1234.1', '1234.1'],
    ['1234.0999999999999', '1234.1'],
    ['-0.1', '-0.1'],
    ['1E3', '1000'],
    ['1.5E-2', '0.015'],
    ['999999999999999', '999999999999999'],
    ['0.000001', '0.000001'],
    ['-0', '0'],
    ['1.', '1'],
    ['.5', '0.5'],
    ['0.30000000000000004', '0.3'],
    ['1234.5600000000001', '1234.56'],
    ['-999999999999.99001', '-999999999999.99'],
  ])('the number %s is %s', (written, decimal) => {
    expect(exactDecimal(written, 1)).toBe(decimal);
  });

  test.each([
    ['1234567890123456', /more digits than a spreadsheet keeps/],
    ['12345678901234567.5', /more digits/],
    ['1E21', /more digits/],
    ['1E-7', /more digits/],
    ['1E999', /more digits/],
    ['NaN', /cannot be read/],
    ['12,5', /cannot be read/],
    ['', /cannot be read/],
  ])('the number %s is refused with its row', (written, why) => {
    expect(() => exactDecimal(written, 7)).toThrow(why);
    expect(() => exactDecimal(written, 7)).toThrow(/line 7/);
  });
});

describe('sheets', () => {
  const HEADER = ['Date', 'Narration', 'Debits', 'Credits', 'Balance'];
  const sheet = (name: string, rows: readonly (readonly Cell[])[]) => ({ sheet: name, data: cellsOf(rows) });
  const several = async (...sheets: ReturnType<typeof sheet>[]) =>
    new Uint8Array(await writeWorkbook(sheets as never).toBuffer());
  const march = sheet('March', [HEADER, ['02/03/2026', 'a', null, 10, 10]]);
  const april = sheet('April & May', [HEADER, ['03/04/2026', 'b', null, 20, 30]]);

  test('of which several have something in them are refused by their names', async () => {
    await expect(readStatements(await several(march, april))).rejects.toMatchObject({
      code: 'NOT_A_STATEMENT',
      message: expect.stringMatching(/2 sheets with something in them.*"March", "April & May"/),
      details: { fix: expect.stringMatching(/profile add NAME --sheet SHEET/) },
    });
  });

  test('that are empty do not matter, wherever they stand', async () => {
    const empty = [sheet('Notes', []), sheet('Blank', [[null, ' ']])] as const;
    const { statements } = await readStatements(await several(empty[0], april, empty[1]));
    expect(statements).toMatchObject([{ lines: [{ position: 2, amountMinor: 2_000, description: 'b' }] }]);
  });

  test('are chosen by name', async () => {
    const both = Uint8Array.from(await several(march, april));
    const read = async (name: string) => new TextDecoder().decode(await workbookAsCsv(both, name));
    expect(await read(' april & may ')).toMatch(/03\/04\/2026,b/);
    expect(await read('March')).toMatch(/02\/03\/2026,a/);
    await expect(read('June')).rejects.toThrow(/no sheet "June"; it has "March", "April & May"/);
  });

  test('are chosen by the column profile', async () => {
    const pieces = [await several(march, april)];
    const ncba = bankProfile('ncba') ?? expect.fail('no profile of NCBA');
    const wanted = { type: null, profile: { ...ncba, sheet: 'April & May' }, currency: 'KES', today: '2099-12-31' };
    const lines: unknown[] = [];
    await readAll(pieces, { ...wanted, onLine: (line) => lines.push(line) });
    expect(lines).toMatchObject([{ amountMinor: 2_000, description: 'b' }]);
  });
});

describe('sheets as other programs write them', () => {
  const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const written = (data: string) =>
    archive([
      textFile(
        'xl/workbook.xml',
        `<workbook xmlns:r="${RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>`,
      ),
      textFile(
        'xl/_rels/workbook.xml.rels',
        `<Relationships><Relationship Id="a" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      textFile('xl/worksheets/sheet1.xml', `<worksheet><sheetData>${data}</sheetData></worksheet>`),
    ]);
  const text = (words: string) => `<is><t>${words}</t></is>`;

  test('cells and rows without an address follow the one before them', async () => {
    const data =
      `<row><c t="inlineStr">${text('a\u00e9')}</c><c><v>1.5</v></c></row>` +
      `<row r="4"><c r="B4"><v>2</v></c><c t="inlineStr">${text('b')}</c></row>` +
      `<row><c s="0"/><c><v>3</v></c></row>`;
    expect(await csvOf(written(data))).toBe('a\u00e9,1.5,\n,,\n,,\n,2,b\n,3,');
  });

  test('with or without addresses a sheet says the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.record({ value: fc.nat(999), told: fc.boolean() }), { minLength: 1, maxLength: 30 }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.boolean(),
        async (rows, rowsTold) => {
          const sheet = rows.map(
            (cells, row) =>
              `<row${rowsTold ? ` r="${row + 1}"` : ''}>${cells
                .map(
                  ({ value, told }, at) =>
                    `<c${told ? ` r="${cellAddress(row + 1, at + 1)}"` : ''}><v>${value}</v></c>`,
                )
                .join('')}</row>`,
          );
          const width = Math.max(...rows.map((cells) => cells.length));
          const lines = rows.map((cells) => Array.from({ length: width }, (_, at) => cells[at]?.value ?? '').join(','));
          expect(await csvOf(written(sheet.join('')))).toBe(lines.join('\n'));
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(['#N/A', '#REF!', '#DIV/0!', '#VALUE!', '#NAME?'])('the error %s is told with its cell', async (error) => {
    const cells = '<c r="AA7"><v>5</v></c>';
    const data = `<row r="7">${cells}<c r="AB7" t="e"><f>1/0</f><v>${error}</v></c></row>`;
    await expect(csvOf(written(data))).rejects.toMatchObject({
      code: 'STATEMENT_UNREADABLE',
      message: expect.stringContaining(`line 7: cell AB7 has the error ${error}`),
    });
  });

  test('a cell without an address counts towards what may be held', async () => {
    const rows = `<row>${'<c/>'.repeat(300)}</row>`.repeat(10);
    await expect(csvOf(written(`${rows}<row r="1048576"><c><v>1</v></c></row>`))).rejects.toThrow(/spans 1048576 rows/);
  });
});

describe('statements', () => {
  test('of M-Pesa, with amounts as numbers and times as dates', async () => {
    const rows = [
      ['Short Code:', 600584],
      [],
      ['Receipt No.', 'Completion Time', 'Details', 'Transaction Status', 'Paid In', 'Withdrawn', 'Balance'],
      ['TIU4', new Date('2026-09-30T16:02:11Z'), 'Pay Bill, rent', 'Completed', 1340.5, null, 1340.5],
      ['TIU5', new Date('2026-09-30T17:00:00Z'), 'Pay Bill', 'Completed', null, -40.1, 1300.4],
    ];
    const { statements } = await readStatements(await workbook(rows));
    expect(statements).toMatchObject([
      {
        header: { type: 'mpesa', account: '600584' },
        ties: true,
        lines: [
          { position: 4, amountMinor: 134_050, bookedAt: '2026-09-30T16:02:11', description: 'Pay Bill, rent' },
          { position: 5, amountMinor: -4_010, balanceMinor: 130_040 },
        ],
      },
    ]);
  });

  test('of a bank, whose dates may be dates or texts', async () => {
    const rows = [
      ['Date', 'Narration', 'Debits', 'Credits', 'Balance'],
      [new Date('2026-09-02T00:00:00Z'), 'a', null, 1000, 1000],
      ['03/09/2026', 'b', '1,000.00', null, 0],
    ];
    const { statements } = await readStatements(await workbook(rows), { pieceBytes: 100 });
    expect(statements).toMatchObject([
      {
        header: { type: 'csv' },
        ties: true,
        lines: [{ bookedOn: '2026-09-02' }, { bookedOn: '2026-09-03', amountMinor: -100_000 }],
      },
    ]);
  });

  test('a workbook of anything else is none', async () => {
    await expect(readStatements(await workbook([['hello']]))).rejects.toThrow(/no statement in a known format/);
  });
});

test('every statement that is written into a workbook is read back, whether its cells are numbers or texts', async () => {
  const movement = fc.record({
    minor: fc.integer({ min: -1e11, max: 1e11 }),
    day: fc.integer({ min: 1, max: 30 }),
    asText: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(movement, { minLength: 1, maxLength: 12 }), async (movements) => {
      let balance = 0;
      const rows = movements.map(({ minor, day, asText }) => {
        balance += minor;
        const cell = (of: number): Cell => (asText ? decimalWith(of, 2) : of / 100);
        const date = asText ? `${day}/09/2026` : new Date(Date.UTC(2026, 8, day));
        return [date, `to ${day}`, minor < 0 ? cell(-minor) : null, minor < 0 ? null : cell(minor), cell(balance)];
      });
      const bytes = await workbook([['Date', 'Narration', 'Debits', 'Credits', 'Balance'], ...rows]);
      const { statements } = await readStatements(bytes);
      expect(statements).toMatchObject([{ contradictions: [], warnings: [], closingMinor: balance }]);
      expect(statements[0]!.lines.map((line) => [line.amountMinor, line.bookedOn, line.description])).toEqual(
        movements.map(({ minor, day }) => [minor, `2026-09-${String(day).padStart(2, '0')}`, `to ${day}`]),
      );
    }),
    { numRuns: 30 },
  );
});

test('every byte of a workbook may be wrong, and nothing but a refusal or rows comes of it', async () => {
  const bytes = await workbook([
    ['Date', 'Narration'],
    ['x', 5],
  ]);
  for (let at = 0; at < bytes.length; at += 7) {
    const wrong = Uint8Array.from(bytes);
    wrong[at] = (wrong[at] ?? 0) ^ 0x55;
    await workbookAsCsv(wrong).catch((error: unknown) => expect(error).toMatchObject({ kind: 'usage' }));
  }
});
