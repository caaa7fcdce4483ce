import { BATCH_STATUSES, isBatchStatus } from '../../domain/batch.ts';
import { decimalOfSum } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { batchDocument, type BatchDocument } from '../../documents/batch.ts';
import { readableFund } from '../../operations/look-up.ts';
import { listBatches } from '../../store/batch-views.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS } from '../listing.ts';
import { outcomeText } from './card.ts';

export const command: Command = {
  path: 'batch list',
  summary: 'List batches, newest first',
  options: [
    { flags: '--fund <code>', about: 'paid from this fund' },
    { flags: '--status <status>', about: BATCH_STATUSES.join(', ') },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury batch list --status submitted', about: 'what waits for an approval' },
    { command: 'treasury batch list --fund MPESA', about: 'the batches of one fund' },
  ],
  access: 'books.read',
  writes: false,
  document: 'batch',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const status = input.optional('status');
    if (status !== undefined && !isBatchStatus(status))
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${BATCH_STATUSES.join(', ')}.`);
    const page = pageRequest(input);
    const fund = input.optional('fund');
    const found = await store.read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return listBatches(tx, { status, fundId }, page, actor.grants);
    });
    const totals = Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)]));
    return listResult({
      noun: 'batch',
      plural: 'batches',
      documents: found.rows.map((view) => batchDocument(view, null)),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals },
    });
  },
};

const columnsFor = (zone: string): Column<BatchDocument>[] => [
  { key: 'ref', title: 'Batch', value: (batch) => batch.ref, priority: 1 },
  { key: 'title', title: 'Title', value: (batch) => batch.title, priority: 4 },
  { key: 'fund', title: 'Fund', value: (batch) => batch.fund, priority: 2 },
  { key: 'count', title: 'Rows', kind: 'number', value: (batch) => String(batch.count), priority: 1 },
  moneyColumn('total', 'Total', 1),
  moneyColumn('paid', 'Paid', 3),
  { key: 'status', title: 'Status', value: (batch) => batch.status, priority: 1 },
  { key: 'outcome', title: 'Outcome', value: outcomeText, priority: 3 },
  { key: 'created_by', title: 'Made by', value: (batch) => batch.created_by, priority: 5 },
  { key: 'executor', title: 'Executor', value: (batch) => batch.executor, priority: 6 },
  { key: 'hash', title: 'Hash', value: (batch) => batch.hash.slice(0, 12), csv: (batch) => batch.hash, priority: 8 },
  {
    key: 'created_at',
    title: 'Made at',
    kind: 'time',
    value: (batch) => formatInstant(new Date(batch.created_at), zone),
    csv: (batch) => batch.created_at,
    priority: 7,
  },
];
