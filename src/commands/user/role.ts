import { grantWords, userDocument } from '../../documents/user.ts';
import { changeRoles } from '../../operations/change-roles.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';
import { endOfRoles, UNTIL_OPTION } from './until.ts';

export const command: Command = {
  path: 'user role',
  summary: "Replace a person's roles",
  details:
    'The roles named replace all they held. Nobody changes their own roles, and the last admin stays one. ' +
    'Without a place the roles reach the only company; admin is of the whole office. With --until they end by themselves. ' +
    'Once the office has paid, roles that move money are a change that somebody else confirms; taking roles away is immediate.',
  arguments: [{ name: 'username', about: 'username or reference' }],
  options: [
    { flags: '--role <roles>', about: 'one role or more: approver,requester', required: true },
    { flags: '--company <code>', about: 'where the roles reach: a company' },
    { flags: '--region <code>', about: 'or a region' },
    { flags: '--branch <code>', about: 'or a branch' },
    UNTIL_OPTION,
  ],
  examples: [
    {
      command: 'treasury user role amina --role requester,approver --region NBI-R',
      about: 'requests and approves in one region',
    },
    {
      command: 'treasury user role musa --role cashier --branch WESTLANDS --until 2099-12-31',
      about: 'for a time, then it ends by itself',
    },
  ],
  access: 'office.manage',
  writes: true,
  document: 'user',
  async run(context, input) {
    const answer = await changeRoles(await context.store(), await context.actor(), {
      username: input.text('username'),
      roles: input.text('role'),
      place: { company: input.optional('company'), region: input.optional('region'), branch: input.optional('branch') },
      endsAt: await endOfRoles(context, input),
      reason: context.flags.reason,
    });
    if (isProposed(answer)) return proposedResult(context, answer);
    const data = userDocument(answer.after);
    const line = `${data.username}: ${grantWords(userDocument(answer.before).grants)} > ${grantWords(data.grants)}.`;
    return { data, human: { lines: [line], next: [`treasury user show ${data.username}`] } };
  },
};
