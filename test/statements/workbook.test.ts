import writeWorkbook from 'write-excel-file/node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { exactDecimal, workbookAsCsv } from '../../src/statements/workbook.ts';
import { readStatements } from '../support/statements.ts';

type Cell = string | number | boolean | Date | null;

/** A workbook with one sheet. */
async function workbook(rows: readonly (readonly Cell[])[]): Promise<Uint8Array> {
  const cells = rows.map((row) =>
    row.map((value) => (value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy hh:mm:ss' } : { value })),
  );
  return new Uint8Array(await writeWorkbook(cells as never).toBuffer());
}

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
