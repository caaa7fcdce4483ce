import { userDocument } from '../../documents/user.ts';
import { editUser } from '../../operations/edit-user.ts';
import { isProposed } from '../../operations/two-people.ts';
import { beforeAfterLines } from '../change/before-after.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';
import { inputsMissing } from '../missing-inputs.ts';

export const command: Command = {
  path: 'user edit',
  summary: "Change a person's email, phone or name",
  details:
    "What is not given stays. Sessions and codes of that person end. Once the office has paid, another person's email and phone are a change that somebody else confirms; both addresses are told.",
  arguments: [{ name: 'username', about: 'username or reference' }],
  options: [
    { flags: '--email <email>', about: 'where codes are mailed' },
    { flags: '--phone <phone>', about: 'their mobile, or none; they may never pay to it' },
    { flags: '--name <name>', about: 'the name people read' },
  ],
  examples: [
    { command: 'treasury user edit carol --email carol.wanjiru@acme.example', about: 'a new mailbox' },
    { command: 'treasury user edit brian --name "Brian K. Kimani" --phone none', about: 'a new name, and no phone' },
  ],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const [email, phone, name] = ['email', 'phone', 'name'].map((key) => input.optional(key));
    if (email === undefined && phone === undefined && name === undefined)
      throw inputsMissing('user edit', ['--email, --phone or --name']);
    const answer = await editUser(await context.store(), await context.actor(), {
      ...{ username: input.text('username'), email, phone, name, reason: context.flags.reason },
    });
    if (isProposed(answer)) return proposedResult(context, answer);
    const [was, data] = [userDocument(answer.before), userDocument(answer.after)];
    const shown = (one: typeof data) => ({ email: one.email, phone: one.phone, name: one.name });
    const lines = beforeAfterLines({ before: shown(was), after: shown(data) }, await context.zone());
    return {
      data,
      human: {
        lines:
          lines.length === 0
            ? [`${data.username} is like this already; nothing was changed.`]
            : [`${data.username}:`, ...lines.map((line) => `  ${line}`)],
        next: [`treasury user show ${data.username}`],
      },
    };
  },
};
