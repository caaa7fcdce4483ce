import type { Act, DeedOf, PlaceWords, TermWords, What } from './acts.ts';
import { DAY } from './world.ts';

/** What a command line needs besides the act: the real references of things, and what is typed on standard input. */
export interface Names {
  /** The reference of the thing that the model calls so; one that nothing has, when there is no such thing. */
  ref(id: string): string;
  code(typed: DeedOf<'payment otp --verify'>['code']): string;
  /** A file that holds this password. */
  passwordFile(password: string): string;
  /** Where the token that an act makes is kept. */
  tokenFile(act: Act): string;
}

export interface CommandLine {
  readonly argv: readonly string[];
  readonly stdin: string;
}

/** The command line of an act. */
export function commandLineOf(act: Act, names: Names): CommandLine {
  const { deed } = act;
  const line = LINES[deed.what] as (deed: Act['deed'], names: Names, act: Act) => readonly string[];
  const argv = [...line(deed, names, act), ...(act.dryRun ? ['--dry-run'] : [])];
  return { argv, stdin: stdinOf(deed, names) };
}

function stdinOf(deed: Act['deed'], { code }: Names): string {
  if (deed.what === 'payment otp --verify') return code(deed.code);
  return deed.what === 'policy set' ? JSON.stringify(deed.policy) : '';
}

/** `given('--amount', null)` is nothing, `given('--amount', 5)` the two words. */
const given = (flag: string, value: string | number | null | undefined): string[] =>
  value === null || value === undefined ? [] : [flag, String(value)];

const yes = (said: boolean): string[] => (said ? ['--yes'] : []);

const place = ({ company, region, branch }: PlaceWords): string[] => [
  ...given('--company', company),
  ...given('--region', region),
  ...given('--branch', branch),
];

const dayText = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

const limit = (value: number | null | undefined): string | number | undefined => (value === null ? 'none' : value);

const terms = (of: TermWords): string[] => [
  ...given('--name', of.name),
  ...given('--reorder-level', of.reorder),
  ...given('--imprest-level', of.imprest),
  ...given('--otp-threshold', of.threshold),
  ...given('--payment-limit', limit(of.paymentLimit)),
  ...given('--daily-limit', limit(of.dailyLimit)),
];

