import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { authenticate } from '../../src/operations/authenticate.ts';
import { changeOwnPassword, resetPassword } from '../../src/operations/change-password.ts';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { enableUser } from '../../src/operations/enable-user.ts';
import { logIn } from '../../src/operations/log-in.ts';
import { logOut } from '../../src/operations/log-out.ts';
import { unlockUser } from '../../src/operations/unlock-user.ts';
import { addPlace } from '../../src/operations/add-place.ts';
import { sessionDocument, userDocument } from '../../src/documents/user.ts';
import { placeDocument } from '../../src/documents/place.ts';
import { placeSchema } from '../../src/documents/schemas/place.ts';
import { sessionSchema, userSchema } from '../../src/documents/schemas/user.ts';
import { listUsers } from '../../src/store/people.ts';
import { listPlaces } from '../../src/store/places.ts';
import type { Store } from '../../src/store/store.ts';
import { done } from '../support/changes.ts';
import { eachDatabase, type Open } from '../support/databases.ts';
import { actorOf, anOfficeWithAdmin, aPerson, aToken, ORIGIN, PASSWORD, viewOf } from '../support/people.ts';

const START = new Date('2026-10-05T06:00:00.000Z');
const MINUTE = 60_000;

/** A wait for a lock takes five seconds, before it is given up. */
const SOONER_THAN_A_WAIT_MS = 4_000;

/** A clock that the test moves. */
function aClock() {
  let at = START.getTime();
  return { now: () => new Date(at), pass: (ms: number) => void (at += ms) };
}

async function setUp(open: Open) {
  const clock = aClock();
  const { store, dialect, url } = await open({ clock: clock.now });
  const admin = await anOfficeWithAdmin(store);
  const login = async (username: string, password = PASSWORD) => {
    const token = aToken();
    const view = await logIn(store, { username, password, token, origin: ORIGIN });
    return { token, view };
  };
  const who = (token: string) => authenticate(store, { token, now: clock.now(), origin: ORIGIN });
  return { store, clock, admin, login, who, dialect, url };
}

const code = (value: string) => expect.objectContaining({ code: value });

/** The actions of the office's chain, oldest first. */
const officeActions = (store: Store) =>
  store.read(async (tx) => {
    const rows = await tx.db
      .select({ action: tx.t.auditEvents.action })
      .from(tx.t.auditEvents)
      .where(eq(tx.t.auditEvents.chain, 'office'))
      .orderBy(tx.t.auditEvents.seq);
    return rows.map(({ action }) => action);
  });

