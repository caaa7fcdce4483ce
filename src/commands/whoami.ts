import { grantWords, sessionDocument } from '../documents/user.ts';
import { sessionEndsAt } from '../domain/session.ts';
import { readSecretFile } from '../gateways/secret-file.ts';
import { showSession } from '../operations/show-session.ts';
import { formatInstant } from '../terminal/zone.ts';
import type { Command } from './command.ts';

export const command: Command = {
  path: 'whoami',
  summary: 'Who is logged in, with which roles, until when',
  examples: [
    { command: 'treasury whoami', about: 'you, your roles and your session' },
    { command: 'treasury whoami --json --fields username,roles', about: 'for a script' },
  ],
  access: 'anyone',
  writes: false,
  document: 'session',
  async run(context) {
    await context.actor();
    const { text: token } = await readSecretFile(context.places.sessionFile);
    const view = await showSession(await context.store(), { token, origin: context.origin });
    const zone = await context.zone();
    const endsAt = sessionEndsAt(view.session, view.grants);
    const data = sessionDocument(view, view.session, endsAt);
    return {
      data,
      human: {
        card: [
          { label: 'User', value: data.username },
          { label: 'Name', value: data.name },
          { label: 'Email', value: data.email },
          { label: 'Roles', value: grantWords(data.grants) },
          { label: 'Session ends', value: `${formatInstant(endsAt, zone)} unless used`, kind: 'time' },
          { label: 'At the latest', value: formatInstant(view.session.expiresAt, zone), kind: 'time' },
        ],
      },
    };
  },
};
