import type { Ability } from './access.ts';
import { Problem, usage } from './problem.ts';
import { quoted } from './quoted.ts';

/** What may be lent to a token at all: to read, to check, to say what the bank says, and to ask for what somebody else decides. */
type Lendable =
  | 'books.read'
  | 'change.read'
  | 'people.read'
  | 'audit.read'
  | 'replenishment.check'
  | 'replenishment.request'
  | 'requisition.create'
  | 'payment.create'
  | 'reconcile.run'
  | 'worker.run';

interface ScopeTerms {
  readonly about: string;
  readonly commands: readonly string[];
  /** What of its person's roles a token with this scope keeps. */
  readonly abilities: readonly (Lendable & Ability)[];
}

/**
 * What tokens may be used for. A command that stands nowhere here no token may run, and no role lends a token more than the
 * abilities that stand here: nothing that pays, decides, opens doors or concerns people, codes and tokens.
 */
export const SCOPES = {
  'books:read': {
    about:
      'every list and show of funds, requisitions, payments, batches, replenishments, variances, reconciliation, ledger, changes and policy',
    commands: [
      ...['fund list', 'fund show', 'fund balance', 'requisition list', 'requisition show'],
      ...['payment list', 'payment show', 'payment history', 'replenish list', 'replenish show'],
      ...['batch list', 'batch show', 'batch validate', 'batch export', 'variance list', 'variance show'],
      ...['ledger list', 'ledger show', 'change list', 'change show', 'org tree'],
      ...[
        'policy show',
        'policy explain',
        'policy test',
        'reconcile fee list',
        'reconcile fee show',
        'reconcile profile list',
        'reconcile profile show',
        'reconcile status',
        'reconcile unmatched',
        'statement list',
        'gateway list',
        'suspense list',
        'payment wait',
        'payment watch',
        'alert list',
        'schedule list',
        'schedule crontab',
      ],
    ],
    abilities: ['books.read', 'change.read'],
  },
  'people:read': { about: 'who there is', commands: ['user list', 'user show'], abilities: ['people.read'] },
  'audit:read': { about: 'the audit log', commands: ['audit log'], abilities: ['audit.read'] },
  'ledger:verify': { about: 'ledger verify', commands: ['ledger verify'], abilities: ['books.read'] },
  'audit:verify': { about: 'audit verify', commands: ['audit verify'], abilities: ['audit.read'] },
  'status:read': { about: 'status', commands: ['status'], abilities: ['books.read'] },
  'replenish:check': {
    about: 'replenish check',
    commands: ['replenish check'],
    abilities: ['replenishment.check'],
  },
  'replenish:request': {
    about: 'replenish request; with replenish:check also replenish check --create',
    commands: ['replenish request'],
    abilities: ['replenishment.request'],
  },
  'requisition:create': {
    about: 'requisition create and import',
    commands: ['requisition create', 'requisition import'],
    abilities: ['requisition.create'],
  },
  'payment:create': { about: 'payment create', commands: ['payment create'], abilities: ['payment.create'] },
  'gateway:listen': { about: 'listen', commands: ['listen'], abilities: ['books.read'] },
  'reconcile:run': { about: 'reconcile', commands: ['reconcile'], abilities: ['books.read', 'reconcile.run'] },
  'worker:run': {
    about: 'worker run, and schedule run-due: carries out what people have ordered',
    commands: ['worker run', 'schedule run-due'],
    abilities: ['worker.run'],
  },
} as const satisfies Record<string, ScopeTerms>;
export type Scope = keyof typeof SCOPES;

const TERMS: Readonly<Record<Scope, ScopeTerms>> = SCOPES;
const ALL_SCOPES = Object.keys(SCOPES).filter(isScope);

/** Needs no scope: a token may always say whose it is. */
const FREE: readonly string[] = ['whoami'];

const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_DAYS = 365;
export const TOKEN_LIFETIME = '90d';

