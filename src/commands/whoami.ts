import type { Actor } from '../domain/access.ts';
import type { TokenInUse } from '../domain/token.ts';
import { grantWords, sessionDocument, tokenSessionDocument, type SessionDocument } from '../documents/user.ts';
import { sessionEndsAt } from '../domain/session.ts';
import { readSecretFile } from '../gateways/secret-file.ts';
import { showSession } from '../operations/show-session.ts';
import { getUser } from '../store/people.ts';
import { getTokenView } from '../store/tokens.ts';
import { formatInstant } from '../terminal/zone.ts';
import type { CardLine, Command, Result } from './command.ts';
import type { Context } from './context.ts';
import { codesWords } from './user/card.ts';

export const command: Command = {
  path: 'whoami',
  summary: 'Who is logged in or whose token is used, with which roles, until when',
  examples: [
    { command: 'treasury whoami', about: 'you, your roles and your session' },
    { command: 'treasury whoami --json --fields username,roles', about: 'for a script' },
  ],
  access: 'anyone',
  writes: false,
  document: 'session',
  async run(context) {
    const actor = await context.actor();
    if (actor.token !== undefined) return byToken(context, actor, actor.token);
    const { text: token } = await readSecretFile(context.places.sessionFile);
    const view = await showSession(await context.store(), { token, origin: context.origin });
    const zone = await context.zone();
    const endsAt = sessionEndsAt(view.session, view.grants);
    const data = sessionDocument(view, view.session, endsAt);
    return {
      data,
      human: {
        card: [
          ...personCard(data),
          { label: 'Session ends', value: `${formatInstant(endsAt, zone)} unless used`, kind: 'time' },
          { label: 'At the latest', value: formatInstant(view.session.expiresAt, zone), kind: 'time' },
        ],
      },
    };
  },
};

const personCard = (data: SessionDocument): CardLine[] => [
  { label: 'User', value: data.username },
  { label: 'Name', value: data.name },
  { label: 'Email', value: data.email },
  { label: 'Roles', value: grantWords(data.grants) },
  { label: 'Codes', value: codesWords(data.totp) },
];

async function byToken(context: Context, { userId }: Actor, { id, name, ref, scopes }: TokenInUse): Promise<Result> {
  const { person, token } = await (
    await context.store()
  ).read(async (tx) => ({ person: await getUser(tx, userId), token: (await getTokenView(tx, id)).token }));
  const data = tokenSessionDocument(person, token, scopes);
  const ends = formatInstant(token.expiresAt, await context.zone());
  return {
    data,
    human: {
      card: [
        ...personCard(data),
        { label: 'Token', value: `${name} (${ref})` },
        { label: 'Scopes', value: scopes.join(', ') },
        { label: 'Token ends', value: ends, kind: 'time' },
      ],
    },
  };
}
