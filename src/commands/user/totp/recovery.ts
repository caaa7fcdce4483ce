import { enrolmentDocument } from '../../../documents/totp.ts';
import { renewRecoveryCodes } from '../../../operations/renew-recovery-codes.ts';
import { getUser } from '../../../store/people.ts';
import { sendLetters } from '../../change/proposed.ts';
import type { Command, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { codesWords } from '../card.ts';
import { PASSWORD_IS_SECRET } from '../../secret-input.ts';
import {
  CODE_OPTION,
  OWN_PASSWORD_OPTIONS,
  ownPasswordAndCode,
  recoveryLines,
  refuseRehearsal,
  requireOneself,
} from './own-secrets.ts';

const PATH = 'user totp recovery';

export const command: Command = {
  path: PATH,
  summary: 'Make ten new recovery codes, or say how many are left',
  details:
    'Takes your password and a code of the app; the earlier recovery codes are void. --status changes nothing and asks for nothing.',
  arguments: [{ name: 'username', about: 'you; nobody has codes made for another', optional: true }],
  options: [...OWN_PASSWORD_OPTIONS, CODE_OPTION, { flags: '--status', about: 'only say how many are left' }],
  examples: [
    { command: 'treasury user totp recovery --status', about: 'how many are left' },
    {
      command: 'printf %s {APP_CODE} | treasury user totp recovery --password-file passwords/carol --code-stdin',
      about: 'ten new ones',
    },
  ],
  access: 'anyone',
  writes: true,
  refusesKey: () => PASSWORD_IS_SECRET,
  document: 'totp',
  async run(context, input) {
    const actor = await context.actor();
    requireOneself(input.optional('username'), actor);
    if (input.flag('status')) return status(context);
    refuseRehearsal(context);
    const pepper = await context.pepper();
    const given = await ownPasswordAndCode(context, input, { path: PATH, question: 'Code from your app' });
    const { view, recoveryCodes } = await renewRecoveryCodes(await context.store(), actor, { ...given, pepper });
    sendLetters(context);
    return {
      data: enrolmentDocument(view.user.username, view.totp, { recoveryCodes }),
      human: {
        lines: ['The earlier recovery codes are void.', ...recoveryLines(recoveryCodes)],
        next: [`treasury ${PATH} --status`],
      },
    };
  },
};

async function status(context: Context): Promise<Result> {
  const { userId } = await context.actor();
  const view = await (await context.store()).read((tx) => getUser(tx, userId));
  const data = enrolmentDocument(view.user.username, view.totp);
  return {
    data,
    human: {
      lines: [`${data.user}: codes ${codesWords(data)}.`],
      next: [data.enrolled ? `treasury ${PATH}` : 'treasury user totp enroll'],
    },
  };
}
