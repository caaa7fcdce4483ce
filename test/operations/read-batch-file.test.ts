import { describe, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { MOST_BATCH_BYTES, MOST_BATCH_ROWS } from '../../src/domain/batch-file.ts';
import { readBatchFile } from '../../src/operations/read-batch-file.ts';
import { problemOf } from '../support/an-office.ts';

const HEADER = 'MobileNumber,DocumentType,DocumentNumber,Amount,PurposeOfPayment,Name';
const LINE = '0712345678,ID,12345678,1500,Stipend,Jane Wanjiru';

const read = (text: string) => readBatchFile(Buffer.from(text));
const faultsOf = async (bytes: Uint8Array) => {
  const problem = await problemOf(readBatchFile(bytes));
  expect(problem).toMatchObject({ kind: 'usage', code: 'BATCH_INVALID', details: { unchanged: 'Nothing was saved.' } });
  return problem.details.faults;
};

describe('the file of a batch', () => {
  test('is CSV: with a byte order mark, other line ends and empty lines', async () => {
    const { lines, faults } = await read(`\uFEFF${HEADER}\r\n${LINE}\r\n,,,,,\r\n${LINE}\r\n`);
    expect(faults).toEqual([]);
    expect(lines.map(({ line, payee, destination }) => [line, payee, destination])).toEqual([
      [2, 'Jane Wanjiru', '0712345678'],
      [4, 'Jane Wanjiru', '0712345678'],
    ]);
  });

  test('names every line that has another number of cells', async () => {
    expect((await read(`${HEADER}\n${LINE}\nx\n${LINE},y\n`)).faults).toEqual([
      'line 3: 1 cells where the header has 6',
      'line 4: 7 cells where the header has 6',
    ]);
  });

  test('or an Excel workbook, whose numbers are what they show', async () => {
    const rows = [
      HEADER.split(',').map((value) => ({ value, type: String })),
      [
        ...[
          { value: 712345678, type: Number },
          { value: 'ID', type: String },
          { value: 12345678, type: Number },
        ],
        ...[
          { value: 1500.5, type: Number },
          { value: 'Stipend', type: String },
          { value: 'Jane, W.', type: String },
        ],
      ],
    ];
    const bytes = await writeXlsxFile(rows, {}).toBuffer();
    const { lines } = await readBatchFile(bytes);
    expect(lines).toMatchObject([
      {
        line: 2,
        destination: '712345678',
        document: 'ID 12345678',
        amount: '1500.5',
        payee: 'Jane, W.',
        method: 'mpesa',
      },
    ]);
  });

  test('is neither empty nor a header alone', async () => {
    expect(await faultsOf(Buffer.from(''))).toEqual(['the file is empty: not even a header']);
    expect(await faultsOf(Buffer.from(HEADER))).toEqual(['the file has a header but no lines']);
  });

  test('has at most so many rows and bytes, and not one more', async () => {
    const many = (rows: number) => Buffer.from(`${HEADER}\n${`${LINE}\n`.repeat(rows)}`);
    expect((await readBatchFile(many(MOST_BATCH_ROWS))).lines).toHaveLength(MOST_BATCH_ROWS);
    expect(await faultsOf(many(MOST_BATCH_ROWS + 1))).toEqual([
      `the file has ${MOST_BATCH_ROWS + 1} lines; ${MOST_BATCH_ROWS} are the most of one batch`,
    ]);
    expect(await faultsOf(Buffer.alloc(MOST_BATCH_BYTES + 1, 0x20))).toEqual(['the file is longer than 5 MiB']);
    expect(await faultsOf(Buffer.alloc(MOST_BATCH_BYTES, 0x20))).toEqual(['the file is empty: not even a header']);
  });

  test('is text, or a workbook that can be read', async () => {
    expect(await faultsOf(Buffer.from([0xff, 0xfe, 0x41]))).toEqual(['it is neither UTF-8 text nor an Excel workbook']);
    expect((await faultsOf(Buffer.from('PK\u0003\u0004nonsense')))?.[0]).toContain('the workbook cannot be read');
    expect((await faultsOf(Buffer.from(`${HEADER}\n"open`)))?.[0]).toMatch(/^line 2: /);
  });
});
