import { changeDocument } from '../../documents/change.ts';
import { rejectChange } from '../../operations/decide-change.ts';
import type { Command } from '../command.ts';
import { sendLetters } from './proposed.ts';

export const command: Command = {
  path: 'change reject',
  summary: 'Reject a change, or take back your own: nothing of it happens',
  arguments: [{ name: 'ref', about: 'change: reference or id' }],
  examples: [{ command: 'treasury change reject {CHANGE} --reason "not agreed"', about: 'it stays as it is' }],
  access: 'anyone',
  writes: true,
  document: 'change',
  async run(context, input) {
    const { view } = await rejectChange(await context.store(), await context.actor(), {
      change: input.text('ref'),
      reason: context.flags.reason,
    });
    sendLetters(context);
    const data = changeDocument(view);
    return {
      data,
      human: {
        lines: [`${data.ref}: pending > ${data.status}. ${data.what} of ${data.subject} stays as it is.`],
        next: [`treasury change show ${data.ref}`],
      },
    };
  },
};
