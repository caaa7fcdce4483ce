import { grantWords, userDocument } from '../../documents/user.ts';
import { addUser } from '../../operations/add-user.ts';
import { whoConfirms } from '../../domain/change.ts';
import { sendLetters } from '../change/proposed.ts';
import type { Command } from '../command.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { endOfRoles, UNTIL_OPTION } from './until.ts';
import { PASSWORD_IS_SECRET, readSecret, secretFlags, secretOptions, secretReachable } from '../secret-input.ts';

const PASSWORD = { flag: '--password', question: 'Their first password (15 characters or more)', twice: true } as const;
const NEEDED = [
  ['username', '<username>'],
  ['email', '--email'],
  ['name', '--name'],
  ['role', '--role'],
] as const;

export const command: Command = {
  path: 'user add',
  summary: 'Add a person with their roles',
  details:
    'Needs --email, --name, --role and a password. Roles: requester, approver, cashier, treasurer, cfo, auditor, admin. They reach the place ' +
    'named and all below it; without one, the only company. admin and auditor combine with no other role; admin is of the whole office. ' +
    'Once the office has paid, the person is added without the roles that move money: those are a change that somebody else confirms.',
  arguments: [{ name: 'username', about: 'small letters, digits, dots, hyphens', optional: true }],
  options: [
    { flags: '--email <email>', about: 'where codes are mailed' },
    { flags: '--name <name>', about: 'the name people read' },
    { flags: '--phone <phone>', about: 'their mobile; they may never pay to it' },
    { flags: '--role <roles>', about: 'one role or more: requester,cashier' },
    { flags: '--company <code>', about: 'where the roles reach: a company' },
    { flags: '--region <code>', about: 'or a region' },
    { flags: '--branch <code>', about: 'or a branch' },
    UNTIL_OPTION,
    ...secretOptions('--password', 'their first password'),
  ],
  examples: [
    {
      command:
        'treasury user add hassan --email hassan@acme.example --name "Hassan Ali" --role cashier --branch WESTLANDS --password-file passwords/carol',
      about: 'a cashier of one branch',
    },
  ],
  access: 'office.manage',
  writes: true,
  refusesKey: () => PASSWORD_IS_SECRET,
  document: 'user',
  async run(context, input) {
    const missing = [
      ...NEEDED.flatMap(([name, flag]) => (input.optional(name) === undefined ? [flag] : [])),
      ...(secretReachable(context, input, PASSWORD) ? [] : [secretFlags('--password')]),
    ];
    if (missing.length > 0) throw inputsMissing('user add', missing);
    const { view, pending } = await addUser(await context.store(), await context.actor(), {
      username: input.text('username').trim(),
      email: input.text('email'),
      displayName: input.text('name'),
      phone: input.optional('phone') ?? null,
      roles: input.text('role'),
      place: { company: input.optional('company'), region: input.optional('region'), branch: input.optional('branch') },
      endsAt: await endOfRoles(context, input),
      password: await readSecret(context, input, PASSWORD),
    });
    const data = userDocument(view);
    if (pending !== null) sendLetters(context);
    return {
      data,
      human: {
        lines: [
          `Added ${data.username} (${data.ref}): ${grantWords(data.grants)}.`,
          ...(pending === null
            ? []
            : [
                `${pending.proposed.change.ref} proposed, not given yet: ${input.text('role')}.`,
                `To be confirmed by: ${whoConfirms(pending.deciders)}.`,
              ]),
        ],
        next: [
          ...(pending === null ? [] : [`treasury change confirm ${pending.proposed.change.ref}`]),
          `treasury user show ${data.username}`,
          `treasury login --user ${data.username}`,
        ],
      },
    };
  },
};
