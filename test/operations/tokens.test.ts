import { createHash } from 'node:crypto';
import { desc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { allScopes, type Scope } from '../../src/domain/token.ts';
import { addPlace } from '../../src/operations/add-place.ts';
import { authenticateToken, whileTokenLives, type Represented } from '../../src/operations/authenticate-token.ts';
import { changeOwnPassword, resetPassword } from '../../src/operations/change-password.ts';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { createToken } from '../../src/operations/create-token.ts';
import { confirmChange, rejectChange } from '../../src/operations/decide-change.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { editUser } from '../../src/operations/edit-user.ts';
import { enableUser } from '../../src/operations/enable-user.ts';
import { examineTokens } from '../../src/operations/examine-tokens.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { endToken } from '../../src/operations/revoke-token.ts';
import { tokenDocument } from '../../src/documents/token.ts';
import { tokenSchema } from '../../src/documents/schemas/user.ts';
import { openStore } from '../../src/store/open.ts';
import { lockOffice, updateOffice } from '../../src/store/office.ts';
import type { Store } from '../../src/store/store.ts';
import { listTokens } from '../../src/store/tokens.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { problemOf } from '../support/an-office.ts';
import { done } from '../support/changes.ts';
import { eachDatabase, type Open } from '../support/databases.ts';
import { actorOf, anOfficeWithAdmin, aPerson, aToken, ORIGIN, PASSWORD } from '../support/people.ts';
import { rawConnection, type Value } from '../support/raw.ts';

const START = new Date('2026-10-05T06:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A wait for a lock takes five seconds, before it is given up. */
const SOONER_THAN_A_WAIT_MS = 4_000;

async function setUp(open: Open) {
  let at = START.getTime();
  const now = () => new Date(at);
  const { store, url } = await open({ clock: now });
  const admin = await anOfficeWithAdmin(store);
  await aPerson(store, admin, 'carol', { roles: 'cashier' });
  const carol = await actorOf(store, 'carol');
  const make = async (change: Partial<Parameters<typeof createToken>[2]> = {}, actor: Actor = carol) => {
    const secret = change.secret ?? aToken();
    const usual = { name: 'nightly', scopes: ['replenish:check'], lifetimeMs: DAY, password: PASSWORD };
    const { token } = await createToken(store, actor, { ...usual, ...change, secret });
    return { secret, token };
  };
  const who = (secret: string) => authenticateToken(store, { secret, now: now(), origin: ORIGIN });
  const other = () => openStore(url, { clock: now });
  return { store, url, admin, carol, make, who, other, now, pass: (ms: number) => void (at += ms) };
}

const code = (value: string) => expect.objectContaining({ code: value });

/** The newest event of the office's chain. */
const newestEvent = (store: Store) =>
  store.read(async (tx) => {
    const { auditEvents } = tx.t;
    const [row] = await tx.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.chain, 'office'))
      .orderBy(desc(auditEvents.seq))
      .limit(1);
    return JSON.parse(row?.body ?? '{}') as Record<string, unknown>;
  });

const failedLogins = (store: Store) =>
  store.read(async (tx) => {
    const { users } = tx.t;
    return (await tx.db.select().from(users).where(eq(users.username, 'carol')))[0]?.failedLogins;
  });

const rename = async (tx: Tx, mailFrom: string): Promise<void> => {
  await lockOffice(tx);
  await updateOffice(tx, { mailFrom });
};
const senderOf = (store: Store) =>
  store.read(async (tx) => (await tx.db.select().from(tx.t.office))[0]?.mailFrom ?? null);

const nameOf = (store: Store) =>
  store.read(async (tx) => (await tx.db.select().from(tx.t.users))[0]?.displayName ?? null);

