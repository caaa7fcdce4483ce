import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import type { Mailer } from '../../src/gateways/mail.ts';
import { cancelPayment } from '../../src/operations/retry-payment.ts';
import { sendCode } from '../../src/operations/send-code.ts';
import { unlockUser } from '../../src/operations/unlock-user.ts';
import { openStore } from '../../src/store/open.ts';
import type { Row } from '../../src/store/tables.ts';
import {
  aPayingOffice,
  bookFaults,
  codeIn,
  errorOf,
  failingCodes,
  MINUTE,
  notThe,
  PEPPER,
  problemOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const deadMailer: Mailer = {
  send: async () => {
    throw new Problem('external', 'MAIL_NOT_SENT', 'the mail server does not answer');
  },
};

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    people = office.people;
    // Every payment needs a code.
    fund = await office.fund({ otpThreshold: '0' });
  });

  const challenges = async (payment: Row<'payments'>) => (await office.state(payment)).challenges;
  const tries = async (userId: string) => {
    const [user] = await office.store.read((tx) => tx.db.select().from(tx.t.users).where(eq(tx.t.users.id, userId)));
    return { failures: user?.otpFailures, locked: user?.otpLockedAt !== null };
  };
  /** A cashier of their own, so that wrong codes of one test do not lock out another's. */
  let hired = 0;
  const aCashier = () => office.person(`cashier${(hired += 1)}`, ['cashier']);

  describe('a code', () => {
    test('pays: sent, verified, executed, and stands in the execution', async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment);
      expect(code).toMatch(/^0\d{5}$/);
      office.pass(MINUTE);
      const verifiedAt = office.clock.now;
      await office.verify(payment, code);
      office.pass(MINUTE);
      const { execution } = await office.pay(payment);
      expect(execution).toMatchObject({ otpVerifiedAt: verifiedAt, otpVerifiedBy: people.carol.userId });
      const [challenge] = await challenges(payment);
      expect(challenge).toMatchObject({
        id: execution.challengeId,
        failures: 0,
        consumedAt: office.clock.now,
        voidedAt: null,
      });
      expect((await office.state(payment)).actions.slice(-3)).toEqual(['otp.sent', 'otp.verified', 'payment.executed']);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('goes to the executor alone, never to the requester, with what it is for', async () => {
      const payment = await office.payment(fund, { amount: '1,234.50' });
      const before = office.mails.length;
      await office.send(payment, people.peter);
      const sent = office.mails.slice(before);
      expect(sent.map((mail) => mail.to)).toEqual(['peter@acme.example']);
      for (const text of ['KES 1,234.50', 'Jane Wanjiru', payment.ref, fund.code])
        expect(sent[0]?.text).toContain(text);
      expect(sent[0]?.subject).not.toMatch(/\d{6}/);
    });

    test.each([
      ['frozen', 'FUND_FROZEN'],
      ['closed', 'FUND_CLOSED'],
    ] as const)('is not mailed where the fund is %s, not even where none is needed', async (state, code) => {
      for (const otpThreshold of ['0', '1,000,000']) {
        const till = await office.fund({ otpThreshold });
        const payment = await office.payment(till);
        await office.store.write(async (tx) => {
          await tx.db.update(tx.t.funds).set({ state }).where(eq(tx.t.funds.id, till.id));
        });
        const before = office.mails.length;
        const problem = await problemOf(office.send(payment));
        expect([problem.kind, failingCodes(problem), problem.details.unchanged]).toEqual([
          ...['refused', [code]],
          'No code was sent.',
        ]);
        expect(office.mails).toHaveLength(before);
      }
    });

    test('is asked for in vain by the requester and the approver: nothing is mailed', async () => {
      const payment = await office.payment(fund, { requester: people.grace, approver: people.esther });
      const before = office.mails.length;
      expect(failingCodes(await problemOf(office.send(payment, people.grace)))).toContain('EXECUTOR_IS_REQUESTER');
      expect(failingCodes(await problemOf(office.send(payment, people.esther)))).toContain('EXECUTOR_IS_APPROVER');
      expect((await problemOf(office.send(payment, people.amina))).kind).toBe('forbidden');
      expect(office.mails.length).toBe(before);
      expect(await challenges(payment)).toEqual([]);
    });

    test('is not in the database, nor in any event: only its hash is', async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment);
      await office.verify(payment, code);
      const [challenge] = await challenges(payment);
      expect(challenge?.codeHash).toMatch(/^\$argon2id\$v=19\$m=19456,(p=1,t=2|t=2,p=1)\$/);
      expect(JSON.stringify(challenge)).not.toContain(code);
      const events = await office.store.read((tx) =>
        tx.db.select().from(tx.t.auditEvents).where(eq(tx.t.auditEvents.subject, payment.ref)),
      );
      expect(events.length).toBeGreaterThan(2);
      for (const event of events) {
        expect(event.body).not.toContain(`"${code}"`);
        expect(event.body).not.toContain(challenge?.codeHash);
      }
    });

    test('is not sent for a payment up to the threshold', async () => {
      const free = await office.fund({ otpThreshold: '1,000' });
      const before = office.mails.length;
      expect(
        await office.send(await office.payment(free, { amount: '1,000', method: 'bank', destination: 'KCB:99887766' })),
      ).toEqual({ kind: 'not_needed' });
      expect(office.mails.length).toBe(before);
    });

    test('is not sent for a payment that is cancelled', async () => {
      const payment = await office.payment(fund);
      await cancelPayment(office.store, people.carol, { paymentId: payment.id, reason: null });
      expect(failingCodes(await problemOf(office.send(payment)))).toEqual(['PAYMENT_CANCELLED']);
    });
  });

  describe('five minutes', () => {
    test('exactly five minutes after sending it is still verified and executed', async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment);
      office.pass(5 * MINUTE);
      await office.verify(payment, code);
      await office.pay(payment);
    });

    test('one millisecond later it is not verified, and that is no wrong try', async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment);
      office.pass(5 * MINUTE + 1);
      expect(await problemOf(office.verify(payment, code))).toMatchObject({ kind: 'auth', code: 'OTP_EXPIRED' });
      expect((await challenges(payment)).map(({ failures, verifiedAt }) => ({ failures, verifiedAt }))).toEqual([
        { failures: 0, verifiedAt: null },
      ]);
    });

    test('verified in time, one millisecond too late to execute: the authority ends with the code', async () => {
      const payment = await office.payment(fund);
      await office.verify(payment, await office.code(payment));
      const before = await office.state(payment);
      office.pass(5 * MINUTE + 1);
      const problem = await problemOf(office.execute(payment));
      expect(problem.kind).toBe('auth');
      expect(failingCodes(problem)).toEqual(['OTP_EXPIRED']);
      expect(await office.state(payment)).toEqual(before);
    });

    test('verifying late gives no further five minutes', async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment);
      office.pass(4 * MINUTE);
      const { expiresAt } = await office.verify(payment, code);
      expect(expiresAt.getTime() - office.clock.now.getTime()).toBe(MINUTE);
      office.pass(MINUTE + 1);
      expect(failingCodes(await problemOf(office.execute(payment)))).toEqual(['OTP_EXPIRED']);
    });
  });

  describe('wrong codes', () => {
    test('the fifth wrong one ends it, and then the right one does not help', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      const code = await office.code(payment, cashier);
      for (let number = 1; number <= 4; number += 1) {
        expect(await problemOf(office.verify(payment, notThe(code), cashier))).toMatchObject({
          kind: 'auth',
          code: 'OTP_INVALID',
        });
      }
      expect(await problemOf(office.verify(payment, notThe(code), cashier))).toMatchObject({
        kind: 'auth',
        code: 'OTP_LOCKED',
      });
      expect(await problemOf(office.verify(payment, code, cashier))).toMatchObject({
        kind: 'auth',
        code: 'OTP_LOCKED',
      });
      expect(failingCodes(await problemOf(office.execute(payment, cashier)))).toEqual(['OTP_LOCKED']);
      expect((await office.state(payment)).actions.filter((action) => action === 'otp.refused')).toHaveLength(5);
      await office.verify(payment, await office.code(payment, cashier), cashier);
      await office.pay(payment, cashier);
    });

    test('after four wrong ones the right one still works, and is not counted', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      const code = await office.code(payment, cashier);
      for (const wrong of [notThe(code), '', 'abcdef', `${code}1`]) {
        expect(await problemOf(office.verify(payment, wrong, cashier))).toMatchObject({ code: 'OTP_INVALID' });
      }
      await office.verify(payment, code, cashier);
      expect((await challenges(payment))[0]?.failures).toBe(4);
      expect(await tries(cashier.userId)).toEqual({ failures: 4, locked: false });
    });

    test('twelve guesses thrown at once count as five', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      const code = await office.code(payment, cashier);
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, () => problemOf(office.verify(payment, notThe(code), cashier))),
      );
      expect(outcomes.every((problem) => ['OTP_INVALID', 'OTP_LOCKED'].includes(problem.code))).toBe(true);
      expect((await challenges(payment))[0]?.failures).toBe(5);
      expect(await problemOf(office.verify(payment, code, cashier))).toMatchObject({ code: 'OTP_LOCKED' });
    });

    test("another person's guesses never count, nor does the right code help them", async () => {
      const [owner, guesser] = [await aCashier(), await aCashier()];
      const payment = await office.payment(fund);
      const code = await office.code(payment, owner);
      for (let number = 1; number <= 6; number += 1) {
        expect(await problemOf(office.verify(payment, notThe(code), guesser))).toMatchObject({ code: 'OTP_INVALID' });
      }
      expect(await problemOf(office.verify(payment, code, guesser))).toMatchObject({ code: 'OTP_INVALID' });
      expect((await challenges(payment)).map(({ failures, verifiedAt }) => ({ failures, verifiedAt }))).toEqual([
        { failures: 0, verifiedAt: null },
      ]);
      expect(await tries(owner.userId)).toEqual({ failures: 0, locked: false });
      expect(await tries(guesser.userId)).toEqual({ failures: 7, locked: false });
      await office.verify(payment, code, owner);
      expect(failingCodes(await problemOf(office.execute(payment, guesser)))).toEqual(['OTP_REQUIRED']);
      await office.pay(payment, owner);
    });

    test('twenty in a day lock the person until an admin unlocks them', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      for (let number = 1; number <= 20; number += 1) {
        expect(await problemOf(office.verify(payment, '000000', cashier))).toMatchObject({ code: 'OTP_INVALID' });
      }
      expect(await tries(cashier.userId)).toEqual({ failures: 20, locked: true });
      expect(await problemOf(office.verify(payment, '000000', cashier))).toMatchObject({
        kind: 'auth',
        code: 'OTP_LOCKED',
      });
      expect(await problemOf(office.send(payment, cashier))).toMatchObject({ kind: 'auth', code: 'OTP_LOCKED' });
      office.pass(25 * 60 * MINUTE);
      expect(await problemOf(office.send(payment, cashier))).toMatchObject({ code: 'OTP_LOCKED' });
      await unlockUser(office.store, people.root, { username: cashier.username });
      await office.verify(payment, await office.code(payment, cashier), cashier);
      await office.pay(payment, cashier);
    });

    test('the right code at the twentieth try does not lock, the twentieth wrong one does', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      for (let number = 1; number <= 19; number += 1) await problemOf(office.verify(payment, '000000', cashier));
      await office.verify(payment, await office.code(payment, cashier), cashier);
      expect(await tries(cashier.userId)).toEqual({ failures: 19, locked: false });
      await problemOf(office.verify(payment, '000000', cashier));
      expect(await tries(cashier.userId)).toEqual({ failures: 20, locked: true });
    });

    test('wrong codes are counted anew each day', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      for (let number = 1; number <= 19; number += 1) await problemOf(office.verify(payment, '000000', cashier));
      office.pass(24 * 60 * MINUTE);
      await problemOf(office.verify(payment, '000000', cashier));
      expect(await tries(cashier.userId)).toEqual({ failures: 1, locked: false });
    });

    test('a right code whose comparison died is a try that stays counted', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      const code = await office.code(payment, cashier);
      // The second transaction of a verification is the one that marks it verified.
      office.fault.strike = (sql) => {
        if (/verified_at" = /.test(sql)) throw new Error('killed');
      };
      expect(await errorOf(office.verify(payment, code, cashier))).toBeInstanceOf(Error);
      office.fault.strike = null;
      expect((await challenges(payment))[0]).toMatchObject({ failures: 1, verifiedAt: null });
      expect(await tries(cashier.userId)).toEqual({ failures: 1, locked: false });
    });
  });

  describe('what a code is good for', () => {
    test('a used code is used: after its payment it is invalid', async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment);
      await office.verify(payment, code);
      expect(await problemOf(office.verify(payment, code))).toMatchObject({ code: 'OTP_INVALID' });
      await office.pay(payment);
      expect(await problemOf(office.verify(payment, code))).toMatchObject({ code: 'OTP_INVALID' });
    });

    test("a payment's code does not open another payment of the same person", async () => {
      const [one, two] = [await office.payment(fund), await office.payment(fund)];
      const [first, second] = [await office.code(one), await office.code(two)];
      expect(await problemOf(office.verify(two, first))).toMatchObject({ code: 'OTP_INVALID' });
      await office.verify(two, second);
      expect(failingCodes(await problemOf(office.execute(one)))).toEqual(['OTP_REQUIRED']);
      await office.pay(two);
      await office.verify(one, first);
      await office.pay(one);
    });

    test('a hash moved from one payment to another in the database opens nothing: it is bound to its terms', async () => {
      const [cheap, dear] = [
        await office.payment(fund, { amount: '1' }),
        await office.payment(fund, { amount: '9,000' }),
      ];
      const code = await office.code(cheap);
      const [from] = await challenges(cheap);
      if (from === undefined) throw new Error('no challenge');
      await office.store.write((tx) =>
        tx.db.insert(tx.t.otpChallenges).values({ ...from, id: from.id.replace(/^./, 'f'), paymentId: dear.id }),
      );
      expect(await problemOf(office.verify(dear, code))).toMatchObject({ code: 'OTP_INVALID' });
      await office.store.write((tx) =>
        tx.db
          .insert(tx.t.otpChallenges)
          .values({ ...from, id: from.id.replace(/^../, 'ff'), paymentId: dear.id, verifiedAt: tx.now }),
      );
      expect(failingCodes(await problemOf(office.execute(dear)))).toEqual(['OTP_INVALID']);
    });

    test('another pepper matches no code', async () => {
      const cashier = await aCashier();
      const payment = await office.payment(fund);
      const code = await office.code(payment, cashier);
      expect(await problemOf(office.verify(payment, code, cashier, Buffer.alloc(32, 8)))).toMatchObject({
        code: 'OTP_INVALID',
      });
      await office.verify(payment, code, cashier);
    });

    test('a new code voids the last, verified or not', async () => {
      const payment = await office.payment(fund);
      const first = await office.code(payment);
      await office.verify(payment, first);
      const second = await office.code(payment);
      expect(failingCodes(await problemOf(office.execute(payment)))).toEqual(['OTP_REQUIRED']);
      expect(await problemOf(office.verify(payment, first))).toMatchObject({ code: 'OTP_INVALID' });
      await office.verify(payment, second);
      await office.pay(payment);
      expect(
        (await challenges(payment)).map(({ voidedAt, consumedAt }) => [voidedAt !== null, consumedAt !== null]),
      ).toEqual([
        [true, false],
        [false, true],
      ]);
    });

    test("a new code of one cashier leaves another's alive", async () => {
      const payment = await office.payment(fund);
      const code = await office.code(payment, people.carol);
      await office.code(payment, people.peter);
      await office.verify(payment, code, people.carol);
      await office.pay(payment, people.carol);
    });

    test('a code spent on a reservation is spent: after "not paid" a new one is needed', async () => {
      const payment = await office.payment(fund, { method: 'bank' });
      await office.verify(payment, await office.code(payment));
      expect((await office.execute(payment)).state).toBe('executing');
      expect((await challenges(payment))[0]?.consumedAt).toEqual(office.clock.now);
      expect(failingCodes(await problemOf(office.send(payment)))).toEqual(['PAYMENT_IN_FLIGHT']);
      expect((await problemOf(office.send(payment))).kind).toBe('pending');
    });

    test('one code is consumed by one of two executions at the same moment', async () => {
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        const payment = await office.payment(fund);
        await office.verify(payment, await office.code(payment));
        const { executePayment } = await import('../../src/operations/execute-payment.ts');
        const again = executePayment(other, people.carol, {
          paymentId: payment.id,
          gatewayReference: null,
          dayAt: office.dayAt,
        });
        const outcomes = await Promise.all([errorOf(office.execute(payment)), errorOf(again)]);
        expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
        expect((await office.state(payment)).executions).toHaveLength(1);
      } finally {
        await other.close();
      }
    });
  });

  describe('sending', () => {
    test('three codes in fifteen minutes; the fourth waits until the first is older than that', async () => {
      const payment = await office.payment(fund);
      for (let number = 1; number <= 3; number += 1) {
        await office.send(payment);
        office.pass(MINUTE);
      }
      const mails = office.mails.length;
      expect(await problemOf(office.send(payment))).toMatchObject({ kind: 'forbidden', code: 'OTP_TOO_MANY' });
      expect(await problemOf(office.send(payment, people.peter))).toMatchObject({ code: 'OTP_TOO_MANY' });
      office.pass(12 * MINUTE);
      expect(await problemOf(office.send(payment))).toMatchObject({ code: 'OTP_TOO_MANY' });
      expect(office.mails.length).toBe(mails);
      office.pass(1);
      await office.send(payment);
    });

    test('a refused fourth leaves the third usable', async () => {
      const payment = await office.payment(fund);
      await office.send(payment);
      await office.send(payment);
      const third = await office.code(payment);
      await problemOf(office.send(payment));
      await office.verify(payment, third);
      await office.pay(payment);
    });

    test('six asked for at once are three mails, of which the newest works', async () => {
      const payment = await office.payment(fund);
      const before = office.mails.length;
      const slow: Mailer = {
        send: async (mail) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          await office.mailer.send(mail);
        },
      };
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, () => errorOf(office.send(payment, people.carol, slow))),
      );
      const ended = outcomes.map((outcome) => (outcome instanceof Problem ? outcome.code : 'sent'));
      expect(ended.filter((code) => code === 'OTP_TOO_MANY')).toHaveLength(3);
      expect(ended.filter((code) => code === 'OTP_SUPERSEDED').length).toBeLessThan(3);
      expect(ended.filter((code) => code === 'OTP_SUPERSEDED' || code === 'sent')).toHaveLength(3);
      const codes = office.mails.slice(before).map(codeIn);
      expect(codes).toHaveLength(3);
      const verified = [];
      for (const code of codes) verified.push((await errorOf(office.verify(payment, code))) === undefined);
      expect(verified.filter(Boolean)).toHaveLength(1);
    });

    test('a dead mailer leaves no usable code and does not count towards the three', async () => {
      const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
      for (let number = 1; number <= 4; number += 1) {
        expect(await problemOf(office.send(payment, people.carol, deadMailer))).toMatchObject({
          kind: 'external',
          code: 'MAIL_NOT_SENT',
        });
      }
      const dead = await challenges(payment);
      expect(dead).toHaveLength(4);
      expect(dead.every((challenge) => challenge.sentAt === null && challenge.voidedAt !== null)).toBe(true);
      expect((await office.state(payment)).actions).not.toContain('otp.sent');
      expect(failingCodes(await problemOf(office.execute(payment)))).toEqual(['OTP_REQUIRED']);
      for (let number = 1; number <= 3; number += 1) await office.send(payment);
      await problemOf(office.send(payment));
    });

    test('a code that could not be mailed cannot be verified, even by who saw it', async () => {
      const payment = await office.payment(fund);
      let seen = '';
      const eavesdropper: Mailer = {
        send: async (mail) => {
          seen = codeIn(mail);
          return deadMailer.send(mail);
        },
      };
      await problemOf(office.send(payment, people.carol, eavesdropper));
      expect(await problemOf(office.verify(payment, seen))).toMatchObject({ code: 'OTP_INVALID' });
    });

    test('a code is not usable before the mail server has taken it', async () => {
      const payment = await office.payment(fund);
      let early: unknown;
      const watched: Mailer = {
        send: async (mail) => {
          early = await errorOf(office.verify(payment, codeIn(mail)));
        },
      };
      await office.send(payment, people.carol, watched);
      expect(early).toMatchObject({ code: 'OTP_INVALID' });
    });

    test('with --dry-run nothing is mailed and no code is left', async () => {
      const payment = await office.payment(fund);
      const dry = await openStore(office.url, { clock: () => office.clock.now, dryRun: true });
      try {
        const request = {
          paymentId: payment.id,
          dayAt: office.dayAt,
          randomInt: () => 1,
          pepper: PEPPER,
          deadlineText: String,
          dryRun: true,
        };
        const before = office.mails.length;
        expect(await sendCode(dry, office.mailer, people.carol, request)).toMatchObject({
          kind: 'sent',
          to: people.carol.email,
        });
        expect(office.mails.length).toBe(before);
        expect(await challenges(payment)).toEqual([]);
      } finally {
        await dry.close();
      }
    });
  });
});
