import { aliasedTable as alias, and, desc, eq, gte, inArray, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { entryDelta, type EntryKind, type EntryType } from '../domain/ledger.ts';
import { exactSum } from './exact-sum.ts';
import { fundIdsInScope } from './funds.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

const naming: Naming = { table: 'ledgerEntries', noun: 'ledger entry', codes: [], listCommand: 'treasury ledger list' };

/** The id of the entry that a reference or id names, among the companies of the grants. */
export async function resolveEntry(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, ledgerEntries: entries } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${entries.fundId} and ${companies})`;
  return resolveName(tx, naming, text, theirs);
}

/** An entry with the names that people know its parts by. */
export interface EntryView {
  readonly entry: Row<'ledgerEntries'>;
  readonly fundCode: string;
  readonly currency: string;
  readonly paymentRef: string | null;
  readonly executionRef: string | null;
  readonly replenishmentRef: string | null;
  /** The variance that it applies. */
  readonly varianceRef: string | null;
  readonly createdByName: string;
  /** The entry that this one takes back, and the one that took it back. */
  readonly reversesRef: string | null;
  readonly reversedByRef: string | null;
  /** The live match that ties it to a statement, or to a person's word. */
  readonly matchRef: string | null;
  readonly reconciledBy: string | null;
  readonly reconciledAt: Date | null;
  /** The line of the statement. */
  readonly lineRef: string | null;
}

export interface EntryFilter {
  readonly fundId?: string | undefined;
  readonly type?: EntryType | undefined;
  readonly kind?: EntryKind | undefined;
  /** Only what no live match explains. */
  readonly unreconciled?: boolean;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface EntryPage {
  readonly rows: EntryView[];
  readonly next: string | null;
  readonly count: number;
  /** Credits and adjustments minus debits, by currency, over all pages. */
  readonly totals: readonly { readonly currency: string; readonly sum: bigint }[];
}

/** More funds than this are looked for along all entries instead of each in its own book (SQLite unites at most 500 selects). */
const FUNDS_APART = 400;

/**
 * Entries of funds that the grants reach, newest first, with how many there are in all and their net by currency. However
 * long the books are, a page reads about as many entries as it shows, and without a period nothing is counted; with one,
 * at most what lies on its shorter side.
 */
export async function listEntries(
  tx: Tx,
  filter: EntryFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<EntryPage> {
  const fundIds = filter.fundId === undefined ? await fundIdsInScope(tx, grants) : [filter.fundId];
  const sums = await sumsOf(tx, filter, fundIds);
  const count = sums.reduce((all, sum) => all + sum.entries, 0);
  const totals = totalsOf(sums);
  if (count === 0) return { rows: [], next: null, count, totals };
  const found = await entryViews(tx, pageCondition(tx, filter, page, fundIds), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.entry.createdAt, id: view.entry.id })),
    page,
  );
  return { rows: rows.map((row) => row.view), next, count, totals };
}

/** How many there are and what they come to: kept for whole books, counted along a period, and along the books for what is open. */
function sumsOf(tx: Tx, filter: EntryFilter, fundIds: readonly string[] | null): Promise<Sum[]> {
  if (filter.unreconciled === true) return countedSums(tx, filter, fundIds);
  const whole = filter.since === undefined && filter.until === undefined;
  return (whole ? keptSums : periodSums)(tx, filter, fundIds);
}

/** One entry with everything that is shown of it. */
export async function getEntry(tx: Tx, id: string): Promise<EntryView> {
  const [view] = await entryViews(tx, eq(tx.t.ledgerEntries.id, id), 1);
  if (view === undefined) throw new Error(`ledger entry ${id} has gone`);
  return view;
}

async function entryViews(tx: Tx, condition: SQL | undefined, limit: number): Promise<EntryView[]> {
  const { ledgerEntries: entries, funds, payments, paymentExecutions, replenishmentRequests, users } = tx.t;
  const { matches, statementLines } = tx.t;
  const matcher = alias(users, 'matcher');
  return (
    tx.db
      .select({
        entry: entries,
        // Every entry has a fund and an author: the left joins only keep SQLite from starting at the funds.
        fundCode: sql<string>`${funds.code}`,
        currency: sql<string>`${funds.currency}`,
        paymentRef: payments.ref,
        executionRef: paymentExecutions.ref,
        replenishmentRef: replenishmentRequests.ref,
        varianceRef: sql<
          string | null
        >`(${sql`select v.ref from variance_adjustments v where v.entry_id = ${entries.id}`})`,
        createdByName: sql<string>`${users.username}`,
        // Nested, as Drizzle leaves the table's name out of columns that stand directly in a field.
        reversesRef: sql<
          string | null
        >`(${sql`select d.ref from ledger_entries d where d.id = ${entries.reversesId}`})`,
        reversedByRef: sql<
          string | null
        >`(${sql`select k.ref from payment_reversals v join ledger_entries k on k.id = v.credit_id where v.debit_id = ${entries.id}`})`,
        matchRef: matches.ref,
        reconciledBy: matcher.username,
        reconciledAt: matches.createdAt,
        lineRef: statementLines.ref,
      })
      .from(entries)
      .leftJoin(funds, eq(funds.id, entries.fundId))
      .leftJoin(payments, eq(payments.id, entries.paymentId))
      .leftJoin(paymentExecutions, eq(paymentExecutions.id, entries.executionId))
      .leftJoin(replenishmentRequests, eq(replenishmentRequests.id, entries.replenishmentId))
      .leftJoin(users, eq(users.id, entries.createdBy))
      // Of a group, its first: the index lets one live match of an entry be that.
      .leftJoin(matches, and(eq(matches.entryId, entries.id), isNull(matches.undoneAt), eq(matches.entryPart, 1)))
      .leftJoin(matcher, eq(matcher.id, matches.matchedBy))
      .leftJoin(statementLines, eq(statementLines.id, matches.lineId))
      .where(condition)
      .orderBy(desc(entries.createdAt), desc(entries.id))
      .limit(limit)
  );
}

function conditionOf(tx: Tx, filter: EntryFilter): SQL | undefined {
  const { ledgerEntries: entries } = tx.t;
  return and(
    filter.unreconciled === true
      ? sql`not exists (select 1 from matches m where m.entry_id = ${entries.id} and m.undone_at is null)`
      : undefined,
    filter.type === undefined ? undefined : eq(entries.type, filter.type),
    filter.kind === undefined ? undefined : eq(entries.kind, filter.kind),
    // As in the conditions of the indexes of the rarer types and kinds, word for word: SQLite concludes nothing.
    filter.type === undefined || filter.type === 'debit' ? undefined : sql`${entries.type} <> 'debit'`,
    filter.kind === undefined || filter.kind === 'payment' ? undefined : sql`${entries.kind} <> 'payment'`,
    filter.since === undefined ? undefined : gte(entries.createdAt, filter.since),
    filter.until === undefined ? undefined : lt(entries.createdAt, filter.until),
  );
}

/** What belongs on a page: along all entries for all funds, along one book for one, and the newest of each book for several. */
function pageCondition(
  tx: Tx,
  filter: EntryFilter,
  page: PageRequest,
  fundIds: readonly string[] | null,
): SQL | undefined {
  const { ledgerEntries: entries } = tx.t;
  const condition = and(conditionOf(tx, filter), afterCursor(entries, page.after));
  const [only] = fundIds ?? [];
  if (fundIds === null) return condition;
  if (fundIds.length === 1 && only !== undefined) return and(eq(entries.fundId, only), condition);
  if (page.limit === 0 || fundIds.length > FUNDS_APART) return and(inArray(entries.fundId, [...fundIds]), condition);
  const books = fundIds.map((fundId, at) => {
    const book = and(eq(entries.fundId, fundId), condition);
    const newest = sql`select ${entries.id} from ${entries} where ${book} order by ${entries.createdAt} desc, ${entries.id} desc limit ${rowsToAsk(page)}`;
    return sql`select id from (${newest}) ${sql.raw(`book_${at}`)}`;
  });
  return sql`${entries.id} in (${sql.join(books, sql` union all `)})`;
}

interface Sum {
  readonly currency: string;
  readonly type: string;
  readonly entries: number;
  readonly amountMinor: bigint;
}

/** From the running totals that every entry is added to: as many rows as funds have kinds of entries. */
async function keptSums(tx: Tx, filter: EntryFilter, fundIds: readonly string[] | null): Promise<Sum[]> {
  const { ledgerTotals: totals, funds } = tx.t;
  if (fundIds?.length === 0) return [];
  return tx.db
    .select({
      currency: funds.currency,
      type: totals.type,
      entries: sql<number>`sum(${totals.entries})`.mapWith(Number),
      amountMinor: exactSum(totals.amountMinor),
    })
    .from(totals)
    .innerJoin(funds, eq(funds.id, totals.fundId))
    .where(
      and(
        fundIds === null ? undefined : inArray(totals.fundId, [...fundIds]),
        filter.type === undefined ? undefined : eq(totals.type, filter.type),
        filter.kind === undefined ? undefined : eq(totals.kind, filter.kind),
      ),
    )
    .groupBy(funds.currency, totals.type);
}

/** What lies in the period, or all less what lies outside, whichever is the shorter time. */
async function periodSums(tx: Tx, filter: EntryFilter, fundIds: readonly string[] | null): Promise<Sum[]> {
  const { since, until, ...rest } = filter;
  if (!(await mostIsInside(tx, filter))) return countedSums(tx, filter, fundIds);
  const before = since === undefined ? [] : await countedSums(tx, { ...rest, until: since }, fundIds);
  const after = until === undefined ? [] : await countedSums(tx, { ...rest, since: until }, fundIds);
  const inside = (await keptSums(tx, rest, fundIds)).map((all) =>
    [...before, ...after]
      .filter((out) => out.currency === all.currency && out.type === all.type)
      .reduce(
        (left, out) => ({
          ...left,
          entries: left.entries - out.entries,
          amountMinor: left.amountMinor - out.amountMinor,
        }),
        all,
      ),
  );
  return inside.filter(({ entries }) => entries > 0);
}

/** Whether the period takes more than half of the time that there have been entries. */
async function mostIsInside(tx: Tx, { since, until }: EntryFilter): Promise<boolean> {
  const { ledgerEntries: entries } = tx.t;
  const [oldest] = await tx.db
    .select({ at: entries.createdAt })
    .from(entries)
    .orderBy(entries.createdAt, entries.id)
    .limit(1);
  if (oldest === undefined) return false;
  const [first, last] = [oldest.at.getTime(), tx.now.getTime()];
  const from = Math.max(first, since?.getTime() ?? first);
  const to = Math.min(last, until?.getTime() ?? last);
  return to - from > (last - first) / 2;
}

/** Counted along the period in the index: the left join keeps SQLite from starting at the funds, or at the types. */
async function countedSums(tx: Tx, filter: EntryFilter, fundIds: readonly string[] | null): Promise<Sum[]> {
  const { ledgerEntries: entries, funds } = tx.t;
  if (fundIds?.length === 0) return [];
  return tx.db
    .select({
      currency: sql<string>`${funds.currency}`,
      type: entries.type,
      entries: sql<number>`count(*)`.mapWith(Number),
      amountMinor: exactSum(entries.amountMinor),
    })
    .from(entries)
    .leftJoin(funds, eq(funds.id, entries.fundId))
    .where(and(fundIds === null ? undefined : inArray(entries.fundId, [...fundIds]), conditionOf(tx, filter)))
    .groupBy(funds.currency, entries.type);
}

function totalsOf(sums: readonly Sum[]): { currency: string; sum: bigint }[] {
  const nets = new Map<string, bigint>();
  for (const { currency, type, amountMinor } of sums) {
    // The database allows no other types.
    nets.set(currency, (nets.get(currency) ?? 0n) + BigInt(entryDelta(type as EntryType, 1)) * amountMinor);
  }
  return [...nets].map(([currency, sum]) => ({ currency, sum })).toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}