eachDatabase((open, dialect) => {
  describe('a token', () => {
    test('acts for its person with what scopes and roles allow, and the trail tells which it was', async () => {
      const { make, who } = await setUp(open);
      const { secret, token } = await make({ scopes: ['replenish:check', 'payment:create'] });
      const actor = await who(secret);
      expect(actor).toMatchObject({
        username: 'carol',
        token: { id: token.id, ref: token.ref, name: 'nightly', scopes: ['replenish:check', 'payment:create'] },
        origin: { ipAddress: ORIGIN.ipAddress, userAgent: `${ORIGIN.userAgent} token=nightly` },
      });
      expect(actor.grants).toMatchObject([{ role: 'cashier', only: ['replenishment.check', 'payment.create'] }]);
    });

    test('is made by one event without its secret, of which the database keeps the SHA-256', async () => {
      const { store, make } = await setUp(open);
      const { secret, token } = await make();
      const secretHash = createHash('sha256').update(secret).digest('hex');
      const kept = await store.read((tx) => tx.db.select().from(tx.t.tokens));
      expect(kept.map((row) => row.secretHash)).toEqual([secretHash]);
      expect(token).not.toHaveProperty('secretHash');
      const event = await newestEvent(store);
      expect(event).toMatchObject({
        actor: 'carol',
        action: 'token.created',
        subject: token.ref,
        payload: {
          name: 'nightly',
          owner: 'carol',
          scopes: ['replenish:check'],
          expires_at: '2026-10-06T06:00:00.000Z',
        },
      });
      expect(JSON.stringify(event)).not.toContain(secret);
      expect(JSON.stringify(event)).not.toContain(secretHash);
    });

    test('takes the password again, and a wrong one counts as a failed login', async () => {
      const { store, make, who } = await setUp(open);
      const secret = aToken();
      await expect(make({ secret, password: 'wrong horse battery' })).rejects.toEqual(code('LOGIN_FAILED'));
      await expect(who(secret)).rejects.toEqual(code('TOKEN_UNKNOWN'));
      expect(await failedLogins(store)).toBe(1);
    });

    test('a right password is no failed login where the name is taken, however often that is tried', async () => {
      const { store, make } = await setUp(open);
      await make();
      await expect(make({ name: 'other', password: 'wrong horse battery' })).rejects.toEqual(code('LOGIN_FAILED'));
      for (let tries = 1; tries <= 10; tries += 1) await expect(make()).rejects.toEqual(code('TOKEN_EXISTS'));
      expect(await failedLogins(store)).toBe(0);
    });

    test('has a name that is free again once it is revoked', async () => {
      const { store, carol, make } = await setUp(open);
      const first = await make();
      await expect(make()).rejects.toMatchObject({
        code: 'TOKEN_EXISTS',
        kind: 'conflict',
        details: { retryable: false },
      });
      await endToken(store, carol, { token: 'nightly', owner: null });
      const second = await make();
      expect((await endToken(store, carol, { token: 'nightly', owner: null })).view.token.id).toBe(second.token.id);
      await expect(endToken(store, carol, { token: 'nightly', owner: null })).rejects.toEqual(
        code('AMBIGUOUS_REFERENCE'),
      );
      expect(await endToken(store, carol, { token: first.token.ref, owner: null })).toMatchObject({ changed: false });
    });

    test('names everything that is wrong with it at once', async () => {
      const { make } = await setUp(open);
      const problem = await problemOf(make({ name: 'Bad Name', scopes: ['payment:execute'] }));
      expect([problem.code, problem.details.faults?.length]).toEqual(['TOKEN_INVALID', 2]);
    });

    test('ends at its last instant, not a millisecond before or after', async () => {
      const { make, who, pass } = await setUp(open);
      const { secret } = await make({ lifetimeMs: 90 * DAY });
      pass(90 * DAY);
      expect((await who(secret)).username).toBe('carol');
      pass(1);
      await expect(who(secret)).rejects.toMatchObject({ kind: 'auth', code: 'TOKEN_EXPIRED' });
    });

    test('has the roles that its person holds now, and none of those they lost', async () => {
      const { store, admin, make, who } = await setUp(open);
      const { secret } = await make({ scopes: ['payment:create'] });
      await changeRoles(store, admin, { username: 'carol', roles: 'requester', place: {} });
      expect((await who(secret)).grants.map(({ role }) => role)).toEqual(['requester']);
    });

    test('notes its use at most once a minute, from its first', async () => {
      const { store, make, who, pass } = await setUp(open);
      const { secret } = await make();
      const lastUsed = () => store.read(async (tx) => (await tx.db.select().from(tx.t.tokens))[0]?.lastUsedAt ?? null);
      expect(await lastUsed()).toBeNull();
      pass(5);
      await who(secret);
      const first = new Date(START.getTime() + 5);
      expect(await lastUsed()).toEqual(first);
      pass(MINUTE - 1);
      await who(secret);
      expect(await lastUsed()).toEqual(first);
      pass(1);
      await who(secret);
      expect(await lastUsed()).toEqual(new Date(first.getTime() + MINUTE));
    });

    test('says whose it is while another process writes, and on a database that takes no writes', async () => {
      const { make, who, other, url, now } = await setUp(open);
      const { secret, token } = await make();
      const busy = await other();
      const released = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      const writing = busy.write(async (tx) => {
        await tx.db.update(tx.t.tokens).set({ lastUsedAt: tx.now }).where(eq(tx.t.tokens.id, token.id));
        locked.resolve();
        await released.promise;
      });
      await locked.promise;
      const before = performance.now();
      expect((await who(secret)).username).toBe('carol');
      expect(performance.now() - before).toBeLessThan(SOONER_THAN_A_WAIT_MS);
      released.resolve();
      await writing;
      await busy.close();
      const readOnly = await openStore(url, { clock: now, readOnly: true });
      expect((await authenticateToken(readOnly, { secret, now: now(), origin: ORIGIN })).username).toBe('carol');
      await readOnly.close();
    });
  });

  describe('what ends a token', () => {
    /** Whether the secret still lets in, after something happened. */
    const outcome = async (happens: (office: Awaited<ReturnType<typeof setUp>>) => Promise<unknown>) => {
      const office = await setUp(open);
      const { secret } = await office.make();
      await happens(office);
      return (await problemOf(office.who(secret))).code;
    };

    test('its person, by name or reference, with one event', async () => {
      const { store, carol, make, who } = await setUp(open);
      const [one, two] = [await make({ name: 'one' }), await make({ name: 'two' })];
      expect((await endToken(store, carol, { token: 'one', owner: null })).changed).toBe(true);
      expect((await endToken(store, carol, { token: two.token.ref, owner: 'carol' })).changed).toBe(true);
      expect(await newestEvent(store)).toMatchObject({
        actor: 'carol',
        action: 'token.revoked',
        subject: two.token.ref,
        payload: { name: 'two', owner: 'carol' },
      });
      for (const { secret } of [one, two]) await expect(who(secret)).rejects.toEqual(code('TOKEN_REVOKED'));
    });

    test('an admin, who names its person; nobody else, and nobody by guessing', async () => {
      const { store, admin, make, who } = await setUp(open);
      const { secret, token } = await make();
      await aPerson(store, admin, 'esther', { roles: 'cfo', place: { company: 'ACME' } });
      const esther = await actorOf(store, 'esther');
      await expect(endToken(store, esther, { token: token.ref, owner: null })).rejects.toEqual(code('TOKEN_NOT_FOUND'));
      await expect(endToken(store, esther, { token: token.ref, owner: 'carol' })).rejects.toEqual(code('ROLE_MISSING'));
      await who(secret);
      expect(await endToken(store, admin, { token: 'nightly', owner: 'carol' })).toMatchObject({ changed: true });
      await expect(who(secret)).rejects.toEqual(code('TOKEN_REVOKED'));
    });

    test('a new password of its person', async () => {
      const password = 'another horse battery';
      const renew = ({ store, carol }: { store: Store; carol: Actor }) =>
        changeOwnPassword(store, carol, { current: PASSWORD, password });
      expect(await outcome(renew)).toBe('TOKEN_REVOKED');
      const reset = ({ store, admin }: { store: Store; admin: Actor }) =>
        done(resetPassword(store, admin, { username: 'carol', password }));
      expect(await outcome(reset)).toBe('TOKEN_REVOKED');
    });

    test('its person being disabled, also once they are let in again', async () => {
      const shut = ({ store, admin }: { store: Store; admin: Actor }) =>
        disableUser(store, admin, { username: 'carol' });
      expect(await outcome(shut)).toBe('TOKEN_REVOKED');
      const again = async (office: Awaited<ReturnType<typeof setUp>>) => {
        expect((await shut(office)).ended).toEqual({ sessions_ended: 0, tokens_ended: 1, codes_voided: 0 });
        await enableUser(office.store, office.admin, { username: 'carol' });
      };
      expect(await outcome(again)).toBe('TOKEN_REVOKED');
    });

    test('another address of its person', async () => {
      const moved = ({ store, admin }: { store: Store; admin: Actor }) =>
        done(editUser(store, admin, { username: 'carol', email: 'carol.w@acme.example' }));
      expect(await outcome(moved)).toBe('TOKEN_REVOKED');
    });
  });

  describe('a token that ends while it is in use', () => {
    const guarded = async (office: Awaited<ReturnType<typeof setUp>>) => {
      const { secret, token } = await office.make();
      const actor: Represented = await office.who(secret);
      return { token, store: whileTokenLives(office.store, () => actor.token) };
    };

    test('what it does after its revocation is not kept', async () => {
      const office = await setUp(open);
      const { store } = await guarded(office);
      await store.write((tx) => rename(tx, 'first@acme.example'));
      await endToken(office.store, office.carol, { token: 'nightly', owner: null });
      await expect(store.write((tx) => rename(tx, 'second@acme.example'))).rejects.toEqual(code('TOKEN_REVOKED'));
      expect(await senderOf(office.store)).toBe('first@acme.example');
    });

    test('a transaction is judged at its own instant, to the millisecond', async () => {
      const office = await setUp(open);
      const { store } = await guarded(office);
      office.pass(DAY);
      await store.write((tx) => rename(tx, 'first@acme.example'));
      office.pass(1);
      await expect(store.write((tx) => rename(tx, 'second@acme.example'))).rejects.toEqual(code('TOKEN_EXPIRED'));
      expect(await senderOf(office.store)).toBe('first@acme.example');
    });

    test('who revokes it in the middle of its transaction: one comes first, wholly', async () => {
      const office = await setUp(open);
      const { store, token } = await guarded(office);
      const other = await office.other();
      const revoked = Promise.withResolvers<unknown>();
      const writing = store.write(async (tx) => {
        await tx.db.update(tx.t.users).set({ displayName: 'Somebody' });
        // On SQLite it waits for this transaction; on Postgres it is done before the token is looked at.
        const revoking = endToken(other, office.carol, { token: token.ref, owner: null });
        if (dialect === 'postgres') await revoking;
        revoked.resolve(revoking);
      });
      if (dialect === 'postgres') {
        await expect(writing).rejects.toEqual(code('TOKEN_REVOKED'));
        expect(await nameOf(office.store)).not.toBe('Somebody');
      } else {
        await writing;
        expect(await nameOf(office.store)).toBe('Somebody');
      }
      await revoked.promise;
      await expect(store.write((tx) => rename(tx, 'x@acme.example'))).rejects.toEqual(code('TOKEN_REVOKED'));
      await other.close();
    });

    test('a revocation that comes when the token was just looked at waits, and what was done before it stays', async () => {
      const office = await setUp(open);
      const { token } = await guarded(office);
      const other = await office.other();
      const order: string[] = [];
      const [looked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const actor = { id: token.id, ref: token.ref, name: token.name, scopes: [] };
      // The outer work goes on after the token was looked at, as a commit does.
      const writing = office.store
        .write(async (tx) => {
          const inner = whileTokenLives({ ...office.store, write: (work) => work(tx) }, () => actor);
          await inner.write((same) => same.db.update(same.t.users).set({ displayName: 'Somebody' }));
          looked.resolve();
          await go.promise;
        })
        .then(() => order.push('kept'));
      await looked.promise;
      const revoking = endToken(other, office.carol, { token: token.ref, owner: null }).then(() =>
        order.push('revoked'),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(order).toEqual([]);
      go.resolve();
      await Promise.all([writing, revoking]);
      expect(order).toEqual(['kept', 'revoked']);
      expect(await nameOf(office.store)).toBe('Somebody');
      await other.close();
    });

    test('a person who is logged in is not looked at', async () => {
      const office = await setUp(open);
      const store = whileTokenLives(office.store, () => undefined);
      await store.write((tx) => rename(tx, 'plain@acme.example'));
      expect(await senderOf(office.store)).toBe('plain@acme.example');
    });
  });

  describe('what a token with every scope cannot do', () => {
    test('pay, confirm, manage or make tokens: the operations refuse it by themselves', async () => {
      const { store, admin, make, who } = await setUp(open);
      const every: readonly Scope[] = allScopes();
      const { secret } = await make({ scopes: every }, admin);
      const root = await who(secret);
      const dayAt = () => ({ start: START, date: '2026-10-05', year: 2026, minute: 540 });
      const change = { change: 'chg_aaaaaa', reason: null };
      for (const work of [
        () => executePayment(store, root, { paymentId: 'x', gatewayReference: null, dayAt }),
        () => confirmChange(store, root, change),
        () => rejectChange(store, root, change),
        () => disableUser(store, root, { username: 'carol' }),
        () => addPlace(store, root, { kind: 'company', code: 'BETA', name: 'Beta', within: {} }),
        () => resetPassword(store, root, { username: 'carol', password: 'another horse battery' }),
        () => make({ name: 'child' }, root),
        () => endToken(store, root, { token: 'nightly', owner: null }),
      ])
        expect(await problemOf(work())).toMatchObject({ kind: 'forbidden', code: 'TOKEN_SCOPE' });
    });
  });

  describe('lists and the doctor', () => {
    test('a list is newest first, of one person or one state', async () => {
      const { store, admin, carol, make, now, pass } = await setUp(open);
      await make({ name: 'short', lifetimeMs: MINUTE });
      pass(1);
      await make({ name: 'long' });
      pass(1);
      await make({ name: 'gone' });
      await endToken(store, carol, { token: 'gone', owner: null });
      await make({ name: 'of-root' }, admin);
      pass(MINUTE - 2);
      const names = async (filter: Parameters<typeof listTokens>[1]) =>
        (await store.read((tx) => listTokens(tx, filter, { limit: 0, after: null }))).rows.map(
          ({ token }) => token.name,
        );
      expect(await names({ userId: carol.userId })).toEqual(['gone', 'long', 'short']);
      expect(await names({ userId: carol.userId, state: 'active' })).toEqual(['long', 'short']);
      pass(1);
      expect(await names({ userId: carol.userId, state: 'active' })).toEqual(['long']);
      expect(await names({ state: 'expired' })).toEqual(['short']);
      expect(await names({ state: 'revoked' })).toEqual(['gone']);
      const { rows } = await store.read((tx) => listTokens(tx, {}, { limit: 0, after: null }));
      expect(rows.map((view) => tokenSchema.parse(tokenDocument(view, now())).user)).toEqual([
        'root-admin',
        'carol',
        'carol',
        'carol',
      ]);
    });

    test('the doctor names tokens that nobody uses, and those that end soon', async () => {
      const { store, admin, make, who, now, pass } = await setUp(open);
      const status = async () =>
        Object.fromEntries(
          (await examineTokens(store, now())).map(({ id, status, message }) => [id, `${status} ${message}`]),
        );
      const { secret } = await make({ name: 'idle', lifetimeMs: 98 * DAY });
      expect(await status()).toMatchObject({ unused_tokens: expect.stringMatching(/^ok/) as string });
      // Meanwhile the office is not silent, or its clock would have to be accepted first.
      for (let days = 0; days < 90; days += 6) {
        pass(6 * DAY);
        const place = { kind: 'company', code: `C${days}`, name: 'Another', within: {} } as const;
        await addPlace(store, admin, place);
      }
      expect(await status()).toMatchObject({
        unused_tokens: expect.stringMatching(/^ok/) as string,
        ending_tokens: expect.stringMatching(/^ok/) as string,
      });
      pass(1);
      expect((await status())['unused_tokens']).toBe('advice Not used for 90 days: idle of carol.');
      await who(secret);
      expect((await status())['unused_tokens']).toMatch(/^ok/);
      pass(DAY - 2);
      expect((await status())['ending_tokens']).toMatch(/^ok/);
      pass(1);
      expect((await status())['ending_tokens']).toBe('advice These end within 7 days: idle of carol.');
    });
  });

  describe('the database itself', () => {
    test('keeps whose a token is, for what and until when; and what was revoked stays revoked', async () => {
      const { store, url, admin, carol, make } = await setUp(open);
      const { token } = await make();
      await make({ name: 'gone' });
      const gone = (await endToken(store, carol, { token: 'gone', owner: null })).view.token;
      const raw = await rawConnection(url, dialect);
      const later = dialect === 'sqlite' ? '4000000000000' : `'2096-10-05T06:00:00Z'`;
      const rows = () => raw.run('SELECT * FROM tokens ORDER BY id');
      const before = await rows();
      for (const [says, statement, ...values] of [
        [/never changes/, `UPDATE tokens SET expires_at = ${later} WHERE id = ?`, token.id],
        [/never changes/, `UPDATE tokens SET scopes = 'payment:execute' WHERE id = ?`, token.id],
        [/never changes/, `UPDATE tokens SET secret_hash = 'x' WHERE id = ?`, token.id],
        [/never changes/, `UPDATE tokens SET name = 'x' WHERE id = ?`, token.id],
        [/never changes/, 'UPDATE tokens SET user_id = ? WHERE id = ?', admin.userId, token.id],
        [/stays revoked/, 'UPDATE tokens SET revoked_at = NULL WHERE id = ?', gone.id],
        [/stays revoked/, `UPDATE tokens SET revoked_at = ${later} WHERE id = ?`, gone.id],
        [/never deleted/, 'DELETE FROM tokens WHERE id = ?', gone.id],
        ...(dialect === 'postgres' ? ([[/never deleted/, 'TRUNCATE tokens']] as const) : []),
      ] as const)
        await expect(raw.run(statement, ...values), statement).rejects.toThrow(says);
      const copy = { ...before[0], id: '01890000-0000-7000-8000-000000000001' };
      const insert = (verb: string, change: Record<string, Value>) => {
        const row = { ...copy, ...change };
        const [columns, places] = [Object.keys(row), Object.keys(row).map(() => '?')];
        return raw.run(
          `${verb} INTO tokens (${columns.join(', ')}) VALUES (${places.join(', ')})`,
          ...Object.values(row),
        );
      };
      const fresh = { ref: 'tok_zzzzzz', name: 'zz', secret_hash: 'zz' };
      await expect(insert('INSERT', { ...fresh, secret_hash: before[0]?.['secret_hash'] ?? null })).rejects.toThrow(
        /unique|replaced/i,
      );
      await expect(insert('INSERT', { ...fresh, name: 'nightly' })).rejects.toThrow(/unique|replaced/i);
      await expect(insert('INSERT', { ...fresh, last_used_at: before[0]?.['created_at'] ?? null })).rejects.toThrow(
        /neither used/,
      );
      if (dialect === 'sqlite')
        await expect(insert('INSERT OR REPLACE', { ...fresh, ref: token.ref })).rejects.toThrow(/never replaced/);
      expect(await rows()).toEqual(before);
      await raw.close();
    });
  });
});
