import { sessionDocument } from '../documents/user.ts';
import { readSecretFile, removeFile } from '../gateways/secret-file.ts';
import { logOut } from '../operations/log-out.ts';
import type { Command } from './command.ts';

export const command: Command = {
  path: 'logout',
  summary: 'End your session',
  examples: [{ command: 'treasury logout', about: 'the session ends everywhere, and its file goes' }],
  access: 'anyone',
  writes: true,
  refusesKey: () => 'it ends the login that its answer could be asked for with again',
  document: 'session',
  async run(context) {
    const { sessionFile } = context.places;
    const { username } = await context.actor();
    const { text: token } = await readSecretFile(sessionFile);
    const ended = await logOut(await context.store(), { token, origin: context.origin });
    if (!context.flags.dryRun) await removeFile(sessionFile);
    if (ended === null) throw new Error('the session ended while it was being ended');
    const data = sessionDocument(ended, ended.session, ended.session.revokedAt ?? ended.session.expiresAt);
    return { data, human: { lines: [`${username} is logged out.`], next: [`treasury login --user ${username}`] } };
  },
};
