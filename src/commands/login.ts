import { randomBytes } from 'node:crypto';
import { sessionDocument, grantWords } from '../documents/user.ts';
import { usage } from '../domain/problem.ts';
import { sessionEndsAt } from '../domain/session.ts';
import { writeSecretFile } from '../gateways/secret-file.ts';
import { logIn } from '../operations/log-in.ts';
import type { Command } from './command.ts';
import { inputsMissing } from './missing-inputs.ts';
import { readSecret, secretFlags, secretOptions, secretReachable } from './secret-input.ts';

const PASSWORD = { flag: '--password', question: 'Password' } as const;

export const command: Command = {
  path: 'login',
  summary: 'Log in; the session lies in a file of your own',
  details:
    'A session ends 30 minutes after its last use (15 for approvers, treasurers, CFOs and admins), and 12 hours after the login. ' +
    'Ten failed logins lock a user for 15 minutes; an admin unlocks sooner.',
  options: [{ flags: '--user <username>', about: 'who you are' }, ...secretOptions('--password', 'the password')],
  examples: [
    { command: 'treasury login --user carol --password-file passwords/carol', about: 'log in from a script' },
    { command: 'treasury login --user carol', about: 'be asked for the password' },
  ],
  access: 'open',
  writes: true,
  exits: [4, 9],
  document: 'session',
  async run(context, input) {
    // A try that is not counted would let passwords be guessed without end.
    if (context.flags.dryRun)
      throw usage('DRY_RUN_REFUSED', 'A login cannot be rehearsed.', { unchanged: 'Nobody was logged in.' });
    const given = input.optional('user');
    const missing = [
      ...(given === undefined && !context.ask.possible ? ['--user'] : []),
      ...(secretReachable(context, input, PASSWORD) ? [] : [secretFlags('--password')]),
    ];
    if (missing.length > 0) throw inputsMissing('login', missing);
    // Where there is no office, nobody is asked who they are.
    const store = await context.store();
    const username = (given ?? (await context.ask.text('Username'))).trim().toLowerCase();
    const password = await readSecret(context, input, PASSWORD);
    const token = randomBytes(32).toString('base64url');
    const view = await logIn(store, { username, password, token, origin: context.origin });
    await writeSecretFile(context.places.sessionFile, `${token}\n`);
    if (context.places.tokenFile !== null)
      context.warn('TREASURY_TOKEN_FILE is set: commands go on with that token, not with this login.');
    const data = sessionDocument(view, view.session, sessionEndsAt(view.session, view.grants));
    return {
      data,
      human: { lines: [`Logged in as ${data.username}: ${grantWords(data.grants)}.`], next: ['treasury status'] },
    };
  },
};
