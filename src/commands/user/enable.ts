import { grantWords, userDocument } from '../../documents/user.ts';
import { enableUser } from '../../operations/enable-user.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'user enable',
  summary: 'Let a disabled person in again',
  arguments: [{ name: 'username', about: 'username or reference' }],
  examples: [{ command: 'treasury user enable brian', about: 'somebody is back, with the roles they had' }],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const { view, changed } = await enableUser(await context.store(), await context.actor(), {
      username: input.text('username'),
    });
    const data = userDocument(view);
    const lines = changed
      ? [`${data.username}: disabled > active, ${grantWords(data.grants)}.`]
      : [`${data.username} was not disabled; nothing was changed.`];
    return { data, human: { lines, next: [`treasury user show ${data.username}`] } };
  },
};
