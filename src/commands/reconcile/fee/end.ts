import { feeRuleDocument } from '../../../documents/fee-rule.ts';
import { endRule } from '../../../operations/end-fee-rule.ts';
import type { Command } from '../../command.ts';
import { inputsMissing } from '../../missing-inputs.ts';

export const command: Command = {
  path: 'reconcile fee end',
  summary: 'End a fee rule at once: nothing more is booked by it',
  details: 'Needs --reason. One treasurer or CFO ends it alone; what was booked by it stays booked.',
  arguments: [{ name: 'rule', about: 'its name, reference or id' }],
  options: [{ flags: '--fund <code>', about: 'the fund that it is of', required: true }],
  examples: [
    {
      command: 'treasury reconcile fee end charges --fund MPESA --reason "the tariff has changed"',
      about: 'before another one is added',
    },
  ],
  access: 'reconcile.run',
  writes: true,
  document: 'fee_rule',
  async run(context, input) {
    const { reason } = context.flags;
    if (reason === null || reason.trim() === '') throw inputsMissing('reconcile fee end', ['--reason']);
    const wish = { rule: input.text('rule'), fund: input.text('fund'), reason };
    const data = feeRuleDocument(await endRule(await context.store(), await context.actor(), wish));
    return {
      data,
      human: {
        lines: [`Fee rule ${data.name} (${data.ref}) of fund ${data.fund}: live > ended.`],
        next: [`treasury reconcile fee list --fund ${data.fund}`],
      },
    };
  },
};