const LINES: { readonly [W in What]: (deed: DeedOf<W>, names: Names, act: Act) => readonly string[] } = {
  login: (deed, names, { by }) => ['login', '--user', by, '--password-file', names.passwordFile(deed.password)],
  'requisition create': (deed) => [
    ...['requisition', 'create', '--payee', 'Jane Wanjiru', '--purpose', 'Taxi', '--method', deed.method],
    ...['--to', deed.to, '--amount', String(deed.amount), '--currency', deed.currency, ...place(deed.at)],
  ],
  'requisition approve': (deed, { ref }) => ['requisition', 'approve', ref(deed.requisition)],
  'requisition reject': (deed, { ref }) => [
    ...['requisition', 'reject', ref(deed.requisition), ...given('--reason', deed.reason)],
  ],
  'requisition amend': (deed, { ref }) => [
    ...['requisition', 'amend', ref(deed.requisition), ...given('--amount', deed.amount), ...given('--to', deed.to)],
  ],
  'requisition cancel': (deed, { ref }) => ['requisition', 'cancel', ref(deed.requisition)],
  'payment create': (deed, { ref }) => [
    ...['payment', 'create', '--requisition', ref(deed.requisition), '--fund', deed.fund],
    ...[...given('--amount', deed.amount), ...given('--max-retries', deed.maxTries)],
  ],
  'payment otp --send': (deed, { ref }) => ['payment', 'otp', ref(deed.payment), '--send'],
  'payment otp --verify': (deed, { ref }) => ['payment', 'otp', ref(deed.payment), '--verify', '--code-stdin'],
  'payment execute': (deed, { ref }) => [
    ...['payment', 'execute', ref(deed.payment), ...given('--gateway-reference', deed.reference), ...yes(deed.yes)],
  ],
  'payment explain': (deed, { ref }) => ['payment', 'explain', ref(deed.payment)],
  'payment resolve': (deed, { ref }) => [
    ...['payment', 'resolve', ref(deed.payment), '--gateway-reference', deed.reference],
  ],
  'payment resolve --not-paid': (deed, { ref }) => [
    ...['payment', 'resolve', ref(deed.payment), '--not-paid', '--reason', 'not in the app', ...yes(deed.yes)],
  ],
  'payment retry': (deed, { ref }) => ['payment', 'retry', ref(deed.payment)],
  'payment cancel': (deed, { ref }) => ['payment', 'cancel', ref(deed.payment)],
  'payment reverse': (deed, { ref }) => [
    ...['payment', 'reverse', ref(deed.payment), ...given('--reason', deed.reason)],
    ...[...given('--returned-reference', deed.reference), ...yes(deed.yes)],
  ],
  'fund create': (deed) => [
    ...['fund', 'create', deed.code, '--name', deed.code, ...place(deed.at), '--currency', deed.currency],
    ...['--opening', String(deed.opening), ...terms(deed.terms)],
    ...(deed.terms.auto === false ? ['--no-auto-replenish'] : []),
  ],
  'fund edit': (deed) => [
    ...['fund', 'edit', deed.fund, ...terms(deed.terms)],
    ...(deed.terms.auto === undefined ? [] : ['--auto-replenish', deed.terms.auto ? 'on' : 'off']),
  ],
  'fund freeze': (deed) => ['fund', 'freeze', deed.fund],
  'fund unfreeze': (deed) => ['fund', 'unfreeze', deed.fund],
  'fund close': (deed) => ['fund', 'close', deed.fund, ...yes(deed.yes)],
  'replenish request': (deed) => [
    ...['replenish', 'request', deed.fund, ...given('--amount', deed.amount), ...given('--reason', deed.reason)],
  ],
  'replenish approve': (deed, { ref }) => ['replenish', 'approve', ref(deed.replenishment)],
  'replenish reject': (deed, { ref }) => ['replenish', 'reject', ref(deed.replenishment)],
  'replenish fund': (deed, { ref }) => [
    ...['replenish', 'fund', ref(deed.replenishment), '--reference', deed.reference, ...given('--amount', deed.amount)],
  ],
  'replenish check': (deed) => [
    ...['replenish', 'check', ...given('--fund', deed.fund), ...(deed.create ? ['--create'] : [])],
  ],
  'user add': (deed, { passwordFile }) => [
    ...['user', 'add', deed.name, '--email', deed.email, '--name', deed.name, ...given('--phone', deed.phone)],
    ...['--role', deed.roles.join(','), ...place(deed.at), ...given('--until', until(deed.until))],
    ...['--password-file', passwordFile(deed.password)],
  ],
  'user role': (deed) => [
    ...['user', 'role', deed.name, '--role', deed.roles.join(','), ...place(deed.at)],
    ...given('--until', until(deed.until)),
  ],
  'user edit': (deed) => [
    ...['user', 'edit', deed.name, ...given('--email', deed.email), ...given('--phone', deed.phone)],
  ],
  'user password': (deed, { passwordFile }) => [
    ...['user', 'password', deed.name, '--password-file', passwordFile(deed.password)],
  ],
  'user password (own)': (deed, { passwordFile }) => [
    ...['user', 'password', '--current-password-file', passwordFile(deed.current)],
    ...['--password-file', passwordFile(deed.password)],
  ],
  'user disable': (deed) => ['user', 'disable', deed.name],
  'user enable': (deed) => ['user', 'enable', deed.name],
  'user unlock': (deed) => ['user', 'unlock', deed.name],
  'token create': (deed, { passwordFile, tokenFile }, act) => [
    ...['token', 'create', 'cron', '--scope', deed.scopes.join(','), '--expires', `${deed.hours}h`],
    ...['--out', tokenFile(act), '--password-file', passwordFile(deed.password)],
  ],
  'token revoke': (deed, _names, { by }) => [
    'token',
    'revoke',
    'cron',
    ...(deed.name === by ? [] : ['--user', deed.name]),
  ],
  'policy set': (deed) => ['policy', 'set', '-', ...given('--reason', deed.reason)],
  'change confirm': (deed, { ref }) => ['change', 'confirm', ref(deed.change), ...yes(deed.yes)],
  'change reject': (deed, { ref }) => ['change', 'reject', ref(deed.change)],
};

const until = (day: number | null): string | null => (day === null ? null : dayText(day));
