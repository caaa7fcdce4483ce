import type { Actor } from '../domain/access.ts';
import { commonPlace, type Shown } from '../domain/change.ts';
import { emailFault, nameFault, normalEmail } from '../domain/people.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, takenBy, updateUser, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { lockOfficeAs } from './manage-office.ts';
import { normalPhone } from './phone.ts';
import { shutOut } from './shut-out.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  subjectOf,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface EditUserRequest {
  readonly username: string;
  readonly email?: string | undefined;
  /** `none` takes it away. */
  readonly phone?: string | undefined;
  readonly name?: string | undefined;
  readonly reason?: string | null;
}

export interface EditedUser {
  readonly before: UserView;
  readonly after: UserView;
}

/** What a person is reached by and called. */
interface Contact {
  readonly email: string;
  readonly phone: string | null;
  readonly displayName: string;
}

/**
 * Changes a person's email, phone or name. Another person's email and phone are a change for two once the office has paid: codes
 * go to the one, and the other may never be paid to. Throws usage USER_INVALID, conflict USER_EXISTS, forbidden.
 */
export async function editUser(store: Store, admin: Actor, request: EditUserRequest): Promise<EditedUser | Proposed> {
  const edit = await examine(request);
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    await lockUser(tx, userId);
    const before = await getUser(tx, userId);
    const contact = { ...contactOf(before), ...edit };
    await refuseTaken(tx, before, contact);
    const reached = contact.email !== before.user.email || contact.phone !== before.user.phone;
    if (reached && userId !== admin.userId && (await needsTwo(tx)))
      return proposeContact(tx, admin, { before, contact, reason: request.reason ?? null });
    return { before, after: await applyContact(tx, alone(admin), before, contact) };
  });
}

async function examine({ email, phone, name }: EditUserRequest): Promise<Partial<Contact>> {
  const written = email === undefined ? undefined : normalEmail(email);
  const number = phone === undefined || phone.trim() === 'none' ? null : await normalPhone(phone);
  const faults = [
    written === undefined ? null : emailFault(written),
    phone !== undefined && phone.trim() !== 'none' && number === null
      ? `the phone ${quoted(phone)} is not one, such as 0712 345 678, or none`
      : null,
    name === undefined ? null : nameFault('the name', name),
  ].filter((fault) => fault !== null);
  if (faults.length > 0)
    throw usage('USER_INVALID', 'This person cannot be changed like this.', {
      unchanged: 'Nothing was changed.',
      fix: 'treasury user edit --help',
      faults,
    });
  return {
    ...(written === undefined ? {} : { email: written }),
    ...(phone === undefined ? {} : { phone: number }),
    ...(name === undefined ? {} : { displayName: name.trim() }),
  };
}

const contactOf = ({ user }: UserView): Contact => ({
  email: user.email,
  phone: user.phone,
  displayName: user.displayName,
});

async function refuseTaken(tx: Tx, { user }: UserView, { email, phone }: Contact): Promise<void> {
  const others = (await takenBy(tx, { username: user.username, email, phone })).filter(
    ({ username }) => username !== user.username,
  );
  const [other] = others;
  if (other === undefined) return;
  const what = other.email === email ? `email ${email}` : `phone ${phone}`;
  throw new Problem('conflict', 'USER_EXISTS', `The ${what} is ${other.username}'s.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury user show ${other.username}`,
    retryable: false,
  });
}

const shownContact = ({ email, phone, displayName }: Contact): Shown => ({ email, phone, name: displayName });

const proposeContact = (
  tx: Tx,
  admin: Actor,
  { before, contact, reason }: { before: UserView; contact: Contact; reason: string | null },
): Promise<Proposed> =>
  propose(tx, admin, {
    kind: contactChange,
    subject: before.user.username,
    subjectUserId: before.user.id,
    place: commonPlace(before.grants),
    before: shownContact(contactOf(before)),
    after: shownContact(contact),
    payload: { ...contact },
    reason,
    tell: [before.user.email, contact.email],
  });

export const contactChange: ChangeKind = {
  kind: 'user.contact',
  ofPerson: true,
  present: async (tx, change) => {
    await lockUser(tx, subjectOf(change));
    return shownContact(contactOf(await getUser(tx, subjectOf(change))));
  },
  apply: async (tx, authority, change) => {
    await lockOfficeAs(tx, authority.actor);
    const before = await getUser(tx, subjectOf(change));
    const { email, phone, displayName } = payloadOf<Contact>(change);
    await refuseTaken(tx, before, { email, phone, displayName });
    await applyContact(tx, authority, before, { email, phone, displayName });
    return { lines: [], next: [`treasury user show ${change.subject}`] };
  },
};

async function applyContact(tx: Tx, authority: Authority, before: UserView, contact: Contact): Promise<UserView> {
  const { id, username, email, phone, displayName } = before.user;
  const moved = contact.email !== email || contact.phone !== phone;
  if (!moved && contact.displayName === displayName) return before;
  await updateUser(tx, id, { ...contact });
  const another = id !== authority.actor.userId;
  // Codes that went to the old address are worthless, and so is a login of somebody who is another by now.
  const ended = moved && another ? await shutOut(tx, id) : {};
  const payload = { before: shownContact(contactOf(before)), after: shownContact(contact), ...ended };
  await recordOfficeEvent(tx, happeningBy(authority, { action: 'user.edited', subject: username, payload }));
  return getUser(tx, id);
}
