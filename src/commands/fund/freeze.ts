import { fundDocument } from '../../documents/fund.ts';
import { freezeFund } from '../../operations/freeze-fund.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund freeze',
  summary: 'Stop a fund from paying; money may still come in',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  examples: [
    { command: 'treasury fund freeze PETTY --reason "cash count"', about: 'nobody pays from it while it is counted' },
  ],
  access: 'fund.manage',
  writes: true,
  document: 'fund',
  async run(context, input) {
    const request = { fund: input.text('code'), reason: context.flags.reason };
    const { before, after } = await freezeFund(await context.store(), await context.actor(), request);
    const document = fundDocument(after);
    return {
      data: document,
      human: {
        lines: [`Fund ${document.code}: ${fundDocument(before).status} > ${document.status}`],
        next: [`treasury fund unfreeze ${document.code}`],
      },
    };
  },
};
