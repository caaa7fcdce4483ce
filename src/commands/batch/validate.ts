import type { BatchProblem } from '../../operations/validate-batch.ts';
import { validateBatch } from '../../operations/validate-batch.ts';
import { quantity } from '../../domain/quantity.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { officeFacts } from '../office-day.ts';

/** More warnings than this are counted. */
const MOST_WARNINGS = 20;

export const command: Command = {
  path: 'batch validate',
  summary: 'Name every problem of every row as things stand now',
  details:
    'What approving or paying each row would be refused for, whoever does it, with the money of the fund counted down row by row; and warnings of payees to look at. Exit 10 when there are problems. What is wrong with a file is said by `batch create --dry-run`.',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  examples: [{ command: 'treasury batch validate {BATCH}', about: 'before it is approved, or paid' }],
  access: 'books.read',
  writes: false,
  exits: [10],
  document: 'batch_problem',
  async run(context, input) {
    const store = await context.store();
    const { dayAt } = await officeFacts(store);
    const request = { batch: input.text('ref'), dayAt };
    const { batch, problems, flags } = await validateBatch(store, await context.actor(), request);
    const documents = problems.map((problem) => problemDocument(batch.ref, problem));
    const more = flags.length - MOST_WARNINGS;
    return {
      data: documents,
      exitCode: problems.length > 0 ? 10 : 0,
      warnings: more > 0 ? [...flags.slice(0, MOST_WARNINGS), `${more} more payees to look at.`] : flags,
      human: {
        list: {
          columns: COLUMNS,
          rows: documents,
          footer:
            documents.length === 0
              ? []
              : [`${quantity(documents.length, 'problem')} in ${quantity(batch.rowCount, 'row')} of ${batch.ref}`],
          empty: `No problems in ${quantity(batch.rowCount, 'row')} of ${batch.ref}.`,
        },
        next: [`treasury batch show ${batch.ref}`],
      },
    };
  },
};

/** One problem as scripts see it. */
const problemDocument = (batch: string, { row, check }: BatchProblem) => ({
  batch,
  line: row?.item.line ?? null,
  requisition: row?.requisition.ref ?? null,
  payment: row?.payment?.ref ?? null,
  check: check.id,
  code: check.code,
  message: check.message,
  fix: check.fix?.command ?? null,
});
type ProblemDocument = ReturnType<typeof problemDocument>;

const COLUMNS: readonly Column<ProblemDocument>[] = [
  {
    key: 'line',
    title: 'Line',
    kind: 'number',
    value: ({ line }) => (line === null ? null : String(line)),
    priority: 1,
  },
  { key: 'code', title: 'Problem', value: ({ code }) => code, priority: 3 },
  { key: 'message', title: 'What', value: ({ message }) => message, priority: 1 },
  { key: 'fix', title: 'Fix', value: ({ fix }) => fix, priority: 4 },
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 5 },
  { key: 'requisition', title: 'Requisition', value: ({ requisition }) => requisition, priority: 6 },
];
