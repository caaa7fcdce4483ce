import { userDocument } from '../../documents/user.ts';
import { unlockUser } from '../../operations/unlock-user.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'user unlock',
  summary: 'Clear the locks of failed logins and failed codes',
  arguments: [{ name: 'username', about: 'username or reference' }],
  examples: [{ command: 'treasury user unlock carol', about: 'somebody mistyped too often' }],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const { before, after, changed } = await unlockUser(await context.store(), await context.actor(), {
      username: input.text('username'),
    });
    const { username, failedLogins, otpFailures } = before.user;
    const lines = changed
      ? [`${username}: failed logins ${failedLogins} > 0, failed codes ${otpFailures} > 0, no lock left.`]
      : [`${username} was not locked; nothing was changed.`];
    return { data: userDocument(after), human: { lines, next: [`treasury user show ${username}`] } };
  },
};
