import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { mayAnywhere, type Actor } from '../../domain/access.ts';
import { Problem, usage } from '../../domain/problem.ts';
import { lentBy, parseLifetime, TOKEN_LIFETIME, type Scope } from '../../domain/token.ts';
import { tokenDocument } from '../../documents/token.ts';
import { removeFile, writeSecretFile } from '../../gateways/secret-file.ts';
import { createToken } from '../../operations/create-token.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { PASSWORD_IS_SECRET, readSecret, secretFlags, secretOptions, secretReachable } from '../secret-input.ts';

const PASSWORD = { flag: '--password', question: 'Your password' } as const;
const NEEDED = [
  ['name', '<name>'],
  ['scope', '--scope'],
  ['out', '--out'],
] as const;

export const command: Command = {
  path: 'token create',
  summary: 'Make a token, which lets cron or a script act for you without a login',
  details: [
    'Asks for your password again. The secret is written to FILE (0600, never over another file) and nowhere else;',
    'TREASURY_TOKEN_FILE=FILE makes a command use it. A token may do what its scopes and your roles of that moment allow, and never pays,',
    'approves, confirms, or manages people, tokens or settings. It ends with --expires, `token revoke`, a new password of yours, or when you are disabled.',
  ].join(' '),
  arguments: [{ name: 'name', about: 'what it is for: nightly-check', optional: true }],
  options: [
    { flags: '--scope <scopes>', about: 'one scope or more: replenish:check,books:read (treasury help scopes)' },
    { flags: '--expires <time>', about: `30d or 12h, at most 365d (default ${TOKEN_LIFETIME})` },
    { flags: '--out <file>', about: 'the new file for the secret' },
    ...secretOptions('--password', 'your password'),
  ],
  examples: [
    {
      command:
        'treasury token create nightly --scope replenish:check --out nightly.token --password-file passwords/carol',
      about: 'for a check that cron runs; then TREASURY_TOKEN_FILE=nightly.token treasury replenish check -q',
    },
  ],
  access: 'anyone',
  writes: true,
  refusesKey: () => PASSWORD_IS_SECRET,
  exits: [4, 9],
  document: 'token',
  async run(context, input) {
    // As with a login: a password that could be rehearsed could be guessed without end.
    if (context.flags.dryRun)
      throw usage('DRY_RUN_REFUSED', 'A token cannot be made in a rehearsal.', { unchanged: 'No token was made.' });
    const missing = [
      ...NEEDED.flatMap(([name, flag]) => (input.optional(name) === undefined ? [flag] : [])),
      ...(secretReachable(context, input, PASSWORD) ? [] : [secretFlags('--password')]),
    ];
    if (missing.length > 0) throw inputsMissing('token create', missing);
    const lifetimeMs = parseLifetime(input.optional('expires') ?? TOKEN_LIFETIME);
    const actor = await context.actor();
    const file = fileOf(input);
    const secret = `tsy_${randomBytes(32).toString('base64url')}`;
    const password = await readSecret(context, input, PASSWORD);
    const [name, scopes] = [input.text('name').trim(), input.many('scope')];
    const view = await withFile(context, file, secret, async () =>
      createToken(await context.store(), actor, { name, scopes, lifetimeMs, secret, password }),
    );
    const data = tokenDocument(view, context.now());
    const ends = formatInstant(view.token.expiresAt, await context.zone());
    return {
      data,
      warnings: idleScopes(actor, view.scopes),
      human: {
        lines: [
          `Token ${data.name} (${data.ref}) acts for ${data.user} until ${ends}: ${data.scopes.join(', ')}.`,
          `Its secret is in ${file}, and nowhere else.`,
        ],
        next: [`TREASURY_TOKEN_FILE=${file} treasury whoami`],
      },
    };
  },
};

function fileOf(input: Input): string {
  const named = input.text('out');
  if (named !== '-') return resolve(named);
  throw usage('SECRET_TO_FILE_ONLY', 'The secret of a token is written to a file only.', {
    unchanged: 'No token was made.',
    fix: '--out nightly.token',
  });
}

/** The file comes first, so that no token exists whose secret was never kept; without the token it goes again. */
async function withFile<Made>(
  context: Context,
  file: string,
  secret: string,
  make: () => Promise<Made>,
): Promise<Made> {
  if (!(await writeSecretFile(file, `${secret}\n`, { exclusive: true }))) {
    throw usage('FILE_EXISTS', `${file} is there already, and is not written over.`, {
      unchanged: 'No token was made.',
      fix: '--out ANOTHER_FILE',
    });
  }
  try {
    return await make();
  } catch (error) {
    // Whether the token was saved may not be known: then its secret must not be lost.
    if (error instanceof Problem && error.kind === 'pending') context.warn(`The secret is in ${file}.`);
    else await removeFile(file);
    throw error;
  }
}

/** Scopes that open nothing as things are, because the person's roles do not. */
function idleScopes(actor: Actor, scopes: readonly Scope[]): string[] {
  const idle = scopes.filter((scope) => !lentBy([scope]).some((ability) => mayAnywhere(actor, ability)));
  return idle.length === 0
    ? []
    : [`None of your roles allows ${idle.join(', ')} now; the token gives no more than they do.`];
}
