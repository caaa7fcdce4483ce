import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/gateways/passwords.ts';
import { disableOwnTotp } from '../../src/operations/disable-totp.ts';
import { beginEnrolment, confirmOwnEnrolment } from '../../src/operations/enrol-totp.ts';
import { newId } from '../../src/store/references.ts';
import { updateUser } from '../../src/store/people.ts';
import type { Actor } from '../../src/domain/access.ts';
import { anApp } from '../support/an-app.ts';
import { aPayingOffice, PEPPER, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { PASSWORD } from '../support/people.ts';
import { rawConnection, type Raw, type Value } from '../support/raw.ts';

/** What somebody with the database tries past the tool: each guard is the database's own. */
eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let raw: Raw;
  /** Carol's is in force, Peter's has ended; David's waits for its first code. */
  let ids: { inForce: string; ended: string; pending: string; used: string; unused: string; challenge: string };
  const never = dialect === 'sqlite' ? 0 : '1970-01-01T00:00:00.000Z';

  beforeAll(async () => {
    office = await aPayingOffice(open);
    const { carol, peter, david } = office.people;
    const passwordHash = await hashPassword(PASSWORD);
    const enrol = async (person: Actor) => {
      const { uri } = await beginEnrolment(office.store, person, { password: PASSWORD, pepper: PEPPER });
      return confirmOwnEnrolment(office.store, person, {
        code: anApp(uri).codeAt(office.clock.now),
        pepper: PEPPER,
      });
    };
    for (const person of [carol, peter, david])
      await office.store.write((tx) => updateUser(tx, person.userId, { passwordHash }));
    const [{ recoveryCodes }, ended] = [await enrol(carol), await enrol(peter)];
    await disableOwnTotp(office.store, peter, {
      password: PASSWORD,
      code: ended.recoveryCodes[0] ?? '',
      pepper: PEPPER,
    });
    await beginEnrolment(office.store, david, { password: PASSWORD, pepper: PEPPER });
    const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
    await office.send(payment);
    await office.verify(payment, recoveryCodes[0] ?? '');
    raw = await rawConnection(office.url, dialect);
    const idOf = async (statement: string, ...values: Value[]) =>
      String((await raw.run(statement, ...values))[0]?.['id']);
    ids = {
      inForce: await idOf('SELECT id FROM totp_enrolments WHERE user_id = ?', carol.userId),
      ended: await idOf('SELECT id FROM totp_enrolments WHERE user_id = ?', peter.userId),
      pending: await idOf('SELECT id FROM totp_enrolments WHERE user_id = ?', david.userId),
      used: await idOf('SELECT id FROM totp_recovery_codes WHERE user_id = ? AND used_at IS NOT NULL', carol.userId),
      unused: await idOf('SELECT id FROM totp_recovery_codes WHERE user_id = ? AND used_at IS NULL', carol.userId),
      challenge: await idOf('SELECT id FROM otp_challenges'),
    };
  });
  afterAll(() => raw.close());

  const everything = async () => {
    const tables: Record<string, Value>[][] = [];
    for (const table of ['totp_enrolments', 'totp_recovery_codes', 'otp_challenges'])
      tables.push(await raw.run(`SELECT * FROM ${table} ORDER BY id`));
    return tables;
  };

  /** The statement fails with what the guard says, and nothing in the database has changed. */
  async function refuses(says: RegExp, statement: string, ...values: readonly Value[]): Promise<void> {
    const before = await everything();
    await expect(raw.run(statement, ...values)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }

  /** As `refuses`, for a copy of a row with some columns changed. */
  async function refusesCopy(
    says: RegExp,
    [table, id]: readonly [string, string],
    change: Record<string, Value>,
    verb = 'INSERT',
  ): Promise<void> {
    const [row] = await raw.run(`SELECT * FROM ${table} WHERE id = ?`, id);
    const forged = { ...row, ...change };
    const columns = Object.keys(forged);
    const places = columns.map(() => '?').join(', ');
    await refuses(says, `${verb} INTO ${table} (${columns.join(', ')}) VALUES (${places})`, ...Object.values(forged));
  }

  describe('an enrolment', () => {
    test('keeps whose it is, its secret and its deadline', async () => {
      const { peter } = office.people;
      await refuses(/never changes/, 'UPDATE totp_enrolments SET user_id = ? WHERE id = ?', peter.userId, ids.inForce);
      await refuses(/never changes/, "UPDATE totp_enrolments SET secret = 'mine' WHERE id = ?", ids.inForce);
      await refuses(/never changes/, 'UPDATE totp_enrolments SET expires_at = created_at WHERE id = ?', ids.pending);
      await refuses(/never changes/, 'UPDATE totp_enrolments SET created_at = expires_at WHERE id = ?', ids.pending);
    });

    test('never forgets a used step', async () => {
      for (const step of ['last_step - 1', '0', 'NULL'])
        await refuses(
          /never forgotten|totp_enrolments_confirmed/,
          `UPDATE totp_enrolments SET last_step = ${step} WHERE id = ?`,
          ids.inForce,
        );
    });

    test('is confirmed once and in time, ends once, and does not come back', async () => {
      const confirm = 'UPDATE totp_enrolments SET confirmed_at = ?, last_step = 1 WHERE id = ?';
      await refuses(/once, in this order|never forgotten/, confirm, never, ids.inForce);
      await refuses(/once, in this order|never forgotten/, confirm, never, ids.ended);
      await refuses(
        /totp_enrolments_confirmed/,
        'UPDATE totp_enrolments SET confirmed_at = expires_at WHERE id = ?',
        ids.pending,
      );
      const late = dialect === 'sqlite' ? 'expires_at + 1' : "expires_at + interval '1 millisecond'";
      await refuses(
        /totp_enrolments_confirmed/,
        `UPDATE totp_enrolments SET confirmed_at = ${late}, last_step = 1 WHERE id = ?`,
        ids.pending,
      );
      await refuses(
        /once, in this order|never changes/,
        "UPDATE totp_enrolments SET ended_at = NULL, ended_because = NULL, secret = 'mine' WHERE id = ?",
        ids.ended,
      );
      await refuses(
        /once, in this order/,
        "UPDATE totp_enrolments SET ended_because = 'superseded' WHERE id = ?",
        ids.ended,
      );
      await refuses(
        /totp_enrolments_secret/,
        "UPDATE totp_enrolments SET ended_at = created_at, ended_because = 'disabled' WHERE id = ?",
        ids.inForce,
      );
      await refuses(/totp_enrolments_secret/, 'UPDATE totp_enrolments SET secret = NULL WHERE id = ?', ids.inForce);
    });

    test('is never born in force, and there is one live for a person', async () => {
      const forged = { id: newId(), user_id: office.people.brian.userId };
      await refusesCopy(/a new enrolment is pending/, ['totp_enrolments', ids.inForce], forged);
      await refusesCopy(/a new enrolment is pending/, ['totp_enrolments', ids.ended], forged);
      await refusesCopy(/never replaced|one_live/, ['totp_enrolments', ids.pending], { id: newId() });
    });

    test('is never deleted or replaced', async () => {
      await refuses(/never deleted/, 'DELETE FROM totp_enrolments');
      if (dialect === 'postgres') await refuses(/never deleted/, 'TRUNCATE totp_enrolments CASCADE');
      else await refusesCopy(/never replaced/, ['totp_enrolments', ids.pending], { id: newId() }, 'INSERT OR REPLACE');
    });
  });

  describe('a recovery code', () => {
    test('that was used is used, and is never unused, voided or changed', async () => {
      await refuses(/used or voided once/, 'UPDATE totp_recovery_codes SET used_at = NULL WHERE id = ?', ids.used);
      await refuses(/one_end/, 'UPDATE totp_recovery_codes SET voided_at = created_at WHERE id = ?', ids.used);
      await refuses(/never changes/, "UPDATE totp_recovery_codes SET code_hash = 'mine' WHERE id = ?", ids.unused);
      await refuses(
        /never changes/,
        'UPDATE totp_recovery_codes SET enrolment_id = ? WHERE id = ?',
        ids.ended,
        ids.unused,
      );
    });

    test('is born unused, of an enrolment in force, its owner’s', async () => {
      const forged = { id: newId(), code_hash: 'mine' };
      const born = /a new code is unused/;
      await refusesCopy(born, ['totp_recovery_codes', ids.used], forged);
      await refusesCopy(born, ['totp_recovery_codes', ids.unused], { ...forged, enrolment_id: ids.ended });
      await refusesCopy(born, ['totp_recovery_codes', ids.unused], { ...forged, enrolment_id: ids.pending });
      await refusesCopy(born, ['totp_recovery_codes', ids.unused], { ...forged, user_id: office.people.peter.userId });
    });

    test('is never deleted or replaced', async () => {
      await refuses(/never deleted/, 'DELETE FROM totp_recovery_codes');
      if (dialect === 'postgres') await refuses(/never deleted/, 'TRUNCATE totp_recovery_codes');
      else {
        const replaced = ['totp_recovery_codes', ids.used] as const;
        await refusesCopy(/never replaced/, replaced, { used_at: null }, 'INSERT OR REPLACE');
        await refusesCopy(/never replaced/, replaced, { id: newId(), used_at: null }, 'INSERT OR REPLACE');
      }
    });
  });

  test('a challenge keeps where its code comes from, and there are three such places', async () => {
    await refuses(/never changes/, "UPDATE otp_challenges SET channel = 'mail' WHERE id = ?", ids.challenge);
    await refusesCopy(/by mail, from an app, or of a batch/, ['otp_challenges', ids.challenge], {
      id: newId(),
      channel: 'none',
    });
  });
});
