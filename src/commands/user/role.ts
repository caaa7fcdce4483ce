import { grantWords, userDocument } from '../../documents/user.ts';
import { changeRoles } from '../../operations/change-roles.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'user role',
  summary: "Replace a person's roles",
  details:
    'The roles named replace all they held. Nobody changes their own roles, and the last admin stays one. ' +
    'Without a place the roles reach the only company; admin is of the whole office.',
  arguments: [{ name: 'username', about: 'username or reference' }],
  options: [
    { flags: '--role <roles>', about: 'one role or more: approver,requester', required: true },
    { flags: '--company <code>', about: 'where the roles reach: a company' },
    { flags: '--region <code>', about: 'or a region' },
    { flags: '--branch <code>', about: 'or a branch' },
  ],
  examples: [
    {
      command: 'treasury user role amina --role requester,approver --region NBI-R',
      about: 'requests and approves in one region',
    },
  ],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const { before, after } = await changeRoles(await context.store(), await context.actor(), {
      username: input.text('username'),
      roles: input.text('role'),
      place: { company: input.optional('company'), region: input.optional('region'), branch: input.optional('branch') },
    });
    const data = userDocument(after);
    const line = `${data.username}: ${grantWords(userDocument(before).grants)} > ${grantWords(data.grants)}.`;
    return { data, human: { lines: [line], next: [`treasury user show ${data.username}`] } };
  },
};
