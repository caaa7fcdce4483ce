import { deflateRawSync } from 'node:zlib';
import writeWorkbook from 'write-excel-file/node';
import { describe, expect, test } from 'vitest';
import { exactDecimal, workbookAsCsv } from '../../src/statements/workbook.ts';
import { MOST_UNPACKED, zipEntries } from '../../src/statements/zip-directory.ts';
import { readStatements } from '../support/statements.ts';

type Cell = string | number | boolean | Date | null;

/** A workbook with one sheet. */
async function workbook(rows: readonly (readonly Cell[])[]): Promise<Uint8Array> {
  const cells = rows.map((row) =>
    row.map((value) => (value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy hh:mm:ss' } : { value })),
  );
  return new Uint8Array(await writeWorkbook(cells as never).toBuffer());
}

const csvOf = async (bytes: Uint8Array) => new TextDecoder().decode(await workbookAsCsv([bytes]));

/** An archive made byte by byte, which may say anything of itself. */
function archive(
  files: readonly { name: string; bytes: Uint8Array; says?: number; flags?: number; method?: number }[],
) {
  const parts: number[][] = [];
  const directory: number[][] = [];
  let offset = 0;
  const two = (value: number) => [value & 255, (value >> 8) & 255];
  const four = (value: number) => [...two(value), ...two(value >>> 16)];
  for (const { name, bytes, says = bytes.length, flags = 0, method = 8 } of files) {
    const packed = [...(method === 8 ? deflateRawSync(bytes) : bytes)];
    const letters = [...new TextEncoder().encode(name)];
    const sizes = [...four(0), ...four(packed.length), ...four(says), ...two(letters.length), ...two(0)];
    const local = [
      ...four(0x04034b50),
      ...two(20),
      ...two(flags),
      ...two(method),
      ...four(0),
      ...sizes,
      ...letters,
      ...packed,
    ];
    directory.push([
      ...four(0x02014b50),
      ...two(20),
      ...two(20),
      ...two(flags),
      ...two(method),
      ...four(0),
      ...sizes,
      ...two(0),
      ...two(0),
      ...two(0),
      ...four(0),
      ...four(offset),
      ...letters,
    ]);
    parts.push(local);
    offset += local.length;
  }
  const central = directory.flat();
  const end = [
    ...four(0x06054b50),
    ...four(0),
    ...two(files.length),
    ...two(files.length),
    ...four(central.length),
    ...four(offset),
    ...two(0),
  ];
  return Uint8Array.from([...parts.flat(), ...central, ...end]);
}

const WORKBOOK = { name: 'xl/workbook.xml', bytes: new TextEncoder().encode('<workbook/>') };
const text = (name: string, content: string) => ({ name, bytes: new TextEncoder().encode(content) });

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
  ])('the number %s is %s', (written, decimal) => {
    expect(exactDecimal(written, 1)).toBe(decimal);
  });

  test.each([
    ['0.30000000000000004', /more digits than a spreadsheet keeps/],
    ['1234567890123456', /more digits/],
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

describe('archives', () => {
  const refused = (bytes: Uint8Array) => expect(workbookAsCsv([bytes])).rejects;

  test('what unpacks to too much is refused before it is unpacked', async () => {
    const half = { name: 'xl/media/a.bin', bytes: new Uint8Array(), says: MOST_UNPACKED / 2 + 1 };
    await refused(archive([WORKBOOK, half, { ...half, name: 'xl/media/b.bin' }])).toThrow(/unpacks to more than/);
    expect(zipEntries(archive([WORKBOOK, half]))).toHaveLength(2);
  });

  test('what unpacks to more or less than it says is refused', async () => {
    const bomb = { name: 'xl/worksheets/sheet1.xml', bytes: new Uint8Array(10_000_000), says: 100 };
    await refused(archive([WORKBOOK, bomb])).toThrow(/sheet1.xml cannot be unpacked to the length/);
    await refused(archive([WORKBOOK, { ...bomb, says: 10_000_001 }])).toThrow(/is not as long as it is said to be/);
  });

  test.each(['A4000001', 'ALM1', 'alm1', 'ZZZZZZZZ1', 'SR8000'])(
    'a sheet with a cell at %s spans too much',
    async (cell) => {
      const sheet = `<worksheet><sheetData><row r="1"><c r="A1"/><c r="${cell}"/></row></sheetData></worksheet>`;
      await refused(archive([WORKBOOK, text('xl/worksheets/sheet1.xml', sheet)])).toThrow(/spans/);
    },
  );

  test('broken, locked and other archives are refused', async () => {
    await refused(archive([text('a.txt', 'x')])).toThrow(/no Excel workbook/);
    await refused(archive([{ ...WORKBOOK, flags: 1 }])).toThrow(/has a password/);
    await refused(archive([{ ...WORKBOOK, method: 99 }])).toThrow(/directory cannot be read/);
    await refused(archive([{ ...WORKBOOK, method: 0, says: 5 }])).toThrow(/directory cannot be read/);
    await refused(archive([WORKBOOK]).subarray(0, -1)).toThrow(/directory cannot be read/);
    await refused(archive([WORKBOOK])).toThrow(/The workbook cannot be read/);
    await refused(new Uint8Array(30)).toThrow(/directory cannot be read/);
    const many = Array.from({ length: 1001 }, (_, at) => text(`f${at}`, ''));
    await refused(archive([WORKBOOK, ...many])).toThrow(/more than 1000 files/);
    await expect(workbookAsCsv([new Uint8Array(17 * 1024 * 1024)])).rejects.toThrow(/more than 16777216 bytes/);
  });

  test('every byte of a workbook may be wrong, and nothing but a refusal or rows comes of it', async () => {
    const bytes = await workbook([
      ['Date', 'Narration'],
      ['x', 5],
    ]);
    for (let at = 0; at < bytes.length; at += 7) {
      const wrong = Uint8Array.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ 0x55;
      await workbookAsCsv([wrong]).catch((error: unknown) => expect(error).toMatchObject({ kind: 'usage' }));
    }
  });

  test('a stored file is read as it is', () => {
    expect(zipEntries(archive([{ ...WORKBOOK, method: 0 }]))[0]).toMatchObject({ isPacked: false, unpackedBytes: 11 });
  });
});
