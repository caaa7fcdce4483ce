import { formatAmount } from '../../domain/money.ts';
import { replenishmentDocument } from '../../documents/replenishment.ts';
import { requestReplenishment } from '../../operations/request-replenishment.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'replenish request',
  summary: 'Ask for a fund to be topped up',
  details:
    'Without --amount it is the way back to the imprest level, computed again when it is approved. A fund has one open request at most.',
  arguments: [{ name: 'fund', about: 'fund: code, reference or id' }],
  options: [
    { flags: '--amount <amount>', about: 'exactly this much' },
    { flags: '--reason <text>', about: 'why it is needed', required: true },
  ],
  examples: [
    { command: 'treasury replenish request BANK --amount 25,000 --reason "end of month"', about: 'a fixed amount' },
    { command: 'treasury replenish request PETTY --reason "busy week"', about: 'up to the imprest level' },
  ],
  access: 'replenishment.request',
  writes: true,
  document: 'replenishment',
  async run(context, input) {
    const view = await requestReplenishment(await context.store(), await context.actor(), {
      fund: input.text('fund'),
      amount: input.optional('amount') ?? null,
      reason: context.flags.reason ?? '',
    });
    const document = replenishmentDocument(view);
    return {
      data: document,
      human: {
        lines: [
          `Replenishment ${document.ref} of fund ${document.fund} requested: ${formatAmount(document.requested_amount_minor, document.currency)}`,
        ],
        next: nextSteps(document),
      },
    };
  },
};
