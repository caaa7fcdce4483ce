import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { editFund } from '../../src/operations/edit-fund.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection, type Raw, type Value } from '../support/raw.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let raw: Raw;
  let paid: Row<'payments'>;
  let reversed: Row<'payments'>;
  /** About Carol, proposed by root. */
  let pending: Row<'changes'>;
  let confirmed: Row<'changes'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    const fund = await office.fund();
    [paid, reversed] = [await office.payment(fund), await office.payment(fund)];
    for (const payment of [paid, reversed]) await office.pay(payment);
    const wish = { username: 'carol', roles: 'treasurer', place: { company: 'ACME' } };
    pending = (await proposedBy(changeRoles(office.store, people.root, wish))).proposed.change;
    const edit = { fund: fund.code, edit: { dailyLimit: '50,000' }, reason: null };
    confirmed = (await proposedBy(editFund(office.store, people.david, edit))).proposed.change;
    const wrong = { paymentId: reversed.id, reason: 'wrong number', returnedReference: null };
    const reversal = (await proposeReversal(office.store, people.david, wrong)).proposed.change;
    for (const { ref } of [confirmed, reversal])
      await confirmChange(office.store, people.esther, { change: ref, reason: null });
    raw = await rawConnection(office.url, dialect);
  });
  afterAll(() => raw.close());

  const everything = async () => {
    const tables: Record<string, Value>[][] = [];
    for (const table of ['changes', 'change_confirmations', 'payment_reversals', 'role_grants'])
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
    table: string,
    change: Record<string, Value>,
    verb = 'INSERT',
  ): Promise<void> {
    const [row] = await raw.run(`SELECT * FROM ${table} ORDER BY id`);
    const forged = { ...row, ...change };
    const columns = Object.keys(forged).map((column) => `"${column}"`);
    const places = columns.map(() => '?').join(', ');
    await refuses(says, `${verb} INTO ${table} (${columns.join(', ')}) VALUES (${places})`, ...Object.values(forged));
  }

  describe('a change', () => {
    test('keeps what was proposed, for ever', async () => {
      for (const column of ['kind', 'subject', 'before', 'after', 'payload', 'reason'])
        await refuses(/never changes/, `UPDATE changes SET "${column}" = 'x' WHERE id = ?`, pending.id);
      await refuses(
        /never changes/,
        'UPDATE changes SET proposed_by = ? WHERE id = ?',
        people.david.userId,
        pending.id,
      );
      await refuses(/never deleted/, 'DELETE FROM changes WHERE id = ?', pending.id);
      if (dialect === 'sqlite')
        await refusesCopy(/never replaced/, 'changes', { status: 'pending' }, 'INSERT OR REPLACE');
      if (dialect === 'postgres') await refuses(/never deleted/, 'TRUNCATE changes CASCADE');
    });

    test('begins pending, and is confirmed by nobody who did not confirm it', async () => {
      const forged = { id: newId(), ref: 'chg_forged', status: 'confirmed' };
      await refusesCopy(/a new change is pending|changes_decided/, 'changes', forged);
      const step = 'UPDATE changes SET status = ?, decided_by = ?, decided_at = created_at WHERE id = ?';
      await refuses(/nobody has confirmed it/, step, 'confirmed', people.esther.userId, pending.id);
      await refuses(/changes_decided/, 'UPDATE changes SET status = ? WHERE id = ?', 'rejected', pending.id);
      for (const by of [people.root, people.carol])
        await refuses(/nobody has confirmed it|changes_two_people/, step, 'confirmed', by.userId, pending.id);
    });

    test('stays decided as it was decided', async () => {
      for (const status of ['pending', 'rejected'])
        await refuses(/stays decided/, 'UPDATE changes SET status = ? WHERE id = ?', status, confirmed.id);
      await refuses(/stays decided/, "UPDATE changes SET decided_reason = 'x' WHERE id = ?", confirmed.id);
    });

    test('is confirmed neither by who proposed it nor by whom it is about, nor twice, nor when it is decided', async () => {
      const insert = 'INSERT INTO change_confirmations SELECT ?, ?, ?, created_at FROM change_confirmations LIMIT 1';
      const says = /proposed by them, about them, or decided/;
      const cast = dialect === 'postgres' ? insert.replace('?, ?, ?', '?::uuid, ?::uuid, ?::uuid') : insert;
      for (const by of [people.root, people.carol]) await refuses(says, cast, newId(), pending.id, by.userId);
      await refuses(says, cast, newId(), confirmed.id, people.brian.userId);
    });

    test('has confirmations that nobody changes', async () => {
      await refuses(/immutable/, 'UPDATE change_confirmations SET user_id = ?', people.brian.userId);
      await refuses(/immutable/, 'DELETE FROM change_confirmations');
    });
  });

  describe('a reversal', () => {
    test('is no single person’s', async () => {
      const step = "UPDATE payments SET status = 'reversed' WHERE id = ?";
      await refuses(/nobody has confirmed the reversal/, step, paid.id);
    });

    test('has one link, which nobody changes or forges', async () => {
      await refuses(/immutable/, "UPDATE payment_reversals SET returned_reference = 'x'");
      await refuses(/immutable/, 'DELETE FROM payment_reversals');
      await refusesCopy(/not the entries|immutable|unique/i, 'payment_reversals', { id: newId() });
      await refusesCopy(/not the entries|immutable|unique/i, 'payment_reversals', { id: newId(), payment_id: paid.id });
    });

    test('has no second credit', async () => {
      const [credit] = await raw.run("SELECT * FROM ledger_entries WHERE kind = 'reversal'");
      const forged = { ...credit, id: newId(), ref: 'led_forged', seq: Number(credit?.['seq']) + 1 };
      const columns = Object.keys(forged);
      await refuses(
        /not the credit of its reversed payment|not in step/,
        `INSERT INTO ledger_entries (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        ...Object.values(forged),
      );
    });
  });

  test('a role keeps the end it was given', async () => {
    const end = dialect === 'sqlite' ? '4102444800000' : "'2100-01-01'";
    await refuses(/fixed at creation/, `UPDATE role_grants SET ends_at = ${end}`);
  });

  test('after all this the office is whole', async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
