import { and, count, desc, eq, gt, isNotNull, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import { scopesIn, type Scope, type TokenState } from '../domain/token.ts';
import { holderColumns, liveGrantOfUser, type HolderRow } from './holders.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { newIdentity } from './references.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';

/** A token without what is kept of its secret, which nobody needs to see. */
export type Token = Omit<Row<'tokens'>, 'secretHash'>;

/** A token with whose it is. */
export interface TokenRow extends HolderRow {
  readonly token: Token;
}

export interface TokenView {
  readonly token: Token;
  readonly scopes: readonly Scope[];
  /** The username of its person. */
  readonly owner: string;
}

const tokenColumns = ({ t: { tokens } }: Tx) => {
  const { id, ref, userId, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = tokens;
  return { id, ref, userId, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt };
};

/** Everything that says who acts with a token's secret, in one statement. */
export const findToken = (tx: Tx, parameters: { secretHash: string }): Promise<TokenRow[]> =>
  tokenRows(tx, { ...parameters, now: tx.now });

const tokenRows: (tx: Tx, parameters: { secretHash: string; now: Date }) => Promise<TokenRow[]> = preparedRows(
  'find_token',
  (tx) => {
    const { tokens, users, roleGrants, office } = tx.t;
    const secretHash = bound(tokens.secretHash, 'secretHash');
    const found =
      tx.dialect === 'sqlite'
        ? eq(tokens.secretHash, secretHash)
        : sql`${tokens.id} = treasury_token_of(${secretHash})`;
    return tx.db
      .select({ token: tokenColumns(tx), ...holderColumns(tx) })
      .from(tokens)
      .innerJoin(users, eq(users.id, tokens.userId))
      .leftJoin(office, sql`true`)
      .leftJoin(roleGrants, liveGrantOfUser(tx))
      .where(found)
      .orderBy(roleGrants.id);
  },
);

/** A token's row as it is now; on Postgres nobody can revoke it before this transaction has ended. */
export async function holdToken(tx: Tx, id: string): Promise<Row<'tokens'>> {
  const { tokens } = tx.t;
  const query = tx.db.select().from(tokens).where(eq(tokens.id, id));
  const [row] = tx.dialect === 'postgres' ? await query.for('share') : await query;
  if (row === undefined) throw new Error(`token ${id} has gone`);
  return row;
}

/** Adds a token; answers its row. */
export async function insertToken(
  tx: Tx,
  token: Pick<Row<'tokens'>, 'userId' | 'name' | 'secretHash' | 'scopes' | 'expiresAt'>,
): Promise<Row<'tokens'>> {
  const row = {
    ...(await newIdentity(tx, 'tokens')),
    ...token,
    createdAt: tx.now,
    lastUsedAt: null,
    revokedAt: null,
  };
  await tx.db.insert(tx.t.tokens).values(row);
  return row;
}

/** Notes that a token was used, unless that was noted after `before`. Where another transaction holds the row it is left alone. */
export async function touchToken(tx: Tx, id: string, before: Date): Promise<void> {
  const { tokens } = tx.t;
  const unnoted = or(isNull(tokens.lastUsedAt), lte(tokens.lastUsedAt, before));
  const stale = and(eq(tokens.id, id), unnoted, isNull(tokens.revokedAt));
  if (tx.dialect === 'postgres') {
    const free = await tx.db.select({ id: tokens.id }).from(tokens).where(stale).for('update', { skipLocked: true });
    if (free.length === 0) return;
  }
  await tx.db.update(tokens).set({ lastUsedAt: tx.now }).where(stale);
}

/** The token of this name that its person has not revoked. */
export async function findUnrevoked(
  tx: Tx,
  { userId, name }: { userId: string; name: string },
): Promise<Row<'tokens'> | undefined> {
  const { tokens } = tx.t;
  const [row] = await tx.db
    .select()
    .from(tokens)
    .where(and(eq(tokens.userId, userId), eq(tokens.name, name), isNull(tokens.revokedAt)));
  return row;
}

/** The id of the token that a name, reference or id means among a person's; of several with one name, the one not revoked. */
export async function resolveToken(tx: Tx, text: string, userId: string): Promise<string> {
  const { tokens } = tx.t;
  const live = await findUnrevoked(tx, { userId, name: text.trim() });
  if (live !== undefined) return live.id;
  const naming: Naming = { table: 'tokens', noun: 'token', codes: [tokens.name], listCommand: 'treasury token list' };
  return resolveName(tx, naming, text, eq(tokens.userId, userId));
}

/** One token with whose it is. */
export async function getTokenView(tx: Tx, id: string): Promise<TokenView> {
  const [view] = await tokenViews(tx, eq(tx.t.tokens.id, id), 1);
  if (view === undefined) throw new Error(`token ${id} has gone`);
  return view;
}

/** Ends one token; answers whether it was still open. */
export async function revokeToken(tx: Tx, id: string): Promise<boolean> {
  const { tokens } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(tokens).where(eq(tokens.id, id)), tokens);
  if (row === undefined || row.revokedAt !== null) return false;
  await tx.db.update(tokens).set({ revokedAt: tx.now }).where(eq(tokens.id, id));
  return true;
}

/** Ends every token of a person; answers how many were open. */
export async function revokeTokens(tx: Tx, userId: string): Promise<number> {
  const { tokens } = tx.t;
  const open = and(eq(tokens.userId, userId), isNull(tokens.revokedAt));
  const found = await tx.db.select({ id: tokens.id }).from(tokens).where(open);
  if (found.length > 0) await tx.db.update(tokens).set({ revokedAt: tx.now }).where(open);
  return found.length;
}

/** Revokes every token that had ended by an instant, so that no clock can bring it back; answers how many. */
export async function revokeEnded(tx: Tx, at: Date): Promise<number> {
  const { tokens } = tx.t;
  const ended = await tx.db
    .update(tokens)
    .set({ revokedAt: tx.now })
    .where(and(isNull(tokens.revokedAt), lte(tokens.expiresAt, at)))
    .returning({ id: tokens.id });
  return ended.length;
}

export interface TokenFilter {
  /** Whose; without it everybody's. */
  readonly userId?: string;
  readonly state?: TokenState | undefined;
}

/** Tokens, newest first, and how many there are in all. */
export async function listTokens(
  tx: Tx,
  filter: TokenFilter,
  page: PageRequest,
): Promise<{ rows: TokenView[]; next: string | null; count: number }> {
  const { tokens } = tx.t;
  const condition = and(
    filter.userId === undefined ? undefined : eq(tokens.userId, filter.userId),
    filter.state === undefined ? undefined : inState(tx, filter.state),
  );
  const [total] = await tx.db.select({ count: count() }).from(tokens).where(condition);
  const found = await tokenViews(tx, and(condition, afterCursor(tokens, page.after)), rowsToAsk(page));
  const cut = cutPage(
    found.map((view) => ({ view, createdAt: view.token.createdAt, id: view.token.id })),
    page,
  );
  return { rows: cut.rows.map(({ view }) => view), next: cut.next, count: total?.count ?? 0 };
}

function inState(tx: Tx, state: TokenState): SQL | undefined {
  const { tokens } = tx.t;
  if (state === 'revoked') return isNotNull(tokens.revokedAt);
  // As tokenState: the instant at which it ends is its last.
  const ended = lte(tokens.expiresAt, new Date(tx.now.getTime() - 1));
  return and(
    isNull(tokens.revokedAt),
    state === 'expired' ? ended : gt(tokens.expiresAt, new Date(tx.now.getTime() - 1)),
  );
}

async function tokenViews(tx: Tx, condition: SQL | undefined, limit: number): Promise<TokenView[]> {
  const { tokens, users } = tx.t;
  const rows = await tx.db
    .select({ token: tokenColumns(tx), owner: users.username })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(condition)
    .orderBy(desc(tokens.createdAt), desc(tokens.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, scopes: scopesIn(row.token.scopes) }));
}
