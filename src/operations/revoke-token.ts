import type { Actor } from '../domain/access.ts';
import { requirePerson } from '../domain/token.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { lockOffice } from '../store/office.ts';
import { resolveUser } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { getTokenView, resolveToken, revokeToken, type TokenView } from '../store/tokens.ts';
import type { Tx } from '../store/transaction.ts';
import { lockOfficeAs } from './manage-office.ts';

export interface RevokedToken {
  readonly view: TokenView;
  /** False when it was revoked already: then nothing was changed. */
  readonly changed: boolean;
}

/**
 * Ends a token, one's own or (admins) that of a person who is named. Whatever it is doing at that moment is kept or refused as a
 * whole; nothing that it does is kept afterwards.
 */
export async function endToken(
  store: Store,
  actor: Actor,
  request: { readonly token: string; readonly owner: string | null },
): Promise<RevokedToken> {
  requirePerson(actor);
  return store.write(async (tx) => {
    const userId = await ownerFor(tx, actor, request.owner);
    const id = await resolveToken(tx, request.token, userId);
    const changed = await revokeToken(tx, id);
    const view = await getTokenView(tx, id);
    if (changed) {
      const payload = { name: view.token.name, owner: view.owner };
      const { username, origin } = actor;
      await recordOfficeEvent(tx, {
        actor: username,
        action: 'token.revoked',
        subject: view.token.ref,
        origin,
        payload,
      });
    }
    return { view, changed };
  });
}

async function ownerFor(tx: Tx, actor: Actor, owner: string | null): Promise<string> {
  if (owner === null || owner.trim().toLowerCase() === actor.username) {
    await lockOffice(tx);
    return actor.userId;
  }
  await lockOfficeAs(tx, actor);
  return resolveUser(tx, owner, actor.grants);
}
