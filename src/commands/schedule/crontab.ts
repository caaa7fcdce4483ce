import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';

export const command: Command = {
  path: 'schedule crontab',
  summary: 'Print the line for cron that does what is due every minute',
  details:
    'Cron knows nothing of your shell: the line says where Node, this tool, the office and the token are. The token needs the scope worker:run.',
  options: [{ flags: '--token-file <file>', about: 'the token that cron uses (default TREASURY_TOKEN_FILE)' }],
  examples: [{ command: 'treasury schedule crontab --token-file {TOKEN_FILE}', about: 'to be put into `crontab -e`' }],
  access: 'anyone',
  writes: false,
  document: 'crontab',
  async run(context, input) {
    const tokenFile = tokenFileOf(context, input);
    const variables = variablesOf(context, tokenFile);
    const words = [process.execPath, realpathSync(process.argv[1] ?? ''), 'schedule', 'run-due', '--quiet'];
    const line = `* * * * * ${[...variables, ...words.map(inShell)].join(' ')}`;
    return {
      data: { line, token_file: tokenFile },
      human: { lines: [line], next: ['crontab -e'] },
    };
  },
};

/** Throws usage CRONTAB_WITHOUT_TOKEN: cron has no login. */
function tokenFileOf({ places }: Context, input: Input): string {
  const named = input.optional('tokenFile') ?? places.tokenFile;
  const file = named === null ? null : path.resolve(named);
  if (file !== null && statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  throw usage(
    'CRONTAB_WITHOUT_TOKEN',
    file === null ? 'Cron has no login: it needs a token.' : `${quoted(file)} is not there.`,
    {
      unchanged: 'No line was printed.',
      fix: 'treasury token create cron --scope worker:run --out FILE, then treasury schedule crontab --token-file FILE',
    },
  );
}

/** What the tool reads of the environment, as it is now, and cron would not have. */
const FROM_HERE = ['TREASURY_HOME', 'TREASURY_PEPPER_FILE', 'TREASURY_MAIL_PASSWORD_FILE'] as const;
const XDG = ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'] as const;

function variablesOf(context: Context, tokenFile: string): string[] {
  const { env, places } = context;
  const given = (name: string): string[] => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [`${name}=${inShell(path.resolve(value))}`];
  };
  return [
    ...[...FROM_HERE, ...XDG].flatMap(given),
    ...databaseOf(env['TREASURY_DATABASE_URL'], places.databaseUrl, (text) => context.warn(text)),
    `TREASURY_TOKEN_FILE=${inShell(tokenFile)}`,
  ];
}

/** A password in the address of the database is not printed: it belongs into the config file. */
function databaseOf(url: string | undefined, whole: string, warn: (text: string) => void): string[] {
  if (url === undefined || url === '') return [];
  if (/^postgres(?:ql)?:\/\/[^/@]*:[^/@]*@/.test(url)) {
    warn(
      'The address of the database has a password, which is left out here: keep it in the config file (treasury config set database_url URL).',
    );
    return [];
  }
  const file = /^sqlite:(?!\/)(.*)$/.exec(whole)?.[1];
  return [`TREASURY_DATABASE_URL=${inShell(file === undefined ? whole : `sqlite:${path.resolve(file)}`)}`];
}

/** A word as sh reads it, and with `%` as cron wants it. */
const inShell = (word: string): string => {
  if (/[\r\n]/.test(word)) throw usage('PATH_UNUSABLE', `${quoted(word)} has a line break, which cron cannot take.`);
  const plain = /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return plain.replaceAll('%', String.raw`\%`);
};
