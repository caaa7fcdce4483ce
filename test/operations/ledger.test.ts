import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { entryDelta, type EntryType } from '../../src/domain/ledger.ts';
import { ledgerEntryDocument } from '../../src/documents/ledger-entry.ts';
import { ledgerEntrySchema } from '../../src/documents/schemas/ledger-entry.ts';
import { findEntry } from '../../src/operations/look-up.ts';
import { listEntries, type EntryFilter, type EntryView } from '../../src/store/ledger.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import { aFund, post, problemOf } from '../support/a-fund.ts';
import { eachDatabase } from '../support/databases.ts';
import { anOffice, aPerson, type Office } from '../support/office.ts';

const START = Date.parse('2026-10-01T00:00:00.000Z');
const DAY = 24 * 60 * 60 * 1000;

eachDatabase((open, dialect) => {
  let store: Store;
  let people: Office['people'];
  let mary: Actor;
  let oscar: Actor;
  let now = new Date(START);
  let statements: string[] = [];
  let one: Row<'funds'>;
  let two: Row<'funds'>;
  let there: Row<'funds'>;

  beforeAll(async () => {
    ({ store } = await open({ clock: () => now, onStatement: (text) => statements.push(text) }));
    const office = await anOffice(store);
    people = office.people;
    await store.write(async (tx) => {
      mary = await aPerson(tx, 'mary', ['treasurer'], office.places.MOMBASA);
      oscar = await aPerson(tx, 'oscar', ['treasurer'], office.places.OTHER);
    });
    one = (await aFund(store, people.david, { code: 'ONE', autoReplenish: false })).view.fund;
    two = (await aFund(store, people.david, { code: 'TWO', autoReplenish: false, currency: 'UGX' })).view.fund;
    there = (await aFund(store, people.david, { code: 'THERE', branch: 'MOMBASA', autoReplenish: false })).view.fund;
    await aFund(store, oscar, { code: 'THEIRS', company: 'OTHER', autoReplenish: false });
    // Ten days with an entry in each of three books; two entries of one instant among them.
    for (let day = 1; day <= 10; day += 1) {
      now = new Date(START + day * DAY);
      await post(store, people.carol, one.id, { amountMinor: 100 + day });
      await post(store, people.carol, two.id, {
        type: 'adjustment',
        kind: 'suspense',
        amountMinor: day % 2 === 0 ? day : -day,
      });
      await post(store, people.carol, there.id, { type: 'credit', kind: 'return', amountMinor: day });
    }
  });

  const list = (filter: EntryFilter, page = { limit: 0, after: null as string | null }, actor = people.helen) =>
    store.read((tx) => listEntries(tx, filter, page, actor.grants));
  const net = (views: readonly EntryView[]) => {
    const nets = new Map<string, number>();
    for (const { entry, currency } of views)
      nets.set(currency, (nets.get(currency) ?? 0) + entryDelta(entry.type as EntryType, entry.amountMinor));
    return [...nets]
      .map(([currency, sum]) => ({ currency, sum: BigInt(sum) }))
      .toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
  };
  const newestFirst = (views: readonly EntryView[]) =>
    views.toSorted(
      (a, b) => b.entry.createdAt.getTime() - a.entry.createdAt.getTime() || (a.entry.id < b.entry.id ? 1 : -1),
    );

  const FILTERS: readonly [string, () => { filter: EntryFilter; actor: Actor }][] = [
    ['everything in reach', () => ({ filter: {}, actor: people.helen })],
    ['the whole office', () => ({ filter: {}, actor: people.root })],
    ['one branch', () => ({ filter: {}, actor: mary })],
    ['one fund', () => ({ filter: { fundId: one.id }, actor: people.helen })],
    ['one type', () => ({ filter: { type: 'debit' }, actor: people.helen })],
    ['one kind', () => ({ filter: { kind: 'suspense' }, actor: people.helen })],
    [
      'a type and a kind of one fund',
      () => ({ filter: { fundId: there.id, type: 'credit', kind: 'return' }, actor: people.helen }),
    ],
    ['since a day', () => ({ filter: { since: new Date(START + 4 * DAY) }, actor: people.helen })],
    [
      'between two days',
      () => ({ filter: { since: new Date(START + 4 * DAY), until: new Date(START + 6 * DAY) }, actor: people.root }),
    ],
    ['nearly all days', () => ({ filter: { since: new Date(START + 1 * DAY) }, actor: people.root })],
    [
      'all but the ends',
      () => ({ filter: { since: new Date(START + 1 * DAY), until: new Date(START + 8 * DAY) }, actor: people.helen }),
    ],
    ['a kind until a day', () => ({ filter: { kind: 'fee', until: new Date(START + 3 * DAY) }, actor: people.helen })],
    ['what is not reconciled', () => ({ filter: { unreconciled: true }, actor: people.helen })],
  ];

  test.each(FILTERS)(
    'pages of %s are the whole, newest first, with its count and net on every page',
    async (_, choose) => {
      const { filter, actor } = choose();
      const whole = await list(filter, undefined, actor);
      expect(whole.rows.length).toBeGreaterThan(0);
      expect(whole.rows).toEqual(newestFirst(whole.rows));
      expect([whole.count, whole.totals, whole.next]).toEqual([whole.rows.length, net(whole.rows), null]);
      const paged: EntryView[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof listEntries>> = await list(filter, { limit: 4, after }, actor);
        expect([page.count, page.totals]).toEqual([whole.count, whole.totals]);
        expect(page.rows.length).toBeLessThanOrEqual(4);
        paged.push(...page.rows);
        after = page.next;
      } while (after !== null);
      expect(paged).toEqual(whole.rows);
    },
  );

  test('a filter keeps what it says', async () => {
    expect((await list({ fundId: one.id })).rows.every((row) => row.fundCode === 'ONE')).toBe(true);
    expect((await list({ type: 'debit' })).count).toBe(10);
    expect((await list({ kind: 'transfer' })).rows).toEqual([]);
    expect((await list({ since: new Date(START + 10 * DAY) })).count).toBe(3);
    expect((await list({ until: new Date(START + DAY) })).rows.every((row) => row.entry.kind === 'opening')).toBe(true);
    expect((await list({}, undefined, mary)).rows.every((row) => row.fundCode === 'THERE')).toBe(true);
    expect((await list({}, undefined, oscar)).rows.map((row) => row.fundCode)).toEqual(['THEIRS']);
  });

  test('nobody sees entries of what is closed to them', async () => {
    expect(await list({}, undefined, { ...people.helen, grants: [] })).toEqual({
      rows: [],
      next: null,
      count: 0,
      totals: [],
    });
    const [row] = (await list({ fundId: one.id })).rows;
    const ref = row?.entry.ref ?? '';
    expect((await findEntry(store, people.amina, ref)).entry.ref).toBe(ref);
    expect((await findEntry(store, people.amina, ref.slice(0, 8))).entry.ref).toBe(ref);
    expect(await problemOf(findEntry(store, mary, ref))).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
    expect(await problemOf(findEntry(store, oscar, ref))).toMatchObject({
      kind: 'not_found',
      code: 'LEDGER_ENTRY_NOT_FOUND',
    });
  });

  test('an entry is shown with its names, as its document promises', async () => {
    const [row] = (await list({ fundId: one.id })).rows;
    if (row === undefined) throw new Error('no entry');
    const document = ledgerEntryDocument(row);
    expect(ledgerEntrySchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({
      fund: 'ONE',
      type: 'debit',
      kind: 'fee',
      amount: '1.10',
      payment: null,
      reconciled: false,
    });
    expect(row.createdByName).toBe('carol');
  });

  test('without a period no statement counts entries, however many there are', async () => {
    statements = [];
    for (const [, choose] of FILTERS.slice(0, 7)) {
      const { filter, actor } = choose();
      await list(filter, { limit: 4, after: null }, actor);
    }
    expect(statements.filter((text) => /count\(\*\)|sum\(/.test(text) && /ledger_entries/.test(text))).toEqual([]);
    expect(statements.some((text) => /ledger_totals/.test(text))).toBe(true);
  });

  test.runIf(dialect === 'sqlite')('a page is read along an index, without sorting the book', async () => {
    const plan = async (filter: EntryFilter, actor: Actor) => {
      statements = [];
      await list(filter, { limit: 4, after: null }, actor);
      const page =
        statements.find((text) => /order by/.test(text) && /"ledger_entries"/.test(text) && /limit/.test(text)) ?? '';
      // `all` is SQLite's own; the shared face does not show it.
      const explain = (tx: unknown) =>
        (tx as { db: { all(query: unknown): { detail: string }[] } }).db.all(
          sql.raw(`explain query plan ${page.replaceAll('?', "'2026'")}`),
        );
      return (await store.read(async (tx) => explain(tx))).map((row) => row.detail).join('\n');
    };
    const all = await plan({}, people.root);
    expect(all).toContain('ledger_entries_created');
    expect(all).not.toContain('TEMP B-TREE');
    const ofOne = await plan({ fundId: one.id }, people.helen);
    expect(ofOne).toContain('ledger_entries_fund_created');
    expect(ofOne).not.toContain('TEMP B-TREE');
    for (const [filter, index] of [
      [{ kind: 'fee' }, 'ledger_entries_kind'],
      [{ kind: 'fee', fundId: one.id }, 'ledger_entries_fund_kind'],
      [{ type: 'credit' }, 'ledger_entries_type'],
      [{ type: 'credit', fundId: one.id }, 'ledger_entries_fund_type'],
    ] as const) {
      const rare = await plan(filter, people.root);
      expect(rare).toContain(`${index} `);
      expect(rare).not.toContain('TEMP B-TREE');
    }
  });
});
