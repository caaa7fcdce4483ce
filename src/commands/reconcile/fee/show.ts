import { feeRuleDocument } from '../../../documents/fee-rule.ts';
import { findFeeRule } from '../../../operations/look-up.ts';
import type { Command } from '../../command.ts';
import { feeRuleCard } from './card.ts';

export const command: Command = {
  path: 'reconcile fee show',
  summary: 'Show what a fee rule books, up to which amounts, and who stands for it',
  arguments: [{ name: 'rule', about: 'its name, reference or id' }],
  options: [{ flags: '--fund <code>', about: 'of this fund, where several have one of that name' }],
  examples: [{ command: 'treasury reconcile fee show charges --fund MPESA', about: 'every step of its tariff' }],
  access: 'books.read',
  writes: false,
  document: 'fee_rule',
  async run(context, input) {
    const wish = { rule: input.text('rule'), fund: input.optional('fund') ?? null };
    const data = feeRuleDocument(await findFeeRule(await context.store(), await context.actor(), wish));
    const live = data.status === 'live';
    return {
      data,
      human: {
        card: feeRuleCard(data, await context.zone()),
        next: live ? [`treasury reconcile fee end ${data.name} --fund ${data.fund} --reason REASON`] : [],
      },
    };
  },
};
