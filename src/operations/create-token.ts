import type { Actor } from '../domain/access.ts';
import { Problem, usage } from '../domain/problem.ts';
import { parseScopes, requirePerson, tokenNameFault } from '../domain/token.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import type { Store } from '../store/store.ts';
import { findUnrevoked, getTokenView, insertToken, type TokenView } from '../store/tokens.ts';
import { tokenHashOf } from './authenticate.ts';
import { acceptPassword, checkPassword } from './check-password.ts';

export interface NewToken {
  readonly name: string;
  /** As typed. */
  readonly scopes: readonly string[];
  readonly lifetimeMs: number;
  /** 256 random bits that the caller keeps; the database gets their hash. */
  readonly secret: string;
  /** The person's current password: a session that somebody stole must not leave a key behind that outlives it. */
  readonly password: string;
}

/**
 * Makes a token of one's own. Throws usage TOKEN_INVALID, auth LOGIN_FAILED or LOGIN_LOCKED for a wrong password, conflict
 * TOKEN_EXISTS while another of that name is not revoked, forbidden TOKEN_SCOPE for a token.
 */
export async function createToken(store: Store, actor: Actor, request: NewToken): Promise<TokenView> {
  requirePerson(actor);
  const { username, origin } = actor;
  const { scopes, faults: scopeFaults } = parseScopes(request.scopes);
  const nameFault = tokenNameFault(request.name);
  const faults = [...(nameFault === null ? [] : [nameFault]), ...scopeFaults];
  if (faults.length > 0) throw invalid(faults);
  const checked = await checkPassword(store, { username, password: request.password, origin });
  // On its own: a right password is no failed login, also where the name is taken.
  await store.write((tx) => acceptPassword(tx, checked), { apart: true });
  return store.write(async (tx) => {
    await acceptPassword(tx, checked);
    if ((await findUnrevoked(tx, { userId: checked.id, name: request.name })) !== undefined) throw taken(request.name);
    const token = await insertToken(tx, {
      userId: checked.id,
      name: request.name,
      secretHash: tokenHashOf(request.secret),
      scopes: scopes.join(','),
      expiresAt: new Date(tx.now.getTime() + request.lifetimeMs),
    });
    const payload = { name: token.name, owner: username, scopes, expires_at: token.expiresAt };
    await recordOfficeEvent(tx, { actor: username, action: 'token.created', subject: token.ref, origin, payload });
    return getTokenView(tx, token.id);
  });
}

const unchanged = 'No token was made.';

const invalid = (faults: readonly string[]): Problem =>
  usage('TOKEN_INVALID', 'This token cannot be made.', { unchanged, fix: 'treasury token create --help', faults });

const taken = (name: string): Problem =>
  new Problem('conflict', 'TOKEN_EXISTS', `You have a token ${name} that is not revoked.`, {
    unchanged,
    fix: `treasury token revoke ${name}, or another name`,
    retryable: false,
  });
