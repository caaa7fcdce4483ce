import { formatAmount } from '../../domain/money.ts';
import { requisitionDocument, type RequisitionDocument } from '../../documents/requisition.ts';
import { amendRequisition, type Amended } from '../../operations/amend-requisition.ts';
import { warnOfFlags } from '../payee-flags.ts';
import type { Command } from '../command.ts';
import { requisitionSteps } from './show.ts';

export const command: Command = {
  path: 'requisition amend',
  summary: 'Change your own requisition, which submits it again',
  details: 'Possible until a payment was made of it (cancelled ones do not count). Earlier approvals no longer hold.',
  arguments: [{ name: 'ref', about: 'requisition: reference, number or id' }],
  options: [
    { flags: '--payee <name>', about: 'who is paid' },
    { flags: '--amount <amount>', about: '12500 or 12,500.00' },
    { flags: '--purpose <text>', about: 'what for' },
    { flags: '--method <method>', about: 'mpesa, bank or cash; with --to' },
    { flags: '--to <destination>', about: 'mobile number, bank account, or who receives the cash' },
    { flags: '--category <text>', about: 'for reports; empty removes it' },
  ],
  examples: [{ command: 'treasury requisition amend {REQUISITION} --amount 2,300.00', about: 'the quote was lower' }],
  access: 'requisition.create',
  writes: true,
  document: 'requisition',
  async run(context, input) {
    const amended = await amendRequisition(await context.store(), await context.actor(), {
      requisition: input.text('ref'),
      amendment: {
        payee: input.optional('payee'),
        amount: input.optional('amount'),
        purpose: input.optional('purpose'),
        method: input.optional('method'),
        destination: input.optional('to'),
        category: input.optional('category'),
      },
    });
    const document = requisitionDocument(amended.view, null, await warnOfFlags(context, amended.view.requisition));
    return {
      data: document,
      human: {
        lines: [
          `${document.number} (${document.ref}) submitted again, revision ${document.revision}.`,
          ...differences(amended, document),
        ],
        next: requisitionSteps(document),
      },
    };
  },
};

/** One line for each term that changed: before > after. */
function differences({ before }: Amended, after: RequisitionDocument): string[] {
  const money = (minor: number) => formatAmount(minor, after.currency);
  const terms: readonly (readonly [string, string, string])[] = [
    ['Status', before.status, after.status],
    ['Payee', before.payee, after.payee],
    ['Amount', money(before.amountMinor), money(after.amount_minor)],
    ['Purpose', before.purpose, after.purpose],
    ['Method', before.method, after.method],
    ['To', before.destination, after.destination],
    ['Category', before.category ?? '-', after.category ?? '-'],
  ];
  return terms.filter(([, was, is]) => was !== is).map(([name, was, is]) => `${name}: ${was} > ${is}`);
}
