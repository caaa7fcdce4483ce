import { MOST_BATCH_BYTES, MOST_BATCH_ROWS } from '../../domain/batch-file.ts';
import { batchDocument } from '../../documents/batch.ts';
import { createBatch } from '../../operations/create-batch.ts';
import type { Command } from '../command.ts';
import { nextSteps, sizeText } from './card.ts';

export const command: Command = {
  path: 'batch create',
  summary: 'Make a batch of a list, or nothing of it',
  details: [
    `CSV, or an Excel workbook with one sheet, of at most ${MOST_BATCH_ROWS} rows. Header either MobileNumber, DocumentType, DocumentNumber, Amount, PurposeOfPayment, Name,`,
    'all paid by M-Pesa, or that of `requisition import`; in any order and case. Without a place a row is at that of the fund. Each row becomes a requisition of yours.',
    'Every bad line is named, and nothing is saved unless all are good; --dry-run only looks.',
  ].join(' '),
  arguments: [
    {
      name: 'file',
      about: 'a CSV or Excel file, or - for standard input',
      file: { mostBytes: MOST_BATCH_BYTES, whole: true },
    },
  ],
  options: [
    { flags: '--fund <code>', about: 'fund that pays all of it', required: true },
    { flags: '--title <title>', about: 'what it is, for people' },
  ],
  examples: [
    {
      command:
        'printf "MobileNumber,DocumentType,DocumentNumber,Amount,PurposeOfPayment,Name\\n0712345678,ID,12345678,1500,Stipend,Jane Wanjiru\\n" | treasury batch create - --fund MPESA --title "Stipends October"',
      about: 'from another program',
    },
  ],
  access: 'requisition.create',
  writes: true,
  document: 'batch',
  async run(context, input) {
    const store = await context.store();
    const file = await context.readBytes(input.text('file'), MOST_BATCH_BYTES);
    const request = { file, fund: input.text('fund'), title: input.optional('title') ?? null };
    const { view, rows, warnings } = await createBatch(store, await context.actor(), request);
    const document = batchDocument(view, rows);
    return {
      data: document,
      warnings,
      human: {
        lines: [
          `Batch ${document.ref} submitted: ${sizeText(document)} from fund ${document.fund}.`,
          `Hash ${document.hash}`,
        ],
        next: nextSteps(document),
      },
    };
  },
};
