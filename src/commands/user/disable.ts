import { userDocument } from '../../documents/user.ts';
import { disableUser } from '../../operations/disable-user.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'user disable',
  summary: 'Shut a person out at once',
  details:
    'Every session and token of theirs ends and every open code is void. What they did stays; the last admin cannot be disabled.',
  arguments: [{ name: 'username', about: 'username or reference' }],
  examples: [{ command: 'treasury user disable brian', about: 'somebody has left' }],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const username = input.text('username');
    const { view, changed, ended } = await disableUser(await context.store(), await context.actor(), { username });
    const data = userDocument(view);
    const lines = changed
      ? [
          `${data.username}: active > disabled. Sessions ended: ${ended.sessions_ended}. Tokens ended: ${ended.tokens_ended}. Codes voided: ${ended.codes_voided}.`,
        ]
      : [`${data.username} was disabled already; nothing was changed.`];
    return { data, human: { lines, next: [`treasury user enable ${data.username}`] } };
  },
};
