import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { storePair } from '../../src/operations/judge-match.ts';
import { recordDifference } from '../../src/operations/record-variance.ts';
import { reconcileByHand } from '../../src/operations/reconcile-by-hand.ts';
import { undoMatch } from '../../src/operations/undo-match.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { recordFundEvent } from '../../src/store/audit-chain.ts';
import { lockFund } from '../../src/store/funds.ts';
import { INVARIANTS, judgeInvariants } from '../../src/store/invariants.ts';
import { undoMatches } from '../../src/store/matches.ts';
import { differencesSum } from '../../src/store/open-entries.ts';
import { newIdentity } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { aPayingOffice, bookFaults, errorOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;
  let lines = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    fund = await office.fund();
  });

  /** A statement of the fund with one line of this amount. */
  async function aLine(tx: Tx, amountMinor: number): Promise<Row<'statementLines'>> {
    const statement: Row<'statements'> = {
      ...(await newIdentity(tx, 'statements')),
      ...{ fundId: fund.id, fileDigest: `file ${(lines += 1)}`, fileName: null, type: 'csv', profile: null },
      ...{ account: null, number: null, currency: 'KES', fromDay: null, toDay: null },
      ...{
        openingMinor: null,
        closingMinor: null,
        lineCount: 1,
        newLines: 1,
        creditsMinor: 0,
        debitsMinor: -amountMinor,
      },
      ...{ ties: null, faults: '[]', acceptedBy: null, replacedBy: null },
      ...{ createdBy: people.david.userId, createdAt: tx.now },
    };
    await tx.db.insert(tx.t.statements).values(statement);
    const line: Row<'statementLines'> = {
      ...(await newIdentity(tx, 'statementLines')),
      ...{ statementId: statement.id, fundId: fund.id, seq: 1, position: 1, identity: `line ${lines}`, occurrence: 1 },
      ...{ bookedOn: '2026-10-18', valueOn: null, bookedAt: null, amountMinor, balanceMinor: null, externalId: null },
      ...{ references: '[]', counterparty: null, counterpartyAccount: null, description: 'Taxi', isCharge: false },
    };
    await tx.db.insert(tx.t.statementLines).values(line);
    return line;
  }

  /** Ties a payment's debit to a line of another amount, or to none, as a reconciliation by David. */
  async function aMatch(tx: Tx, payment: Row<'payments'>, line: Row<'statementLines'> | null): Promise<Row<'matches'>> {
    const { ledgerEntries: entries } = tx.t;
    const [debit] = await tx.db.select().from(entries).where(eq(entries.paymentId, payment.id));
    if (debit === undefined) throw new Error('it was not paid');
    const match = await storePair(tx, people.david, {
      ...{ fund, lineId: line?.id ?? null, statementId: line?.statementId ?? null, entryIds: [debit.id] },
      pass: line === null ? 'by_hand' : 'amount_differs',
    });
    const its = { entry: debit.ref, ...(line === null ? { match: match.ref } : { line: line.ref }) };
    await recordFundEvent(tx, await lockFund(tx, fund.id), {
      ...{ actor: people.david.username, origin: people.david.origin, payload: its },
      ...(line === null
        ? { action: 'payment.reconciled', subject: payment.ref }
        : { action: 'statement.matched', subject: match.ref }),
    });
    return match;
  }

  /** A payment of KES 1,000.00 for which a statement, or somebody, says KES 1,030.00. */
  async function recorded({ byHand = false } = {}) {
    const payment = await office.payment(fund);
    await office.pay(payment);
    const { match, view } = await office.store.write(async (tx) => {
      const made = await aMatch(tx, payment, byHand ? null : await aLine(tx, -103_000));
      const { view: variance } = await recordDifference(tx, people.david, {
        ...{ paymentId: payment.id, adjustedMinor: () => 103_000, reason: 'the statement says so' },
        ...{ evidence: 'line 1 of the statement', matchId: made.id },
      });
      return { match: made, view: variance };
    });
    office.pass(1);
    return { payment, match, view, ref: view.variance.ref };
  }
  const matchesOf = ({ reconciliationId }: Row<'matches'>) =>
    office.store.read((tx) => {
      const { matches } = tx.t;
      return tx.db
        .select()
        .from(matches)
        .where(eq(matches.reconciliationId, reconciliationId))
        .orderBy(matches.linePart, matches.id);
    });
  const statusOf = async (payment: Row<'payments'>) => (await office.state(payment)).payment.status;
  const approve = (ref: string) => approveVariances(office.store, people.esther, { variances: [ref], reason: null });
  const reject = (variance: string) => rejectVariance(office.store, people.esther, { variance, reason: 'not ours' });

  test('a difference keeps the evidence of its reconciliation; its payment is not reconciled yet', async () => {
    const { payment, match, view } = await recorded();
    expect(view).toMatchObject({
      variance: { evidence: 'line 1 of the statement', matchId: match.id },
      matchRef: match.ref,
    });
    expect(await statusOf(payment)).toBe('success');
    expect(await errorOf(recordDifferenceAgain(match, payment))).toMatchObject({ code: 'VARIANCE_PENDING' });
  });

  const recordDifferenceAgain = (match: Row<'matches'>, payment: Row<'payments'>) =>
    office.store.write((tx) =>
      recordDifference(tx, people.david, {
        ...{ paymentId: payment.id, adjustedMinor: () => 5, reason: 'again', evidence: null, matchId: match.id },
      }),
    );

  test('what waits to be decided is what lines say less what entries do, until it is decided', async () => {
    const other = await office.fund();
    const sums = () =>
      office.store.read(async (tx) => [await differencesSum(tx, fund.id), await differencesSum(tx, other.id)]);
    const [before = 0] = await sums();
    const [one, two] = [await recorded(), await recorded()];
    const byHand = await recorded({ byHand: true });
    expect(await sums()).toEqual([before - 6000, 0]);
    await approve(byHand.ref);
    await approve(one.ref);
    expect(await sums()).toEqual([before - 3000, 0]);
    await reject(two.ref);
    expect(await sums()).toEqual([before, 0]);
  });

  test('approved, the payment is reconciled and its adjustment stands beside it at the same line', async () => {
    const { payment, match, ref } = await recorded();
    const [approved] = await approve(ref);
    expect(approved?.payment?.status).toEqual({ before: 'success', after: 'reconciled' });
    expect(await statusOf(payment)).toBe('reconciled');
    const [first, second, ...more] = await matchesOf(match);
    expect([first?.id, second?.entryId, more]).toEqual([match.id, approved?.posted.entry.id, []]);
    expect(second).toMatchObject({ lineId: match.lineId, linePart: 2, entryPart: 1, matchedBy: people.david.userId });
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('so it is where the amount was told by hand, without a line', async () => {
    const { payment, match, ref } = await recorded({ byHand: true });
    await approve(ref);
    expect(await statusOf(payment)).toBe('reconciled');
    expect((await matchesOf(match)).map(({ linePart, pass }) => [linePart, pass])).toEqual([
      [1, 'by_hand'],
      [1, 'by_hand'],
    ]);
  });

  test('rejected, the match is undone and the payment stays as it was paid', async () => {
    const { payment, match, ref } = await recorded();
    await reject(ref);
    expect(await statusOf(payment)).toBe('success');
    const [undone] = await matchesOf(match);
    expect(undone).toMatchObject({ undoneBy: people.esther.userId, undoneReason: 'not ours' });
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('while it waits nobody undoes its match but the CFO who rejects it', async () => {
    const { payment, match, ref } = await recorded();
    const refused = await errorOf(undoMatch(office.store, people.david, { match: match.ref, reason: null }));
    expect(refused).toMatchObject({
      ...{ kind: 'refused', code: 'VARIANCE_PENDING' },
      details: { fix: `treasury variance reject ${ref} --reason REASON` },
    });
    expect((await matchesOf(match)).map(({ undoneAt }) => undoneAt)).toEqual([null]);
    await reject(ref);
    expect([await statusOf(payment), (await matchesOf(match))[0]?.undoneBy]).toEqual(['success', people.esther.userId]);
  });

  test.each([false, true])(
    'while it waits nobody reconciles the payment by hand, had it a line or not',
    async (byHand) => {
      const { payment, match, ref } = await recorded({ byHand });
      for (const amount of [null, '7']) {
        const wish = { payments: [payment.ref], reference: null, amount, evidence: null, reason: 'by letter' };
        expect(await errorOf(reconcileByHand(office.store, people.david, wish))).toMatchObject({
          ...{ kind: 'refused', code: 'VARIANCE_PENDING' },
          details: { fix: `treasury variance show ${ref}` },
        });
      }
      expect([await statusOf(payment), (await matchesOf(match)).length]).toEqual(['success', 1]);
      await reject(ref);
    },
  );

  test('of a match that was undone meanwhile the difference is decided all the same, and reconciles nothing', async () => {
    const [one, other] = [await recorded(), await recorded()];
    const undone = { by: people.david.userId, reason: null };
    for (const { match } of [one, other]) await office.store.write((tx) => undoMatches(tx, [match], undone));
    const [approved] = await approve(one.ref);
    expect(approved?.payment?.status).toEqual({ before: 'success', after: 'success' });
    await reject(other.ref);
    expect(await matchesOf(other.match)).toMatchObject([{ undoneBy: people.david.userId }]);
    // They were undone here without the event that goes with it, and that is all that is wrong.
    const faults = await bookFaults(office.store);
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['undone_told', 'undone_told']);
  });

  test.each(['with a line', 'without a line'])(
    'a match by hand %s that no event vouches for is found',
    async (which) => {
      const payment = await office.payment(fund);
      await office.pay(payment);
      const undone = new Error('nothing of it stays');
      const found: string[] = [];
      const forged = office.store.write(async (tx) => {
        const { ledgerEntries: entries } = tx.t;
        const [debit] = await tx.db.select().from(entries).where(eq(entries.paymentId, payment.id));
        const line = which === 'with a line' ? await aLine(tx, -100_000) : null;
        const match = await storePair(tx, people.david, {
          ...{ fund, lineId: line?.id ?? null, statementId: line?.statementId ?? null, entryIds: [debit?.id ?? ''] },
          pass: 'by_hand',
        });
        const faultsNow = async (): Promise<void> => {
          const judged = await judgeInvariants(tx, INVARIANTS, null);
          const messages = judged.flatMap(({ broken }) => broken.map(({ message }) => message));
          found.push(messages.filter((message) => message.includes('vouches')).join('; '));
        };
        await faultsNow();
        // An event of another entry vouches for nothing.
        const said = { match: match.ref, line: line?.ref ?? null, entry: 'led_another' };
        const subject = line === null ? payment.ref : match.ref;
        const action = line === null ? 'payment.reconciled' : 'statement.matched';
        const { username: actor, origin } = people.david;
        await recordFundEvent(tx, await lockFund(tx, fund.id), { actor, origin, action, subject, payload: said });
        await faultsNow();
        throw undone;
      });
      await expect(forged).rejects.toBe(undone);
      expect(found).toHaveLength(2);
      for (const fault of found)
        expect(fault).toMatch(/^reconciliation \S+ has no event that vouches for its matches$/);
    },
  );
});
