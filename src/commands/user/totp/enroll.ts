import { usage } from '../../../domain/problem.ts';
import { Problem } from '../../../domain/problem.ts';
import { enrolmentDocument } from '../../../documents/totp.ts';
import { beginEnrolment, confirmOwnEnrolment, type BegunEnrolment } from '../../../operations/enrol-totp.ts';
import { wrapTo } from '../../../terminal/wrap.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import { sendLetters } from '../../change/proposed.ts';
import type { Command, Input, Result } from '../../command.ts';
import type { Canvas, Context } from '../../context.ts';
import { PASSWORD_IS_SECRET } from '../../secret-input.ts';
import {
  CODE_OPTION,
  OWN_PASSWORD_OPTIONS,
  ownCode,
  ownPassword,
  recoveryLines,
  refuseRehearsal,
  requireOneself,
  typedSecret,
} from './own-secrets.ts';

const PATH = 'user totp enroll';

export const command: Command = {
  path: PATH,
  summary: 'Take your codes from an app on your phone instead of by mail',
  details:
    'Asks for your password, shows a QR code and the secret for the app, and asks for its first code, within ten minutes. ' +
    'Then prints ten recovery codes, once. Without a terminal it is done in two steps: this shows the secret, --confirm --code-stdin gives the first code.',
  arguments: [{ name: 'username', about: 'you; nobody enrols for another', optional: true }],
  options: [
    ...OWN_PASSWORD_OPTIONS,
    { flags: '--confirm', about: 'give the first code of an enrolment that was begun' },
    CODE_OPTION,
  ],
  examples: [
    {
      command: 'treasury user totp enroll --password-file passwords/carol',
      about: 'begin, and confirm with the first code',
    },
    {
      command: 'printf %s {APP_CODE} | treasury user totp enroll --confirm --code-stdin',
      about: 'confirm it from a script',
    },
  ],
  access: 'anyone',
  writes: true,
  refusesKey: () => PASSWORD_IS_SECRET,
  document: 'totp',
  async run(context, input) {
    requireOneself(input.optional('username'), await context.actor());
    refuseRehearsal(context);
    refuseContradictions(input);
    if (input.flag('confirm')) {
      if (!input.flag('codeStdin') && !context.ask.possible) throw codeMissing();
      return confirm(context, await ownCode(context, input, 'Code from your app'));
    }
    const pepper = await context.pepper();
    const password = await ownPassword(context, input, PATH);
    const begun = await beginEnrolment(await context.store(), await context.actor(), { password, pepper });
    return context.ask.possible ? askFirstCode(context, begun) : pending(context, begun);
  },
};

function refuseContradictions(input: Input): void {
  const contradiction = (message: string) =>
    usage('FLAGS_CONTRADICT', message, {
      unchanged: 'Nothing was changed.',
      fix: `treasury ${PATH} --confirm --code-stdin`,
    });
  if (!input.flag('confirm') && input.flag('codeStdin')) throw contradiction('--code-stdin needs --confirm.');
  if (input.flag('confirm') && (input.flag('passwordStdin') || input.optional('passwordFile') !== undefined))
    throw contradiction('--confirm takes the code alone: the password was given when it began.');
}

const codeMissing = () =>
  usage('INPUT_MISSING', 'The first code is missing: nobody can be asked for it here.', {
    unchanged: 'Nothing was changed.',
    fix: `treasury ${PATH} --confirm --code-stdin`,
  });

/** Without a terminal: the secret is the answer, and a second call confirms it. */
async function pending(context: Context, begun: BegunEnrolment): Promise<Result> {
  const { username } = await context.actor();
  const until = formatInstant(begun.expiresAt, await context.zone());
  return {
    data: enrolmentDocument(username, null, { pending: begun }),
    human: {
      lines: [
        `The enrolment waits for the first code of the app, until ${until}.`,
        `  ${typedSecret(begun.secret)}`,
        `  ${begun.uri}`,
      ],
      next: [`treasury ${PATH} --confirm --code-stdin`],
    },
  };
}

/** At a terminal: shows what the app needs, and asks for its first code until it is right. */
async function askFirstCode(context: Context, begun: BegunEnrolment): Promise<Result> {
  await context.draw((canvas) => picture(canvas, begun));
  for (;;) {
    const answer = await context.ask.code({
      message: 'First code of your app',
      source: 'new_app',
      expiresAt: begun.expiresAt,
      unchanged: 'The app is not enrolled.',
    });
    if (answer.kind === 'expired') throw ended();
    if (answer.kind !== 'code') throw left();
    const confirmed = await triedConfirm(context, answer.code);
    if (confirmed !== null) return confirmed;
  }
}

async function triedConfirm(context: Context, code: string): Promise<Result | null> {
  try {
    return await confirm(context, code);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'OTP_INVALID') throw error;
    context.say(error.message);
    return null;
  }
}

/** The QR code, or why there is none, and the same as text. */
async function picture(canvas: Canvas, { secret, uri }: BegunEnrolment): Promise<string[]> {
  const { qrCode } = await import('../../../terminal/qr-code.ts');
  const drawn = await qrCode(uri, canvas);
  const words = (text: string): string[] => wrapTo(text, canvas.width);
  const why = canvas.coloured
    ? `No QR code: it does not fit into ${canvas.width} columns.`
    : 'No QR code: without colours it may not be readable (--color always shows it).';
  return [
    ...(drawn === null
      ? words(why)
      : [...words('Scan this with the app, or type the secret below into it.'), ...drawn]),
    '',
    ...words(typedSecret(secret)),
    '',
    ...words(uri),
    '',
  ];
}

async function confirm(context: Context, code: string): Promise<Result> {
  const { view, recoveryCodes } = await confirmOwnEnrolment(await context.store(), await context.actor(), {
    code,
    pepper: await context.pepper(),
  });
  sendLetters(context);
  return {
    data: enrolmentDocument(view.user.username, view.totp, { recoveryCodes }),
    human: {
      lines: [
        `${view.user.username}: codes by mail > codes from the app. Nothing is mailed any more.`,
        ...recoveryLines(recoveryCodes),
      ],
      next: ['treasury user totp recovery --status'],
    },
  };
}

const left = (): Problem =>
  new Problem('cancelled', 'INTERRUPTED', 'You left without entering the first code.', {
    unchanged: 'The app is not enrolled.',
    fix: `treasury ${PATH}`,
  });

const ended = (): Problem =>
  new Problem('auth', 'TOTP_EXPIRED', 'That enrolment ended ten minutes after it began.', {
    unchanged: 'The app is not enrolled.',
    fix: `treasury ${PATH}`,
  });
