import type { Actor } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, updateUser, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { lockOfficeAs } from './manage-office.ts';

/** Lets a disabled person in again, with the roles they had. `changed` is false when they were not disabled. */
export async function enableUser(
  store: Store,
  admin: Actor,
  request: { username: string },
): Promise<{ view: UserView; changed: boolean }> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    const { username, disabledAt } = await lockUser(tx, userId);
    if (disabledAt === null) return { view: await getUser(tx, userId), changed: false };
    await updateUser(tx, userId, { disabledAt: null });
    const payload = { disabled_at: disabledAt };
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: 'user.enabled',
      subject: username,
      origin: admin.origin,
      payload,
    });
    return { view: await getUser(tx, userId), changed: true };
  });
}