/** A token as it acts: its name, and what it was made for. */
export interface TokenInUse {
  readonly id: string;
  readonly ref: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export const TOKEN_STATES = ['active', 'expired', 'revoked'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** Whether a text names a state of tokens. */
export const isTokenState = (text: string): text is TokenState => TOKEN_STATES.some((state) => state === text);

interface TokenLife {
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** Whether a token can be used. The instant at which it ends is its last. */
export const tokenState = ({ expiresAt, revokedAt }: TokenLife, now: Date): TokenState => {
  if (revokedAt !== null) return 'revoked';
  return now > expiresAt ? 'expired' : 'active';
};

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

/** The scopes that the database keeps as one text. */
export const scopesIn = (text: string): Scope[] => text.split(',').filter(isScope);

/** Every scope there is, in the order of the help. */
export const allScopes = (): readonly Scope[] => ALL_SCOPES;

/** What tokens with these scopes may do, as far as their person's roles allow it. */
export const lentBy = (scopes: readonly Scope[]): Ability[] => [
  ...new Set(scopes.flatMap((scope) => TERMS[scope].abilities)),
];

/** The scopes that open a command; none when no token may run it. */
export const scopesFor = (command: string): Scope[] =>
  ALL_SCOPES.filter((scope) => TERMS[scope].commands.includes(command));

/** Refuses (TOKEN_SCOPE, exit 5) a command that a token's scopes do not open. */
export function requireScope(token: Pick<TokenInUse, 'name' | 'scopes'>, command: string): void {
  if (FREE.includes(command)) return;
  const opening = scopesFor(command);
  if (opening.length === 0) throw personNeeded(`run treasury ${command}`);
  if (!opening.some((scope) => token.scopes.includes(scope))) throw scopeMissing(token.name, opening);
}

/** The refusal (TOKEN_SCOPE) of what the person's role allows, but not their token. */
export function notLent(token: Pick<TokenInUse, 'name'>, ability: Ability): Problem {
  const opening = ALL_SCOPES.filter((scope) => lentBy([scope]).includes(ability));
  return opening.length === 0 ? personNeeded('do this') : scopeMissing(token.name, opening);
}

/**
 * Refuses (TOKEN_SCOPE, exit 5) a token where a person's roles are read anew, under a lock, without what they lent to it.
 */
export function requirePerson(actor: { readonly token?: TokenInUse }): void {
  if (actor.token !== undefined) throw personNeeded('do this');
}

const personNeeded = (what: string): Problem =>
  new Problem('forbidden', 'TOKEN_SCOPE', `No token may ${what}, whatever its scopes: it takes a person.`, {
    unchanged: 'Nothing was changed.',
    fix: 'unset TREASURY_TOKEN_FILE and log in: treasury login --user NAME',
  });

const scopeMissing = (name: string, opening: readonly Scope[]): Problem =>
  new Problem('forbidden', 'TOKEN_SCOPE', `The token ${name} lacks the scope ${opening.join(' or ')}.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury token create NAME --scope ${opening.join(',')} --out FILE`,
  });

const NAME = /^[a-z0-9][a-z0-9.-]{0,39}$/;

/** What is wrong with the name of a token; it has no underscore, so that it is never taken for a reference. */
export const tokenNameFault = (name: string): string | null =>
  NAME.test(name)
    ? null
    : `the name ${quoted(name)} must have 1 to 40 small letters, digits, dots and hyphens, a letter or digit first`;

/** The scopes in a text such as `books:read,ledger:verify`, each once, and everything that is wrong with it. */
export function parseScopes(words: readonly string[]): { scopes: Scope[]; faults: string[] } {
  const named = [...new Set(words.map((word) => word.toLowerCase()))];
  const unknown = named.filter((word) => !isScope(word));
  const known = `the scopes are ${ALL_SCOPES.join(', ')}`;
  return {
    scopes: named.filter(isScope),
    faults: [
      ...(unknown.length === 0 ? [] : [`there is no scope ${unknown.map(quoted).join(', ')}; ${known}`]),
      ...(named.length === 0 ? [`no scope is named; ${known}`] : []),
    ],
  };
}

/** `90d` or `12h` as milliseconds. Throws usage EXPIRY_INVALID unless it is between an hour and 365 days. */
export function parseLifetime(text: string): number {
  const [, digits = '', unit] = /^(\d{1,5})([dh])$/.exec(text.trim()) ?? [];
  const lifetimeMs = Number(digits) * (unit === 'd' ? DAY_MS : DAY_MS / 24);
  if (digits !== '' && lifetimeMs > 0 && lifetimeMs <= LONGEST_DAYS * DAY_MS) return lifetimeMs;
  throw usage('EXPIRY_INVALID', `${quoted(text)} is not a time after which a token ends: 1h to ${LONGEST_DAYS}d.`, {
    unchanged: 'No token was made.',
    fix: `--expires ${TOKEN_LIFETIME}`,
  });
}
