import type { Actor } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, updateUser, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { lockOfficeAs, refuseLastAdmin } from './manage-office.ts';
import { shutOut, type ShutOut } from './shut-out.ts';

export interface Disabled {
  readonly view: UserView;
  /** False when the person was disabled already: then nothing was changed. */
  readonly changed: boolean;
  readonly ended: ShutOut;
}

/** Shuts a person out: no login, every session and token ended, every open code void. Throws refused LAST_ADMIN. */
export async function disableUser(store: Store, admin: Actor, request: { username: string }): Promise<Disabled> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    const { username, disabledAt } = await lockUser(tx, userId);
    const before = await getUser(tx, userId);
    if (disabledAt !== null)
      return { view: before, changed: false, ended: { sessions_ended: 0, tokens_ended: 0, codes_voided: 0 } };
    await refuseLastAdmin(tx, before);
    await updateUser(tx, userId, { disabledAt: tx.now });
    const ended = await shutOut(tx, userId);
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: 'user.disabled',
      subject: username,
      origin: admin.origin,
      payload: { ...ended },
    });
    return { view: await getUser(tx, userId), changed: true, ended };
  });
}
