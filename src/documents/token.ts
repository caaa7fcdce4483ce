import { tokenState, type Scope, type TokenState } from '../domain/token.ts';
import type { TokenView } from '../store/tokens.ts';

export interface TokenDocument {
  readonly id: string;
  readonly ref: string;
  readonly name: string;
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly status: TokenState;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** A token: whose, for what, until when. Nothing of its secret. */
export const tokenDocument = ({ token, owner, scopes }: TokenView, now: Date): TokenDocument => ({
  id: token.id,
  ref: token.ref,
  name: token.name,
  user: owner,
  scopes,
  status: tokenState(token, now),
  created_at: token.createdAt.toISOString(),
  expires_at: token.expiresAt.toISOString(),
  last_used_at: token.lastUsedAt?.toISOString() ?? null,
  revoked_at: token.revokedAt?.toISOString() ?? null,
});
