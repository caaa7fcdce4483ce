import { allScopes, SCOPES } from '../domain/token.ts';

/** A page of help that belongs to no single command. */
export interface Topic {
  readonly name: string;
  readonly about: string;
  lines(): Promise<readonly string[]>;
}

const EXIT_CODES = [
  'Every command ends with one of these codes:',
  '',
  '  0    done',
  '  1    a bug in treasury',
  '  2    a wrong word, flag or figure; nothing was changed',
  '  3    not found',
  '  4    not logged in, or the code is wrong, expired or missing',
  '  5    role, limit or segregation of duties refuses',
  '  6    business checks fail',
  '  7    conflict or busy; try again',
  '  8    the outcome is pending; never pay again, see treasury payment resolve --help',
  '  9    a service outside failed, and certainly nothing was paid',
  '  10   the check worked and found something',
  '  11   integrity is broken',
  '  12   some items of a batch failed',
  '  78   Node is too old',
  '  130  interrupted, or a question was declined',
  '  143  terminated',
  '',
  'When checks of several kinds fail: 5 if any of segregation, role or limit fails; else 8 while a payment is in flight; else 4 for a code; else 6.',
  'The role is judged before missing flags.',
];

const ENVIRONMENT = [
  'What is given as a flag comes first, then the environment, then the config file, then the default. treasury config list --show-origin shows which.',
  '',
  '  TREASURY_DATABASE_URL        sqlite:PATH or postgres://...; default: a file in the data directory',
  '  TREASURY_HOME                one directory for config, data and state; default: the XDG directories',
  '  TREASURY_SESSION_FILE        where the login is kept',
  '  TREASURY_TOKEN_FILE          a token to act with instead of the login, made by treasury token create',
  '  TREASURY_PEPPER_FILE         the secret mixed into codes, made by treasury init',
  '  TREASURY_MAIL_URL            smtp://user@host:port, smtps://... or file:DIR; read by treasury init only',
  '  TREASURY_MAIL_FROM           the sender of mails; read by treasury init only',
  '  TREASURY_MAIL_PASSWORD_FILE  the password of the mail server',
  '  TREASURY_TZ                  the time zone to show times in',
  '  NO_COLOR, FORCE_COLOR        colours never, or even in a pipe',
  '  COLUMNS                      the width to fit',
  '  CI                           when set, nothing is asked',
];

/** Every topic, in the order of the help. */
export const TOPICS: readonly Topic[] = [
  { name: 'exit-codes', about: 'what the exit codes mean', lines: () => Promise.resolve(EXIT_CODES) },
  { name: 'environment', about: 'the variables that are read', lines: () => Promise.resolve(ENVIRONMENT) },
  {
    name: 'scopes',
    about: 'what tokens can be made for',
    lines: () =>
      Promise.resolve([
        'A token may run these commands, as far as the roles of its person allow them, and no others:',
        '',
        ...allScopes().map((scope) => `  ${scope.padEnd(20)}${SCOPES[scope].about}`),
      ]),
  },
  {
    name: 'errors',
    about: 'every error code there is',
    lines: async () => {
      const { ERROR_CODES } = await import('../documents/error-codes.ts');
      return [
        'Codes of errors and of failing checks, as --json gives them:',
        '',
        ...ERROR_CODES.map((code) => `  ${code}`),
      ];
    },
  },
];

/** The topic of this name. */
export const findTopic = (name: string): Topic | undefined => TOPICS.find((topic) => topic.name === name);
