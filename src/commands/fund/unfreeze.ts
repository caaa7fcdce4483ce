import { fundDocument } from '../../documents/fund.ts';
import { unfreezeFund } from '../../operations/freeze-fund.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund unfreeze',
  summary: 'Let a frozen fund pay again',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  examples: [{ command: 'treasury fund unfreeze MPESA --reason "count done"', about: 'the count is done' }],
  access: 'fund.manage',
  writes: true,
  document: 'fund',
  async run(context, input) {
    const request = { fund: input.text('code'), reason: context.flags.reason };
    const { before, after } = await unfreezeFund(await context.store(), await context.actor(), request);
    const document = fundDocument(after);
    return {
      data: document,
      human: {
        lines: [`Fund ${document.code}: ${fundDocument(before).status} > ${document.status}`],
        next: [`treasury fund show ${document.code}`],
      },
    };
  },
};
