import { createHash } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { IMPORTING, type FileImport } from '../../src/operations/import-statement.ts';
import { openStore } from '../../src/store/open.ts';
import type { Row } from '../../src/store/tables.ts';
import type { StatementLine } from '../../src/statements/statement.ts';
import { aFile, aLine, type Saying, takeFile } from '../support/a-statement.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { asAppRole, eachDatabase } from '../support/databases.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });
  beforeEach(async () => {
    fund = await office.fund();
  });

  const importing = (file: FileImport, by: Actor = people.david, store = office.store) =>
    store.write((tx) => takeFile(tx, by, file), IMPORTING);
  const take = (lines: readonly StatementLine[], says: Saying = {}) => importing(aFile(fund.id, lines, says));
  const stored = () =>
    office.store.read((tx) => {
      const { statementLines: lines } = tx.t;
      return tx.db.select().from(lines).where(eq(lines.fundId, fund.id)).orderBy(asc(lines.ref));
    });
  const statements = () =>
    office.store.read((tx) =>
      tx.db
        .select()
        .from(tx.t.statements)
        .where(eq(tx.t.statements.fundId, fund.id))
        .orderBy(asc(tx.t.statements.createdAt), asc(tx.t.statements.id)),
    );
  /** What is stored of what the bank says, however it came. */
  const said = async () =>
    (await stored()).map(({ identity, occurrence, amountMinor }) => [identity, occurrence, amountMinor]).toSorted();

  const DAYS = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04'];
  /** Two lines of each day that say the same, and one that is the day's own. */
  const MONTH = DAYS.flatMap((bookedOn, at) => [
    aLine({ bookedOn, position: at * 3 + 2, description: 'Ledger fee', amountMinor: -5_000 }),
    aLine({ bookedOn, position: at * 3 + 3, description: 'Ledger fee', amountMinor: -5_000 }),
    aLine({ bookedOn, position: at * 3 + 4, externalId: `FT${at}`, amountMinor: 70_000 + at }),
  ]);

  describe('a statement', () => {
    test('is stored with everything that it says', async () => {
      const line = aLine({
        ...{ position: 7, valueOn: '2026-10-06', bookedAt: '2026-10-05T10:11:12', balanceMinor: 400_000 },
        ...{ externalId: 'SGR7X1', references: ['PV-NBI-2026-1', '99'], counterparty: 'Jane Wanjiru' },
        ...{ counterpartyAccount: '254712345678', isCharge: true },
      });
      const says = { openingMinor: 500_000, closingMinor: 400_000, from: '2026-10-01', to: '2026-10-31', id: '10/1' };
      const file = aFile(fund.id, [line], says);
      const { statements: rows, added, newLines, skipped, ids } = await importing(file);
      const [statement] = rows;
      expect({ added, newLines, skipped }).toEqual({ added: true, newLines: 1, skipped: 0 });
      expect(await statements()).toEqual(rows);
      expect(statement).toMatchObject({
        ...{ fundId: fund.id, fileDigest: file.source.digest, fileName: 'october.csv', type: 'csv', profile: null },
        ...{ account: '0110', number: '10/1', currency: 'KES', fromDay: '2026-10-01', toDay: '2026-10-31' },
        ...{ openingMinor: 500_000, closingMinor: 400_000, lineCount: 1, newLines: 1, creditsMinor: 0 },
        ...{ debitsMinor: 100_000, ties: true, faults: '[]', acceptedBy: null, replacedBy: null },
        ...{ createdBy: people.david.userId, createdAt: office.clock.now },
      });
      const [row] = await stored();
      expect(row).toMatchObject({ ...line, references: '["PV-NBI-2026-1","99"]', seq: 1, occurrence: 1 });
      expect(row).toMatchObject({ id: ids.at(0), statementId: statement?.id, fundId: fund.id });
      expect(row?.ref).toBe(`${statement?.ref.replace('sta_', 'stl_')}0001`);
    });

    test('without a currency is one of the fund’s', async () => {
      expect((await take([aLine()], { currency: null })).statements[0]?.currency).toBe('KES');
    });

    test('is imported by a treasurer or CFO of the place, and by nobody else', async () => {
      const file = aFile(fund.id, [aLine()]);
      for (const by of [people.amina, people.brian, people.carol, people.helen, people.root])
        await expect(importing(file, by), by.username).rejects.toMatchObject({ code: 'ROLE_MISSING' });
      expect(await statements()).toEqual([]);
      expect((await importing(file, people.esther)).newLines).toBe(1);
    });
  });

  describe('its lines', () => {
    test('that say the same both count', async () => {
      const { ids } = await take([aLine({ position: 2 }), aLine({ position: 3 })]);
      expect((await stored()).map(({ occurrence }) => occurrence)).toEqual([1, 2]);
      expect(ids.at(0)).not.toBe(ids.at(1));
    });

    test('come once, however often the file does', async () => {
      const first = await take(MONTH);
      const before = await stored();
      const again = await take(MONTH);
      expect(again).toMatchObject({ added: false, newLines: 0, skipped: 12, statements: first.statements });
      expect(await stored()).toEqual(before);
      expect(await statements()).toHaveLength(1);
      for (const at of MONTH.keys()) expect(again.ids.at(at)).toBe(first.ids.at(at));
    });

    test('that another file has told already make its statement, and no line', async () => {
      await take(MONTH);
      const part = await take(MONTH.slice(3, 9));
      expect(part).toMatchObject({ added: true, newLines: 0, skipped: 6 });
      expect(part.statements[0]).toMatchObject({ lineCount: 6, newLines: 0 });
      expect(await stored()).toHaveLength(12);
    });

    const HALVES = { first: MONTH.slice(0, 9), second: MONTH.slice(3), whole: MONTH, last: MONTH.slice(9) };
    const ORDERS: (readonly (keyof typeof HALVES)[])[] = [
      ['first', 'second'],
      ['second', 'first'],
      ['whole', 'second', 'first'],
      ['last', 'first', 'whole', 'second', 'last'],
    ];
    test('of overlapping files are the same in any order of them', async () => {
      await take(MONTH);
      const expected = await said();
      expect(expected).toHaveLength(12);
      for (const order of ORDERS) {
        fund = await office.fund();
        for (const half of order) await take(HALVES[half].toReversed());
        expect(await said(), order.join()).toEqual(expected);
      }
    });

    test('are another fund’s own', async () => {
      await take(MONTH);
      fund = await office.fund();
      expect(await take(MONTH)).toMatchObject({ added: true, newLines: 12 });
    });

    test.each([1, 49, 50, 51, 99, 100, 101, 200, 201, 450])('are all stored when there are %i', async (count) => {
      const lines = Array.from({ length: count }, (_, at) => aLine({ position: at + 1, amountMinor: (at % 7) + 1 }));
      const { ids, newLines } = await take(lines);
      expect(newLines).toBe(count);
      const rows = await stored();
      expect(rows.map(({ id }) => id)).toEqual(lines.map((_, at) => ids.at(at)));
      expect(rows.map(({ seq, position }) => [seq, position])).toEqual(lines.map((_, at) => [at + 1, at + 1]));
      const again = await take([...lines, aLine({ description: 'the last' })]);
      expect(again).toMatchObject({ newLines: 1, skipped: count });
      expect((await stored()).find(({ description }) => description === 'the last')?.seq).toBe(count + 1);
    });

    test('are told apart by everything that the bank says of them', async () => {
      const changes: Partial<StatementLine>[] = [
        { bookedOn: '2026-10-06' },
        { bookedAt: '2026-10-05T00:00:00' },
        { valueOn: '2026-10-05' },
        { amountMinor: 100_000 },
        { balanceMinor: 0 },
        { externalId: 'X' },
        { references: ['X'] },
        { counterparty: 'X' },
        { counterpartyAccount: 'X' },
        { description: 'X' },
      ];
      const { newLines } = await take([aLine(), ...changes.map((change) => aLine(change))]);
      expect(newLines).toBe(11);
      expect((await stored()).map(({ occurrence }) => occurrence)).toEqual(Array.from({ length: 11 }, () => 1));
    });

    test('are the same wherever they stand, and whatever a profile calls a charge', async () => {
      await take([aLine({ position: 2 })]);
      expect(await take([aLine({ position: 9, isCharge: true })])).toMatchObject({ newLines: 0, skipped: 1 });
    });
  });

  test('two people who import the same at once import it once', async () => {
    const url = await asAppRole(office.url);
    const other = await openStore(url, { clock: () => office.clock.now });
    try {
      const both = await Promise.all([
        importing(aFile(fund.id, MONTH)),
        importing(aFile(fund.id, MONTH), people.esther, other),
      ]);
      expect(both.map(({ newLines }) => newLines).toSorted()).toEqual([0, 12]);
      expect(await stored()).toHaveLength(12);
      expect(await statements()).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  test('an error at any statement leaves nothing', async () => {
    const lines = Array.from({ length: 450 }, (_, at) => aLine({ amountMinor: at + 1 }));
    const file = aFile(fund.id, lines);
    let failures = 0;
    for (let n = 1; ; n += 1) {
      let count = 0;
      office.fault.strike = () => {
        count += 1;
        if (count === n) throw new Error(`statement ${n} failed`);
      };
      const error: unknown = await importing(file).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      office.fault.strike = null;
      if (error === null) break;
      failures += 1;
      expect([await statements(), await stored()]).toEqual([[], []]);
    }
    expect(failures).toBeGreaterThan(5);
    expect(await stored()).toHaveLength(450);
  });

  test('the digest stands for the new lines and for no others', async () => {
    const digestOf = (lines: readonly Row<'statementLines'>[]): string =>
      sha256(lines.map(({ ref, identity, occurrence }) => `${ref} ${identity} ${occurrence}\n`).join(''));
    const { digest } = await take(MONTH.slice(0, 6));
    expect(digest).toBe(digestOf(await stored()));
    const more = await take(MONTH);
    const [statement] = more.statements;
    expect(more.digest).toBe(digestOf((await stored()).filter(({ statementId }) => statementId === statement?.id)));
    expect(more).toMatchObject({ newLines: 6, skipped: 6 });
    expect((await take(MONTH)).digest).toBe(sha256(''));
  });

  test('the books are as they were', async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
