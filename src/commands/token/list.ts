import { requireAbility, type Actor } from '../../domain/access.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { TOKEN_STATES, isTokenState } from '../../domain/token.ts';
import { tokenDocument, type TokenDocument } from '../../documents/token.ts';
import { resolveUser } from '../../store/people.ts';
import { listTokens } from '../../store/tokens.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command, Input } from '../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest } from '../listing.ts';

export const command: Command = {
  path: 'token list',
  summary: 'Your tokens, newest first',
  details: 'Those of others are for auditors, CFOs and admins.',
  options: [
    { flags: '--status <status>', about: TOKEN_STATES.join(', ') },
    { flags: '--user <username>', about: 'those of another person' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury token list', about: 'when each ends, and when it was last used' },
    { command: 'treasury token list --status active', about: 'those that can be used' },
  ],
  access: 'anyone',
  writes: false,
  document: 'token',
  async run(context, input) {
    const state = stateOf(input);
    const page = pageRequest(input);
    const actor = await context.actor();
    const named = input.optional('user');
    const found = await (
      await context.store()
    ).read(async (tx) => listTokens(tx, { userId: await ownerFor(tx, actor, named), state }, page));
    const zone = await context.zone();
    return listResult({
      noun: 'token',
      documents: found.rows.map((view) => tokenDocument(view, context.now())),
      columns: columnsFor(zone),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

async function ownerFor(tx: Tx, actor: Actor, named: string | undefined): Promise<string> {
  if (named === undefined || named.trim().toLowerCase() === actor.username) return actor.userId;
  requireAbility(actor, 'people.read');
  return resolveUser(tx, named, actor.grants);
}

function stateOf(input: Input) {
  const text = input.optional('status');
  if (text === undefined || isTokenState(text)) return text;
  throw usage('CHOICE_UNKNOWN', `--status ${quoted(text)} is not one of ${TOKEN_STATES.join(', ')}.`);
}

const columnsFor = (zone: string): Column<TokenDocument>[] => {
  const at = (
    key: 'created_at' | 'expires_at' | 'last_used_at',
    title: string,
    priority: number,
  ): Column<TokenDocument> => ({
    key,
    title,
    kind: 'time',
    value: ({ [key]: instant }) => (instant === null ? null : formatInstant(new Date(instant), zone)),
    csv: ({ [key]: instant }) => instant,
    priority,
  });
  return [
    { key: 'ref', title: 'Token', value: ({ ref }) => ref, priority: 1 },
    { key: 'name', title: 'Name', value: ({ name }) => name, priority: 1 },
    { key: 'scopes', title: 'Scopes', value: ({ scopes }) => scopes.join(', '), priority: 3 },
    { key: 'status', title: 'Status', value: ({ status }) => status, priority: 1 },
    at('expires_at', 'Ends', 2),
    at('last_used_at', 'Last used', 3),
    at('created_at', 'Made', 4),
    { key: 'user', title: 'User', value: ({ user }) => user, priority: 4 },
  ];
};
