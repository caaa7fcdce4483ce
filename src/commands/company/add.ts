import { placeDocument } from '../../documents/place.ts';
import { addPlace } from '../../operations/add-place.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'company add',
  summary: 'Add a company',
  details: 'People of one company see nothing of another.',
  arguments: [{ name: 'code', about: '2 to 16 capitals, digits and hyphens; it never changes' }],
  options: [{ flags: '--name <name>', about: 'the name people read', required: true }],
  examples: [{ command: 'treasury company add DELTA --name "Delta Ltd"', about: 'a second company' }],
  access: 'office.manage',
  writes: true,
  document: 'place',
  async run(context, input) {
    const added = await addPlace(await context.store(), await context.actor(), {
      kind: 'company',
      code: input.text('code').trim().toUpperCase(),
      name: input.text('name'),
      within: {},
    });
    const data = placeDocument(added);
    return { data, human: { lines: [`Added company ${data.code}, ${data.name}.`], next: ['treasury org tree'] } };
  },
};
