import { fundDocument } from '../../documents/fund.ts';
import { closeFund, judgeClosing } from '../../operations/close-fund.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund close',
  summary: 'Close an empty fund for good',
  details:
    'Its balance and reservations must be 0, and no payment or replenishment of it open. A closed fund stays in the books and is never opened again.',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  examples: [
    {
      command: 'treasury fund close {EMPTY_FUND} --yes --reason "branch moved"',
      about: 'close it without being asked',
    },
  ],
  access: 'fund.manage',
  writes: true,
  document: 'fund',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const fund = input.text('code');
    const judged = await judgeClosing(store, actor, fund);
    await context.ask.confirm({ message: `Close fund ${judged.fund.code} for good?` });
    const { before, after } = await closeFund(store, actor, { fund, reason: context.flags.reason });
    const document = fundDocument(after);
    return {
      data: document,
      human: {
        lines: [`Fund ${document.code}: ${fundDocument(before).status} > ${document.status}`],
        next: ['treasury fund list'],
      },
    };
  },
};
