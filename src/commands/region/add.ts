import { placeDocument } from '../../documents/place.ts';
import { addPlace } from '../../operations/add-place.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'region add',
  summary: 'Add a region of a company',
  details: 'A region lies in one company and stays there.',
  arguments: [{ name: 'code', about: '2 to 16 capitals, digits and hyphens; it never changes' }],
  options: [
    { flags: '--name <name>', about: 'the name people read', required: true },
    { flags: '--company <code>', about: 'the company it lies in; the only one when left out' },
  ],
  examples: [
    { command: 'treasury region add RIFT --name "Rift Valley" --company ACME', about: 'a region of a company' },
  ],
  access: 'office.manage',
  writes: true,
  document: 'place',
  async run(context, input) {
    const added = await addPlace(await context.store(), await context.actor(), {
      kind: 'region',
      code: input.text('code').trim().toUpperCase(),
      name: input.text('name'),
      within: { company: input.optional('company') },
    });
    const data = placeDocument(added);
    return {
      data,
      human: {
        lines: [`Added region ${data.code}, ${data.name}, in company ${data.company}.`],
        next: ['treasury org tree'],
      },
    };
  },
};
