import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { autoReconcile } from '../../src/operations/auto-reconcile.ts';
import { matchByHand } from '../../src/operations/match-by-hand.ts';
import { reconcileByHand } from '../../src/operations/reconcile-by-hand.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { listUnmatched } from '../../src/operations/show-reconciliation.ts';
import { showStatus, type StatusView } from '../../src/operations/show-status.ts';
import { undoMatch } from '../../src/operations/undo-match.ts';
import type { Row } from '../../src/store/tables.ts';
import { mpesaStatement, type StatementRow } from '../acceptance/a-statement.ts';
import { aFile, aLine, takeFile } from '../support/a-statement.ts';
import { aPayingOffice, MINUTE, type PayingOffice } from '../support/an-office.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';

const DAY = 24 * 60 * MINUTE;

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let receipts = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const look = (actor: Actor): Promise<StatusView> => showStatus(office.store, actor, null);
  const linesOf = async (fund: Row<'funds'>, actor = people.david) =>
    (await look(actor)).ofFunds.unmatched_lines.rows.find(({ code }) => code === fund.code);
  const missedOf = async (fund: Row<'funds'>, actor = people.david) =>
    (await look(actor)).ofFunds.missed_payments.rows.find(({ code }) => code === fund.code);
  const reconcile = (fund: Row<'funds'>, rows: readonly StatementRow[], opening = 10_000) =>
    autoReconcile(office.store, people.david, {
      fund: fund.code,
      source: {
        ...{ name: 'month.csv', type: null, profile: null },
        pieces: () => [new TextEncoder().encode(mpesaStatement(opening, rows))],
      },
      tellAll: true,
      onProgress: () => undefined,
    });
  const paid = async (fund: Row<'funds'>, amount = '100', executor: Actor = people.carol) => {
    receipts += 1;
    const receipt = `SKY${String(receipts).padStart(7, '0')}`;
    const payment = await office.payment(fund, { amount, method: 'mpesa' });
    await office.pay(payment, executor, receipt);
    return { payment, receipt };
  };

  test('lines that nothing explains wait by fund, with how many and how old, until they are matched', async () => {
    const fund = await office.fund();
    const { payment, receipt } = await paid(fund);
    const { outcome } = await reconcile(fund, [
      { receipt: 'SKZ0000001', amount: -40, day: '2026-10-11' },
      { receipt, amount: -100, day: '2026-10-18' },
      { receipt: 'SKZ0000002', amount: 60, day: '2026-10-18' },
      { receipt: 'SKZ0000003', amount: -100, day: '2026-10-18' },
    ]);
    const open = { code: fund.code, count: 3, sumMinor: -8_000, oldest: '2026-10-11', ageDays: 7 };
    for (const actor of [people.david, people.esther]) expect(await linesOf(fund, actor)).toMatchObject(open);
    for (const actor of [people.carol, people.amina, people.helen, people.root, people.brian, people.olga])
      expect((await look(actor)).ofFunds.unmatched_lines, actor.username).toEqual({ count: 0, rows: [] });
    office.pass(DAY);
    expect(await linesOf(fund)).toMatchObject({ ageDays: 8 });
    // What was matched and undone waits again.
    await undoMatch(office.store, people.david, { match: outcome.matches[0]?.ref ?? '', reason: null });
    expect(await linesOf(fund)).toMatchObject({ count: 4, sumMinor: -18_000 });
    const wish = { fund: fund.code, since: null, until: null };
    const lines = (await listUnmatched(office.store, people.david, wish)).filter(({ side }) => side === 'statement');
    expect(lines.map(({ reference }) => reference).toSorted()).toEqual([
      ...['SKY0000001', 'SKZ0000001', 'SKZ0000002', 'SKZ0000003'],
    ]);
    const own = lines.find(({ reference }) => reference === receipt);
    await matchByHand(office.store, people.david, { line: own?.ref ?? '', entry: payment.ref, reason: null });
    expect(await linesOf(fund)).toMatchObject({ ...open, ageDays: 8 });
  });

  test('a payment is missed when a statement that should show it does not, and no sooner', async () => {
    const fund = await office.fund();
    const day = '2026-10-19';
    const [shown, missing] = [await paid(fund), await paid(fund, '250')];
    // Nobody has brought a statement of this fund: nothing says that anything is missing.
    expect(await missedOf(fund)).toBeUndefined();
    await reconcile(fund, [{ receipt: 'SKZ0000009', amount: 5, day: '2026-10-18' }]);
    expect(await missedOf(fund)).toBeUndefined();
    await reconcile(fund, [{ receipt: shown.receipt, amount: -100, day }], 10_005);
    expect(await missedOf(fund)).toMatchObject({ count: 1, sumMinor: 25_000, oldest: day, ageDays: 0 });
    expect((await look(people.carol)).ofFunds.missed_payments.count).toBe(0);
    await reconcileByHand(office.store, people.david, {
      ...{ payments: [missing.payment.ref], reference: null, amount: null, evidence: null, reason: null },
    });
    expect(await missedOf(fund)).toBeUndefined();
  });

  test('one whose difference waits for a CFO is not missed: a line shows it', async () => {
    const fund = await office.fund();
    const { receipt } = await paid(fund);
    const { applied } = await reconcile(fund, [{ receipt, amount: -101, day: '2026-10-19' }]);
    expect(applied?.variances).toHaveLength(1);
    expect([await missedOf(fund), await linesOf(fund)]).toEqual([undefined, undefined]);
    expect((await look(people.esther)).waiting.to_approve_variance.rows).toMatchObject([
      { ref: applied?.variances[0] },
    ]);
  });

  test('what the policy gives an entry days for is missed when they are over, not the day before', async () => {
    const fund = await office.fund();
    await paid(fund);
    const text = '[stale]\nstatement_days = 2\n';
    const { answer } = await setPolicy(office.store, people.root, { text, reason: 'the bank is slow' });
    await agreed(office.store, people.esther, Promise.resolve(answer));
    await reconcile(fund, [{ receipt: 'SKZ0000011', amount: 5, day: '2026-10-20' }]);
    expect(await missedOf(fund)).toBeUndefined();
    await reconcile(fund, [{ receipt: 'SKZ0000012', amount: 5, day: '2026-10-21' }], 10_005);
    expect(await missedOf(fund)).toMatchObject({ count: 1, oldest: '2026-10-19' });
  });

  test('a statement that was taken with faults waits until a whole one comes in its place', async () => {
    const fund = await office.fund();
    const take = (lines: Parameters<typeof aFile>[1], says: Parameters<typeof aFile>[2], acceptFaults: boolean) =>
      office.store.write((tx) => takeFile(tx, people.esther, { ...aFile(fund.id, lines, says), acceptFaults }));
    const says = { openingMinor: 0, closingMinor: -200_000, from: '2026-10-05', to: '2026-10-05' };
    const { statements } = await take([aLine()], says, true);
    const faulty = async (actor: Actor) => (await look(actor)).waiting.unbalanced_statements;
    for (const actor of [people.david, people.esther])
      expect(await faulty(actor), actor.username).toMatchObject({
        ...{ count: 1, rows: [{ ref: statements[0]?.ref, name: fund.code, who: 'october.csv', amountMinor: null }] },
      });
    for (const actor of [people.carol, people.helen, people.olga])
      expect((await faulty(actor)).count, actor.username).toBe(0);
    await take([aLine(), aLine({ description: 'Rent' })], says, false);
    expect((await faulty(people.david)).count).toBe(0);
  });

  test('who looks after several places is told of their funds alone', async () => {
    const { WESTLANDS, MOMBASA, ACME } = office.places;
    const here = await office.fund();
    await reconcile(here, [{ receipt: 'SKZ0000021', amount: -1, day: '2026-10-19' }]);
    const at = (...places: (typeof ACME)[]): Actor => ({
      ...people.david,
      grants: places.map((place) => ({ role: 'treasurer' as const, ...place })),
    });
    const told = async (actor: Actor) => (await look(actor)).ofFunds.unmatched_lines.count;
    const all = await told(people.david);
    expect(all).toBeGreaterThan(0);
    expect(await told(at(MOMBASA))).toBe(0);
    expect(await told(at(WESTLANDS, MOMBASA, office.places['NBI-R'], office.places.COAST))).toBe(0);
    expect(await told(at(WESTLANDS, MOMBASA, office.places.COAST, ACME))).toBe(all);
  });
});
