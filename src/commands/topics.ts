import { allScopes, SCOPES } from '../domain/token.ts';

/** A word and what it means, beside each other. */
export type Row = readonly [string, string];

/** A page of help that belongs to no single command. */
export interface Topic {
  readonly name: string;
  readonly about: string;
  lines(): Promise<readonly (string | Row)[]>;
}

const EXIT_CODES: readonly (string | Row)[] = [
  'Every command ends with one of these codes:',
  '',
  ['0', 'done'],
  ['1', 'a bug in treasury'],
  ['2', 'a wrong word, flag or figure; nothing was changed'],
  ['3', 'not found'],
  ['4', 'not logged in, or the code is wrong, expired or missing'],
  ['5', 'role, limit or segregation of duties refuses'],
  ['6', 'business checks fail'],
  ['7', 'conflict or busy; try again'],
  ['8', 'the outcome is pending; never pay again, see treasury payment resolve --help'],
  ['9', 'a service outside failed, and certainly nothing was paid'],
  ['10', 'the check worked and found something'],
  ['11', 'integrity is broken'],
  ['12', 'some items of a batch failed'],
  ['78', 'Node is too old'],
  ['130', 'interrupted, or a question was declined'],
  ['143', 'terminated'],
  '',
  'When checks of several kinds fail: 5 if any of segregation, role or limit fails; else 8 while a payment is in flight; else 4 for a code; else 6.',
  'The role is judged before missing flags.',
];

const ENVIRONMENT: readonly (string | Row)[] = [
  'What is given as a flag comes first, then the environment, then the config file, then the default. treasury config list --show-origin shows which.',
  '',
  ['TREASURY_DATABASE_URL', 'sqlite:PATH or postgres://...; default: a file in the data directory'],
  ['TREASURY_HOME', 'one directory for config, data and state; default: the XDG directories'],
  ['TREASURY_SESSION_FILE', 'where the login is kept'],
  ['TREASURY_TOKEN_FILE', 'a token to act with instead of the login, made by treasury token create'],
  ['TREASURY_PEPPER_FILE', 'the secret mixed into codes, made by treasury init'],
  ['TREASURY_MAIL_URL', 'smtp://user@host:port, smtps://... or file:DIR; read by treasury init only'],
  ['TREASURY_MAIL_FROM', 'the sender of mails; read by treasury init only'],
  ['TREASURY_MAIL_PASSWORD_FILE', 'the password of the mail server'],
  ['TREASURY_TZ', 'the time zone to show times in'],
  ['NO_COLOR, FORCE_COLOR', 'colours never, or even in a pipe'],
  ['COLUMNS', 'the width to fit'],
  ['CI', 'when set, nothing is asked'],
];

const WORDS: readonly (string | Row)[] = [
  'Words that stand in many places:',
  '',
  ['fund', 'money of one currency, held at a company, a region or a branch'],
  ['requisition', 'a wish to spend; once somebody else has approved it, it may be paid'],
  ['payment', 'the order to pay a requisition, or a part of it, from one fund'],
  ['batch', 'many payments of one list, approved and paid as one; its hash stands for every row as it is'],
  ['executor', 'who pays: neither who requested it nor who approved it'],
  ['code', 'six digits, mailed to the executor or shown by their app, for one payment or batch'],
  ['voucher', 'the number of a payment that was made, counted by fund and year'],
  ['gateway, rail', "what carries a method out: a person in an app, M-Pesa's Daraja, or files for the bank"],
  ['in flight', 'under way: whether it was paid is not known yet, and it is never paid again'],
  ['reserved', 'held for what is in flight; available is the balance without it'],
  ['suspense', 'money that left although its payment had failed: no fund was debited for it yet'],
  ['reorder level', 'a fund with less than this asks for money'],
  ['imprest level', 'what a fund is topped up to'],
  ['replenishment', 'a request to top a fund up: requested, approved and funded by different people'],
  ['ledger, entry', "a fund's book, and one line of it, which never changes"],
  [
    'statement, line',
    'what the bank or M-Pesa says happened; it ties when its lines lead from its opening to its closing balance',
  ],
  ['match', 'a line and an entry that are the same'],
  ['unexplained', 'what is left between book and statement when everything known is counted'],
  ['variance', 'by how much what was paid or counted differs from the book'],
  ['change', 'what one person has proposed and another must confirm'],
  ['policy', "the office's own rules: who approves what, within which limits and hours"],
  [
    'audit head',
    'the last link of a chain of events: who keeps one can prove later that nothing before it was altered',
  ],
  ['pepper', 'a secret file beside the database, without which no code can be checked'],
  ['token, scope', 'a key for scripts, and what it opens'],
];

/** Every topic, in the order of the help. */
export const TOPICS: readonly Topic[] = [
  {
    name: 'words',
    about: 'what is meant by reorder level, in flight, variance ...',
    lines: () => Promise.resolve(WORDS),
  },
  { name: 'exit-codes', about: 'what the exit codes mean', lines: () => Promise.resolve(EXIT_CODES) },
  { name: 'environment', about: 'the variables that are read', lines: () => Promise.resolve(ENVIRONMENT) },
  {
    name: 'scopes',
    about: 'what tokens can be made for',
    lines: () =>
      Promise.resolve([
        'A token may run these commands, as far as the roles of its person allow them, and no others:',
        '',
        ...allScopes().map((scope): Row => [scope, SCOPES[scope].about]),
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