eachDatabase((open) => {
  describe('sessions', () => {
    test('a login says who one is and with which roles', async () => {
      const { store, admin, login, who } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier,requester' });
      const { token } = await login('carol');
      const actor = await who(token);
      expect(actor).toMatchObject({ username: 'carol', email: 'carol@acme.example', origin: ORIGIN });
      expect(actor.grants.map(({ role }) => role).toSorted()).toEqual(['cashier', 'requester']);
    });

    test('a session of a cashier rests 30 minutes, not a millisecond more', async () => {
      const { store, admin, login, who, clock } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier' });
      const { token } = await login('carol');
      clock.pass(30 * MINUTE);
      await who(token);
      clock.pass(30 * MINUTE + 1);
      await expect(who(token)).rejects.toMatchObject({
        kind: 'auth',
        code: 'SESSION_EXPIRED',
        details: { fix: 'treasury login --user carol' },
      });
    });

    test.each(['approver', 'treasurer', 'cfo', 'admin'])(
      'that of a person who is %s rests 15 minutes',
      async (roles) => {
        const { store, admin, login, who, clock } = await setUp(open);
        await aPerson(store, admin, 'dora', { roles });
        const { token } = await login('dora');
        clock.pass(15 * MINUTE);
        await who(token);
        clock.pass(15 * MINUTE + 1);
        await expect(who(token)).rejects.toEqual(code('SESSION_EXPIRED'));
      },
    );

    test('however it is used, a session ends after twelve hours', async () => {
      const { store, admin, login, who, clock } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier' });
      const { token } = await login('carol');
      for (let used = 0; used < 24; used += 1) {
        clock.pass(30 * MINUTE);
        await who(token);
      }
      clock.pass(1);
      await expect(who(token)).rejects.toEqual(code('SESSION_EXPIRED'));
    });

    test('last use is saved at most once a minute', async () => {
      const { store, admin, login, who, clock } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier' });
      const { token } = await login('carol');
      const lastUsed = () => store.read(async (tx) => (await tx.db.select().from(tx.t.sessions))[0]?.lastUsedAt);
      clock.pass(MINUTE - 1);
      await who(token);
      expect(await lastUsed()).toEqual(START);
      clock.pass(1);
      await who(token);
      expect(await lastUsed()).toEqual(new Date(START.getTime() + MINUTE));
    });

    test('another process that writes neither stops nor delays a read', async () => {
      const { store, admin, login, who, clock, url } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier' });
      const { token, view } = await login('carol');
      clock.pass(5 * MINUTE);
      const { openStore } = await import('../../src/store/open.ts');
      const other = await openStore(url, { clock: clock.now });
      const released = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      const writing = other.write(async (tx) => {
        await tx.db.update(tx.t.sessions).set({ origin: 'held' }).where(eq(tx.t.sessions.id, view.session.id));
        locked.resolve();
        await released.promise;
      });
      await locked.promise;
      const before = performance.now();
      expect((await who(token)).username).toBe('carol');
      expect(performance.now() - before).toBeLessThan(SOONER_THAN_A_WAIT_MS);
      released.resolve();
      await writing;
      await other.close();
    });

    test('a read-only database says who one is, too', async () => {
      const { store, admin, login, clock, url } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier' });
      const { token } = await login('carol');
      clock.pass(5 * MINUTE);
      const { openStore } = await import('../../src/store/open.ts');
      const readOnly = await openStore(url, { clock: clock.now, readOnly: true });
      const actor = await authenticate(readOnly, { token, now: clock.now(), origin: ORIGIN });
      await readOnly.close();
      expect(actor.username).toBe('carol');
    });

    test('a token that nobody was given is nobody, and so is the hash of a real one', async () => {
      const { store, login, who } = await setUp(open);
      await login('root-admin');
      const [session] = await store.read((tx) => tx.db.select().from(tx.t.sessions));
      for (const token of ['', aToken(), session?.tokenHash ?? '', "' or 1=1 --"]) {
        await expect(who(token)).rejects.toMatchObject({ kind: 'auth', code: 'SESSION_MISSING' });
      }
    });

    test('after logout the token is worth nothing, and logging out twice is no fault', async () => {
      const { store, login, who } = await setUp(open);
      const { token } = await login('root-admin');
      expect(await logOut(store, { token, origin: ORIGIN })).toMatchObject({ user: { username: 'root-admin' } });
      await expect(who(token)).rejects.toEqual(code('SESSION_MISSING'));
      expect(await logOut(store, { token, origin: ORIGIN })).toBeNull();
    });

    test('the database never holds the token itself', async () => {
      const { store, login } = await setUp(open);
      const { token } = await login('root-admin');
      const all = await store.read(async (tx) => [
        await tx.db.select().from(tx.t.sessions),
        await tx.db.select({ body: tx.t.auditEvents.body }).from(tx.t.auditEvents),
      ]);
      expect(JSON.stringify(all)).not.toContain(token);
    });
  });

  describe('passwords', () => {
    test('a wrong password, an unknown user and a disabled one get the same answer', async () => {
      const { store, admin, login } = await setUp(open);
      await aPerson(store, admin, 'carol');
      await aPerson(store, admin, 'gone');
      await disableUser(store, admin, { username: 'gone' });
      const answers = await Promise.all(
        [login('carol', 'not the password!!'), login('nobody'), login('gone')].map((one) =>
          one.catch((error: Error & { details: unknown }) => ({ message: error.message, details: error.details })),
        ),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[1]).toEqual(answers[2]);
      expect(answers[0]).toHaveProperty('message');
    });

    test('the tenth failure locks for fifteen minutes, even against the right password', async () => {
      const { store, admin, login, clock } = await setUp(open);
      await aPerson(store, admin, 'carol');
      for (let tries = 1; tries <= 10; tries += 1)
        await expect(login('carol', 'wrong')).rejects.toEqual(code('LOGIN_FAILED'));
      await expect(login('carol')).rejects.toMatchObject({ kind: 'auth', code: 'LOGIN_LOCKED' });
      expect(await officeActions(store)).toContain('user.locked');
      clock.pass(15 * MINUTE);
      await expect(login('carol')).rejects.toEqual(code('LOGIN_LOCKED'));
      clock.pass(1);
      await login('carol');
    });

    test('nine failures and the right password: the count starts anew', async () => {
      const { store, admin, login } = await setUp(open);
      await aPerson(store, admin, 'carol');
      for (let tries = 1; tries <= 9; tries += 1) await login('carol', 'wrong').catch(() => undefined);
      await login('carol');
      expect((await viewOf(store, 'carol')).user).toMatchObject({ failedLogins: 0, lockedUntil: null });
    });

    test('guesses at the same moment gain nothing: ten are heard, no more', async () => {
      const { store, admin, login } = await setUp(open);
      await aPerson(store, admin, 'carol');
      const guesses = await Promise.allSettled(Array.from({ length: 14 }, () => login('carol', 'wrong')));
      const codes = guesses.map((one) => (one.status === 'rejected' && 'code' in one.reason ? one.reason.code : 'in'));
      expect(codes.filter((one) => one === 'LOGIN_FAILED')).toHaveLength(10);
      expect(codes.filter((one) => one === 'LOGIN_LOCKED')).toHaveLength(4);
    });

    test('an admin unlocks at once; unlocking again changes nothing', async () => {
      const { store, admin, login } = await setUp(open);
      await aPerson(store, admin, 'carol');
      for (let tries = 1; tries <= 10; tries += 1) await login('carol', 'wrong').catch(() => undefined);
      await store.write((tx) =>
        tx.db.update(tx.t.users).set({ otpFailures: 20, otpLockedAt: tx.now }).where(eq(tx.t.users.username, 'carol')),
      );
      expect((await unlockUser(store, admin, { username: 'carol' })).changed).toBe(true);
      expect((await viewOf(store, 'carol')).user).toMatchObject({
        failedLogins: 0,
        lockedUntil: null,
        otpFailures: 0,
        otpLockedAt: null,
      });
      expect((await unlockUser(store, admin, { username: 'carol' })).changed).toBe(false);
      await login('carol');
    });

    test('one changes one’s own password after giving the current one; every session ends', async () => {
      const { store, admin, login, who } = await setUp(open);
      await aPerson(store, admin, 'carol');
      const { token } = await login('carol');
      const carol = await actorOf(store, 'carol');
      const password = 'another horse battery';
      await expect(changeOwnPassword(store, carol, { current: 'wrong', password })).rejects.toEqual(
        code('LOGIN_FAILED'),
      );
      await changeOwnPassword(store, carol, { current: PASSWORD, password });
      await expect(who(token)).rejects.toEqual(code('SESSION_MISSING'));
      await expect(login('carol')).rejects.toEqual(code('LOGIN_FAILED'));
      await login('carol', password);
    });

    test('an admin resets others’ passwords, not their own; nobody else resets any', async () => {
      const { store, admin, login } = await setUp(open);
      await aPerson(store, admin, 'carol');
      await aPerson(store, admin, 'brian');
      const password = 'another horse battery';
      const brian = await actorOf(store, 'brian');
      await expect(resetPassword(store, brian, { username: 'carol', password })).rejects.toEqual(code('ROLE_MISSING'));
      await expect(resetPassword(store, admin, { username: 'root-admin', password })).rejects.toEqual(
        code('CURRENT_PASSWORD_MISSING'),
      );
      await resetPassword(store, admin, { username: 'carol', password });
      await login('carol', password);
    });

    test('fifteen characters are enough, fourteen are not, and the password is in no message', async () => {
      const { store, admin } = await setUp(open);
      await aPerson(store, admin, 'short-enough', { password: 'a'.repeat(15) });
      const refused = await aPerson(store, admin, 'too-short', { password: 'sesame-sesame!' }).catch(
        (error: Error) => error,
      );
      expect(refused).toMatchObject({ kind: 'usage', code: 'USER_INVALID' });
      expect(JSON.stringify(refused)).not.toContain('sesame');
    });

    test('no hash and no password is in the audit log', async () => {
      const { store, admin } = await setUp(open);
      await aPerson(store, admin, 'carol');
      const events = await store.read((tx) => tx.db.select({ body: tx.t.auditEvents.body }).from(tx.t.auditEvents));
      expect(JSON.stringify(events)).not.toMatch(/argon2|correct horse/);
    });
  });

  describe('people', () => {
    test('all that is wrong with a person is said at once, and nobody is added', async () => {
      const { store, admin } = await setUp(open);
      const bad = {
        email: 'carol@acme.example,thief@evil.example',
        displayName: 'Ca\u202erol',
        phone: '12',
        roles: 'admin,cashier,king',
        place: { company: 'ACME' },
        password: 'short',
      };
      const refused: { code: string; details: { faults: string[] } } = await aPerson(store, admin, 'Carol!', bad).then(
        () => expect.fail('added'),
        (error) => error,
      );
      expect(refused.code).toBe('USER_INVALID');
      expect(refused.details.faults).toHaveLength(8);
      const count = await store.read((tx) => listUsers(tx, {}, { limit: 0, after: null }, admin.grants));
      expect(count.count).toBe(1);
    });

    test('an email is kept in small letters and phones in one form, so that each is one person’s', async () => {
      const { store, admin } = await setUp(open);
      const { user } = await aPerson(store, admin, 'carol', { email: ' Carol@Acme.Example ', phone: '0712 345 678' });
      expect(user).toMatchObject({ email: 'carol@acme.example', phone: '254712345678' });
      const again = aPerson(store, admin, 'carla', { email: 'CAROL@acme.example', phone: '+254 712-345678' });
      await expect(again).rejects.toMatchObject({
        kind: 'conflict',
        code: 'USER_EXISTS',
        details: { faults: [expect.stringContaining("carol's"), expect.stringContaining("carol's")] },
      });
      await expect(aPerson(store, admin, 'carol', { email: 'x@acme.example' })).rejects.toEqual(code('USER_EXISTS'));
    });

    test('nobody but an admin adds, disables, unlocks or gives roles', async () => {
      const { store, admin } = await setUp(open);
      await aPerson(store, admin, 'esther', { roles: 'cfo' });
      const esther = await actorOf(store, 'esther');
      const attempts = [
        () => aPerson(store, esther, 'crony'),
        () => disableUser(store, esther, { username: 'root-admin' }),
        () => enableUser(store, esther, { username: 'root-admin' }),
        () => unlockUser(store, esther, { username: 'root-admin' }),
        () => changeRoles(store, esther, { username: 'root-admin', roles: 'auditor', place: {} }),
        () => addPlace(store, esther, { kind: 'company', code: 'SHELL', name: 'Shell', within: {} }),
      ];
      for (const attempt of attempts)
        await expect(attempt()).rejects.toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
    });

    test('an admin whose role was taken meanwhile is refused, whatever their session still says', async () => {
      const { store, admin } = await setUp(open);
      await aPerson(store, admin, 'second', { roles: 'admin' });
      const second = await actorOf(store, 'second');
      await changeRoles(store, admin, { username: 'second', roles: 'requester', place: {} });
      await expect(aPerson(store, second, 'crony')).rejects.toEqual(code('ROLE_MISSING'));
    });

    test('new roles replace the old ones, which stay in the records', async () => {
      const { store, admin } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier,requester' });
      const { before, after } = await done(
        changeRoles(store, admin, { username: 'carol', roles: 'approver', place: { company: 'ACME' } }),
      );
      expect(before.grants.map(({ role }) => role)).toEqual(['cashier', 'requester']);
      expect(after.grants).toMatchObject([
        { role: 'approver', company: 'ACME', region: null, grantedBy: 'root-admin' },
      ]);
      const kept = await store.read((tx) =>
        tx.db.select().from(tx.t.roleGrants).where(eq(tx.t.roleGrants.userId, after.user.id)),
      );
      expect(kept).toHaveLength(3);
    });

    test('nobody changes their own roles', async () => {
      const { store, admin } = await setUp(open);
      const own = changeRoles(store, admin, { username: 'ROOT-ADMIN', roles: 'cashier', place: {} });
      await expect(own).rejects.toMatchObject({ kind: 'forbidden', code: 'SELF_GRANT' });
    });

    test('the last admin who can log in is neither disabled nor demoted', async () => {
      const { store, admin } = await setUp(open);
      await expect(disableUser(store, admin, { username: 'root-admin' })).rejects.toMatchObject({
        kind: 'refused',
        code: 'LAST_ADMIN',
      });
      await aPerson(store, admin, 'second', { roles: 'admin' });
      const second = await actorOf(store, 'second');
      await disableUser(store, second, { username: 'root-admin' });
      await expect(disableUser(store, second, { username: 'second' })).rejects.toEqual(code('LAST_ADMIN'));
    });

    test('two admins who shut each other out at the same moment: one stays', async () => {
      const { store, admin, url, clock } = await setUp(open);
      await aPerson(store, admin, 'second', { roles: 'admin' });
      const second = await actorOf(store, 'second');
      const { openStore } = await import('../../src/store/open.ts');
      const other = await openStore(url, { clock: clock.now });
      const outcomes = await Promise.allSettled([
        disableUser(store, admin, { username: 'second' }),
        disableUser(other, second, { username: 'root-admin' }),
      ]);
      await other.close();
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    test('a disabled person is out at once: session, login and open codes', async () => {
      const { store, admin, login, who } = await setUp(open);
      await aPerson(store, admin, 'carol', { roles: 'cashier' });
      const { token } = await login('carol');
      const outcome = await disableUser(store, admin, { username: 'carol' });
      expect(outcome).toMatchObject({ changed: true, ended: { sessions_ended: 1 } });
      await expect(who(token)).rejects.toEqual(code('SESSION_MISSING'));
      await expect(login('carol')).rejects.toEqual(code('LOGIN_FAILED'));
      expect((await disableUser(store, admin, { username: 'carol' })).changed).toBe(false);
      await enableUser(store, admin, { username: 'carol' });
      await expect(who(token)).rejects.toEqual(code('SESSION_MISSING'));
      await login('carol');
    });

    test('each change is exactly one event', async () => {
      const { store, admin } = await setUp(open);
      await aPerson(store, admin, 'carol');
      await changeRoles(store, admin, { username: 'carol', roles: 'cashier', place: {} });
      await disableUser(store, admin, { username: 'carol' });
      await disableUser(store, admin, { username: 'carol' });
      await enableUser(store, admin, { username: 'carol' });
      expect((await officeActions(store)).slice(3)).toEqual([
        'user.added',
        'user.roles_changed',
        'user.disabled',
        'user.enabled',
      ]);
    });

    test('the documents of people, sessions and places are what their schemas say, and hold no hash', async () => {
      const { store, admin, login } = await setUp(open);
      await addPlace(store, admin, { kind: 'region', code: 'NBI-R', name: 'Nairobi', within: {} });
      await aPerson(store, admin, 'carol', { roles: 'cashier', place: { region: 'NBI-R' }, phone: '0712345678' });
      const { view } = await login('carol');
      const documents = [
        userSchema.parse(userDocument(view)),
        sessionSchema.parse(sessionDocument(view, view.session, view.session.expiresAt)),
        ...(await store.read((tx) => listPlaces(tx, admin.grants))).map((place) =>
          placeSchema.parse(placeDocument(place)),
        ),
      ];
      expect(documents).toHaveLength(4);
      expect(JSON.stringify(documents)).not.toMatch(/argon2|hash/i);
    });

    test('people of one company know nobody of another, but the admins', async () => {
      const { store, admin } = await setUp(open);
      await addPlace(store, admin, { kind: 'company', code: 'BETA', name: 'Beta', within: {} });
      await aPerson(store, admin, 'esther', { roles: 'cfo', place: { company: 'ACME' } });
      await aPerson(store, admin, 'bella', { roles: 'cfo', place: { company: 'BETA' } });
      const esther = await actorOf(store, 'esther');
      const seen = await store.read((tx) => listUsers(tx, {}, { limit: 0, after: null }, esther.grants));
      expect(seen.rows.map(({ user }) => user.username).toSorted()).toEqual(['esther', 'root-admin']);
    });

    test('lists are cut, counted over all pages and go on where they were cut', async () => {
      const { store, admin, clock } = await setUp(open);
      for (const name of ['ann', 'ben', 'cat', 'dan']) {
        clock.pass(1000);
        await aPerson(store, admin, name);
      }
      const first = await store.read((tx) => listUsers(tx, {}, { limit: 3, after: null }, admin.grants));
      const second = await store.read((tx) => listUsers(tx, {}, { limit: 3, after: first.next }, admin.grants));
      const names = [...first.rows, ...second.rows].map(({ user }) => user.username);
      expect(names).toEqual(['dan', 'cat', 'ben', 'ann', 'root-admin']);
      expect([first.count, second.count, second.next]).toEqual([5, 5, null]);
      const searched = await store.read((tx) =>
        listUsers(tx, { search: '%' }, { limit: 0, after: null }, admin.grants),
      );
      expect(searched.count).toBe(0);
    });
  });
});
