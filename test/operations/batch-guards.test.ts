import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchRows } from '../../src/store/batches.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchesOf } from '../support/a-batch.ts';
import { aPayingOffice, bookFaults, failingCodes, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection, type Raw } from '../support/raw.ts';
import { aTamperer, type Tamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let raw: Raw;
  let tamperer: Tamperer;
  let submitted: Row<'batches'>;
  let approved: Row<'batches'>;
  let begun: Row<'batches'>;
  /** The payment of a row that waits, of the batch that was begun. */
  let waiting: Row<'payments'>;
  let other: Row<'payments'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    const fund = await office.fund({ otpThreshold: '0' });
    const batches = batchesOf(office);
    const rows = [{ amount: '100' }, { amount: '200' }];
    submitted = (await batches.create(fund, rows)).view.batch;
    approved = await batches.approved(fund, rows);
    begun = await batches.approved(fund, rows);
    await batches.ready(begun);
    let left = 1;
    const run = await batches.run(begun, { stopped: () => (left -= 1) < 0 });
    const last = run.rows.at(-1)?.payment;
    if (last === undefined || last === null) throw new Error('no row waits');
    waiting = last;
    other = await office.payment(fund);
    raw = await rawConnection(office.url, dialect);
    tamperer = await aTamperer(office.url, dialect);
  });
  afterAll(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
    await raw.close();
    await tamperer.close();
  });

  const TABLES = ['batches', 'batch_items', 'batch_payments', 'batch_challenges', 'otp_challenges'];
  const everything = async () => {
    const rows: unknown[] = [];
    for (const table of TABLES) rows.push(await raw.run(`SELECT * FROM ${table} ORDER BY 1, 2`));
    return rows;
  };

  /** The statement fails with what the guard says, and nothing has changed. */
  async function refuses(says: RegExp, statement: string): Promise<void> {
    const before = await everything();
    await expect(raw.run(statement)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }
  /** An insert of the one row of a select, with some of its columns changed. */
  async function again(table: string, where: string, change: Readonly<Record<string, string>>): Promise<string> {
    const [row] = await raw.run(`SELECT * FROM ${table} WHERE ${where}`);
    if (row === undefined) throw new Error(`nothing in ${table} where ${where}`);
    const columns = Object.keys(row);
    return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map((column) => change[column] ?? column).join(', ')} FROM ${table} WHERE ${where}`;
  }
  const id = () => `'${newId()}'`;

  describe('the database refuses', () => {
    test('to delete or change what batches are made of', async () => {
      for (const table of TABLES.slice(0, 4)) await refuses(/never deleted|immutable/, `DELETE FROM ${table}`);
      await refuses(/immutable/, 'UPDATE batch_items SET line = line + 1');
      await refuses(
        /immutable/,
        `UPDATE batch_payments SET payment_id = '${other.id}' WHERE payment_id = '${waiting.id}'`,
      );
      for (const column of ['hash', 'title', 'ref'])
        await refuses(/fixed at creation/, `UPDATE batches SET ${column} = 'x' WHERE id = '${submitted.id}'`);
      await refuses(/fixed at creation/, `UPDATE batches SET total_minor = 1 WHERE id = '${submitted.id}'`);
      for (const column of ['digest', 'code_hash', 'channel'])
        await refuses(/fixed at creation|check/i, `UPDATE batch_challenges SET ${column} = 'x'`);
      await refuses(/fixed at creation/, 'UPDATE otp_challenges SET batch_challenge_id = null');
    });

    test('steps that batches do not make', async () => {
      const step = (batch: Row<'batches'>, status: string) =>
        `UPDATE batches SET status = '${status}' WHERE id = '${batch.id}'`;
      await refuses(/not a legal step|started without a used code/, step(submitted, 'executing'));
      await refuses(/not a legal step/, step(approved, 'submitted'));
      await refuses(/not a legal step/, step(begun, 'approved'));
      await refuses(/approved without a payment for each row/, step(submitted, 'approved'));
      await refuses(/started without a used code/, step(approved, 'executing'));
      await refuses(
        /a new batch is submitted/,
        await again('batches', `id = '${begun.id}'`, { id: id(), ref: "'bat_new111'" }),
      );
    });

    test('a row that is not a requisition of its maker, and a payment that is not of its row', async () => {
      const [row] = await office.store.read((tx) => batchRows(tx, submitted.id));
      const item = `id = '${row?.item.id}'`;
      const strange = { id: id(), seq: '2', requisition_id: `'${other.requisitionId}'` };
      await refuses(
        /UNIQUE|unique|immutable/,
        await again('batch_items', item, { id: id(), requisition_id: `'${other.requisitionId}'` }),
      );
      await refuses(
        /not a requisition of the batch|unique|immutable/i,
        await again('batch_items', item, { ...strange, batch_id: `'${approved.id}'` }),
      );
      await refuses(
        /not the payment of its requisition/,
        `INSERT INTO batch_payments (item_id, payment_id) VALUES ('${row?.item.id}', '${other.id}')`,
      );
    });

    test('a code for who made or approved the batch, and one that was used before it was verified', async () => {
      const code = `batch_id = '${begun.id}'`;
      const fresh = { id: id(), verified_at: 'null', consumed_at: 'null', batch_id: `'${approved.id}'` };
      for (const person of ['amina', 'brian'] as const) {
        const executor = `'${office.people[person].userId}'`;
        await refuses(
          /requested or approved it/,
          await again('batch_challenges', code, { ...fresh, executor_id: executor }),
        );
      }
      await refuses(/neither verified nor used/, await again('batch_challenges', code, { id: id() }));
      await refuses(/in this order/, `UPDATE batch_challenges SET consumed_at = null WHERE ${code}`);
    });

    test('what a code gives to a payment that is not of its batch, to another executor, or without a code', async () => {
      const given = `payment_id = '${waiting.id}'`;
      await refuses(
        /not of a used code of its batch/,
        await again('otp_challenges', given, { id: id(), payment_id: `'${other.id}'` }),
      );
      const peter = `'${office.people.peter.userId}'`;
      await refuses(
        /not of a used code of its batch/,
        await again('otp_challenges', given, { id: id(), executor_id: peter }),
      );
      await refuses(
        /by mail, from an app, or of a batch/,
        await again('otp_challenges', given, { id: id(), batch_challenge_id: 'null' }),
      );
      await refuses(
        /by mail, from an app, or of a batch/,
        await again('otp_challenges', given, { id: id(), channel: "'mail'" }),
      );
    });
  });

  describe('whoever gets past the guards', () => {
    test('and changes a row after its approval stops the batch: it is neither sent a code nor executed', async () => {
      const batches = batchesOf(office);
      const [row] = await office.store.read((tx) => batchRows(tx, approved.id));
      const changes = [
        ['requisitions', `update requisitions set purpose = 'other' where id = '${row?.requisition.id}'`],
        ['batch_items', `update batch_items set document = 'ID 1' where id = '${row?.item.id}'`],
      ] as const;
      await batches.ready(approved);
      for (const [table, statement] of changes) {
        await tamperer.during([table], statement, [], async () => {
          expect(failingCodes(await problemOf(batches.send(approved)))).toEqual(['BATCH_CHANGED']);
          expect(failingCodes(await problemOf(batches.run(approved)))).toEqual(['BATCH_CHANGED']);
        });
      }
      await tamperer.during(
        ['batches'],
        `update batches set total_minor = 1 where id = '${approved.id}'`,
        [],
        async () => {
          expect(failingCodes(await problemOf(batches.run(approved)))).toEqual(['OTP_INVALID']);
        },
      );
    });
  });

  describe('whoever gets past the guards is found by', () => {
    const later = dialect === 'sqlite' ? '4000000000000' : "'2096-01-01'";
    const breaks: Record<string, readonly [table: string, statement: () => string]> = {
      batch_rows: ['batch_items', () => `delete from batch_items where batch_id = '${submitted.id}' and seq = 2`],
      batch_payments: [
        'batch_payments',
        () => `update batch_payments set payment_id = '${other.id}' where payment_id = '${waiting.id}'`,
      ],
      batch_people: [
        'batch_challenges',
        () => `update batch_challenges set executor_id = '${office.people.brian.userId}'`,
      ],
      batch_codes: ['batch_challenges', () => 'update batch_challenges set consumed_at = null'],
      batch_row_codes: [
        'otp_challenges',
        () =>
          `update otp_challenges set executor_id = '${office.people.peter.userId}' where payment_id = '${waiting.id}'`,
      ],
      batch_start_events: ['audit_events', () => "delete from audit_events where action = 'batch.begun'"],
      batch_events: ['audit_events', () => "delete from audit_events where action = 'batch.created'"],
      batches_told: ['batches', () => `update batches set created_at = ${later} where id = '${begun.id}'`],
      batch_terms: ['batch_items', () => `update batch_items set line = 9 where batch_id = '${begun.id}' and seq = 2`],
    };
    for (const [rule, [table, statement]] of Object.entries(breaks)) {
      test(`the invariant ${rule}`, async () => {
        const found = await tamperer.during([table], statement(), [], () => bookFaults(office.store));
        expect(found.map((fault) => fault.split(' ')[0])).toContain(rule);
      });
    }

    test('a code that was given for another hash, or lasts longer than a day', async () => {
      const terms = async (table: string, statement: string) =>
        (await tamperer.during([table], statement, [], () => bookFaults(office.store)))
          .filter((fault) => fault.startsWith('batch_terms'))
          .join();
      expect(await terms('batch_challenges', "update batch_challenges set digest = 'x'")).toContain('for another hash');
      expect(
        await terms('otp_challenges', `update otp_challenges set expires_at = ${later} where channel = 'batch'`),
      ).toContain('24 hours');
    });
  });
});
