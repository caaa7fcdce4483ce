import { batchDocument } from '../../documents/batch.ts';
import { findBatch } from '../../operations/find-batch.ts';
import type { Command } from '../command.ts';
import { batchCard, nextSteps, ROW_COLUMNS } from './card.ts';

export const command: Command = {
  path: 'batch show',
  summary: 'Show a batch with its hash, and what became of every row',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  examples: [{ command: 'treasury batch show {BATCH}', about: 'how far it is' }],
  access: 'books.read',
  writes: false,
  document: 'batch',
  async run(context, input) {
    const { view, rows } = await findBatch(await context.store(), await context.actor(), input.text('ref'));
    const document = batchDocument(view, rows);
    return {
      data: document,
      human: {
        card: batchCard(document, await context.zone()),
        list: { columns: ROW_COLUMNS, rows: document.rows ?? [], footer: [], empty: '' },
        // It is shown already.
        next: nextSteps(document).filter((step) => step !== `treasury batch show ${document.ref}`),
      },
    };
  },
};
