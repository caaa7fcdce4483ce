import { requireAbility } from '../../../domain/access.ts';
import { enrolmentDocument } from '../../../documents/totp.ts';
import { disableOwnTotp, disableTotpOf } from '../../../operations/disable-totp.ts';
import { isProposed } from '../../../operations/two-people.ts';
import { proposedResult, sendLetters } from '../../change/proposed.ts';
import type { Command, Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import { PASSWORD_IS_SECRET } from '../../secret-input.ts';
import { CODE_OPTION, isOneself, OWN_PASSWORD_OPTIONS, ownPasswordAndCode, refuseRehearsal } from './own-secrets.ts';

const PATH = 'user totp disable';

export const command: Command = {
  path: PATH,
  summary: 'Have your codes mailed again, or those of somebody who lost their phone',
  details:
    "Your own takes your password and a code of the app, or a recovery code. Of another it is an admin's act; once the office has paid, " +
    'a change that somebody else confirms.',
  arguments: [{ name: 'username', about: 'whose; you when left out', optional: true }],
  options: [...OWN_PASSWORD_OPTIONS, CODE_OPTION],
  examples: [
    {
      command: 'printf %s {RECOVERY_CODE} | treasury user totp disable --password-file passwords/carol --code-stdin',
      about: 'your own, with a recovery code',
    },
    { command: 'treasury user totp disable musa --reason "phone lost"', about: 'an admin, for somebody else' },
  ],
  access: 'anyone',
  writes: true,
  refusesKey: (input) =>
    input.optional('username') === undefined ||
    input.optional('passwordFile') !== undefined ||
    input.flag('passwordStdin')
      ? PASSWORD_IS_SECRET
      : null,
  document: 'totp',
  async run(context, input) {
    const actor = await context.actor();
    const username = input.optional('username') ?? actor.username;
    const answer = isOneself(username, actor) ? await disableOwn(context, input) : await disableOf(context, username);
    if (isProposed(answer)) return proposedResult(context, answer);
    sendLetters(context);
    const name = answer.user.username;
    return {
      data: enrolmentDocument(name, answer.totp),
      human: {
        lines: [`${name}: codes from the app > codes by mail. The recovery codes are void.`],
        next: [isOneself(name, actor) ? 'treasury user totp enroll' : `treasury user show ${name}`],
      },
    };
  },
};

async function disableOwn(context: Context, input: Input) {
  refuseRehearsal(context);
  const pepper = await context.pepper();
  const question = 'Code from your app, or a recovery code';
  const given = await ownPasswordAndCode(context, input, { path: PATH, question });
  return disableOwnTotp(await context.store(), await context.actor(), { ...given, pepper });
}

async function disableOf(context: Context, username: string) {
  const admin = await context.actor();
  requireAbility(admin, 'office.manage');
  return disableTotpOf(await context.store(), admin, { username, reason: context.flags.reason });
}
