import type { Actor } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, updateUser, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { lockOfficeAs } from './manage-office.ts';

/** Clears the locks that failed logins and failed codes put on a person. `changed` is false when there was nothing to clear. */
export async function unlockUser(
  store: Store,
  admin: Actor,
  request: { username: string },
): Promise<{ before: UserView; after: UserView; changed: boolean }> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    await lockUser(tx, userId);
    const before = await getUser(tx, userId);
    const { username, failedLogins, lockedUntil, otpFailures, otpLockedAt } = before.user;
    const changed = failedLogins > 0 || lockedUntil !== null || otpFailures > 0 || otpLockedAt !== null;
    if (!changed) return { before, after: before, changed };
    await updateUser(tx, userId, { failedLogins: 0, lockedUntil: null, otpFailures: 0, otpLockedAt: null });
    const payload = {
      failed_logins: failedLogins,
      locked_until: lockedUntil,
      otp_failures: otpFailures,
      otp_locked_at: otpLockedAt,
    };
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: 'user.unlocked',
      subject: username,
      origin: admin.origin,
      payload,
    });
    return { before, after: await getUser(tx, userId), changed };
  });
}
