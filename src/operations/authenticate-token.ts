import type { Actor, Origin } from '../domain/access.ts';
import { laterOf } from '../domain/clock.ts';
import { Problem } from '../domain/problem.ts';
import { LAST_USE_INTERVAL_MS } from '../domain/session.ts';
import { lentBy, scopesIn, tokenState, type TokenInUse } from '../domain/token.ts';
import { findToken, holdToken, touchToken, type Token, type TokenRow } from '../store/tokens.ts';
import type { Store, WriteOptions } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { actorOf, noteLastUse, tokenHashOf } from './authenticate.ts';

/** A person for whom a token acts. */
export interface Represented extends Actor {
  readonly token: TokenInUse;
}

/**
 * Whom a token's secret acts for: with the roles that its person holds now, as far as its scopes lend them. One read; the use is then
 * noted as that of a session. Throws auth TOKEN_UNKNOWN, TOKEN_REVOKED or TOKEN_EXPIRED.
 */
export async function authenticateToken(
  store: Store,
  request: { readonly secret: string; readonly now: Date; readonly origin: Origin },
): Promise<Represented> {
  const { secret, now, origin } = request;
  const rows = await store.read((tx) => findToken(tx, { secretHash: tokenHashOf(secret) }));
  const [first] = rows;
  if (first === undefined) throw unknown();
  const { token } = first;
  refuseEnded(token, laterOf(now, first.newestAt));
  if (first.user.disabledAt !== null) throw revoked(token);
  const before = new Date(now.getTime() - LAST_USE_INTERVAL_MS);
  if (token.lastUsedAt === null || token.lastUsedAt <= before)
    await noteLastUse(store, (tx) => touchToken(tx, token.id, before));
  return represented(first, rows, origin);
}

/** The trail tells that a token acted beside the machine from which it did. */
function represented(first: TokenRow, rows: readonly TokenRow[], origin: Origin): Represented {
  const { id, ref, name, scopes: words } = first.token;
  const scopes = scopesIn(words);
  const actor = actorOf(first, rows, { ...origin, userAgent: `${origin.userAgent} token=${name}` });
  const only = lentBy(scopes);
  return {
    ...actor,
    grants: actor.grants.map((grant) => ({ ...grant, only })),
    token: { id, ref, name, scopes },
  };
}

/**
 * A store in which nothing is kept that a token did after its end. Whether it still lives is read last in each transaction, so that
 * it is the last lock of it, as it is of who revokes: whoever comes second finds what the first one did.
 */
export function whileTokenLives(store: Store, token: () => TokenInUse | undefined): Store {
  const checked =
    <T>(work: (tx: Tx) => Promise<T>) =>
    async (tx: Tx): Promise<T> => {
      const result = await work(tx);
      const acting = token();
      if (acting !== undefined) refuseEnded(await holdToken(tx, acting.id), tx.now);
      return result;
    };
  return { ...store, write: (work, options?: WriteOptions) => store.write(checked(work), options) };
}

function refuseEnded(token: Token, now: Date): void {
  const state = tokenState(token, now);
  if (state === 'revoked') throw revoked(token);
  if (state === 'expired') throw expired(token);
}

const unchanged = 'Nothing was changed.';
const another = 'treasury token create NAME --scope SCOPE --out FILE';

const unknown = (): Problem =>
  new Problem('auth', 'TOKEN_UNKNOWN', 'The file that TREASURY_TOKEN_FILE names holds no token of this office.', {
    unchanged,
    fix: another,
  });

const revoked = ({ name, ref }: Token): Problem =>
  new Problem('auth', 'TOKEN_REVOKED', `The token ${name} (${ref}) has been revoked.`, { unchanged, fix: another });

const expired = ({ name, ref, expiresAt }: Token): Problem =>
  new Problem('auth', 'TOKEN_EXPIRED', `The token ${name} (${ref}) ended ${expiresAt.toISOString()}.`, {
    unchanged,
    fix: another,
  });
