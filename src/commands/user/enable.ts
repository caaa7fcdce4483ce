import { grantWords, userDocument } from '../../documents/user.ts';
import { enableUser } from '../../operations/enable-user.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'user enable',
  summary: 'Let a disabled person in again',
  details: 'Once the office has paid, somebody else confirms it for people whose roles move money.',
  arguments: [{ name: 'username', about: 'username or reference' }],
  examples: [{ command: 'treasury user enable brian', about: 'somebody is back, with the roles they had' }],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const answer = await enableUser(await context.store(), await context.actor(), {
      username: input.text('username'),
      reason: context.flags.reason,
    });
    if (isProposed(answer)) return proposedResult(context, answer);
    const { view, changed } = answer;
    const data = userDocument(view);
    const lines = changed
      ? [`${data.username}: disabled > active, ${grantWords(data.grants)}.`]
      : [`${data.username} was not disabled; nothing was changed.`];
    return { data, human: { lines, next: [`treasury user show ${data.username}`] } };
  },
};
