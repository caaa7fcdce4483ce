import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { exportFile, payByBankFile } from '../support/a-bank.ts';
import { layoutAdded } from '../support/a-layout.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection, type Raw } from '../support/raw.ts';
import { aTamperer, type Tamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let raw: Raw;
  let tamperer: Tamperer;
  let fund: Row<'funds'>;
  let file: Row<'bankFiles'>;
  /** In the file, and still reserved. */
  let sent: Row<'paymentAttempts'>;
  let reserved: Row<'paymentAttempts'>;
  let elsewhere: Row<'paymentAttempts'>;
  let manual: Row<'paymentAttempts'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    fund = await office.fund();
    const other = await office.fund();
    const attemptFrom = async (from: Row<'funds'>, method: 'bank' | 'mpesa' = 'bank') => {
      const executed = await office.execute(await office.payment(from, { method }));
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      return executed.attempt;
    };
    manual = await attemptFrom(fund, 'mpesa');
    await payByBankFile(office);
    sent = await attemptFrom(fund);
    await attemptFrom(fund);
    ({ file } = await exportFile(office, fund, { messageId: 'GUARDED-1' }));
    reserved = await attemptFrom(fund);
    elsewhere = await attemptFrom(other);
    await layoutAdded(office, 'guarded');
    raw = await rawConnection(office.url, dialect);
    tamperer = await aTamperer(office.url, dialect);
  });
  afterAll(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
    await raw.close();
    await tamperer.close();
  });

  const everything = async () => [
    await raw.run('SELECT * FROM bank_files ORDER BY id'),
    await raw.run('SELECT * FROM bank_file_orders ORDER BY attempt_id'),
    await raw.run('SELECT * FROM bank_layouts ORDER BY name, version'),
    await raw.run('SELECT * FROM payment_attempts ORDER BY id'),
  ];
  /** The statement fails with what the guard says, and nothing has changed. */
  async function refuses(says: RegExp, statement: string): Promise<void> {
    const before = await everything();
    await expect(raw.run(statement)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }
  const copyOfFile = async (change: Readonly<Record<string, string>>) => {
    const columns = Object.keys((await raw.run('SELECT * FROM bank_files'))[0] ?? {});
    const values = columns.map((column) => change[column] ?? column).join(', ');
    return `INSERT INTO bank_files (${columns.join(', ')}) SELECT ${values} FROM bank_files WHERE id = '${file.id}'`;
  };
  const fresh = () => ({ id: `'${newId()}'`, ref: `'bnk_${newId().slice(-6)}'`, message_id: "'NEW-1'" });
  const order = (attempt: Row<'paymentAttempts'>, number: number) =>
    `INSERT INTO bank_file_orders (attempt_id, bank_file_id, number) VALUES ('${attempt.id}', '${file.id}', ${number})`;

  describe('the database refuses', () => {
    test('to change or delete a file or what is in it', async () => {
      for (const table of ['bank_files', 'bank_file_orders']) await refuses(/immutable/, `DELETE FROM ${table}`);
      for (const [column, value] of [
        ['content', "'x'"],
        ['content_digest', `'${'0'.repeat(64)}'`],
        ['message_id', "'OTHER'"],
        ['sum_minor', '1'],
      ])
        await refuses(/immutable/, `UPDATE bank_files SET ${column} = ${value}`);
      await refuses(/immutable/, 'UPDATE bank_file_orders SET number = number + 10');
    });

    test('to change or delete a layout, or to leave out a version of it', async () => {
      await refuses(/immutable/, 'DELETE FROM bank_layouts');
      for (const [column, value] of [
        ['body', "'{}'"],
        ['name', "'other'"],
        ['version', '2'],
        ['created_by', `'${office.people.carol.userId}'`],
      ])
        await refuses(/immutable/, `UPDATE bank_layouts SET ${column} = ${value}`);
      const copied = (name: string, version: number, verb = 'INSERT') =>
        `${verb} INTO bank_layouts (name, version, body, created_by, created_at) SELECT '${name}', ${version}, '{}', created_by, created_at FROM bank_layouts WHERE name = 'guarded'`;
      await refuses(/immutable|versions follow/, copied('guarded', 1));
      if (dialect === 'sqlite') await refuses(/immutable|versions follow/, copied('guarded', 1, 'INSERT OR REPLACE'));
      await refuses(/versions follow each other/, copied('guarded', 3));
      await refuses(/versions follow each other/, copied('another', 2));
      await refuses(/check|versions follow/i, copied('another', 0));
    });

    test('a file in a version of a layout that there is not', async () => {
      const csv = { ...fresh(), format: "'csv'" };
      await refuses(/in no layout/, await copyOfFile({ ...csv, layout: "'guarded'", layout_version: '2' }));
      await refuses(/in no layout/, await copyOfFile({ ...csv, layout: "'generic'", layout_version: '1' }));
      await refuses(/in no layout|check/i, await copyOfFile({ ...fresh(), layout_version: '1' }));
    });

    test('a message id twice, also in place of the first', async () => {
      const taken = { ...fresh(), message_id: "'GUARDED-1'" };
      await refuses(/immutable|unique/i, await copyOfFile(taken));
      if (dialect === 'sqlite')
        await refuses(/immutable/, (await copyOfFile(taken)).replace('INSERT', 'INSERT OR REPLACE'));
    });

    test('a file in another currency than its fund’s, of no known form, or without orders', async () => {
      await refuses(/currency of their fund/, await copyOfFile({ ...fresh(), currency: "'UGX'" }));
      await refuses(/check/i, await copyOfFile({ ...fresh(), format: "'xls'" }));
      await refuses(/check/i, await copyOfFile({ ...fresh(), layout: "'generic'" }));
      await refuses(/check/i, await copyOfFile({ ...fresh(), orders: '0' }));
      await refuses(/check/i, await copyOfFile({ ...fresh(), message_id: `'${'x'.repeat(36)}'` }));
    });

    test('an attempt in a second file, or twice', async () => {
      await refuses(/immutable|unique|duplicate|not a reserved/i, order(sent, 2));
    });

    test('an attempt of another fund or rail, one that was sent, and more than the file says', async () => {
      for (const attempt of [elsewhere, manual, sent])
        await refuses(/not a reserved attempt of this file|immutable/, order(attempt, 1));
      await refuses(/not a reserved attempt of this file/, order(reserved, 3));
    });

    test('to count as sent what is in no file', async () => {
      for (const state of ['sent', 'accepted', 'unknown'])
        await refuses(
          /in no file for the bank|not a legal step/,
          `UPDATE payment_attempts SET state = '${state}' WHERE id = '${reserved.id}'`,
        );
    });
  });

  describe('past every guard, the doctor finds', () => {
    const found = async (table: string, statement: string) =>
      (await tamperer.during([table], statement, [], () => bookFaults(office.store))).map(
        (fault) => fault.split(' ')[0],
      );

    test.each([
      [
        'an order that was taken out',
        'bank_file_orders',
        () => `delete from bank_file_orders where attempt_id = '${sent.id}'`,
      ],
      ['one that was put in', 'bank_file_orders', () => order(reserved, 3)],
      ['a number that was left out', 'bank_file_orders', () => 'update bank_file_orders set number = number + 7'],
      ['another sum', 'bank_files', () => 'update bank_files set sum_minor = sum_minor + 1'],
    ])('%s', async (_, table, statement) => {
      expect(await found(table, statement())).toContain('bank_file_orders');
    });

    test('what was sent in no file', async () => {
      expect(await found('bank_file_orders', `delete from bank_file_orders where attempt_id = '${sent.id}'`)).toContain(
        'sent_in_file',
      );
      expect(
        await found('payment_attempts', `update payment_attempts set state = 'sent' where id = '${reserved.id}'`),
      ).toContain('sent_in_file');
    });

    test('by whom a file was written, when, or what was in it, if it is not as the event says; and a file that is gone', async () => {
      for (const change of [
        `created_by = '${office.people.esther.userId}'`,
        `content_digest = '${'0'.repeat(64)}'`,
        dialect === 'sqlite' ? 'created_at = created_at - 5001' : "created_at = created_at - interval '5001 ms'",
      ])
        expect(await found('bank_files', `update bank_files set ${change}`), change).toContain('bank_files_told');
      expect(await found('bank_files', 'delete from bank_files')).toContain('bank_files_told');
    });

    test('and a text that was altered is not given out', async () => {
      const problem = await tamperer.during(['bank_files'], "update bank_files set content = 'x'", [], () =>
        problemOf(exportFile(office, fund, { messageId: 'GUARDED-1' })),
      );
      expect(problem).toMatchObject({ kind: 'integrity', code: 'BANK_FILE_ALTERED' });
    });
  });
});
