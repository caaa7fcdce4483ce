import { whoConfirms } from '../../domain/change.ts';
import { changeDocument } from '../../documents/change.ts';
import { lookAtChange } from '../../operations/look-at-change.ts';
import type { Command } from '../command.ts';
import { changeCard } from './card.ts';

export const command: Command = {
  path: 'change show',
  summary: 'One change: before, after, by whom, and who may confirm it',
  arguments: [{ name: 'ref', about: 'change: reference or id' }],
  examples: [{ command: 'treasury change show {CHANGE}', about: 'look before you confirm' }],
  access: 'change.read',
  writes: false,
  document: 'change',
  async run(context, input) {
    const { proposed, deciders } = await lookAtChange(await context.store(), await context.actor(), input.text('ref'));
    const data = changeDocument(proposed);
    const pending = data.status === 'pending';
    const card = changeCard(data, await context.zone());
    return {
      data,
      human: {
        card: pending ? [...card, { label: 'May confirm', value: whoConfirms(deciders) }] : card,
        next: pending ? [`treasury change confirm ${data.ref}`, `treasury change reject ${data.ref}`] : [],
      },
    };
  },
};
