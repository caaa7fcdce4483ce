import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { autoReconcile } from '../../src/operations/auto-reconcile.ts';
import { LineSample } from '../../src/operations/read-for-fund.ts';
import { previewStatement, type ReconcileRequest } from '../../src/operations/reconcile-statement.ts';
import { accountsBeside, linesLike, paidUnder } from '../../src/store/other-funds.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import type { StatementLine } from '../../src/statements/statement.ts';
import { mpesaStatement } from '../acceptance/a-statement.ts';
import { aPayingOffice, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { renderCamt, type RenderedStatement } from '../support/rendered-statements.ts';

const line = (at: number): StatementLine => ({
  ...{ position: at, bookedOn: '2026-10-18', valueOn: null, bookedAt: null, amountMinor: -1, balanceMinor: null },
  ...{ externalId: at % 5 === 0 ? null : `SKF${at}`, references: [], counterparty: null, counterpartyAccount: null },
  ...{ description: '', isCharge: false },
});

describe('a sample of lines', () => {
  test.each([0, 1, 48, 49, 97, 1_000, 12_345])('of %d is of few of them, evenly spread, however they come', (count) => {
    const [one, blocks] = [new LineSample(), new LineSample()];
    for (let at = 0; at < count; at += 1) one.take(at, 1, () => line(at));
    let asked = 0;
    for (let at = 0; at < count; at += 37) {
      blocks.take(at, Math.min(37, count - at), (within) => {
        asked += 1;
        return line(at + within);
      });
    }
    expect(blocks.lines).toEqual(one.lines);
    const places = one.lines.map(({ reference }) => Number(reference.slice(3)));
    expect(places.length).toBeGreaterThanOrEqual(Math.min(count, 24) * 0.75 - 1);
    expect(places.length).toBeLessThanOrEqual(48);
    expect(Math.max(0, ...places)).toBeGreaterThanOrEqual(count * 0.9 - 2);
    // Each time that there are too many, every second goes.
    expect(asked).toBeLessThanOrEqual(48 * (2 + Math.log2(1 + count / 48)));
  });
});

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let receipts = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const paid = async (fund: Row<'funds'>): Promise<{ receipt: string; amount: number; day: string }> => {
    receipts += 1;
    const receipt = `SKW${String(receipts).padStart(7, '0')}`;
    await office.pay(await office.payment(fund, { amount: '100', method: 'mpesa' }), people.carol, receipt);
    return { receipt, amount: -100, day: '2026-10-18' };
  };
  const request = (fund: Row<'funds'>, text: string): ReconcileRequest => ({
    fund: fund.code,
    source: { name: 'month', type: null, profile: null, pieces: () => [new TextEncoder().encode(text)] },
    tellAll: true,
    onProgress: () => undefined,
  });
  const previewed = async (fund: Row<'funds'>, text: string) =>
    (await previewStatement(office.store, people.david, request(fund, text))).read.warnings;
  const saved = async (fund: Row<'funds'>, text: string) =>
    (await autoReconcile(office.store, people.david, request(fund, text))).read.warnings;

  describe('who holds a file against the wrong fund is asked whether it is right', () => {
    test('by a payment in it, by its lines where they came for that fund, each time, and nobody else is', async () => {
      const [mpesa, petty, other] = [await office.fund(), await office.fund(), await office.fund()];
      const rows = [await paid(mpesa), { receipt: 'SKZOTHER01', amount: -7, day: '2026-10-18' }];
      const file = mpesaStatement(1000, rows);
      const byPayment = new RegExp(
        `^${rows[0]?.receipt ?? ''} in it is a payment of fund ${mpesa.code} \\(pay_\\w+\\): is fund ${petty.code} the right one\\?$`,
      );
      expect(await previewed(petty, file)).toEqual([expect.stringMatching(byPayment)]);
      expect(await previewed(mpesa, file)).toEqual([]);
      expect(await saved(mpesa, file)).toEqual([]);
      expect(await previewed(mpesa, file)).toEqual([]);
      const byLines = new RegExp(`^lines of it came for fund ${mpesa.code} already \\(sta_\\w+\\): is fund`);
      expect(await previewed(petty, file)).toEqual([expect.stringMatching(byLines)]);
      expect(await saved(petty, file)).toEqual([expect.stringMatching(byLines)]);
      // Taken in spite of that, the lines are this fund's, too.
      expect(await previewed(petty, file)).toEqual([]);
      // Newer ones that say so as well.
      const later = mpesaStatement(893, [await paid(mpesa)]);
      expect(await previewed(petty, later)).toEqual([expect.stringContaining('is a payment of fund')]);
      // A file of an account that two funds share.
      expect(await previewed(other, mpesaStatement(1000, [...rows, await paid(other)]))).toEqual([]);
    });

    test('but never by what is of a fund of another company', async () => {
      const fund = await office.fund();
      const { receipt, ...row } = await paid(fund);
      const statement: RenderedStatement = {
        ...{ account: '99 8888 7777', currency: 'KES', exponent: 2, id: 'one', from: '2026-10-18', to: '2026-10-18' },
        ...{ openingMinor: 0, closingMinor: 0, lines: [] },
      };
      await saved(fund, [...renderCamt([statement])].join(''));
      await saved(fund, mpesaStatement(1000, [{ receipt, ...row }]));
      await office.store.read(async (tx) => {
        const { statementLines: lines } = tx.t;
        const [stored] = await tx.db.select().from(lines).where(eq(lines.externalId, receipt));
        const identities = [stored?.identity ?? ''];
        const found = async (of: Pick<Row<'funds'>, 'id' | 'companyId'>) => [
          (await accountsBeside(tx, { ...of, id: newId() })).filter(({ fundId }) => fundId === fund.id).length,
          (await linesLike(tx, of, identities)).length,
          (await paidUnder(tx, of, [receipt])).length,
        ];
        expect(await found(fund)).toEqual([1, 1, 1]);
        expect(await found({ ...fund, companyId: newId() })).toEqual([0, 0, 0]);
      });
    });

    test('by its account', async () => {
      const [bank, petty] = [await office.fund(), await office.fund()];
      const camt = (account: string, id: string): string => {
        const statement: RenderedStatement = {
          ...{ account, currency: 'KES', exponent: 2, id, from: '2026-10-18', to: '2026-10-18' },
          ...{ openingMinor: 0, closingMinor: 0, lines: [] },
        };
        return [...renderCamt([statement])].join('');
      };
      await saved(bank, camt('01 1234 5678', 'one'));
      expect(await previewed(petty, camt('0112345678', 'two'))).toEqual([
        expect.stringMatching(`^account "01 1234 5678" is that of fund ${bank.code} \\(sta_`),
      ]);
      expect(await previewed(bank, camt('0112345678', 'two'))).toEqual([]);
      expect(await previewed(petty, camt('0112345679', 'two'))).toEqual([]);
    });
  });
});
