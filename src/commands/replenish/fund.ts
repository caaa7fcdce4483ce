import { formatAmount } from '../../domain/money.ts';
import { replenishmentDocument } from '../../documents/replenishment.ts';
import { fundReplenishment } from '../../operations/fund-replenishment.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'replenish fund',
  summary: 'Post the money that came in for an approved replenishment',
  details:
    'By somebody who neither requested nor approved it; at most what was approved; a reference is used once for ever.',
  arguments: [{ name: 'ref', about: 'replenishment: reference or id' }],
  options: [
    { flags: '--reference <reference>', about: "the bank's reference of the transfer", required: true },
    { flags: '--amount <amount>', about: 'what came in (default: all that was approved)' },
  ],
  examples: [
    {
      command: 'treasury replenish fund {APPROVED_REPLENISHMENT} --reference FT26291XK4QP',
      about: 'all of it came in',
    },
    {
      command: 'treasury replenish fund {APPROVED_REPLENISHMENT} --reference FT26291XK4QP --amount 1,000',
      about: 'less came in',
    },
  ],
  access: 'replenishment.fund',
  writes: true,
  document: 'replenishment',
  async run(context, input) {
    const { before, after, posted, fundBefore } = await fundReplenishment(
      await context.store(),
      await context.actor(),
      {
        replenishment: input.text('ref'),
        reference: input.text('reference'),
        amount: input.optional('amount') ?? null,
      },
    );
    const document = replenishmentDocument(after);
    const money = (minor: number) => formatAmount(minor, document.currency);
    const { entry, replenishment } = posted;
    return {
      data: document,
      human: {
        lines: [
          `${document.ref}: ${before.request.status} > ${document.status}`,
          `Fund ${document.fund}: ${money(fundBefore.balanceMinor)} > ${money(entry.balanceAfterMinor)} (${entry.ref})`,
          ...(replenishment === null
            ? []
            : [`Still low: replenishment ${replenishment.ref} requested, ${money(replenishment.requestedMinor)}`]),
        ],
        next: replenishment === null ? nextSteps(document) : [`treasury replenish approve ${replenishment.ref}`],
      },
    };
  },
};
