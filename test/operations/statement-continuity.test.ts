import { asc, eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import type { TokenInUse } from '../../src/domain/token.ts';
import { IMPORTING, type FileImport } from '../../src/operations/import-statement.ts';
import { matchByHand } from '../../src/operations/match-by-hand.ts';
import { listUnmatched } from '../../src/operations/show-reconciliation.ts';
import { eachOpenLine } from '../../src/store/statement-lines.ts';
import type { Row } from '../../src/store/tables.ts';
import type { StatementLine } from '../../src/statements/statement.ts';
import { aFile, aFileOf, aLine, type Saying, takeFile } from '../support/a-statement.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const DAY = '2026-10-05';
/** The same charge, which banks take again and again in the same words. */
const FEE = aLine({ bookedOn: DAY, description: 'Ledger fee', amountMinor: -5_000, isCharge: true });
const paidIn = (externalId: string, amountMinor: number, bookedOn = DAY): StatementLine =>
  aLine({ bookedOn, externalId, amountMinor, description: 'Deposit' });

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

  const importing = (file: FileImport, by: Actor = people.david, acceptFaults = false) =>
    office.store.write((tx) => takeFile(tx, by, { ...file, acceptFaults }), IMPORTING);
  const take = (lines: readonly StatementLine[], says: Saying = {}) => importing(aFile(fund.id, lines, says));
  const accept = (lines: readonly StatementLine[], says: Saying = {}, by = people.esther) =>
    importing(aFile(fund.id, lines, says), by, true);
  const faultsOf = async (lines: readonly StatementLine[], says: Saying = {}): Promise<readonly string[]> => {
    const problem = await problemOf(take(lines, says));
    expect([problem.kind, problem.code]).toEqual(['refused', 'STATEMENT_UNBALANCED']);
    return problem.details.faults ?? [];
  };
  const stored = () =>
    office.store.read((tx) => {
      const { statementLines: lines } = tx.t;
      return tx.db.select().from(lines).where(eq(lines.fundId, fund.id)).orderBy(asc(lines.ref));
    });
  const statements = () =>
    office.store.read((tx) => tx.db.select().from(tx.t.statements).where(eq(tx.t.statements.fundId, fund.id)));
  /** Amounts of the fund's open lines. */
  const openAmounts = async (): Promise<number[]> => {
    const wish = { fund: fund.code, since: null, until: null };
    const items = await listUnmatched(office.store, people.david, wish);
    return items
      .flatMap(({ side, amountMinor }) => (side === 'statement' ? [amountMinor] : []))
      .toSorted((a, b) => a - b);
  };
  const sum = async () => (await stored()).reduce((all, { amountMinor }) => all + amountMinor, 0);

  /** What a statement says of days and balances that follow from its lines. */
  const tying = (openingMinor: number, lines: readonly StatementLine[], from = DAY, to = from): Saying => ({
    ...{ openingMinor, from, to },
    closingMinor: lines.reduce((all, { amountMinor }) => all + amountMinor, openingMinor),
  });
  const days = (from: string, to: string): Saying => ({ from, to });

  describe('a file with something against it', () => {
    const lines = [paidIn('A', 1_000)];
    const broken = { openingMinor: 0, closingMinor: 900 };

    test('is refused with everything, and leaves nothing', async () => {
      expect(await faultsOf([aLine({ position: 4, amountMinor: 1_000 })], { ...broken, lines: 2 })).toEqual([
        'line 4: it does not tie: KES 0.00 + KES 10.00 - KES 0.00 = KES 10.00, but it closes with KES 9.00',
        'line 4: it says that it has 2 lines, and has 1',
      ]);
      expect([await statements(), await stored()]).toEqual([[], []]);
    });

    test('is taken by a CFO, and by nobody else; what was wrong stays with it', async () => {
      const file = aFile(fund.id, lines, broken);
      for (const by of [people.david, people.carol, people.helen, people.root])
        await expect(importing(file, by, true), by.username).rejects.toMatchObject({ code: 'ROLE_MISSING' });
      const { findings, added } = await importing(file, people.esther, true);
      expect([findings.length, added]).toEqual([1, true]);
      const [statement] = await statements();
      expect(statement).toMatchObject({ acceptedBy: people.esther.userId, replacedBy: null, ties: false });
      expect(JSON.parse(statement?.faults ?? '')).toEqual([
        {
          code: 'STATEMENT_CONTRADICTS_ITSELF',
          message: 'it does not tie: KES 0.00 + KES 10.00 - KES 0.00 = KES 10.00, but it closes with KES 9.00',
          position: 1,
        },
      ]);
      // What is stored needs nobody's leave again.
      expect(await importing(file)).toMatchObject({ added: false, newLines: 0, skipped: 1 });
    });

    test('is never taken by a token, whoever’s it is', async () => {
      const token: TokenInUse = { id: 't', ref: 'tok_1', name: 'nightly', scopes: ['reconcile:run'] };
      const grants = people.esther.grants.map((grant) => ({
        ...grant,
        only: ['books.read', 'reconcile.run'] as const,
      }));
      const lent: Actor = { ...people.esther, grants, token };
      await expect(accept(lines, broken, lent)).rejects.toMatchObject({ code: 'TOKEN_SCOPE' });
      await expect(
        importing(aFile(fund.id, lines, { openingMinor: 0, closingMinor: 1_000 }), lent),
      ).resolves.toMatchObject({
        newLines: 1,
      });
    });

    test('that nothing is wrong with needs no acceptance, and says so', async () => {
      await accept(lines, tying(0, lines));
      expect(await statements()).toMatchObject([{ faults: '[]', acceptedBy: null }]);
    });
  });

  test('a file of another account is told from the fund’s; once a CFO has taken it, the fund has both', async () => {
    await take([paidIn('A', 1)], { account: '01100012345600' });
    expect(await faultsOf([paidIn('B', 2)], { account: '99900012345600' })).toEqual([
      `it is of account "99900012345600", and the statements of fund ${fund.code} are of "01100012345600"`,
    ]);
    await accept([paidIn('B', 2)], { account: '99900012345600' });
    await take([paidIn('C', 3)], { account: '9990-0012-3456-00' });
    await take([paidIn('D', 4)], { account: 'KE77 0110 0012 3456 00' });
    await take([paidIn('E', 5)], { account: null });
    expect(await sum()).toBe(15);
  });

  test('what is in another currency is taken by nobody', async () => {
    const file = aFile(fund.id, [paidIn('A', 1)], { currency: 'USD' });
    await expect(importing(file, people.esther, true)).rejects.toMatchObject({
      code: 'STATEMENT_UNBALANCED',
      details: { faults: [`it is in "USD", and fund ${fund.code} is in KES`] },
    });
    const unlike = aFile(fund.id, [paidIn('A', 1), { ...paidIn('B', 2), position: 9, otherCurrency: 'USD' }]);
    await expect(importing(unlike, people.esther, true)).rejects.toMatchObject({
      details: { faults: ['line 9: the amount is not in the currency of the statement'] },
    });
    expect(await statements()).toEqual([]);
  });

  describe('a gap', () => {
    const september = [paidIn('S', 100_000, '2026-09-10')];
    const november = [paidIn('N', 7_000, '2026-11-10')];
    const says = (opening: number, lines: readonly StatementLine[], month: string) =>
      tying(opening, lines, `2026-${month}-01`, `2026-${month}-30`);

    test('between two files is told on either side, and closed by what lies between', async () => {
      const before = (await take(september, says(0, september, '09'))).statements[0]?.ref;
      expect(await faultsOf(november, says(150_000, november, '11'))).toEqual([
        `it opens on 2026-11-01 with KES 1,500.00, but ${before}, the statement before it, closes on 2026-09-30 with KES 1,000.00: lines between them are missing`,
      ]);
      const october = [paidIn('O', 50_000)];
      const between = tying(100_000, october, '2026-10-01', '2026-10-31');
      await take(october, between);
      await take(november, says(150_000, november, '11'));
      expect(await sum()).toBe(157_000);
    });

    test('after a file is told as one before it', async () => {
      await take(november, says(150_000, november, '11'));
      expect(await faultsOf(september, says(0, september, '09'))).toEqual([
        expect.stringContaining('the statement after it, opens on 2026-11-01 with KES 1,500.00'),
      ]);
    });

    test('is none before a file that begins with its newest statement', async () => {
      const [first, second] = [[paidIn('A', 1_000)], [paidIn('B', 2_000)]];
      for (const day of [DAY, '2026-10-06']) {
        fund = await office.fund();
        await take(september, says(0, september, '09'));
        const newestFirst = [
          [second, tying(101_000, second, day)],
          [first, tying(100_000, first, DAY)],
        ] as const;
        await importing(aFileOf(fund.id, newestFirst));
        await take(november, says(103_000, november, '11'));
      }
    });

    test('is seen past another account’s statements', async () => {
      await take(september, says(0, september, '09'));
      await accept([paidIn('X', 1, '2026-10-02')], {
        ...tying(3, [], '2026-10-01', '2026-10-31'),
        closingMinor: 4,
        account: '0999',
      });
      await take(november, says(100_000, november, '11'));
    });
  });

  describe('files that overlap', () => {
    const at = (day: number): string => `2026-10-${String(day).padStart(2, '0')}`;
    const month = Array.from({ length: 10 }, (_, index) => paidIn(`D${index + 1}`, 100 + index, at(index + 1)));
    const from = (first: number, last: number) => month.slice(first - 1, last);

    test('have the lines of all days inside', async () => {
      await take(from(1, 10), days(at(1), at(10)));
      const { ref } = (await stored())[4] ?? {};
      const [{ ref: statement }] = (await statements()) as [Row<'statements'>];
      const torn = from(3, 8).filter(({ externalId }) => externalId !== 'D5');
      expect(await faultsOf(torn, days(at(3), at(8)))).toEqual([
        `it covers days of a line that is stored and not in it: ${ref} of 2026-10-05 with KES 1.04 from ${statement}`,
      ]);
      const empty = await faultsOf([], days(at(1), at(10)));
      expect(empty).toEqual([expect.stringMatching(/^it covers days of 8 lines .* and 5 more$/)]);
    });

    test('need not have those of their first and last day, which may have begun before or gone on after', async () => {
      await take(from(1, 10), days(at(1), at(10)));
      await take(from(4, 7), days(at(3), at(8)));
      await take([], days(at(5), at(6)));
      await take([], days(at(5), at(5)));
    });

    test('have as many lines that say the same as are stored', async () => {
      await take([FEE, FEE, FEE], days(at(1), at(10)));
      expect(await faultsOf([FEE, FEE], days(at(1), at(10)))).toEqual([
        expect.stringContaining('a line that is stored'),
      ]);
      expect(await take([FEE, FEE, FEE, FEE], days(at(1), at(10)))).toMatchObject({ newLines: 1, skipped: 3 });
    });

    test('of which one told all to the end have no other lines of its days', async () => {
      const { statements: told } = await take(from(1, 10), tying(0, from(1, 10), at(1), at(10)));
      const more = [...from(3, 12), { ...FEE, position: 40 }, { ...FEE, position: 41 }];
      const opening = 100 + 101;
      expect(await faultsOf(more, tying(opening, more, at(3), at(12)))).toEqual([
        `line 40: this and 1 more line of 2026-10-05 are not in ${told[0]?.ref}, which has told 2026-10-01 to 2026-10-10 to the end`,
      ]);
      // On its first and last day there may be more.
      const later = [...from(9, 10), paidIn('late', 5, at(10)), paidIn('next', 6, at(11))];
      await take(later, tying(808, later, at(9), at(11)));
    });

    test('do not have what the fund’s other account has', async () => {
      await take(from(1, 10), { ...days(at(1), at(10)), account: '01100012345600' });
      await accept([FEE], { ...days(at(1), at(10)), account: '99900012345600' });
      expect(await take(from(1, 10), { ...days(at(1), at(10)), account: '01100012345600', id: '2' })).toMatchObject({
        newLines: 0,
      });
      expect(await faultsOf([], { ...days(at(1), at(10)), account: '99900012345600' })).toHaveLength(1);
    });
  });

  describe('statements of one day', () => {
    const morning = [FEE, paidIn('A', 20_000)];
    const noon = [FEE, paidIn('B', 30_000)];
    const evening = [FEE, paidIn('C', 40_000)];
    const whole = [...morning, ...noon, ...evening];
    const FILES = {
      morning: [morning, tying(100_000, morning)],
      noon: [noon, tying(115_000, noon)],
      evening: [evening, tying(140_000, evening)],
      whole: [whole, tying(100_000, whole)],
    } as const;
    const ORDERS: (keyof typeof FILES)[][] = [
      ['morning', 'noon', 'evening'],
      ['evening', 'noon', 'morning'],
      ['noon', 'evening', 'morning', 'noon', 'whole', 'evening', 'morning'],
      ['whole', 'morning', 'evening', 'noon', 'whole'],
      ['morning', 'noon', 'morning', 'evening', 'noon'],
    ];
    test.each(ORDERS)('each have their own lines, even in the same words: %s, %s, %s', async (...order) => {
      for (const name of order.filter((one) => one !== undefined)) await take(...FILES[name]);
      expect(await stored()).toHaveLength(6);
      expect(await sum()).toBe(75_000);
    });

    test('may come in one file, oldest or newest first, and again by themselves', async () => {
      const parts = [FILES.morning, FILES.noon, FILES.evening];
      for (const order of [parts, parts.toReversed()]) {
        fund = await office.fund();
        expect(await importing(aFileOf(fund.id, order))).toMatchObject({ newLines: 6 });
        expect((await statements()).map(({ newLines }) => newLines)).toEqual([2, 2, 2]);
        for (const file of [FILES.noon, FILES.whole, FILES.evening, FILES.morning])
          expect(await take(...file)).toMatchObject({ newLines: 0 });
        expect(await importing(aFileOf(fund.id, order))).toMatchObject({ added: false });
      }
    });

    test('that come to nothing are not taken for others when they come again', async () => {
      const nothing = [FEE, paidIn('A', 5_000)];
      await take(nothing, tying(100_000, nothing));
      expect(await take(nothing, { ...tying(100_000, nothing), id: 'again' })).toMatchObject({
        newLines: 0,
        skipped: 2,
      });
      const more = [...nothing, paidIn('B', 1)];
      expect(await take(more, tying(100_000, more))).toMatchObject({ newLines: 1, skipped: 2 });
    });
  });

  describe('a statement with faults', () => {
    const right = [
      paidIn('A', 10_000, '2026-10-02'),
      paidIn('B', 20_000, '2026-10-05'),
      paidIn('C', 30_000, '2026-10-20'),
    ];
    const wrong = [right[0]!, { ...right[1]!, amountMinor: 25_000 }];
    const says = tying(0, right, '2026-10-01', '2026-10-31');

    test('is replaced by the whole one, which need not have what was wrong in it', async () => {
      await accept(wrong, says);
      const { replaced, newLines, statements: rows } = await take(right, says);
      const [faulty] = (await statements()).filter(({ faults }) => faults !== '[]');
      expect([replaced, newLines]).toEqual([[faulty?.ref], 2]);
      expect(faulty).toMatchObject({ replacedBy: rows[0]?.id, acceptedBy: people.esther.userId });
      // Nor is it asked for again.
      expect(await take(right, { ...says, id: '2' })).toMatchObject({ replaced: [], newLines: 0 });
    });

    test('leaves no line open that the whole one does not have, nor lets anybody match it', async () => {
      await accept(wrong, says);
      expect(await openAmounts()).toEqual([10_000, 25_000]);
      await take(right, says);
      expect(await openAmounts()).toEqual([10_000, 20_000, 30_000]);
      const matched: string[] = [];
      const days = { fundId: fund.id, from: null, to: null };
      await office.store.read((tx) => eachOpenLine(tx, days, (line) => void matched.push(line.externalId ?? '')));
      expect(matched.toSorted()).toEqual(['A', 'B', 'C']);
      const [wrongLine] = (await stored()).filter(({ amountMinor }) => amountMinor === 25_000);
      const [entry] = await office.store.read((tx) =>
        tx.db.select().from(tx.t.ledgerEntries).where(eq(tx.t.ledgerEntries.fundId, fund.id)),
      );
      const wish = { line: wrongLine?.ref ?? '', entry: entry?.ref ?? '', reason: null };
      const refused = await problemOf(matchByHand(office.store, people.david, wish));
      expect((refused.details.checks ?? []).map(({ code }) => code)).toContain('LINE_DROPPED');
    });

    test('and what it said wrongly counts as new when it is said again', async () => {
      await accept(wrong, says);
      await take(right, says);
      const again = [...right.slice(0, 2), { ...right[1]!, amountMinor: 25_000 }, right[2]!];
      expect(await accept(again, tying(0, again, '2026-10-01', '2026-10-31'))).toMatchObject({ newLines: 1 });
      expect(await openAmounts()).toEqual([10_000, 20_000, 25_000, 30_000]);
    });

    test('is not replaced by a part of it, nor by another that has faults', async () => {
      await accept(wrong, says);
      await take(right.slice(2), tying(30_000, right.slice(2), '2026-10-20'));
      await accept(right, { ...says, closingMinor: 1 });
      expect((await statements()).map(({ replacedBy }) => replacedBy)).toEqual([null, null, null]);
    });
  });

  test('the books are as they were', async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
