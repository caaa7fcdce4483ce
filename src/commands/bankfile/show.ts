import { formatAmount } from '../../domain/money.ts';
import {
  bankFileRecordDocument,
  type BankFileOrderDocument,
  type BankFileRecordDocument,
} from '../../documents/bank-file.ts';
import { findBankFileNamed } from '../../operations/find-bank-file.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { moneyColumn } from '../listing.ts';

export const command: Command = {
  path: 'bankfile show',
  summary: 'Show what a file told the bank to pay, and what the bank said of each payment',
  arguments: [{ name: 'file', about: 'its message id, reference or id' }],
  examples: [{ command: 'treasury bankfile show {BANK_FILE}', about: 'every payment of it' }],
  access: 'books.read',
  writes: false,
  document: 'bank_file_record',
  async run(context, input) {
    const { view, orders } = await findBankFileNamed(await context.store(), await context.actor(), input.text('file'));
    const data = bankFileRecordDocument(view, orders);
    const zone = await context.zone();
    return {
      data,
      human: {
        card: [
          { label: 'Message id', value: data.message_id },
          { label: 'Reference', value: data.ref },
          { label: 'Fund', value: data.fund },
          { label: 'Account', value: data.account },
          { label: 'Format', value: formatWords(data) },
          { label: 'Payments', value: `${data.count}: ${data.paid} paid, ${data.failed} failed, ${data.open} open` },
          { label: 'Total', value: formatAmount(data.total_minor, data.currency), kind: 'money' },
          { label: 'To be paid on', value: data.pay_on },
          { label: 'SHA-256', value: data.sha256 },
          { label: 'Made', value: `${formatInstant(new Date(data.created_at), zone)} by ${data.created_by}` },
        ],
        list: { columns: ORDERS, rows: data.payments ?? [], footer: [], empty: '' },
        next: [
          `treasury bankfile export --fund ${data.fund} --message-id ${data.message_id} --out AGAIN`,
          ...(data.open > 0 ? ['treasury bankfile import REPORT.xml'] : []),
        ],
      },
    };
  },
};

function formatWords({ format, layout, layout_version: version }: BankFileRecordDocument): string {
  if (layout === null) return format;
  return `${format}, ${layout}${version === null ? '' : `, version ${version}`}`;
}

const ORDERS: readonly Column<BankFileOrderDocument>[] = [
  { key: 'number', title: 'No', kind: 'number', value: ({ number }) => String(number), priority: 4 },
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 1 },
  moneyColumn('amount', 'Amount', 1),
  { key: 'payee', title: 'Payee', value: ({ payee }) => payee, priority: 1, yields: true },
  { key: 'destination', title: 'To', value: ({ destination }) => destination, priority: 5 },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 2 },
  { key: 'code', title: 'Bank', value: ({ said }) => said?.code ?? null, priority: 3 },
  { key: 'reason', title: 'Reason', value: ({ said }) => said?.reason ?? null, priority: 4 },
];
