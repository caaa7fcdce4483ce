import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import type { Mailer } from '../../src/gateways/mail.ts';
import { hashPassword } from '../../src/gateways/passwords.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { disableOwnTotp, disableTotpOf } from '../../src/operations/disable-totp.ts';
import { beginEnrolment, confirmOwnEnrolment } from '../../src/operations/enrol-totp.ts';
import { renewRecoveryCodes } from '../../src/operations/renew-recovery-codes.ts';
import { sendCode } from '../../src/operations/send-code.ts';
import { verifyCode } from '../../src/operations/verify-code.ts';
import { openStore } from '../../src/store/open.ts';
import { waitingLetters } from '../../src/store/outbox.ts';
import { getUser, updateUser } from '../../src/store/people.ts';
import type { Row } from '../../src/store/tables.ts';
import { anApp, type App } from '../support/an-app.ts';
import {
  aPayingOffice,
  bookFaults,
  errorOf,
  failingCodes,
  MINUTE,
  notThe,
  PEPPER,
  problemOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { listAuditEvents } from '../support/audit.ts';
import { done, proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { PASSWORD } from '../support/people.ts';

const STEP = 30_000;

eachDatabase((open) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;
  let passwordHash: string;
  let hired = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    passwordHash = await hashPassword(PASSWORD);
    // Every payment needs a code.
    fund = await office.fund({ otpThreshold: '0' });
  });

  const now = (): Date => office.clock.now;
  /** A new cashier with a password, so that wrong codes of one test lock out nobody else. */
  const aCashier = async (): Promise<Actor> => {
    const cashier = await office.person(`casual${(hired += 1)}`, ['cashier']);
    await office.store.write((tx) => updateUser(tx, cashier.userId, { passwordHash }));
    return cashier;
  };
  const begin = (actor: Actor, password = PASSWORD) =>
    beginEnrolment(office.store, actor, { password, pepper: PEPPER });
  const confirm = (actor: Actor, code: string) => confirmOwnEnrolment(office.store, actor, { code, pepper: PEPPER });

  interface Enrolled {
    readonly cashier: Actor;
    readonly app: App;
    readonly recoveryCodes: readonly string[];
  }
  /** A cashier whose codes come from an app; the clock stands in the next step, so that the app shows a fresh code. */
  const enrolled = async (): Promise<Enrolled> => {
    const cashier = await aCashier();
    const app = anApp((await begin(cashier)).uri);
    const { recoveryCodes } = await confirm(cashier, app.codeAt(now()));
    office.pass(STEP);
    return { cashier, app, recoveryCodes };
  };
  const viewOf = ({ userId }: Actor) => office.store.read((tx) => getUser(tx, userId));
  const challenges = async (payment: Row<'payments'>) => (await office.state(payment)).challenges;
  const enrolmentsOf = ({ userId }: Actor): Promise<Row<'totpEnrolments'>[]> =>
    office.store.read((tx) =>
      tx.db
        .select()
        .from(tx.t.totpEnrolments)
        .where(eq(tx.t.totpEnrolments.userId, userId))
        .orderBy(tx.t.totpEnrolments.id),
    );
  const lastStepOf = async (actor: Actor) => (await enrolmentsOf(actor)).at(-1)?.lastStep;
  const letters = async (to: string): Promise<string[]> => {
    const waiting = await office.store.read((tx) => waitingLetters(tx, 1000));
    return waiting
      .map(({ payload }) => JSON.parse(payload) as { to: string; subject: string })
      .flatMap((letter) => (letter.to === to ? [letter.subject] : []));
  };
  const noMail: Mailer = { send: () => Promise.reject(new Error('nothing is to be mailed')) };
  const awaitCode = (payment: Row<'payments'>, cashier: Actor) => office.send(payment, cashier, noMail);

  describe('an enrolment', () => {
    test('counts once its first code was given, which is used up by that', async () => {
      const cashier = await aCashier();
      const { uri, secret, expiresAt } = await begin(cashier);
      expect(uri).toContain(`secret=${secret}`);
      expect(expiresAt.getTime() - now().getTime()).toBe(10 * MINUTE);
      expect((await viewOf(cashier)).totp).toBe(null);
      const app = anApp(uri);
      const { view, recoveryCodes } = await confirm(cashier, app.codeAt(now()));
      expect(view.totp).toEqual({ since: now(), recoveryCodesLeft: 10 });
      expect(new Set(recoveryCodes).size).toBe(10);
      const payment = await office.payment(fund);
      await awaitCode(payment, cashier);
      expect(await problemOf(office.verify(payment, app.codeAt(now()), cashier))).toMatchObject({
        code: 'OTP_INVALID',
      });
      expect(await letters(cashier.email)).toEqual(['Your codes come from an app now']);
      const events = await office.store.read((tx) => listAuditEvents(tx, 'totp.enrolled'));
      expect(events.at(-1)).toMatchObject({ actor: cashier.username, subject: cashier.username });
    });

    test('needs the password, which a stolen session does not have', async () => {
      const cashier = await aCashier();
      expect(await problemOf(begin(cashier, 'wrong horse battery'))).toMatchObject({
        kind: 'auth',
        code: 'LOGIN_FAILED',
      });
      expect(await enrolmentsOf(cashier)).toEqual([]);
      expect((await viewOf(cashier)).user.failedLogins).toBe(1);
      await begin(cashier);
      expect((await viewOf(cashier)).user.failedLogins).toBe(0);
    });

    test('can be confirmed exactly ten minutes later; one millisecond more and it cannot, and that is no wrong code', async () => {
      const [intime, late] = [await aCashier(), await aCashier()];
      const [first, second] = [anApp((await begin(intime)).uri), anApp((await begin(late)).uri)];
      office.pass(10 * MINUTE);
      await confirm(intime, first.codeAt(now()));
      office.pass(1);
      expect(await problemOf(confirm(late, second.codeAt(now())))).toMatchObject({
        kind: 'auth',
        code: 'TOTP_EXPIRED',
      });
      expect((await viewOf(late)).user.otpFailures).toBe(0);
      expect((await viewOf(late)).totp).toBe(null);
    });

    test('that begins anew ends the one that was begun before', async () => {
      const cashier = await aCashier();
      const [first, second] = [anApp((await begin(cashier)).uri), anApp((await begin(cashier)).uri)];
      expect(await problemOf(confirm(cashier, first.codeAt(now())))).toMatchObject({ code: 'OTP_INVALID' });
      await confirm(cashier, second.codeAt(now()));
      expect((await enrolmentsOf(cashier)).map(({ endedBecause, secret }) => [endedBecause, secret !== null])).toEqual([
        ['superseded', false],
        [null, true],
      ]);
    });

    test('is confirmed by one of two that come at once', async () => {
      const cashier = await aCashier();
      const app = anApp((await begin(cashier)).uri);
      const other = await openStore(office.url, { clock: now });
      const again = confirmOwnEnrolment(other, cashier, { code: app.codeAt(now()), pepper: PEPPER });
      const outcomes = await Promise.all([errorOf(confirm(cashier, app.codeAt(now()))), errorOf(again)]);
      await other.close();
      expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
      expect((await viewOf(cashier)).totp?.recoveryCodesLeft).toBe(10);
    });

    test('is not taken over by another: who is enrolled disables first', async () => {
      const { cashier } = await enrolled();
      expect(await problemOf(begin(cashier))).toMatchObject({ kind: 'refused', code: 'TOTP_ENROLLED' });
      expect((await viewOf(cashier)).user.failedLogins).toBe(0);
    });

    test('ends the codes that were mailed before', async () => {
      const cashier = await aCashier();
      const [waiting, verified] = [await office.payment(fund), await office.payment(fund)];
      const mailed = await office.code(waiting, cashier);
      await office.verify(verified, await office.code(verified, cashier), cashier);
      const app = anApp((await begin(cashier)).uri);
      await confirm(cashier, app.codeAt(now()));
      office.pass(STEP);
      expect(await problemOf(office.verify(waiting, mailed, cashier))).toMatchObject({ code: 'OTP_INVALID' });
      expect(await problemOf(office.verify(waiting, app.codeAt(now()), cashier))).toMatchObject({
        code: 'OTP_INVALID',
      });
      expect(failingCodes(await problemOf(office.execute(verified, cashier)))).toEqual(['OTP_REQUIRED']);
    });

    test('is not in the database: its secret is sealed, its recovery codes are hashed', async () => {
      const cashier = await aCashier();
      const { uri, secret } = await begin(cashier);
      const { recoveryCodes } = await confirm(cashier, anApp(uri).codeAt(now()));
      const rows = await office.store.read(async (tx) => {
        const found: object[] = [];
        for (const table of Object.values(tx.t)) found.push(...(await tx.db.select().from(table)));
        return JSON.stringify(found);
      });
      for (const kept of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))])
        expect(rows).not.toContain(kept);
    });
  });

  describe('a code of the app', () => {
    test('pays: awaited without any mail, verified, executed, and stands in the execution', async () => {
      const { cashier, app } = await enrolled();
      const payment = await office.payment(fund);
      expect(await awaitCode(payment, cashier)).toEqual({
        kind: 'sent',
        channel: 'totp',
        to: null,
        expiresAt: new Date(now().getTime() + 5 * MINUTE),
      });
      const verified = await office.verify(payment, app.codeAt(now()), cashier);
      expect(verified).toMatchObject({ channel: 'totp', recoveryCodesLeft: null });
      const verifiedAt = now();
      office.pass(MINUTE);
      const { execution } = await office.pay(payment, cashier);
      expect(execution).toMatchObject({ otpVerifiedAt: verifiedAt, otpVerifiedBy: cashier.userId });
      const { actions } = await office.state(payment);
      expect(actions.slice(-3)).toEqual(['otp.sent', 'otp.verified', 'payment.executed']);
      const events = await office.store.read((tx) =>
        tx.db
          .select()
          .from(tx.t.auditEvents)
          .where(and(eq(tx.t.auditEvents.subject, payment.ref))),
      );
      const codes = events.filter(({ action }) => action?.startsWith('otp.'));
      expect(codes.map(({ body }) => /"channel":"(\w+)"/.exec(body)?.[1])).toEqual(['totp', 'totp']);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('is good once: not for another payment, and neither is an older one', async () => {
      const { cashier, app } = await enrolled();
      const payments = [await office.payment(fund), await office.payment(fund), await office.payment(fund)] as const;
      for (const payment of payments) await awaitCode(payment, cashier);
      const before = app.codeAt(new Date(now().getTime() - STEP));
      const code = app.codeAt(now());
      await office.verify(payments[0], code, cashier);
      for (const used of [code, before])
        expect(await problemOf(office.verify(payments[1], used, cashier))).toMatchObject({ code: 'OTP_INVALID' });
      office.pass(STEP);
      await office.verify(payments[1], app.codeAt(now()), cashier);
      // The next one already, which a clock that is fast shows: after it the present one is an older one.
      office.pass(STEP);
      await office.verify(payments[2], app.codeAt(new Date(now().getTime() + STEP)), cashier);
      expect(await lastStepOf(cashier)).toBe(Math.floor(now().getTime() / STEP) + 1);
    });

    test('is taken one step early and one step late, not two', async () => {
      const { cashier, app } = await enrolled();
      office.pass(4 * STEP - (now().getTime() % STEP));
      const payment = await office.payment(fund);
      await awaitCode(payment, cashier);
      const shown = (steps: number) => app.codeAt(new Date(now().getTime() + steps * STEP));
      for (const steps of [-2, 2])
        expect(await problemOf(office.verify(payment, shown(steps), cashier))).toMatchObject({ code: 'OTP_INVALID' });
      const step = Math.floor(now().getTime() / STEP);
      await office.verify(payment, shown(-1), cashier);
      expect(await lastStepOf(cashier)).toBe(step - 1);
    });

    test('is used by one of two processes at the same moment, on whatever payments', async () => {
      const { cashier, app } = await enrolled();
      const other = await openStore(office.url, { clock: now });
      try {
        const [one, two] = [await office.payment(fund), await office.payment(await office.fund({ otpThreshold: '0' }))];
        for (const payment of [one, two]) await awaitCode(payment, cashier);
        const code = app.codeAt(now());
        const again = verifyCode(other, cashier, { paymentId: two.id, code, pepper: PEPPER });
        const outcomes = await Promise.all([errorOf(office.verify(one, code, cashier)), errorOf(again)]);
        expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
        expect(outcomes.find((outcome) => outcome !== undefined)).toMatchObject({ code: 'OTP_INVALID' });
        const verified = [...(await challenges(one)), ...(await challenges(two))].filter(
          ({ verifiedAt }) => verifiedAt !== null,
        );
        expect(verified).toHaveLength(1);
        expect((await viewOf(cashier)).user.otpFailures).toBe(1);
      } finally {
        await other.close();
      }
    });

    test('exactly five minutes after it was asked for it is taken and executed; one millisecond later neither', async () => {
      const { cashier, app } = await enrolled();
      const [intime, late] = [await office.payment(fund), await office.payment(fund)];
      await awaitCode(intime, cashier);
      office.pass(1);
      await awaitCode(late, cashier);
      office.pass(5 * MINUTE - 1);
      await office.verify(intime, app.codeAt(now()), cashier);
      await office.pay(intime, cashier);
      office.pass(2);
      expect(await problemOf(office.verify(late, app.codeAt(new Date(now().getTime() + STEP)), cashier))).toMatchObject(
        {
          code: 'OTP_EXPIRED',
        },
      );
      expect((await challenges(late))[0]?.failures).toBe(0);
    });

    test('is not used up by a challenge that ended while it was compared', async () => {
      const { cashier, app } = await enrolled();
      const payment = await office.payment(fund);
      await awaitCode(payment, cashier);
      const before = await lastStepOf(cashier);
      const code = app.codeAt(now());
      office.fault.strike = (sql) => {
        // The first transaction has counted the try: time passes before the second.
        if (!/otp_failures" = /.test(sql)) return;
        office.fault.strike = null;
        office.pass(6 * MINUTE);
      };
      expect(await problemOf(office.verify(payment, code, cashier))).toMatchObject({ code: 'OTP_INVALID' });
      expect(await lastStepOf(cashier)).toBe(before);
      expect((await challenges(payment))[0]).toMatchObject({ verifiedAt: null, failures: 1 });
    });

    test('five wrong ones end it, counted before anything is compared, and the right one does not help', async () => {
      const { cashier, app } = await enrolled();
      const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
      await awaitCode(payment, cashier);
      const code = app.codeAt(now());
      office.fault.strike = (sql) => {
        if (/last_step" = /.test(sql)) throw new Error('killed');
      };
      expect(await errorOf(office.verify(payment, code, cashier))).toBeInstanceOf(Error);
      office.fault.strike = null;
      expect((await challenges(payment))[0]?.failures).toBe(1);
      for (let number = 2; number <= 4; number += 1)
        expect(await problemOf(office.verify(payment, notThe(code), cashier))).toMatchObject({ code: 'OTP_INVALID' });
      expect(await problemOf(office.verify(payment, notThe(code), cashier))).toMatchObject({ code: 'OTP_LOCKED' });
      expect(await problemOf(office.verify(payment, code, cashier))).toMatchObject({ code: 'OTP_LOCKED' });
      expect((await office.state(payment)).actions.filter((action) => action === 'otp.refused')).toHaveLength(4);
      expect((await viewOf(cashier)).user.otpFailures).toBe(5);
      await awaitCode(payment, cashier);
      await office.verify(payment, code, cashier);
      await office.pay(payment, cashier);
    });

    test('is answered alike when it is wrong, used, of nobody’s challenge, another’s, or no code at all', async () => {
      const [{ cashier, app }, another] = [await enrolled(), await enrolled()];
      const [payment, unasked] = [await office.payment(fund), await office.payment(fund)];
      await awaitCode(payment, cashier);
      const used = app.codeAt(now());
      await office.verify(payment, used, cashier);
      await awaitCode(payment, cashier);
      const answer = async (code: string, asked = payment) => {
        const { kind, code: problem, message, details } = await problemOf(office.verify(asked, code, cashier));
        return {
          kind,
          problem,
          message: message.replace(asked.ref, 'REF'),
          details: JSON.stringify(details).replaceAll(asked.ref, 'REF'),
        };
      };
      const wrong = await answer(notThe(used));
      expect(wrong.problem).toBe('OTP_INVALID');
      expect(await answer(used)).toEqual(wrong);
      expect(await answer(another.app.codeAt(now()))).toEqual(wrong);
      expect(await answer(another.recoveryCodes[0] ?? '')).toEqual(wrong);
      office.pass(STEP);
      expect(await answer(app.codeAt(now()), unasked)).toEqual(wrong);
      // It was not used up by that.
      await office.verify(payment, app.codeAt(now()), cashier);
    });

    test('three challenges in fifteen minutes, as with mail', async () => {
      const { cashier } = await enrolled();
      const payment = await office.payment(fund);
      for (let number = 1; number <= 3; number += 1) await awaitCode(payment, cashier);
      expect(await problemOf(awaitCode(payment, cashier))).toMatchObject({ kind: 'forbidden', code: 'OTP_TOO_MANY' });
      office.pass(15 * MINUTE);
      expect(await problemOf(awaitCode(payment, cashier))).toMatchObject({ code: 'OTP_TOO_MANY' });
      office.pass(1);
      await awaitCode(payment, cashier);
    });

    test('twenty wrong ones in a day lock the person, in whatever they are tried for', async () => {
      const { cashier, app } = await enrolled();
      const payment = await office.payment(fund);
      for (let number = 1; number <= 19; number += 1) await problemOf(office.verify(payment, '000000', cashier));
      const given = { password: PASSWORD, code: 'nonsense', pepper: PEPPER };
      expect(await problemOf(disableOwnTotp(office.store, cashier, given))).toMatchObject({ code: 'OTP_INVALID' });
      const right = { ...given, code: app.codeAt(now()) };
      expect(await problemOf(disableOwnTotp(office.store, cashier, right))).toMatchObject({ code: 'OTP_LOCKED' });
      expect(await problemOf(renewRecoveryCodes(office.store, cashier, right))).toMatchObject({ code: 'OTP_LOCKED' });
      expect(await problemOf(awaitCode(payment, cashier))).toMatchObject({ code: 'OTP_LOCKED' });
    });

    test('is not awaited in a rehearsal', async () => {
      const { cashier } = await enrolled();
      const payment = await office.payment(fund);
      const dry = await openStore(office.url, { clock: now, dryRun: true });
      const request = { dayAt: office.dayAt, randomInt: () => 1, pepper: PEPPER, deadlineText: String, dryRun: true };
      expect(await sendCode(dry, noMail, cashier, { paymentId: payment.id, ...request })).toMatchObject({
        channel: 'totp',
      });
      await dry.close();
      expect(await challenges(payment)).toEqual([]);
    });

    test('under a secret that was moved from one person to another in the database is refused as altered', async () => {
      const [{ cashier, recoveryCodes }, thief] = [await enrolled(), await enrolled()];
      const [mine] = await enrolmentsOf(thief.cashier);
      const payment = await office.payment(fund);
      await awaitCode(payment, cashier);
      await disableOwnTotp(office.store, cashier, { password: PASSWORD, code: recoveryCodes[0] ?? '', pepper: PEPPER });
      await office.store.write(async (tx) => {
        const { totpEnrolments: enrolments } = tx.t;
        const forged = {
          id: (mine?.id ?? '').replace(/^./, 'f'),
          userId: cashier.userId,
          secret: mine?.secret ?? null,
        };
        const times = { createdAt: now(), expiresAt: new Date(now().getTime() + MINUTE) };
        await tx.db.insert(enrolments).values({ ...forged, ...times });
        await tx.db.update(enrolments).set({ confirmedAt: now(), lastStep: 1 }).where(eq(enrolments.id, forged.id));
      });
      await awaitCode(payment, cashier);
      expect(await problemOf(office.verify(payment, thief.app.codeAt(now()), cashier))).toMatchObject({
        kind: 'integrity',
        code: 'TOTP_SECRET_ALTERED',
      });
    });
  });

  describe('a recovery code', () => {
    test('pays once in place of a code of the app, however it is typed', async () => {
      const { cashier, recoveryCodes } = await enrolled();
      const [code = '', second = ''] = recoveryCodes;
      const [one, two] = [await office.payment(fund), await office.payment(fund)];
      for (const payment of [one, two]) await awaitCode(payment, cashier);
      const typed = ` ${code.toLowerCase().replaceAll('-', ' ')}`;
      expect(await office.verify(one, typed, cashier)).toMatchObject({ channel: 'totp', recoveryCodesLeft: 9 });
      await office.pay(one, cashier);
      expect(await problemOf(office.verify(two, code, cashier))).toMatchObject({ code: 'OTP_INVALID' });
      expect(await office.verify(two, second, cashier)).toMatchObject({ recoveryCodesLeft: 8 });
      expect((await viewOf(cashier)).totp?.recoveryCodesLeft).toBe(8);
    });

    test('is used by one of two processes at the same moment', async () => {
      const { cashier, recoveryCodes } = await enrolled();
      const [code = ''] = recoveryCodes;
      const other = await openStore(office.url, { clock: now });
      const [one, two] = [await office.payment(fund), await office.payment(await office.fund({ otpThreshold: '0' }))];
      for (const payment of [one, two]) await awaitCode(payment, cashier);
      const again = verifyCode(other, cashier, { paymentId: two.id, code, pepper: PEPPER });
      const outcomes = await Promise.all([errorOf(office.verify(one, code, cashier)), errorOf(again)]);
      await other.close();
      expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
      expect((await viewOf(cashier)).totp?.recoveryCodesLeft).toBe(9);
    });

    test('is void once ten new ones were made, for which password and app are needed', async () => {
      const { cashier, app, recoveryCodes } = await enrolled();
      const [used = '', old = ''] = recoveryCodes;
      const payment = await office.payment(fund);
      await awaitCode(payment, cashier);
      await office.verify(payment, used, cashier);
      const renew = (password: string, code: string) =>
        renewRecoveryCodes(office.store, cashier, { password, code, pepper: PEPPER });
      const code = app.codeAt(now());
      expect(await problemOf(renew('wrong horse battery', code))).toMatchObject({ code: 'LOGIN_FAILED' });
      // A recovery code makes no others.
      expect(await problemOf(renew(PASSWORD, old))).toMatchObject({ code: 'OTP_INVALID' });
      const { view, recoveryCodes: fresh } = await renew(PASSWORD, code);
      expect(view.totp?.recoveryCodesLeft).toBe(10);
      expect(await problemOf(renew(PASSWORD, code))).toMatchObject({ code: 'OTP_INVALID' });
      const next = await office.payment(fund);
      await awaitCode(next, cashier);
      expect(await problemOf(office.verify(next, old, cashier))).toMatchObject({ code: 'OTP_INVALID' });
      await office.verify(next, fresh[0] ?? '', cashier);
      expect(await letters(cashier.email)).toEqual(['Your codes come from an app now', 'You have new recovery codes']);
    });
  });

  describe('disabling', () => {
    const disable = (cashier: Actor, code: string, password = PASSWORD) =>
      disableOwnTotp(office.store, cashier, { password, code, pepper: PEPPER });

    test('one’s own takes the password and a code of the app; then codes are mailed again', async () => {
      const { cashier, app, recoveryCodes } = await enrolled();
      const payment = await office.payment(fund);
      await awaitCode(payment, cashier);
      const code = app.codeAt(now());
      expect(await problemOf(disable(cashier, code, 'wrong horse battery'))).toMatchObject({ code: 'LOGIN_FAILED' });
      expect(await problemOf(disable(cashier, notThe(code)))).toMatchObject({ code: 'OTP_INVALID' });
      expect((await viewOf(cashier)).totp).not.toBe(null);
      expect((await disable(cashier, code)).totp).toBe(null);
      expect((await enrolmentsOf(cashier)).at(-1)).toMatchObject({ secret: null, endedBecause: 'disabled' });
      expect((await viewOf(cashier)).user).toMatchObject({ failedLogins: 0, otpFailures: 1 });
      // What was awaited from the app is not answered any more, by mail or recovery code.
      expect(await problemOf(office.verify(payment, recoveryCodes[0] ?? '', cashier))).toMatchObject({
        code: 'OTP_INVALID',
      });
      await office.verify(payment, await office.code(payment, cashier), cashier);
      expect(await letters(cashier.email)).toContain('Your codes are mailed again');
      expect(await problemOf(disable(cashier, code))).toMatchObject({ kind: 'refused', code: 'TOTP_NOT_ENROLLED' });
    });

    test('one’s own works with a recovery code when the phone is lost, and another app can be enrolled', async () => {
      const { cashier, recoveryCodes } = await enrolled();
      await disable(cashier, recoveryCodes[9] ?? '');
      const app = anApp((await begin(cashier)).uri);
      expect((await confirm(cashier, app.codeAt(now()))).view.totp?.recoveryCodesLeft).toBe(10);
      expect((await viewOf(cashier)).totp?.recoveryCodesLeft).toBe(10);
    });

    test('another’s is an admin’s act before the office has paid, and takes two people from then on', async () => {
      const fresh = await aPayingOffice(open);
      const carol = fresh.people.carol;
      await fresh.store.write((tx) => updateUser(tx, carol.userId, { passwordHash }));
      const enrol = async () => {
        const { uri } = await beginEnrolment(fresh.store, carol, { password: PASSWORD, pepper: PEPPER });
        const app = anApp(uri);
        await confirmOwnEnrolment(fresh.store, carol, { code: app.codeAt(fresh.clock.now), pepper: PEPPER });
        fresh.pass(STEP);
        return app;
      };
      const request = { username: 'carol', reason: 'phone lost' };
      expect(await problemOf(disableTotpOf(fresh.store, carol, request))).toMatchObject({ kind: 'forbidden' });
      expect(await problemOf(disableTotpOf(fresh.store, fresh.people.root, request))).toMatchObject({
        code: 'TOTP_NOT_ENROLLED',
      });
      await enrol();
      expect((await done(disableTotpOf(fresh.store, fresh.people.root, request))).totp).toBe(null);
      const app = await enrol();
      const shop = await fresh.fund({ otpThreshold: '0' });
      const payment = await fresh.payment(shop);
      await fresh.send(payment);
      await fresh.verify(payment, app.codeAt(fresh.clock.now));
      await fresh.pay(payment);
      const change = await proposedBy(disableTotpOf(fresh.store, fresh.people.root, request));
      const totp = async () => (await fresh.store.read((tx) => getUser(tx, carol.userId))).totp;
      expect(await totp()).not.toBe(null);
      const decide = (actor: Actor) =>
        confirmChange(fresh.store, actor, { change: change.proposed.change.ref, reason: null });
      for (const actor of [fresh.people.root, carol])
        expect(await problemOf(decide(actor))).toMatchObject({ kind: 'forbidden' });
      await decide(fresh.people.esther);
      expect(await totp()).toBe(null);
      const events = await fresh.store.read((tx) => listAuditEvents(tx, 'totp.disabled'));
      expect(events).toHaveLength(2);
      expect(await bookFaults(fresh.store)).toEqual([]);
    });
  });
});
