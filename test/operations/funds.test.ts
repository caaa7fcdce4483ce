import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { fundDocument } from '../../src/documents/fund.ts';
import { fundSchema } from '../../src/documents/schemas/fund.ts';
import { closeFund, judgeClosing } from '../../src/operations/close-fund.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { editFund } from '../../src/operations/edit-fund.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { findFund } from '../../src/operations/look-up.ts';
import { rowDigest } from '../../src/store/audit-chain.ts';
import { getFund, listFunds, type FundPage } from '../../src/store/funds.ts';
import type { PageRequest } from '../../src/store/paging.ts';
import { newIdentity } from '../../src/store/references.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { aFund, aFundWish, post, problemOf, rootOf } from '../support/a-fund.ts';
import { done } from '../support/changes.ts';
import { asOwner, eachDatabase } from '../support/databases.ts';
import { anOffice, aPerson, type Office } from '../support/office.ts';

eachDatabase((open, dialect) => {
  let store: Store;
  let url: string;
  let office: Office;
  let people: Office['people'];
  let mary: Actor;
  let oscar: Actor;
  let now = new Date('2026-10-18T06:00:00.000Z');

  beforeAll(async () => {
    ({ store, url } = await open({ clock: () => now, connections: 4 }));
    office = await anOffice(store);
    people = office.people;
    // A treasurer of Mombasa only, and one of the other company.
    mary = await store.write((tx) => aPerson(tx, 'mary', ['treasurer'], office.places.MOMBASA));
    oscar = await store.write((tx) => aPerson(tx, 'oscar', ['treasurer'], office.places.OTHER));
  });

  const events = (subject: string) =>
    store
      .read((tx) =>
        tx.db
          .select()
          .from(tx.t.auditEvents)
          .where(sql`${tx.t.auditEvents.subject} = ${subject}`)
          .orderBy(tx.t.auditEvents.seq),
      )
      .then((rows) =>
        rows.map((row) => ({
          action: row.action,
          actor: row.actor,
          ...(JSON.parse(row.body) as { payload: Record<string, unknown> }),
        })),
      );
  const entriesOf = (fundId: string): Promise<Row<'ledgerEntries'>[]> =>
    store.read((tx) =>
      tx.db
        .select()
        .from(tx.t.ledgerEntries)
        .where(sql`${tx.t.ledgerEntries.fundId} = ${fundId}`)
        .orderBy(tx.t.ledgerEntries.seq),
    );
  const fundNow = (id: string) => store.read((tx) => getFund(tx, id));

  test('an opening balance is the first entry of the book, in the one event of the fund', async () => {
    const { view, replenishment } = await aFund(store, people.david, {
      code: 'PETTY',
      branch: 'WESTLANDS',
      opening: '50,000',
    });
    const document = fundDocument(view);
    expect(fundSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({
      code: 'PETTY',
      company: 'ACME',
      region: 'NBI-R',
      branch: 'WESTLANDS',
      currency: 'KES',
      balance: '50000.00',
      balance_minor: 5_000_000,
      available: '50000.00',
      reserved: '0.00',
      status: 'ok',
      payment_limit: null,
      open_replenishment: null,
    });
    expect(replenishment).toBeNull();
    const entries = await entriesOf(view.fund.id);
    expect(entries).toMatchObject([
      {
        seq: 1,
        type: 'credit',
        kind: 'opening',
        amountMinor: 5_000_000,
        balanceAfterMinor: 5_000_000,
        valueDate: '2026-10-18',
      },
    ]);
    const [entry] = entries;
    expect(await events('PETTY')).toMatchObject([
      {
        action: 'fund.created',
        actor: 'david',
        payload: {
          balance_before_minor: 0,
          balance_after_minor: 5_000_000,
          ledger_entry: { ref: entry?.ref, digest: entry === undefined ? '' : rowDigest(entry) },
        },
      },
    ]);
  });

  test('an opening of 0 makes no entry, and no request', async () => {
    const { view, replenishment } = await aFund(store, people.esther, { code: 'EMPTY', opening: '0' });
    expect(view.fund).toMatchObject({ balanceMinor: 0, entrySeq: 0 });
    expect(fundDocument(view).status).toBe('low');
    expect(await entriesOf(view.fund.id)).toEqual([]);
    expect(replenishment).toBeNull();
    expect((await events('EMPTY')).map((event) => event.action)).toEqual(['fund.created']);
  });

  test('an opening below the reorder level raises a request; one at it does not', async () => {
    expect((await aFund(store, people.david, { opening: '1,999.99' })).replenishment).toMatchObject({
      requestedMinor: 800_001,
      status: 'pending',
    });
    expect((await aFund(store, people.david, { opening: '2,000' })).replenishment).toBeNull();
  });

  test('everything that is wrong with a new fund is said at once, and nothing is opened', async () => {
    const wrong = aFundWish({
      code: 'x',
      name: '',
      opening: '-1',
      reorderLevel: '10',
      imprestLevel: '10',
      branch: 'NOWHERE',
    });
    const problem = await problemOf(createFund(store, people.david, wrong));
    expect(problem).toMatchObject({ kind: 'usage', code: 'FUND_INVALID' });
    expect(problem.details.faults).toHaveLength(5);
    expect(problem.details.faults?.at(-1)).toContain('there is no branch "NOWHERE"');
  });

  test('a fund has one place: a branch that lies elsewhere is refused, one that does not exist is not found', async () => {
    expect(await problemOf(aFund(store, people.david, { region: 'COAST', branch: 'WESTLANDS' }))).toMatchObject({
      kind: 'usage',
      code: 'FUND_INVALID',
    });
    expect(await problemOf(aFund(store, people.david, { branch: 'NOWHERE' }))).toMatchObject({
      kind: 'not_found',
      code: 'BRANCH_NOT_FOUND',
    });
    expect(await problemOf(aFund(store, people.david, { company: 'OTHER' }))).toMatchObject({ kind: 'not_found' });
  });

  test('codes are unique in the office, over companies too', async () => {
    await aFund(store, oscar, { company: 'OTHER', code: 'TAKEN' });
    expect(await problemOf(aFund(store, people.david, { code: 'TAKEN' }))).toMatchObject({
      kind: 'conflict',
      code: 'FUND_EXISTS',
    });
  });

  test('of two who open the same code at once one succeeds, the other is told', async () => {
    const both = await Promise.allSettled([
      aFund(store, people.david, { code: 'RACE' }),
      aFund(store, people.esther, { code: 'RACE' }),
    ]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'FUND_EXISTS' });
  });

  test('only treasurers and CFOs of the place open funds', async () => {
    for (const person of [people.amina, people.brian, people.carol, people.helen, people.root]) {
      expect(await problemOf(aFund(store, person))).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
    }
    expect(await problemOf(aFund(store, mary, { branch: 'WESTLANDS' }))).toMatchObject({
      kind: 'forbidden',
      code: 'OUT_OF_SCOPE',
    });
    expect((await aFund(store, mary, { branch: 'MOMBASA' })).view.branch).toBe('MOMBASA');
  });

  test("another company's fund does not exist; one of the own company outside the scope is refused", async () => {
    await aFund(store, people.david, { code: 'UPTOWN', branch: 'WESTLANDS' });
    expect(await problemOf(findFund(store, oscar, 'UPTOWN'))).toMatchObject({
      kind: 'not_found',
      code: 'FUND_NOT_FOUND',
    });
    expect(await problemOf(findFund(store, mary, 'UPTOWN'))).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
    expect((await findFund(store, people.amina, 'uptown')).fund.code).toBe('UPTOWN');
  });

  test('an edit changes only what is given, in one event with before and after', async () => {
    const { view } = await aFund(store, people.david, { code: 'EDITED', paymentLimit: '500' });
    const edit = { reorderLevel: '3,000', paymentLimit: 'none' };
    const { before, after, changed } = await done(
      editFund(store, people.david, { fund: 'EDITED', edit, reason: 'busier' }),
    );
    expect(changed).toEqual(['reorderLevelMinor', 'paymentLimitMinor']);
    expect(before.fund).toMatchObject({ reorderLevelMinor: 200_000, paymentLimitMinor: 50_000 });
    expect(after.fund).toMatchObject({
      reorderLevelMinor: 300_000,
      paymentLimitMinor: null,
      imprestLevelMinor: 1_000_000,
      balanceMinor: view.fund.balanceMinor,
    });
    expect((await events('EDITED')).at(-1)).toMatchObject({
      action: 'fund.edited',
      payload: {
        before: { reorder_level_minor: 200_000, payment_limit_minor: 50_000 },
        after: { reorder_level_minor: 300_000, payment_limit_minor: null },
        reason: 'busier',
      },
    });
  });

  test('an edit to what is there already changes and records nothing', async () => {
    await aFund(store, people.david, { code: 'SAME' });
    expect(
      (await done(editFund(store, people.david, { fund: 'SAME', edit: { reorderLevel: '2000' }, reason: null })))
        .changed,
    ).toEqual([]);
    expect(await events('SAME')).toHaveLength(1);
  });

  test('a wrong edit says everything and changes nothing', async () => {
    const { view } = await aFund(store, people.david, { code: 'WRONG' });
    const edit = { name: '', reorderLevel: '10,000', dailyLimit: '0' };
    const problem = await problemOf(editFund(store, people.david, { fund: 'WRONG', edit, reason: null }));
    expect(problem.details.faults).toHaveLength(3);
    expect((await fundNow(view.fund.id)).fund).toEqual(view.fund);
  });

  test('a fund is frozen once and unfrozen once', async () => {
    await aFund(store, people.david, { code: 'ICE' });
    const step = { fund: 'ICE', reason: 'count' };
    expect(await problemOf(unfreezeFund(store, people.david, step))).toMatchObject({
      kind: 'conflict',
      code: 'NOT_FROZEN',
    });
    expect(fundDocument((await freezeFund(store, people.david, step)).after).status).toBe('frozen');
    expect(await problemOf(freezeFund(store, people.esther, step))).toMatchObject({
      kind: 'conflict',
      code: 'ALREADY_FROZEN',
    });
    expect(fundDocument((await done(unfreezeFund(store, people.esther, step))).after).status).toBe('ok');
    expect((await events('ICE')).map((event) => event.action)).toEqual([
      'fund.created',
      'fund.frozen',
      'fund.unfrozen',
    ]);
    expect(await problemOf(freezeFund(store, people.carol, step))).toMatchObject({ kind: 'forbidden' });
  });

  test('a fund with one cent is not closed; an empty one is, for good', async () => {
    const { view } = await aFund(store, people.david, { code: 'LAST', opening: '0.01', autoReplenish: false });
    const step = { fund: 'LAST', reason: null };
    expect(await problemOf(closeFund(store, people.david, step))).toMatchObject({
      kind: 'refused',
      code: 'FUND_NOT_CLOSABLE',
    });
    await post(store, people.david, view.fund.id, { amountMinor: 1 });
    expect((await judgeClosing(store, people.david, 'LAST')).fund.code).toBe('LAST');
    expect(fundDocument((await closeFund(store, people.david, step)).after).status).toBe('closed');
    expect(await problemOf(closeFund(store, people.david, step))).toMatchObject({
      kind: 'conflict',
      code: 'ALREADY_CLOSED',
    });
    expect(await problemOf(freezeFund(store, people.david, step))).toMatchObject({
      kind: 'conflict',
      code: 'FUND_CLOSED',
    });
    expect(
      await problemOf(editFund(store, people.david, { fund: 'LAST', edit: { name: 'Again' }, reason: null })),
    ).toMatchObject({ code: 'FUND_CLOSED' });
  });

  test('what stands against closing is listed whole: money, an open request', async () => {
    await aFund(store, people.david, { code: 'BUSY', opening: '5' });
    const problem = await problemOf(judgeClosing(store, people.david, 'BUSY'));
    expect(problem.details.checks?.filter((check) => check.ok === false).map((check) => check.id)).toEqual([
      'balance',
      'replenishments',
    ]);
  });

  test('an entry moves the balance, takes the next number and adds to the totals', async () => {
    const { view } = await aFund(store, people.david, { opening: '100', reorderLevel: '0', imprestLevel: '0' });
    const { fund, entry } = await post(store, people.david, view.fund.id, { amountMinor: 10_001 });
    expect(entry).toMatchObject({ seq: 2, balanceAfterMinor: -1 });
    expect((await fundNow(fund.id)).fund).toEqual(fund);
    await post(store, people.david, view.fund.id, { type: 'adjustment', kind: 'suspense', amountMinor: -4 });
    await post(store, people.david, view.fund.id, { amountMinor: 1 });
    const totals = await store.read((tx) =>
      tx.db
        .select()
        .from(tx.t.ledgerTotals)
        .where(sql`${tx.t.ledgerTotals.fundId} = ${fund.id}`),
    );
    expect(totals.map(({ type, kind, entries, amountMinor }) => [type, kind, entries, amountMinor]).toSorted()).toEqual(
      [
        ['adjustment', 'suspense', 1, -4],
        ['credit', 'opening', 1, 10_000],
        ['debit', 'fee', 2, 10_002],
      ],
    );
  });

  test("the value date is the day in the office's zone", async () => {
    const { view } = await aFund(store, people.david);
    now = new Date('2026-10-18T21:00:00.000Z');
    try {
      expect((await post(store, people.david, view.fund.id, {})).entry.valueDate).toBe('2026-10-19');
    } finally {
      now = new Date('2026-10-18T06:00:00.000Z');
    }
  });

  test('the database lets nobody change, delete, replace or slip in an entry, nor move a balance without one', async () => {
    const { view } = await aFund(store, people.david);
    const [entry] = await entriesOf(view.fund.id);
    if (entry === undefined) throw new Error('no opening');
    const t = await store.read(async (tx) => tx.t);
    const attack = async (refusal: RegExp, work: (tx: Tx) => Promise<unknown>) =>
      expect(await rootOf(asOwner(url, (owner) => owner.write(work)))).toMatch(refusal);
    const itself = sql`${t.ledgerEntries.id} = ${entry.id}`;
    const theFund = sql`${t.funds.id} = ${view.fund.id}`;
    await attack(/immutable/, (tx) => tx.db.update(t.ledgerEntries).set({ amountMinor: 1 }).where(itself));
    await attack(/immutable/, (tx) => tx.db.update(t.ledgerEntries).set({ description: 'nothing' }).where(itself));
    await attack(/immutable/, (tx) => tx.db.delete(t.ledgerEntries).where(itself));
    await attack(/immutable|not in step/, (tx) =>
      tx.db
        .insert(t.ledgerEntries)
        .values({ ...entry, amountMinor: 1 })
        .onConflictDoUpdate({ target: t.ledgerEntries.id, set: { amountMinor: 1 } }),
    );
    const forged = await store.read(async (tx) => ({ ...entry, ...(await newIdentity(tx, 'ledgerEntries')), seq: 2 }));
    await attack(/not in step/, (tx) => tx.db.insert(t.ledgerEntries).values(forged));
    await attack(/only by ledger entries/, (tx) => tx.db.update(t.funds).set({ balanceMinor: 1 }).where(theFund));
    await attack(/never deleted/, (tx) => tx.db.delete(t.funds).where(theFund));
    await attack(/never changes/, (tx) => tx.db.update(t.funds).set({ code: 'MINE' }).where(theFund));
    expect(await entriesOf(view.fund.id)).toEqual([entry]);
    expect((await fundNow(view.fund.id)).fund).toEqual(view.fund);
  });

  test.runIf(dialect === 'sqlite')('INSERT OR REPLACE does not replace an entry', async () => {
    const { view } = await aFund(store, people.david);
    const before = await entriesOf(view.fund.id);
    const replace = sql`insert or replace into ledger_entries select id, ref, fund_id, seq, type, kind, amount_minor, balance_after_minor, value_date, payment_id, execution_id, replenishment_id, reverses_id, 'gone', created_by, created_at from ledger_entries where fund_id = ${view.fund.id}`;
    // `run` is SQLite's own; the shared face does not show it.
    const raw = (tx: unknown) => (tx as { db: { run(query: unknown): unknown } }).db.run(replace);
    expect(await rootOf(store.write(async (tx) => raw(tx)))).toBe('ledger_entries are immutable');
    expect(await entriesOf(view.fund.id)).toEqual(before);
  });

  test('a list holds the funds in scope, newest first, with count and balances over all pages', async () => {
    const all = { limit: 0, after: null };
    const acme = await store.read((tx) => listFunds(tx, {}, all, people.helen.grants));
    expect(acme.rows.every((row) => row.company === 'ACME')).toBe(true);
    expect(acme.count).toBe(acme.rows.length);
    expect(acme.totals).toMatchObject([
      { currency: 'KES', sum: BigInt(acme.rows.reduce((sum, row) => sum + row.fund.balanceMinor, 0)) },
    ]);
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const page: PageRequest = { limit: 3, after };
      const found: FundPage = await store.read((tx) => listFunds(tx, {}, page, people.helen.grants));
      expect([found.count, found.totals]).toEqual([acme.count, acme.totals]);
      ids.push(...found.rows.map((row) => row.fund.id));
      if (found.next === null) break;
      after = found.next;
    }
    expect(ids).toEqual(acme.rows.map((row) => row.fund.id));
    expect(
      (await store.read((tx) => listFunds(tx, {}, all, mary.grants))).rows.every((row) => row.branch === 'MOMBASA'),
    ).toBe(true);
  });

  test('a list is narrowed to a place and all below it, and to what is low', async () => {
    const all = { limit: 0, after: null };
    const region = office.places['NBI-R'];
    const there = await store.read((tx) => listFunds(tx, { place: region }, all, people.helen.grants));
    expect(there.rows.map((row) => row.fund.code)).toContain('PETTY');
    expect(there.rows.every((row) => row.region === 'NBI-R')).toBe(true);
    const low = await store.read((tx) => listFunds(tx, { low: true }, all, people.helen.grants));
    expect(low.rows.length).toBeGreaterThan(0);
    expect(low.rows.every((row) => fundDocument(row).status === 'low')).toBe(true);
  });
});
