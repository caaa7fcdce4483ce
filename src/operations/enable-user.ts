import type { Actor } from '../domain/access.ts';
import { commonPlace, movesMoney, type Shown } from '../domain/change.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, updateUser, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { lockOfficeAs } from './manage-office.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  propose,
  subjectOf,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface Enabled {
  readonly view: UserView;
  /** False when they were not disabled: then nothing was changed. */
  readonly changed: boolean;
}

/**
 * Lets a disabled person in again, with the roles they had. Once the office has paid and they hold a role that moves money,
 * that is a change for two.
 */
export async function enableUser(
  store: Store,
  admin: Actor,
  request: { username: string; reason?: string | null },
): Promise<Enabled | Proposed> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    const { disabledAt } = await lockUser(tx, userId);
    const view = await getUser(tx, userId);
    if (disabledAt === null) return { view, changed: false };
    if (view.grants.some(({ role }) => movesMoney(role)) && (await needsTwo(tx)))
      return proposeEnabling(tx, admin, view, request.reason ?? null);
    return { view: await letIn(tx, alone(admin), view), changed: true };
  });
}

const shownStatus = ({ user, grants }: UserView): Shown => ({
  status: user.disabledAt === null ? 'active' : 'disabled',
  roles: grants.map(({ role }) => role),
});

const proposeEnabling = (tx: Tx, admin: Actor, view: UserView, reason: string | null): Promise<Proposed> =>
  propose(tx, admin, {
    kind: enabling,
    subject: view.user.username,
    subjectUserId: view.user.id,
    place: commonPlace(view.grants),
    before: shownStatus(view),
    after: { ...shownStatus(view), status: 'active' },
    payload: {},
    reason,
    tell: [view.user.email],
  });

export const enabling: ChangeKind = {
  kind: 'user.enable',
  ofPerson: true,
  present: async (tx, change) => {
    await lockUser(tx, subjectOf(change));
    return shownStatus(await getUser(tx, subjectOf(change)));
  },
  apply: async (tx, authority, change) => {
    await lockOfficeAs(tx, authority.actor);
    await letIn(tx, authority, await getUser(tx, subjectOf(change)));
    return { lines: [], next: [`treasury user show ${change.subject}`] };
  },
};

async function letIn(tx: Tx, authority: Authority, { user }: UserView): Promise<UserView> {
  await updateUser(tx, user.id, { disabledAt: null });
  const payload = { disabled_at: user.disabledAt };
  await recordOfficeEvent(tx, happeningBy(authority, { action: 'user.enabled', subject: user.username, payload }));
  return getUser(tx, user.id);
}
