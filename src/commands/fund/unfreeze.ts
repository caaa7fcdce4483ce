import { fundDocument } from '../../documents/fund.ts';
import { unfreezeFund } from '../../operations/freeze-fund.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund unfreeze',
  summary: 'Let a frozen fund pay again',
  details: 'Once the office has paid, somebody else confirms it. Freezing is immediate.',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  examples: [{ command: 'treasury fund unfreeze MPESA --reason "count done"', about: 'the count is done' }],
  access: 'fund.manage',
  writes: true,
  document: 'fund',
  async run(context, input) {
    const request = { fund: input.text('code'), reason: context.flags.reason };
    const answer = await unfreezeFund(await context.store(), await context.actor(), request);
    if (isProposed(answer)) return proposedResult(context, answer);
    const { before, after } = answer;
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
