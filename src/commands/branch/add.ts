import { placeDocument } from '../../documents/place.ts';
import { addPlace } from '../../operations/add-place.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'branch add',
  summary: 'Add a branch of a company or region',
  details: 'A branch lies in a region or directly in a company, and stays there.',
  arguments: [{ name: 'code', about: '2 to 16 capitals, digits and hyphens; it never changes' }],
  options: [
    { flags: '--name <name>', about: 'the name people read', required: true },
    { flags: '--company <code>', about: 'the company it lies in; the only one when left out' },
    { flags: '--region <code>', about: 'the region it lies in, when it lies in one' },
  ],
  examples: [{ command: 'treasury branch add KAREN --name "Karen" --region NBI-R', about: 'a branch of a region' }],
  access: 'office.manage',
  writes: true,
  document: 'place',
  async run(context, input) {
    const added = await addPlace(await context.store(), await context.actor(), {
      kind: 'branch',
      code: input.text('code').trim().toUpperCase(),
      name: input.text('name'),
      within: { company: input.optional('company'), region: input.optional('region') },
    });
    const data = placeDocument(added);
    return {
      data,
      human: {
        lines: [`Added branch ${data.code}, ${data.name}, in ${data.region ?? data.company}.`],
        next: ['treasury org tree'],
      },
    };
  },
};
