import { decimalOfSum } from '../../domain/money.ts';
import { bankFileRecordDocument, type BankFileRecordDocument } from '../../documents/bank-file.ts';
import { readableFund } from '../../operations/look-up.ts';
import { listBankFiles } from '../../store/bank-file-views.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS } from '../listing.ts';

export const command: Command = {
  path: 'bankfile list',
  summary: 'Files that were written for the bank, newest first, and what became of them',
  options: [{ flags: '--fund <code>', about: 'paid from this fund' }, ...PAGE_OPTIONS],
  examples: [{ command: 'treasury bankfile list --fund {BANK_FUND}', about: 'the files of one fund' }],
  access: 'books.read',
  writes: false,
  document: 'bank_file_record',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const page = pageRequest(input);
    const fund = input.optional('fund');
    const found = await store.read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return listBankFiles(tx, { fundId }, page, actor.grants);
    });
    const totals = Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)]));
    return listResult({
      noun: 'file',
      documents: found.rows.map((view) => bankFileRecordDocument(view, null)),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals },
    });
  },
};

const columnsFor = (zone: string): Column<BankFileRecordDocument>[] => [
  { key: 'message_id', title: 'Message id', value: (file) => file.message_id, priority: 1 },
  { key: 'fund', title: 'Fund', value: (file) => file.fund, priority: 3 },
  { key: 'count', title: 'Payments', kind: 'number', value: (file) => String(file.count), priority: 1 },
  moneyColumn('total', 'Total', 1),
  { key: 'paid', title: 'Paid', kind: 'number', value: (file) => String(file.paid), priority: 2 },
  { key: 'failed', title: 'Failed', kind: 'number', value: (file) => String(file.failed), priority: 2 },
  { key: 'open', title: 'Open', kind: 'number', value: (file) => String(file.open), priority: 2 },
  { key: 'pay_on', title: 'Pay on', value: (file) => file.pay_on, priority: 4 },
  { key: 'format', title: 'Format', value: (file) => file.format, priority: 5 },
  {
    key: 'created_at',
    title: 'Made at',
    kind: 'time',
    value: (file) => formatInstant(new Date(file.created_at), zone),
    csv: (file) => file.created_at,
    priority: 6,
  },
  { key: 'created_by', title: 'Made by', value: (file) => file.created_by, priority: 7 },
  {
    key: 'sha256',
    title: 'SHA-256',
    value: (file) => file.sha256.slice(0, 12),
    csv: (file) => file.sha256,
    priority: 8,
  },
  { key: 'ref', title: 'Ref', value: (file) => file.ref, priority: 9 },
];
