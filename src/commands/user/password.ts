import { requireAbility } from '../../domain/access.ts';
import { usage } from '../../domain/problem.ts';
import { userDocument } from '../../documents/user.ts';
import { removeFile } from '../../gateways/secret-file.ts';
import { changeOwnPassword, resetPassword } from '../../operations/change-password.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { inputsMissing } from '../missing-inputs.ts';
import {
  PASSWORD_IS_SECRET,
  fromFile,
  readSecret,
  secretFlags,
  secretOptions,
  secretReachable,
} from '../secret-input.ts';

const PASSWORD = { flag: '--password', question: 'The new password (15 characters or more)', twice: true } as const;

export const command: Command = {
  path: 'user password',
  summary: 'Change your own password, or reset that of another',
  details:
    'Your own is changed after the current one, from --current-password-file or the prompt. Admins reset others. ' +
    'All sessions and tokens of that person end. Once the office has paid, a reset is a change that somebody else confirms.',
  arguments: [{ name: 'username', about: 'whose; you when left out', optional: true }],
  options: [
    { flags: '--current-password-file <file>', about: 'your current password, when you change your own' },
    ...secretOptions('--password', 'the new password'),
  ],
  examples: [
    { command: 'treasury user password carol --password-file passwords/carol', about: 'an admin resets it' },
    {
      command: 'treasury user password --current-password-file passwords/carol --password-file passwords/carol',
      about: 'change your own',
    },
  ],
  access: 'anyone',
  writes: true,
  refusesKey: () => PASSWORD_IS_SECRET,
  document: 'user',
  async run(context, input) {
    const actor = await context.actor();
    const username = input.optional('username') ?? actor.username;
    const own = username.trim().toLowerCase() === actor.username;
    if (context.flags.dryRun && own) {
      throw usage('DRY_RUN_REFUSED', 'A password cannot be tried in a rehearsal.', {
        unchanged: 'The password is as it was.',
      });
    }
    const answer = own ? await changeOwn(context, input) : await resetOther(context, input, username);
    if (isProposed(answer)) return proposedResult(context, answer);
    const { view, ended } = answer;
    if (own) await removeFile(context.places.sessionFile);
    const data = userDocument(view);
    return {
      data,
      human: {
        lines: [
          `The password of ${data.username} was changed. Sessions ended: ${ended.sessions_ended}. Tokens ended: ${ended.tokens_ended}.`,
        ],
        next: [`treasury login --user ${data.username}`],
      },
    };
  },
};

async function changeOwn(context: Context, input: Input) {
  const file = input.optional('currentPasswordFile');
  const missing = [
    ...(file === undefined && !context.ask.possible ? ['--current-password-file'] : []),
    ...(secretReachable(context, input, PASSWORD) ? [] : [secretFlags('--password')]),
  ];
  if (missing.length > 0) throw inputsMissing('user password', missing);
  const current =
    file === undefined ? await context.ask.secret('Your current password') : await fromFile(context, file);
  const password = await readSecret(context, input, PASSWORD);
  return changeOwnPassword(await context.store(), await context.actor(), { current, password });
}

async function resetOther(context: Context, input: Input, username: string) {
  const actor = await context.actor();
  requireAbility(actor, 'office.manage');
  if (!secretReachable(context, input, PASSWORD)) throw inputsMissing('user password', [secretFlags('--password')]);
  const password = await readSecret(context, input, PASSWORD);
  return resetPassword(await context.store(), actor, { username, password, reason: context.flags.reason });
}
