import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wishedFile } from '../../src/domain/bank-file/bank-file-format.ts';
import type { Actor } from '../../src/domain/access.ts';
import type { Row } from '../../src/store/tables.ts';
import { exportFile, importOutcomes, payByBankFile } from '../support/a-bank.ts';
import { layoutAdded } from '../support/a-layout.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const OUTCOMES = {
  ...{ separator: ',', key: 'Ref', status: 'Status', reason: 'Remarks', amount: 'Amount', currency: 'Ccy' },
  ...{ message_id: 'Batch', account: 'Account', paid: ['Paid', 'Completed'], rejected: ['Failed'] },
};
const HEADER = 'Batch,Ref,Account,Ccy,Amount,Status,Remarks';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    await payByBankFile(office);
    await layoutAdded(office, 'bank', { outcomes: OUTCOMES });
  });
  beforeEach(async () => {
    fund = await office.fund({ opening: '1,000,000.00' });
  });
  afterAll(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  /** So many payments of KES 1,000.00 in a file at the bank. */
  const sent = async (count: number, { by }: { by?: Actor } = {}) => {
    const all: { payment: Row<'payments'>; key: string }[] = [];
    for (let at = 0; at < count; at += 1) {
      const payment = await office.payment(fund, { method: 'bank', amount: '1,000.00' });
      const executed = await office.execute(payment, by);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      all.push({ payment, key: executed.attempt.idempotencyKey });
    }
    const { file } = await exportFile(office, fund, { kind: wishedFile(null, 'bank') });
    return { file, all, keys: all.map(({ key }) => key) };
  };
  const row = (key: string, status: string, { batch = '', account = '', ccy = '', amount = '', why = '' } = {}) =>
    [batch, key, account, ccy, amount, status, why].join(',');
  const imported = async (rows: readonly string[], more: Parameters<typeof importOutcomes>[2] = {}, layout = 'bank') =>
    importOutcomes(office, { layout, csv: `${[HEADER, ...rows].join('\n')}\n` }, more);
  const outcomesOf = async (rows: readonly string[]) =>
    (await imported(rows)).flatMap(({ results }) => results.map(({ applied }) => [applied.outcome, applied.detail]));
  const statesOf = async (all: readonly { payment: Row<'payments'> }[]) => {
    const states: string[] = [];
    for (const { payment } of all) {
      const { payment: now, entries } = await office.state(payment);
      const debits = entries.filter((entry) => entry.paymentId === now.id && entry.kind === 'payment').length;
      states.push(`${now.status} ${debits}`);
    }
    return states;
  };

  describe('a CSV of outcomes', () => {
    test('settles by the words of its layout alone: paid is posted, rejected released, the rest stays open', async () => {
      const { file, all, keys } = await sent(5);
      const [a = '', b = '', c = '', d = '', e = ''] = keys;
      const [report, ...more] = await imported([
        row(a, ' PAID ', { batch: file.messageId, account: '1234-567-890', ccy: 'kes', amount: '"1,000.00"' }),
        row(b, 'Failed', { why: 'no such account', amount: '1000' }),
        row(c, 'Not Paid'),
        row(d, ''),
        row(e, 'Paid later'),
      ]);
      expect([more, report?.file?.id, report?.strays]).toEqual([[], file.id, []]);
      expect(report?.results.map(({ result }) => [result.outcome, result.code, result.description])).toEqual([
        ['paid', 'PAID', 'no reason given'],
        ['failed', 'Failed', 'no such account'],
        ['unknown', 'Not Paid', 'no reason given'],
        ['unknown', '', 'no reason given'],
        ['unknown', 'Paid later', 'no reason given'],
      ]);
      expect(await statesOf(all)).toEqual(['success 1', 'failed 0', 'executing 0', 'executing 0', 'executing 0']);
      expect((await office.state(all[0]!.payment)).actions).toContain('bankfile.reported');
    });

    test('that comes again changes nothing, and a later one settles the rest', async () => {
      const { all, keys } = await sent(2);
      const rows = [row(keys[0]!, 'Paid'), row(keys[1]!, 'Pending')];
      await imported(rows);
      const again = await imported(rows);
      expect(again.map(({ known }) => known)).toEqual([true]);
      expect(await statesOf(all)).toEqual(['success 1', 'executing 0']);
      await imported([row(keys[0]!, 'Completed'), row(keys[1]!, 'Completed')]);
      expect(await statesOf(all)).toEqual(['success 1', 'success 1']);
    });

    test('read by a new version of its layout says anew what it says', async () => {
      const { all, keys } = await sent(1);
      await layoutAdded(office, 'changing', { outcomes: { ...OUTCOMES, paid: ['Done'] } });
      await imported([row(keys[0]!, 'Settled')], {}, 'changing');
      expect(await statesOf(all)).toEqual(['executing 0']);
      await layoutAdded(office, 'changing', { outcomes: { ...OUTCOMES, paid: ['Done', 'Settled'] } });
      await imported([row(keys[0]!, 'Settled')], {}, 'changing');
      expect(await statesOf(all)).toEqual(['success 1']);
    });

    test.each([
      ['Paid', { amount: '1000.01' }, /^said to be paid with KES 1,000.01; ordered were KES 1,000.00$/],
      ['Failed', { amount: '999.99' }, /^said to have failed with KES 999.99; ordered were KES 1,000.00$/],
      ['Paid', { amount: '-1000.00' }, /KES -1,000.00/],
      ['Paid', { ccy: 'USD', amount: '1000.00' }, /said in USD; ordered was KES/],
      ['Failed', { ccy: 'USD' }, /said in USD; ordered was KES/],
      ['Pending', { ccy: 'USD' }, /said in USD; ordered was KES/],
      ['Paid', { account: '999' }, /^said to be paid to 999/],
      ['Failed', { account: '999' }, /^said to have failed to 999/],
    ])('a row of %s with %j is named and settles nothing', async (status, cells, why) => {
      const { all, keys } = await sent(2);
      expect(await outcomesOf([row(keys[0]!, status, cells), row(keys[1]!, 'Paid')])).toEqual([
        ['contradicts', expect.stringMatching(why) as string],
        ['applied', expect.any(String) as string],
      ]);
      expect(await statesOf(all)).toEqual(['executing 0', 'success 1']);
    });

    test.each([
      ['Paid', 'Failed'],
      ['Failed', 'Paid'],
      ['Paid', 'Pending'],
    ])('one payment that is %s on one row and %s on another is named, and settles nothing', async (one, other) => {
      const { all, keys } = await sent(1);
      expect(await outcomesOf([row(keys[0]!, one), row(keys[0]!, other)])).toEqual([
        ['contradicts', `${one} against ${other}: lines 2 and 3 say different things of it`],
      ]);
      expect(await statesOf(all)).toEqual(['executing 0']);
    });

    test('one payment twice with the same outcome is settled once; with two amounts not at all', async () => {
      const { all, keys } = await sent(2);
      const [a = '', b = ''] = keys;
      const rows = [
        row(a, 'Paid'),
        row(a, 'Completed'),
        row(b, 'Paid', { amount: '1000' }),
        row(b, 'Paid', { amount: '1' }),
      ];
      expect((await outcomesOf(rows)).map(([outcome]) => outcome)).toEqual(['applied', 'contradicts']);
      expect(await statesOf(all)).toEqual(['success 1', 'executing 0']);
    });

    test('an unknown key is named beside the others, and is not found alone', async () => {
      const { all, keys } = await sent(1);
      const [report] = await imported([row('SOMEBODY-ELSES-001', 'Paid'), row(keys[0]!, 'Paid'), row('', 'Paid')]);
      expect(report?.strays.map(({ position, key }) => [position, key])).toEqual([
        [2, 'SOMEBODY-ELSES-001'],
        [4, null],
      ]);
      expect(await statesOf(all)).toEqual(['success 1']);
      await expect(imported([row('SOMEBODY-ELSES-001', 'Paid')])).rejects.toMatchObject({
        ...{ kind: 'not_found', code: 'BANK_FILE_NOT_FOUND' },
      });
    });

    test('a key under the name of another file is a stray', async () => {
      const [one, two] = [await sent(1), await sent(1)];
      const [report] = await imported([row(one.keys[0]!, 'Paid', { batch: two.file.messageId })]);
      expect([report?.results, report?.strays.map(({ key }) => key)]).toEqual([[], [one.keys[0]]]);
      expect(await statesOf(one.all)).toEqual(['executing 0']);
      await expect(imported([row(one.keys[0]!, 'Paid', { batch: 'NOBODYS-1' })])).rejects.toMatchObject({
        code: 'BANK_FILE_NOT_FOUND',
      });
    });

    test('speaks of several files, each by its keys', async () => {
      const [one, two] = [await sent(1), await sent(1)];
      const reports = await imported([row(two.keys[0]!, 'Paid'), row(one.keys[0]!, 'Failed')]);
      expect(reports.map(({ file }) => file?.id)).toEqual([two.file.id, one.file.id]);
      expect([await statesOf(two.all), await statesOf(one.all)]).toEqual([['success 1'], ['failed 0']]);
    });

    test('an amount that is no figure refuses the whole file', async () => {
      const { all, keys } = await sent(2);
      const rows = [row(keys[0]!, 'Paid'), row(keys[1]!, 'Paid', { amount: '1.000,00' })];
      await expect(imported(rows)).rejects.toMatchObject({
        code: 'STATEMENT_UNREADABLE',
        message: expect.stringContaining('line 3') as string,
      });
      expect(await statesOf(all)).toEqual(['executing 0', 'executing 0']);
    });

    test('a rehearsal says the same and keeps nothing', async () => {
      const { all, keys } = await sent(1);
      const [report] = await imported([row(keys[0]!, 'Failed')], { rehearsal: true });
      expect(report?.results[0]?.applied.outcome).toBe('applied');
      const [real] = await imported([row(keys[0]!, 'Failed')]);
      expect([real?.results[0]?.applied.outcome, await statesOf(all)]).toEqual(['applied', ['failed 0']]);
    });
  });

  describe('it is refused', () => {
    test('by a layout that says nothing of outcomes, or that there is not', async () => {
      await expect(imported([], {}, 'generic')).rejects.toMatchObject({
        ...{ kind: 'usage', code: 'LAYOUT_WITHOUT_OUTCOMES' },
      });
      await expect(imported([], {}, 'none')).rejects.toMatchObject({ code: 'LAYOUT_NOT_FOUND' });
    });

    test('to a cashier, and to who executed it, where it says that something failed; not that it was paid', async () => {
      const { all, keys } = await sent(2, { by: people.esther });
      for (const [actor, code] of [
        [people.carol, 'ROLE_MISSING'],
        [people.esther, 'RESOLVER_IS_EXECUTOR'],
      ] as const)
        await expect(imported([row(keys[0]!, 'Failed')], { actor }), actor.username).rejects.toMatchObject({ code });
      await imported([row(keys[1]!, 'Paid')], { actor: people.esther });
      expect(await statesOf(all)).toEqual(['executing 0', 'success 1']);
    });

    test('where who executed a payment wrote the layout by whose words it failed', async () => {
      await layoutAdded(
        office,
        'esthers',
        { outcomes: { ...OUTCOMES, paid: ['x'], rejected: ['Paid'] } },
        people.esther,
      );
      const { all, keys } = await sent(1, { by: people.esther });
      const problem = await problemOf(imported([row(keys[0]!, 'Paid')], {}, 'esthers'));
      expect([problem.kind, problem.code, problem.message]).toEqual([
        'forbidden',
        'RESOLVER_IS_EXECUTOR',
        `esther executed ${all[0]!.payment.ref}, which the bank rejects, and wrote the layout esthers, which says so.`,
      ]);
      expect(await statesOf(all)).toEqual(['executing 0']);
    });
  });
});
