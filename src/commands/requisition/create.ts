import { formatAmount } from '../../domain/money.ts';
import { requisitionDocument } from '../../documents/requisition.ts';
import { createRequisition } from '../../operations/create-requisition.ts';
import { warnOfFlags } from '../payee-flags.ts';
import type { Command } from '../command.ts';
import { placeOf, requisitionSteps } from './show.ts';

export const command: Command = {
  path: 'requisition create',
  summary: 'Ask for money to be paid, and submit it for approval',
  details:
    'The place is the lowest one named; without any, the only one you are a requester of. M-Pesa numbers are read as 0712345678, 254712345678 or +254712345678.',
  options: [
    { flags: '--payee <name>', about: 'who is paid', required: true },
    { flags: '--amount <amount>', about: '12500 or 12,500.00', required: true },
    { flags: '--purpose <text>', about: 'what for', required: true },
    { flags: '--method <method>', about: 'mpesa, bank or cash', required: true },
    { flags: '--to <destination>', about: 'mobile number, bank account, or who receives the cash', required: true },
    { flags: '--company <code>', about: 'for the whole company' },
    { flags: '--region <code>', about: 'for a region' },
    { flags: '--branch <code>', about: 'for a branch' },
    { flags: '--category <text>', about: 'for reports' },
    { flags: '--currency <code>', about: "default: the office's" },
  ],
  examples: [
    {
      command:
        'treasury requisition create --payee "Jane Wanjiru" --amount 2,500.00 --purpose "Taxi to the bank" --method mpesa --to 0712345678 --branch WESTLANDS',
      about: 'to a mobile number',
    },
    {
      command:
        'treasury requisition create --payee "Kenya Power" --amount 48,200 --purpose "September electricity" --method bank --to KCB:1101234567 --company ACME --category utilities',
      about: 'to a bank account',
    },
  ],
  access: 'requisition.create',
  writes: true,
  document: 'requisition',
  async run(context, input) {
    const view = await createRequisition(await context.store(), await context.actor(), {
      draft: {
        payee: input.text('payee'),
        amount: input.text('amount'),
        purpose: input.text('purpose'),
        method: input.text('method'),
        destination: input.text('to'),
        category: input.optional('category') ?? null,
      },
      place: { company: input.optional('company'), region: input.optional('region'), branch: input.optional('branch') },
      currency: input.optional('currency') ?? null,
    });
    const document = requisitionDocument(view, null, await warnOfFlags(context, view.requisition));
    const amount = formatAmount(document.amount_minor, document.currency);
    return {
      data: document,
      human: {
        lines: [
          `${document.number} (${document.ref}) submitted: ${amount} to ${document.payee}, ${document.method} ${document.destination}, for ${placeOf(document)}.`,
        ],
        next: requisitionSteps(document),
      },
    };
  },
};
