import type { Actor } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, updateUser, voidOpenCodes, type UserView } from '../store/people.ts';
import { revokeSessions } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { lockOfficeAs, refuseLastAdmin } from './manage-office.ts';

export interface Disabled {
  readonly view: UserView;
  /** False when the person was disabled already: then nothing was changed. */
  readonly changed: boolean;
  readonly sessionsEnded: number;
  readonly codesVoided: number;
}

/** Shuts a person out: no login, every session ended, every open code void. Throws refused LAST_ADMIN. */
export async function disableUser(store: Store, admin: Actor, request: { username: string }): Promise<Disabled> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    const { username, disabledAt } = await lockUser(tx, userId);
    const before = await getUser(tx, userId);
    if (disabledAt !== null) return { view: before, changed: false, sessionsEnded: 0, codesVoided: 0 };
    await refuseLastAdmin(tx, before);
    await updateUser(tx, userId, { disabledAt: tx.now });
    const sessionsEnded = await revokeSessions(tx, userId);
    const codesVoided = await voidOpenCodes(tx, userId);
    const payload = { sessions_ended: sessionsEnded, codes_voided: codesVoided };
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: 'user.disabled',
      subject: username,
      origin: admin.origin,
      payload,
    });
    return { view: await getUser(tx, userId), changed: true, sessionsEnded, codesVoided };
  });
}
