import { beforeAll, expect, test } from 'vitest';
import { bankFileRecordDocument } from '../../src/documents/bank-file.ts';
import { findBankFileNamed } from '../../src/operations/find-bank-file.ts';
import { listBankFiles } from '../../src/store/bank-file-views.ts';
import type { Row } from '../../src/store/tables.ts';
import { exportFile, importReport, payByBankFile, statusReport, transferSaid } from '../support/a-bank.ts';
import { aPayingOffice, MINUTE, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;
  let files: Row<'bankFiles'>[];

  beforeAll(async () => {
    office = await aPayingOffice(open);
    await payByBankFile(office);
    fund = await office.fund({ opening: '1,000,000.00' });
    files = [];
    for (const amounts of [['1,000.00', '2.50', '3.00'], ['40.00'], ['5.00']]) {
      for (const amount of amounts)
        await office.execute(await office.payment(fund, { method: 'bank', amount, destination: 'KCB:1234567890' }));
      files.push((await exportFile(office, fund)).file);
      office.pass(MINUTE);
    }
  });

  const list = (page = { limit: 0, after: null as string | null }, by = office.people.helen, fundId?: string) =>
    office.store.read((tx) => listBankFiles(tx, { fundId }, page, by.grants));
  const show = async (name: string) => {
    const { view, orders } = await findBankFileNamed(office.store, office.people.helen, name);
    return bankFileRecordDocument(view, orders);
  };
  const ids = (rows: Awaited<ReturnType<typeof list>>['rows']) => rows.map(({ file }) => file.messageId);

  test('files are listed newest first, page by page, with the count and sum of all of them', async () => {
    const newest = files.map(({ messageId }) => messageId).toReversed();
    const all = await list();
    expect([ids(all.rows), all.count, all.totals.map(({ sum }) => sum)]).toEqual([newest, 3, [105_050n]]);
    const first = await list({ limit: 2, after: null });
    const second = await list({ limit: 2, after: first.next });
    expect([ids(first.rows), ids(second.rows), second.next, second.count]).toEqual([
      newest.slice(0, 2),
      newest.slice(2),
      null,
      3,
    ]);
    const other = await office.fund();
    expect((await list(undefined, undefined, other.id)).count).toBe(0);
  });

  test('of another company they do not exist', async () => {
    expect((await list(undefined, office.people.olga)).count).toBe(0);
    const [file] = files;
    const named = findBankFileNamed(office.store, office.people.olga, file?.messageId ?? '');
    expect(await problemOf(named)).toMatchObject({ code: 'BANK_FILE_NOT_FOUND' });
  });

  test('one is found by message id, reference or id, and says what the bank last said of each payment', async () => {
    const [file] = files;
    if (file === undefined) throw new Error('no file');
    const before = await show(file.messageId);
    expect(before).toMatchObject({
      count: 3,
      total: '1005.50',
      paid: 0,
      failed: 0,
      open: 3,
      sha256: file.contentDigest,
    });
    expect(before.payments?.map(({ said }) => said)).toEqual([null, null, null]);
    const keys = before.payments?.map(({ key }) => key) ?? [];
    const report = (id: string, statuses: readonly string[]) => {
      const transfers = keys.map((key, at) => transferSaid(key, statuses[at] ?? 'PDNG')).join('');
      return importReport(office, statusReport(file.messageId, { transfers, id }));
    };
    await report('FIRST', ['PDNG', 'PDNG', 'PDNG']);
    office.pass(MINUTE);
    await report('SECOND', ['ACSC', 'RJCT', 'PDNG']);
    for (const name of [file.ref, file.id, file.messageId]) {
      const after = await show(name);
      expect(after).toMatchObject({ paid: 1, failed: 1, open: 1 });
      expect(after.payments?.map(({ number, status, said }) => [number, status, said?.outcome])).toEqual([
        [1, 'success', 'paid'],
        [2, 'failed', 'failed'],
        [3, 'executing', 'in_progress'],
      ]);
      expect(after.payments?.[1]?.said?.code).toContain('RJCT');
    }
    expect((await list()).rows.at(-1)).toMatchObject({ paid: 1, failed: 1 });
  });
});
