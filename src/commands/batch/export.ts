import { decimalOf } from '../../domain/money.ts';
import { batchRowDocument } from '../../documents/batch.ts';
import { findBatch } from '../../operations/find-batch.ts';
import type { Command } from '../command.ts';
import { listResult } from '../listing.ts';
import { ROW_COLUMNS } from './card.ts';

export const command: Command = {
  path: 'batch export',
  summary: 'What became of every row of a batch, in the order of its file',
  details: 'With --format csv --out FILE a file for a spreadsheet, in which no text is taken for a formula.',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  examples: [{ command: 'treasury batch export {BATCH} --format csv', about: 'every row with its voucher or error' }],
  access: 'books.read',
  writes: false,
  document: 'batch_row',
  async run(context, input) {
    const { view, rows } = await findBatch(await context.store(), await context.actor(), input.text('ref'));
    const { batch } = view;
    return listResult({
      noun: 'row',
      documents: rows.map((row) => batchRowDocument(batch.ref, row)),
      columns: ROW_COLUMNS,
      page: {
        next: null,
        count: rows.length,
        totals: { [batch.currency]: decimalOf(batch.totalMinor, batch.currency) },
      },
    });
  },
};
