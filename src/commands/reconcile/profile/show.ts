import { statementProfileDocument } from '../../../documents/statement-profile.ts';
import { getProfile } from '../../../operations/statement-profiles.ts';
import type { Command } from '../../command.ts';
import { profileCard } from './card.ts';

export const command: Command = {
  path: 'reconcile profile show',
  summary: 'Show what a column profile says',
  arguments: [{ name: 'name', about: 'the profile' }],
  examples: [{ command: 'treasury reconcile profile show equity', about: 'which columns, and how they are read' }],
  access: 'books.read',
  writes: false,
  document: 'statement_profile',
  async run(context, input) {
    await context.actor();
    const { profile, made } = await (await context.store()).read((tx) => getProfile(tx, input.text('name')));
    const document = statementProfileDocument(profile, made);
    return { data: document, human: { card: profileCard(document, await context.zone()) } };
  },
};
