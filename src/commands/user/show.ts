import { requireAbility } from '../../domain/access.ts';
import { userDocument } from '../../documents/user.ts';
import { getUser, resolveUser } from '../../store/people.ts';
import type { Command } from '../command.ts';
import { userCard } from './card.ts';

export const command: Command = {
  path: 'user show',
  summary: 'One person with their roles',
  details: 'Everybody may see themselves; others are for auditors, CFOs and admins.',
  arguments: [{ name: 'username', about: 'username or reference' }],
  examples: [{ command: 'treasury user show carol', about: 'a person by username' }],
  access: 'anyone',
  writes: false,
  document: 'user',
  async run(context, input) {
    const actor = await context.actor();
    const named = input.text('username');
    const oneself = named.trim().toLowerCase() === actor.username;
    if (!oneself) requireAbility(actor, 'people.read');
    const view = await (
      await context.store()
    ).read(async (tx) => getUser(tx, oneself ? actor.userId : await resolveUser(tx, named, actor.grants)));
    const data = userDocument(view);
    return { data, human: { card: userCard(data, await context.zone()) } };
  },
};
