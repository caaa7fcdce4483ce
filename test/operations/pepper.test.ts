import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { pepperFingerprint } from '../../src/gateways/pepper-file.ts';
import { hashPassword } from '../../src/gateways/passwords.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { beginEnrolment, confirmOwnEnrolment } from '../../src/operations/enrol-totp.ts';
import { renewRecoveryCodes } from '../../src/operations/renew-recovery-codes.ts';
import { replacePepper } from '../../src/operations/replace-pepper.ts';
import { getOffice } from '../../src/store/office.ts';
import { waitingLetters } from '../../src/store/outbox.ts';
import { getUser, updateUser } from '../../src/store/people.ts';
import type { Row } from '../../src/store/tables.ts';
import { anApp } from '../support/an-app.ts';
import { aPayingOffice, bookFaults, failingCodes, PEPPER, problemOf, type PayingOffice } from '../support/an-office.ts';
import { listAuditEvents } from '../support/audit.ts';
import { done, proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { PASSWORD } from '../support/people.ts';

const NEW_PEPPER = Buffer.alloc(32, 9);
const STEP = 30_000;

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;
  let passwordHash: string;

  beforeAll(async () => {
    passwordHash = await hashPassword(PASSWORD);
  });
  const anew = async (): Promise<void> => {
    office = await aPayingOffice(open);
    people = office.people;
    for (const person of [people.carol, people.peter])
      await office.store.write((tx) => updateUser(tx, person.userId, { passwordHash }));
    fund = await office.fund({ otpThreshold: '0' });
  };
  const now = (): Date => office.clock.now;
  const enrol = async (actor: Actor, pepper = PEPPER) => {
    const { uri } = await beginEnrolment(office.store, actor, { password: PASSWORD, pepper });
    const app = anApp(uri);
    const { recoveryCodes } = await confirmOwnEnrolment(office.store, actor, { code: app.codeAt(now()), pepper });
    office.pass(STEP);
    return { app, recoveryCodes };
  };
  const replace = (pepper: Buffer, by: Actor = people.root) =>
    replacePepper(office.store, by, { fingerprint: pepperFingerprint(pepper), reason: 'a copy was lost' });
  const inForce = async () => (await office.store.read(getOffice)).pepperFingerprint;
  const totpOf = async (actor: Actor) => (await office.store.read((tx) => getUser(tx, actor.userId))).totp;

  describe('another pepper', () => {
    test('ends every live code, app and recovery code, tells their owners, and is one event', async () => {
      await anew();
      const { app, recoveryCodes } = await enrol(people.carol);
      const [mailed, verified, awaited] = [
        await office.payment(fund),
        await office.payment(fund),
        await office.payment(fund),
      ];
      const code = await office.code(mailed, people.peter);
      await office.verify(verified, await office.code(verified, people.peter), people.peter);
      await office.send(awaited, people.carol);
      // Begun and not confirmed: it ends too, and nobody has to be told.
      await beginEnrolment(office.store, people.peter, { password: PASSWORD, pepper: PEPPER });
      const replaced = await done(replace(NEW_PEPPER));
      expect(replaced).toEqual({
        before: pepperFingerprint(PEPPER),
        after: pepperFingerprint(NEW_PEPPER),
        codesVoided: 3,
        unenrolled: ['carol'],
      });
      const { pepperFingerprint: fingerprint, pepperReplacedAt } = await office.store.read(getOffice);
      expect([fingerprint, pepperReplacedAt]).toEqual([pepperFingerprint(NEW_PEPPER), now()]);
      expect(await totpOf(people.carol)).toBe(null);
      for (const [payment, given, executor] of [
        [mailed, code, people.peter],
        [awaited, app.codeAt(now()), people.carol],
        [awaited, recoveryCodes[0] ?? '', people.carol],
      ] as const) {
        for (const pepper of [PEPPER, NEW_PEPPER])
          expect(await problemOf(office.verify(payment, given, executor, pepper))).toMatchObject({
            code: 'OTP_INVALID',
          });
      }
      expect(failingCodes(await problemOf(office.execute(verified, people.peter)))).toEqual(['OTP_REQUIRED']);
      const events = await office.store.read((tx) => listAuditEvents(tx, 'pepper.replaced'));
      expect(events.map(({ payload }) => payload)).toEqual([
        {
          before: replaced.before,
          after: replaced.after,
          codes_voided: 3,
          totp_ended: ['carol'],
          recovery_codes_voided: 10,
        },
      ]);
      const letters = (await office.store.read((tx) => waitingLetters(tx, 100))).map(
        ({ payload }) => JSON.parse(payload) as { to: string; subject: string },
      );
      expect(letters.filter(({ subject }) => subject === 'Enrol your app again').map(({ to }) => to)).toEqual([
        'carol@acme.example',
      ]);
      const secrets = await office.store.read((tx) =>
        tx.db.select({ secret: tx.t.totpEnrolments.secret }).from(tx.t.totpEnrolments),
      );
      expect(secrets.every(({ secret }) => secret === null)).toBe(true);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('seals what is enrolled from then on; what was made with the old one is refused', async () => {
      await anew();
      await done(replace(NEW_PEPPER));
      expect(await problemOf(enrol(people.carol, PEPPER))).toMatchObject({ kind: 'conflict', code: 'PEPPER_CHANGED' });
      const { app } = await enrol(people.carol, NEW_PEPPER);
      const old = { password: PASSWORD, code: app.codeAt(now()), pepper: PEPPER };
      expect(await problemOf(renewRecoveryCodes(office.store, people.carol, old))).toMatchObject({
        code: 'TOTP_SECRET_ALTERED',
      });
      const payment = await office.payment(fund);
      await office.send(payment, people.carol);
      await office.verify(payment, app.codeAt(now()), people.carol, NEW_PEPPER);
      await office.pay(payment, people.carol);
    });

    test('is an admin’s act, and once the office has paid it takes two people', async () => {
      await anew();
      expect(await problemOf(replace(NEW_PEPPER, people.david))).toMatchObject({ kind: 'forbidden' });
      const payment = await office.payment(fund);
      await office.verify(payment, await office.code(payment));
      await office.pay(payment);
      const { app } = await enrol(people.carol);
      const { proposed } = await proposedBy(replace(NEW_PEPPER));
      expect(await inForce()).toBe(pepperFingerprint(PEPPER));
      expect(JSON.parse(proposed.change.before)).toEqual({ fingerprint: pepperFingerprint(PEPPER) });
      expect(JSON.parse(proposed.change.after)).toMatchObject({ fingerprint: pepperFingerprint(NEW_PEPPER) });
      // Until somebody confirms, codes work as before.
      const waiting = await office.payment(fund);
      await office.send(waiting, people.carol);
      await office.verify(waiting, app.codeAt(now()), people.carol);
      expect(await problemOf(replace(NEW_PEPPER))).toMatchObject({ kind: 'conflict', code: 'CHANGE_PENDING' });
      const decide = (by: Actor) => confirmChange(office.store, by, { change: proposed.change.ref, reason: null });
      expect(await problemOf(decide(people.root))).toMatchObject({ kind: 'forbidden' });
      const { applied } = await decide(people.esther);
      expect(applied?.lines.join(' ')).toContain('To enrol their apps again: carol.');
      expect(await inForce()).toBe(pepperFingerprint(NEW_PEPPER));
      expect(await totpOf(people.carol)).toBe(null);
      expect(failingCodes(await problemOf(office.execute(waiting, people.carol)))).toEqual(['OTP_REQUIRED']);
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });
});
