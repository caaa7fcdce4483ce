import { Problem, usage } from '../../../domain/problem.ts';
import { inGroups } from '../../../domain/recovery-code.ts';
import type { Input, OptionSpec } from '../../command.ts';
import type { Context } from '../../context.ts';
import { inputsMissing } from '../../missing-inputs.ts';
import { readSecret, secretFlags, secretOptions, secretReachable } from '../../secret-input.ts';

const PASSWORD = { flag: '--password', question: 'Your current password' } as const;

/** How one proves to be oneself, and not only somebody at one's desk: whoever stole a session has no password. */
export const OWN_PASSWORD_OPTIONS: readonly OptionSpec[] = secretOptions('--password', 'your current password');

export const CODE_OPTION: OptionSpec = { flags: '--code-stdin', about: 'read the code from standard input' };

/** The current password. Throws INPUT_MISSING, naming everything else that is missing too, where nobody can be asked. */
export async function ownPassword(context: Context, input: Input, path: string): Promise<string> {
  requireReachable(context, input, path, { code: false });
  return readSecret(context, input, PASSWORD);
}

/** Password and code of one's own; both can be asked for, but only one of them can be piped. Throws INPUT_MISSING, FLAGS_CONTRADICT. */
export async function ownPasswordAndCode(
  context: Context,
  input: Input,
  { path, question }: { path: string; question: string },
): Promise<{ password: string; code: string }> {
  if (input.flag('passwordStdin') && input.flag('codeStdin')) {
    throw usage('FLAGS_CONTRADICT', 'Standard input holds the password or the code, not both.', {
      unchanged: 'Nothing was changed.',
      fix: `treasury ${path} --password-file FILE --code-stdin`,
    });
  }
  requireReachable(context, input, path, { code: true });
  const password = await readSecret(context, input, PASSWORD);
  return { password, code: await ownCode(context, input, question) };
}

/** A code of one's own. Throws INPUT_MISSING where nobody can be asked. */
export async function ownCode(context: Context, input: Input, question: string): Promise<string> {
  if (input.flag('codeStdin') && !context.ask.possible) return (await context.readStdin()).trim();
  return context.ask.secret(question);
}

/** Refuses (INPUT_MISSING, exit 2) to go on without a password, or a code where one is needed, that nobody can be asked for. */
export function requireReachable(context: Context, input: Input, path: string, needs: { code: boolean }): void {
  const missing = [
    ...(secretReachable(context, input, PASSWORD) ? [] : [secretFlags('--password')]),
    ...(!needs.code || input.flag('codeStdin') || context.ask.possible ? [] : ['--code-stdin']),
  ];
  if (missing.length > 0) throw inputsMissing(path, missing);
}

/** A rehearsal would compare a password and keep no count of wrong ones: a free guess. */
export function refuseRehearsal(context: Context): void {
  if (!context.flags.dryRun) return;
  throw usage('DRY_RUN_REFUSED', 'A password or code cannot be tried in a rehearsal.', {
    unchanged: 'Nothing was changed.',
  });
}

/** Refuses (forbidden, exit 5) what nobody does for another. */
export function requireOneself(username: string | undefined, actor: { username: string }): void {
  if (username === undefined || isOneself(username, actor)) return;
  throw new Problem('forbidden', 'TOTP_OF_ANOTHER', `Only ${username.trim()} can do this: it takes their password.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury user totp disable USERNAME, for an admin, when their phone is lost',
  });
}

/** Whether a username is one's own. */
export const isOneself = (username: string, actor: { username: string }): boolean =>
  username.trim().toLowerCase() === actor.username;

/** Recovery codes for people: shown once, with what they are good for. */
export const recoveryLines = (codes: readonly string[]): string[] => [
  'Recovery codes, each good once in place of a code of the app. They are shown only now: keep them apart from your phone.',
  ...codes.map((code) => `  ${code}`),
];

/** A secret for people who type it: `JBSW Y3DP EHPK 3PXP`. */
export const typedSecret = (secret: string): string => inGroups(secret, ' ');
