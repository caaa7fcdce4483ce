import { desc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { acceptClock, type AcceptedClock } from '../../src/operations/accept-clock.ts';
import { authenticate } from '../../src/operations/authenticate.ts';
import { confirmChange, rejectChange } from '../../src/operations/decide-change.ts';
import { explainPayment } from '../../src/operations/explain-payment.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { logIn } from '../../src/operations/log-in.ts';
import { resetPassword } from '../../src/operations/change-password.ts';
import { lookAtGuards } from '../../src/operations/show-guards.ts';
import { isProposed, type Proposed } from '../../src/operations/two-people.ts';
import { lockFund } from '../../src/store/funds.ts';
import { openStore } from '../../src/store/open.ts';
import type { Row } from '../../src/store/tables.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  failingCodes,
  MINUTE,
  problemOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { aToken, ORIGIN, PASSWORD } from '../support/people.ts';

const REASON = { reason: 'the clock was set right' };

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;

  beforeEach(async () => {
    office = await aPayingOffice(open);
    fund = await office.fund();
  });

  const turn = (milliseconds: number): void => office.pass(milliseconds);
  const events = () =>
    office.store.read(({ db, t }) => db.select().from(t.auditEvents).orderBy(desc(t.auditEvents.seq)));
  const accepted = async (): Promise<AcceptedClock> => {
    const answer = await acceptClock(office.store, office.people.root, REASON);
    if (isProposed(answer)) throw new Error('it was only proposed');
    return answer;
  };
  const proposed = async (): Promise<Proposed> => {
    const answer = await acceptClock(office.store, office.people.root, REASON);
    if (!isProposed(answer)) throw new Error('nobody was asked');
    return answer;
  };
  const confirm = ({ proposed: { change } }: Proposed, by = office.people.esther) =>
    confirmChange(office.store, by, { change: change.ref, reason: null });

  describe('a clock that goes back', () => {
    test('by two seconds is taken along: what happens then happens with the newest event, in its fund and in the office', async () => {
      const before = office.clock.now;
      await office.requisition();
      turn(-2_000);
      await freezeFund(office.store, office.people.david, { fund: fund.code, reason: null });
      const requisition = await office.requisition();
      expect(requisition.createdAt).toEqual(before);
      expect((await office.fundNow(fund)).headAt).toEqual(before);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('by one millisecond more refuses whatever writes, and changes nothing', async () => {
      const payment = await office.payment(fund);
      const { length } = await events();
      turn(-2_001);
      for (const work of [
        () => office.requisition(),
        () => office.execute(payment),
        () => office.send(payment),
        () => freezeFund(office.store, office.people.david, { fund: fund.code, reason: null }),
      ]) {
        expect(await problemOf(work())).toMatchObject({ kind: 'conflict', code: 'CLOCK_BEHIND' });
      }
      expect(await events()).toHaveLength(length);
      turn(1);
      await office.pay(payment);
    });

    test('does not bring a code to life again, neither to verify, nor to explain, nor to execute', async () => {
      const coded = await office.fund({ otpThreshold: '0' });
      const [asked, verified] = [await office.payment(coded), await office.payment(coded)];
      const code = await office.code(asked);
      await office.verify(verified, await office.code(verified));
      turn(5 * MINUTE + 1);
      expect(failingCodes(await problemOf(office.execute(verified)))).toEqual(['OTP_EXPIRED']);
      turn(-5 * MINUTE);
      // Nothing has happened since the codes ended, so the clock alone cannot know; once anything has, it does.
      turn(5 * MINUTE);
      await office.requisition();
      turn(-5 * MINUTE);
      const explained = explainPayment(office.store, office.people.carol, {
        paymentId: verified.id,
        dayAt: office.dayAt,
      });
      expect(await problemOf(explained)).toMatchObject({ code: 'CLOCK_BEHIND' });
      expect(await problemOf(office.verify(asked, code))).toMatchObject({ code: 'CLOCK_BEHIND' });
      expect(await problemOf(office.execute(verified))).toMatchObject({ code: 'CLOCK_BEHIND' });
    });

    test('is also seen by the fund alone, where the office has been silent', async () => {
      const payment = await office.payment(fund);
      turn(MINUTE);
      await office.pay(await office.payment(fund));
      const other = await office.payment(await office.fund());
      turn(MINUTE);
      await freezeFund(office.store, office.people.david, { fund: fund.code, reason: null });
      turn(-MINUTE);
      expect(await problemOf(office.execute(payment))).toMatchObject({ code: 'CLOCK_BEHIND' });
      // What another fund has seen does not hold this one up: funds do not wait for each other.
      await office.pay(other);
    });

    test('does not bring a session to life again that has ended', async () => {
      await resetPassword(office.store, office.people.root, { username: 'carol', password: PASSWORD });
      const token = aToken();
      await logIn(office.store, { username: 'carol', password: PASSWORD, token, origin: ORIGIN });
      const act = () => authenticate(office.store, { token, now: office.clock.now, origin: ORIGIN });
      turn(31 * MINUTE);
      await expect(act()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
      await office.requisition();
      turn(-31 * MINUTE);
      await expect(act()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
    });
  });

  describe('a clock that leaps ahead', () => {
    test('by seven days after the newest event anywhere is right, by one millisecond more is refused', async () => {
      const payment = await office.payment(fund);
      turn(3 * DAY);
      await freezeFund(office.store, office.people.david, { fund: (await office.fund()).code, reason: null });
      turn(7 * DAY + 1);
      expect(await problemOf(office.execute(payment))).toMatchObject({ kind: 'conflict', code: 'CLOCK_AHEAD' });
      expect(await problemOf(office.requisition())).toMatchObject({ code: 'CLOCK_AHEAD' });
      turn(-1);
      await office.pay(payment);
    });

    test('lets people in, by whose login the office does not move on; sessions end by the clock all the same', async () => {
      await resetPassword(office.store, office.people.root, { username: 'carol', password: PASSWORD });
      const newest = office.clock.now;
      turn(8 * DAY);
      const token = aToken();
      const { session } = await logIn(office.store, { username: 'carol', password: PASSWORD, token, origin: ORIGIN });
      expect(session.createdAt).toEqual(office.clock.now);
      expect((await lookAtGuards(office.store)).clock).toMatchObject({ newestAt: newest, verdict: 'ahead' });
      const act = () => authenticate(office.store, { token, now: office.clock.now, origin: ORIGIN });
      await act();
      expect(await problemOf(office.requisition())).toMatchObject({ code: 'CLOCK_AHEAD' });
      turn(30 * MINUTE + 1);
      await expect(act()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
      // Put right, the clock does not give a session that was opened in the future a year to live.
      office.clock.now = newest;
      await expect(act()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('locks nobody out for longer than a lock lasts', async () => {
      await resetPassword(office.store, office.people.root, { username: 'carol', password: PASSWORD });
      turn(8 * DAY);
      const attempt = { username: 'carol', password: 'wrong horse battery', token: aToken(), origin: ORIGIN };
      for (let tries = 1; tries <= 10; tries += 1) await problemOf(logIn(office.store, attempt));
      expect(await problemOf(logIn(office.store, attempt))).toMatchObject({ code: 'LOGIN_LOCKED' });
      turn(15 * MINUTE + 1);
      expect(await problemOf(logIn(office.store, attempt))).toMatchObject({ code: 'LOGIN_FAILED' });
      for (let tries = 2; tries <= 10; tries += 1) await problemOf(logIn(office.store, attempt));
      turn(-8 * DAY);
      expect(await problemOf(logIn(office.store, attempt))).toMatchObject({ code: 'LOGIN_FAILED' });
    });
  });

  describe('accepting a clock', () => {
    test('that is right changes nothing', async () => {
      const { length } = await events();
      expect(await accepted()).toMatchObject({ verdict: 'right', codesVoided: 0, sessionsEnded: 0 });
      expect(await events()).toHaveLength(length);
    });

    test('is an admin’s', async () => {
      turn(8 * DAY);
      for (const person of [office.people.esther, office.people.david, office.people.carol])
        expect(await problemOf(acceptClock(office.store, person, REASON))).toMatchObject({ code: 'ROLE_MISSING' });
    });

    test('after a long silence lets the office go on', async () => {
      turn(8 * DAY);
      expect(await accepted()).toMatchObject({ verdict: 'ahead', clock: office.clock.now });
      await office.pay(await office.payment(fund));
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('that was ahead by a year and is put right: one event in each chain goes back, and codes and sessions end', async () => {
      const coded = await office.fund({ otpThreshold: '0' });
      const payment = await office.payment(coded);
      await resetPassword(office.store, office.people.root, { username: 'carol', password: PASSWORD });
      const right = office.clock.now;
      await office.leapTo(new Date(right.getTime() + 365 * DAY));
      const code = await office.code(payment);
      const token = aToken();
      await logIn(office.store, { username: 'carol', password: PASSWORD, token, origin: ORIGIN });
      const late = await office.payment(fund);
      const newest = office.clock.now;
      office.clock.now = right;
      expect(await problemOf(office.execute(late))).toMatchObject({ code: 'CLOCK_BEHIND' });
      expect(await accepted()).toMatchObject({ verdict: 'behind', newestAt: newest, codesVoided: 1, sessionsEnded: 1 });
      const marks = (await events()).filter((event) => event.action === 'clock.accepted');
      expect(marks.map(({ chain, at }) => [chain, at]).toSorted()).toEqual(
        ['office', `fund:${fund.code}`, `fund:${coded.code}`].toSorted().map((chain) => [chain, right.toISOString()]),
      );
      expect(await problemOf(office.verify(payment, code))).toMatchObject({ code: 'OTP_INVALID' });
      await expect(authenticate(office.store, { token, now: right, origin: ORIGIN })).rejects.toMatchObject({
        code: 'SESSION_MISSING',
      });
      turn(1_000);
      // What was made in the time that is disowned is paid now: its order cannot be told, and that is no fault.
      await office.pay(late);
      await office.verify(payment, await office.code(payment));
      await office.pay(payment);
      expect(await bookFaults(office.store)).toEqual([]);
      // From here on the clock goes back no more.
      await office.requisition();
      turn(-2_001);
      expect(await problemOf(office.requisition())).toMatchObject({ code: 'CLOCK_BEHIND' });
    });

    test('takes two people once the office has paid, and both may log in for it', async () => {
      await office.pay(await office.payment(fund));
      const newest = office.clock.now;
      turn(-60 * MINUTE);
      const change = await proposed();
      expect(JSON.parse(change.proposed.change.before)).toEqual({ newest_event: newest.toISOString() });
      expect(JSON.parse(change.proposed.change.after)).toMatchObject({ off_by: '1 h', verdict: 'behind' });
      expect(await problemOf(office.requisition())).toMatchObject({ code: 'CLOCK_BEHIND' });
      expect(await problemOf(confirm(change, office.people.root))).toMatchObject({ kind: 'forbidden' });
      turn(10 * MINUTE);
      expect((await confirm(change)).view.change.status).toBe('confirmed');
      expect((await office.requisition()).createdAt).toEqual(office.clock.now);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('is not confirmed on another clock than was proposed, nor for another event; rejecting it is allowed', async () => {
      await office.pay(await office.payment(fund));
      turn(-60 * MINUTE);
      const change = await proposed();
      turn(-2_001);
      expect(await problemOf(confirm(change))).toMatchObject({ code: 'CHANGE_OUTDATED' });
      turn(62 * MINUTE);
      await office.requisition();
      turn(-62 * MINUTE);
      expect(await problemOf(confirm(change))).toMatchObject({ code: 'CHANGE_OUTDATED' });
      await rejectChange(office.store, office.people.esther, { change: change.proposed.change.ref, reason: null });
    });

    test('the database itself lets no head go back otherwise, and no acceptance change or stand alone', async () => {
      await office.pay(await office.payment(fund));
      const back = new Date(office.clock.now.getTime() - 1);
      const { funds, office: row, clockAcceptances } = (await office.store.read(async (tx) => tx)).t;
      await expect(
        office.store.write(
          async (tx) => void (await tx.db.update(funds).set({ headAt: back }).where(eq(funds.id, fund.id))),
        ),
      ).rejects.toThrow();
      await expect(
        office.store.write(async (tx) => void (await tx.db.update(row).set({ headAt: null }))),
      ).rejects.toThrow();
      await expect(
        office.store.write(
          async (tx) =>
            void (await tx.db.insert(clockAcceptances).values({
              id: '019a0000-0000-7000-8000-00000000ffff',
              ...{ acceptedAt: back, newestAt: back, userId: office.people.root.userId, changeId: null },
            })),
        ),
      ).rejects.toThrow();
    });
  });

  test.runIf(dialect === 'postgres')(
    'two machines whose clocks differ by a second write to one fund in turn',
    async () => {
      const slow = await openStore(office.url, { clock: () => new Date(office.clock.now.getTime() - 1_000) });
      for (const store of [office.store, slow, office.store, slow])
        await store.write(async (tx) => {
          await lockFund(tx, fund.id);
          expect(tx.now).toEqual(office.clock.now);
        });
      await freezeFund(slow, office.people.david, { fund: fund.code, reason: null });
      await slow.close();
      expect(await bookFaults(office.store)).toEqual([]);
    },
  );
});
