import { whoConfirms } from '../../domain/change.ts';
import { changeDocument } from '../../documents/change.ts';
import { confirmChange, judgeDecision } from '../../operations/decide-change.ts';
import type { Command } from '../command.ts';
import { beforeAfterLines } from './before-after.ts';
import { sendLetters } from './proposed.ts';

export const command: Command = {
  path: 'change confirm',
  summary: 'Confirm what somebody else proposed: it happens now',
  details:
    'By a CFO who is neither the proposer nor concerned; where there is none, by two approvers who are neither. Refused (7) when what it is about has moved since.',
  arguments: [{ name: 'ref', about: 'change: reference or id' }],
  examples: [{ command: 'treasury change confirm {CHANGE} --yes', about: 'two people stand for it' }],
  access: 'anyone',
  writes: true,
  exits: [11],
  document: 'change',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const zone = await context.zone();
    const change = input.text('ref');
    const asked = changeDocument(await judgeDecision(store, actor, { change, act: 'confirm' }));
    const words = beforeAfterLines(asked, zone, { whole: true });
    await context.ask.confirm({
      message: `Confirm ${asked.what} of ${asked.subject}, proposed by ${asked.proposed_by}: ${words.join('; ')}?`,
      unchanged: 'Nothing was confirmed.',
    });
    const { view, applied, deciders } = await confirmChange(store, actor, { change, reason: context.flags.reason });
    sendLetters(context);
    const data = changeDocument(view);
    const head = `${data.ref}: pending > ${data.status}, ${data.what} of ${data.subject}.`;
    return {
      data,
      human:
        applied === null
          ? {
              lines: [
                `${data.ref}: confirmed by ${data.confirmations.join(', ')}; it takes ${whoConfirms(deciders)}. Nothing has changed yet.`,
              ],
              next: [`treasury change confirm ${data.ref}`],
            }
          : { lines: [head, ...words.map((line) => `  ${line}`), ...applied.lines], next: applied.next },
    };
  },
};
