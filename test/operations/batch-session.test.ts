import { afterEach, beforeEach, expect, test } from 'vitest';
import { tokenHashOf } from '../../src/operations/authenticate.ts';
import { whileSessionLives } from '../../src/operations/while-session-lives.ts';
import { batchRows } from '../../src/store/batches.ts';
import { insertGrants, revokeGrants } from '../../src/store/people.ts';
import { insertSession, revokeSessions } from '../../src/store/sessions.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchesOf, type Batches } from '../support/a-batch.ts';
import { aPayingOffice, bookFaults, MINUTE, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const ROWS = 7;
const TOGETHER = 2;
const HOUR = 60 * MINUTE;

eachDatabase((open) => {
  let office: PayingOffice;
  let batches: Batches;
  let batch: Row<'batches'>;
  let logins = 0;
  let guarded: (store: Store) => Store;

  const login = async (hours: number): Promise<void> => {
    const secret = `secret ${(logins += 1)}`;
    const { userId, origin } = office.people.carol;
    const expiresAt = new Date(office.clock.now.getTime() + hours * HOUR);
    await office.store.write((tx) =>
      insertSession(tx, {
        ...{ userId, tokenHash: tokenHashOf(secret), openedAt: office.clock.now, expiresAt },
        origin: origin.userAgent,
      }),
    );
    guarded = (store) => whileSessionLives(store, office.people.carol, secret);
  };
  const logOut = () => office.store.write((tx) => revokeSessions(tx, office.people.carol.userId));
  const takeRole = () =>
    office.store.write(async (tx) => {
      const { userId } = office.people.carol;
      await revokeGrants(tx, userId);
      await insertGrants(tx, { userId, roles: ['requester'], place: null, grantedBy: office.people.david.userId });
    });
  const statuses = async () =>
    (await office.store.read((tx) => batchRows(tx, batch.id))).map(({ payment, attempt }) => [
      payment?.status,
      attempt,
    ]);
  /** A few rows a transaction. */
  const run = (act: 'execute' | 'resume') => batches.run(batch, { act, whileActing: guarded, clock: ticking() });

  beforeEach(async () => {
    office = await aPayingOffice(open);
    batches = batchesOf(office);
    batch = await batches.approved(
      await office.fund(),
      Array.from({ length: ROWS }, (_, at) => ({ amount: `${at + 1}`, payee: `P ${at}` })),
    );
    await batches.ready(batch);
    await login(12);
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('a session that is ended before the start begins nothing and uses no code up', async () => {
    await logOut();
    expect(await problemOf(run('execute'))).toMatchObject({
      code: 'SESSION_MISSING',
      kind: 'auth',
    });
    expect(await statuses()).toEqual(Array.from({ length: ROWS }, () => ['pending', null]));
    await login(12);
    expect((await run('execute')).view.tally.paid).toBe(ROWS);
  });

  test('a session of somebody else, who logged in on the same machine meanwhile, is not hers', async () => {
    await login(12);
    const secret = `secret ${logins}`;
    const asDavid = (store: Store) => whileSessionLives(store, office.people.david, secret);
    expect(await problemOf(batches.run(batch, { whileActing: asDavid, clock: ticking() }))).toMatchObject({
      ...{ code: 'SESSION_MISSING', kind: 'auth' },
    });
    expect(await statuses()).toEqual(Array.from({ length: ROWS }, () => ['pending', null]));
  });

  test('one that has ended between two transactions pays what was begun and nothing more; another login resumes', async () => {
    let told = 0;
    const stopping = batches.run(batch, {
      ...{ whileActing: guardedUntil(() => told >= TOGETHER), clock: ticking() },
      tell: () => void (told += 1),
    });
    expect(await problemOf(stopping)).toMatchObject({
      ...{ code: 'SESSION_MISSING', kind: 'auth' },
      details: {
        unchanged: expect.stringMatching(
          /stopped after [1-6] rows; what was paid stays paid\. No other row was begun\./,
        ),
        fix: `treasury login --user carol, then treasury batch resume ${batch.ref}`,
      },
    });
    const found = await statuses();
    expect(found.slice(0, told)).toEqual(Array.from({ length: told }, () => ['success', null]));
    expect(found.slice(told)).toEqual(Array.from({ length: ROWS - told }, () => ['pending', null]));
    expect(told).toBeLessThan(ROWS);
    await login(12);
    const after = await run('resume');
    expect(after.view.tally).toMatchObject({ paid: ROWS, waiting: 0, failed: 0 });
  });

  test('a run is use of its session, so idleness does not end it, but its own end does, to the millisecond', async () => {
    let told = 0;
    const slow = batches.run(batch, {
      ...{ whileActing: guarded, clock: ticking() },
      tell: () => {
        told += 1;
        office.pass(10 * MINUTE);
      },
    });
    expect((await slow).view.tally.paid).toBe(ROWS);
    expect(told * 10).toBeGreaterThan(30);
    await login(12);
    const session = guarded(office.store);
    office.pass(30 * MINUTE);
    await session.write(async () => undefined);
    office.pass(30 * MINUTE + 1);
    expect(await problemOf(session.write(async () => undefined))).toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  test('a role that is taken away between two transactions refuses the next row, and the run ends there', async () => {
    let told = 0;
    const run = await batches.run(batch, {
      ...{ whileActing: guardedUntil(() => told >= TOGETHER, takeRole), clock: ticking() },
      tell: () => void (told += 1),
    });
    const { paid, waiting } = run.view.tally;
    expect(paid).toBeGreaterThanOrEqual(TOGETHER);
    expect(waiting).toBe(ROWS - paid);
    expect(waiting).toBeGreaterThan(0);
    expect(run.results.at(-1)).toMatchObject({
      state: 'failed',
      stops: true,
      problem: expect.stringContaining('carol'),
    });
    expect(run.results).toHaveLength(paid + 1);
  });

  const ticking = () => {
    let time = 0;
    return () => (time += 6);
  };
  /** The session is ended elsewhere, or its person loses what they need, before the first transaction for which that holds. */
  const guardedUntil =
    (ended: () => boolean, end: () => Promise<unknown> = logOut) =>
    (store: Store): Store => {
      const live = guarded(store);
      return {
        ...live,
        write: async (work, options) => {
          if (ended()) await end();
          return live.write(work, options);
        },
      };
    };
});
