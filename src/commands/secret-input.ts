import { usage } from '../domain/problem.ts';
import { readSecretFile, withoutLineFeed } from '../gateways/secret-file.ts';
import type { Input, OptionSpec } from './command.ts';
import type { Context } from './context.ts';

/** A secret that comes from standard input, a file, or a person at the terminal; never from the command line. */
export interface SecretSource {
  /** `--password`: the flags are `--password-stdin` and `--password-file`. */
  readonly flag: '--password' | '--admin-password';
  /** What a person at the terminal is asked. */
  readonly question: string;
  /** Asked twice, because a slip in a new secret would shut its owner out. */
  readonly twice?: boolean;
}

/** The two options of a secret, for the list of a command. */
export const secretOptions = (flag: SecretSource['flag'], whose: string): OptionSpec[] => [
  { flags: `${flag}-stdin`, about: `read ${whose} from standard input` },
  { flags: `${flag}-file <file>`, about: `read ${whose} from a file` },
];

/** Why a command that takes a password takes no idempotency key. */
export const PASSWORD_IS_SECRET = 'its password is a secret, and of what a key stands for a hash is kept';

/** How the absence of a secret is named among other missing inputs. */
export const secretFlags = (flag: SecretSource['flag']): string => `${flag}-stdin or ${flag}-file`;

/** Whether the secret is given, or can be asked for. */
export const secretReachable = (context: Context, input: Input, { flag }: Pick<SecretSource, 'flag'>): boolean =>
  input.flag(`${camel(flag)}Stdin`) || input.optional(`${camel(flag)}File`) !== undefined || context.ask.possible;

/** Reads the secret. Throws usage SECRET_GIVEN_TWICE, SECRET_FILE_UNREADABLE, or INPUT_MISSING where nobody can be asked. */
export async function readSecret(context: Context, input: Input, source: SecretSource): Promise<string> {
  const file = input.optional(`${camel(source.flag)}File`);
  const stdin = input.flag(`${camel(source.flag)}Stdin`);
  if (stdin && file !== undefined) {
    throw usage('SECRET_GIVEN_TWICE', `Give ${source.flag}-stdin or ${source.flag}-file, not both.`, {
      unchanged: 'Nothing was changed.',
    });
  }
  if (file !== undefined) return fromFile(context, file);
  // On a terminal it is typed: then it is asked for like any other, and not shown.
  if (stdin && !context.ask.possible) return withoutLineFeed(await context.readStdin());
  const typed = await context.ask.secret(source.question);
  if (source.twice === true && (await context.ask.secret('The same again')) !== typed) {
    throw usage('SECRETS_DIFFER', 'The two are not the same.', { unchanged: 'Nothing was changed.' });
  }
  return typed;
}

/** The secret in a file; warns when others on this machine could read it. */
export async function fromFile(context: Context, path: string): Promise<string> {
  const { text, readableByOthers } = await readSecretFile(path);
  if (readableByOthers) context.warn(`Others on this machine can read ${path}: chmod 600 ${path}`);
  return text;
}

const camel = (flag: SecretSource['flag']): string => (flag === '--password' ? 'password' : 'adminPassword');
