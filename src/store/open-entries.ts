import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { EntryKind } from '../domain/ledger.ts';
import { bound, preparedArrays, preparedRows, type Tx } from './transaction.ts';

/** Kinds of entries that no statement can tell of: what a book began with, and what corrected it. */
const NOT_ON_STATEMENTS = sql`('opening', 'variance')`;
const AT_ONCE = 500;

/** What the first pass needs of an entry that no live match explains; there may be a million. */
export interface OpenEntry {
  readonly seq: number;
  readonly deltaMinor: number;
  /** What the gateway, the bank or M-Pesa calls it. */
  readonly externalId: string | null;
  readonly isFee: boolean;
  /** Whether who asks requested or executed what it is of. */
  readonly isOwn: boolean;
  readonly valueDate: string;
}

/** Everything that is known of an open entry. */
export interface OpenEntryDetails {
  readonly id: string;
  readonly seq: number;
  readonly kind: EntryKind;
  readonly deltaMinor: number;
  /** What the gateway, the bank or M-Pesa calls it. */
  readonly externalId: string | null;
  readonly paymentId: string | null;
  readonly requesterId: string | null;
  readonly executorId: string | null;
  readonly ref: string;
  readonly valueDate: string;
  readonly createdAt: Date;
  readonly executionId: string | null;
  readonly paymentRef: string | null;
  readonly paymentStatus: string | null;
  readonly voucher: string | null;
  readonly requisition: string | null;
  readonly replenishment: string | null;
  readonly payee: string | null;
  readonly destination: string | null;
  readonly method: string | null;
}

// Nested, as Drizzle leaves the table's name out of columns that stand directly in a field.
const delta = (tx: Tx): SQL<number> => {
  const { ledgerEntries: e } = tx.t;
  return sql<number>`${sql`case when ${e.type} = 'debit' then -${e.amountMinor} else ${e.amountMinor} end`}`.mapWith(
    Number,
  );
};
const externalId = (tx: Tx): SQL<string | null> => {
  const { ledgerEntries: e, paymentExecutions: x } = tx.t;
  return sql<
    string | null
  >`case ${sql`${e.kind}`} when 'replenishment' then (${sql`select r.reference from replenishment_requests r where r.id = ${e.replenishmentId}`}) when 'reversal' then (${sql`select v.returned_reference from payment_reversals v where v.credit_id = ${e.id}`}) else ${sql`${x.gatewayReference}`} end`;
};
const open = (tx: Tx): SQL => {
  const { ledgerEntries: e } = tx.t;
  return sql`${e.kind} not in ${NOT_ON_STATEMENTS} and not exists (select 1 from matches m where m.entry_id = ${e.id} and m.undone_at is null)`;
};

const FEE = 1;
const OWN = 2;

type OpenEntryValues = [seq: number, deltaMinor: number, externalId: string | null, marks: number, valueDate: string];

const openPage = preparedArrays<OpenEntryValues>('open_entries', (tx) => {
  const { ledgerEntries: e, paymentExecutions: x } = tx.t;
  const person = bound(x.requesterId, 'userId');
  const own = sql`${x.requesterId} = ${person} or ${x.executorId} = ${person}`;
  const marks = sql`${sql`case when ${e.kind} = 'fee' then 1 else 0 end + case when ${own} then 2 else 0 end`}`;
  return tx.db
    .select({
      seq: e.seq,
      deltaMinor: delta(tx),
      externalId: externalId(tx),
      marks: (marks as SQL<number>).mapWith(Number),
      valueDate: e.valueDate,
    })
    .from(e)
    .leftJoin(x, eq(x.id, e.executionId))
    .where(sql`${e.fundId} = ${bound(e.fundId, 'fundId')} and ${e.seq} > ${bound(e.seq, 'after')} and ${open(tx)}`)
    .orderBy(asc(e.seq))
    .limit(AT_ONCE);
});

/** Tells every open entry of a fund, in the order of its book, as `userId` sees it. What is told lasts no longer than the telling. */
export async function eachOpenEntry(
  tx: Tx,
  { fundId, userId }: { fundId: string; userId: string },
  take: (entry: OpenEntry) => void,
): Promise<void> {
  const told = { seq: 0, deltaMinor: 0, externalId: null as string | null, isFee: false, isOwn: false, valueDate: '' };
  for (let after = 0; ;) {
    const page = await openPage(tx, { fundId, userId, after });
    // To take a row apart as an iterable costs as much as to read it.
    for (const row of page) {
      told.seq = row[0];
      told.deltaMinor = row[1];
      told.externalId = row[2];
      told.isFee = (row[3] & FEE) !== 0;
      told.isOwn = (row[3] & OWN) !== 0;
      told.valueDate = row[4];
      take(told);
    }
    if (page.length < AT_ONCE) return;
    after = told.seq;
  }
}

/** So many places of a book are looked up by one statement. */
const LOOKED_UP_AT_ONCE = 500;

/** The open entries at these places of a fund's book, in that order. */
export async function openEntryDetails(tx: Tx, fundId: string, seqs: readonly number[]): Promise<OpenEntryDetails[]> {
  const found: OpenEntryDetails[] = [];
  for (let at = 0; at < seqs.length; at += LOOKED_UP_AT_ONCE) {
    found.push(...(await detailsOf(tx, fundId, seqs.slice(at, at + LOOKED_UP_AT_ONCE))));
  }
  return found;
}

async function detailsOf(tx: Tx, fundId: string, seqs: readonly number[]): Promise<OpenEntryDetails[]> {
  const [from = 0, to = 0] = [seqs[0], seqs.at(-1)];
  // Neighbours are read along the book by a statement that is prepared once; what lies far apart is looked up one by one.
  const together = to - from < seqs.length * 2;
  const rows = together
    ? await detailsBetween(tx, { fundId, from, to })
    : await selectDetails(tx, and(eq(tx.t.ledgerEntries.fundId, fundId), inArray(tx.t.ledgerEntries.seq, [...seqs])));
  const wanted = new Set(seqs);
  // As above.
  return rows.filter(({ seq }) => wanted.has(seq)).map((row) => ({ ...row, kind: row.kind as EntryKind }));
}

const detailsBetween = preparedRows('open_entry_details', (tx) => {
  const { ledgerEntries: e } = tx.t;
  return selectDetails(
    tx,
    sql`${e.fundId} = ${bound(e.fundId, 'fundId')} and ${e.seq} >= ${bound(e.seq, 'from')} and ${e.seq} <= ${bound(e.seq, 'to')}`,
  );
});

function selectDetails(tx: Tx, which: SQL | undefined) {
  const { ledgerEntries: e, payments, paymentExecutions, requisitions, replenishmentRequests } = tx.t;
  return tx.db
    .select({
      id: e.id,
      ref: e.ref,
      seq: e.seq,
      kind: e.kind,
      deltaMinor: delta(tx),
      externalId: externalId(tx),
      valueDate: e.valueDate,
      createdAt: e.createdAt,
      paymentId: e.paymentId,
      executionId: e.executionId,
      paymentRef: payments.ref,
      paymentStatus: payments.status,
      voucher: paymentExecutions.voucherNumber,
      requisition: requisitions.number,
      replenishment: replenishmentRequests.ref,
      payee: payments.payee,
      destination: payments.destination,
      method: payments.method,
      requesterId: payments.requesterId,
      executorId: payments.executorId,
    })
    .from(e)
    .leftJoin(payments, eq(payments.id, e.paymentId))
    .leftJoin(paymentExecutions, eq(paymentExecutions.id, e.executionId))
    .leftJoin(requisitions, eq(requisitions.id, payments.requisitionId))
    .leftJoin(replenishmentRequests, eq(replenishmentRequests.id, e.replenishmentId))
    .where(and(which, open(tx)))
    .orderBy(asc(e.seq));
}

/** The sum of a fund's book up to and with a day, by value date, in minor units. */
export async function balanceOn(tx: Tx, fundId: string, day: string): Promise<number> {
  const { ledgerEntries: e } = tx.t;
  const [row] = await tx.db
    .select({ sum: sql<number>`coalesce(sum(${delta(tx)}), 0)`.mapWith(Number) })
    .from(e)
    .where(and(eq(e.fundId, fundId), sql`${e.valueDate} <= ${day}`));
  return row?.sum ?? 0;
}

/** How many entries of a fund are of the kinds that no statement tells of, and their sum up to and with a day, in minor units. */
export async function neverOpen(tx: Tx, fundId: string, day: string): Promise<{ count: number; sumMinor: number }> {
  const { ledgerEntries: e } = tx.t;
  const within = sql`case when ${e.valueDate} <= ${day} then ${delta(tx)} else 0 end`;
  const [row] = await tx.db
    .select({
      count: sql<number>`count(*)`.mapWith(Number),
      sumMinor: sql<number>`coalesce(sum(${within}), 0)`.mapWith(Number),
    })
    .from(e)
    // Word for word as in the condition of the index of the rarer kinds.
    .where(and(eq(e.fundId, fundId), sql`${e.kind} <> 'payment'`, sql`${e.kind} in ${NOT_ON_STATEMENTS}`));
  return row ?? { count: 0, sumMinor: 0 };
}

/** Sum of a fund's open entries up to and with a day, by value date, in minor units. */
export async function openEntriesSum(tx: Tx, fundId: string, day: string): Promise<number> {
  const { ledgerEntries: e } = tx.t;
  // What was adjusted of a payment is explained with it, so it is open as long as its debit is.
  const unmatched = sql`not exists (select 1 from matches m where m.entry_id = ${e.id} and m.undone_at is null)`;
  const debitIsOpen = sql`exists (select 1 from ledger_entries d where d.payment_id = ${e.paymentId} and d.kind = 'payment' and not exists (select 1 from matches n where n.entry_id = d.id and n.undone_at is null))`;
  const [row] = await tx.db
    .select({ sum: sql<number>`coalesce(sum(${delta(tx)}), 0)`.mapWith(Number) })
    .from(e)
    .where(
      and(
        eq(e.fundId, fundId),
        sql`${e.valueDate} <= ${day}`,
        sql`(${open(tx)} or (${e.kind} = 'variance' and ${unmatched} and ${debitIsOpen}))`,
      ),
    );
  return row?.sum ?? 0;
}

/** An approved difference of a payment, which belongs to its debit. */
export interface OpenAdjustment {
  readonly id: string;
  readonly ref: string;
  readonly paymentId: string;
  /** Where the payment's debit stands in the book. */
  readonly debitSeq: number | null;
  readonly amountMinor: number;
}

/** The adjustments of a fund's payments that no live match explains. */
export async function openAdjustments(tx: Tx, fundId: string): Promise<OpenAdjustment[]> {
  const { ledgerEntries: e } = tx.t;
  const debitSeq = sql<
    number | null
  >`(${sql`select d.seq from ledger_entries d where d.payment_id = ${e.paymentId} and d.kind = 'payment'`})`;
  const rows = await tx.db
    .select({ id: e.id, ref: e.ref, paymentId: e.paymentId, debitSeq, amountMinor: e.amountMinor })
    .from(e)
    .where(
      and(
        eq(e.fundId, fundId),
        // Word for word as in the condition of the index of the rarer kinds.
        sql`${e.kind} <> 'payment'`,
        eq(e.kind, 'variance'),
        sql`not exists (select 1 from matches m where m.entry_id = ${e.id} and m.undone_at is null)`,
      ),
    );
  return rows.flatMap(({ paymentId, ...row }) => (paymentId === null ? [] : [{ ...row, paymentId }]));
}

/** What the lines of live matches whose amounts differ come to, less their entries, minor units: differences that wait. */
export async function differencesSum(tx: Tx, fundId: string): Promise<number> {
  const { matches: m, ledgerEntries: e, statementLines: l } = tx.t;
  // Looked up from the few matches that differ: joined, a database may begin with every line and every entry of the fund.
  const line = sql`(select ${l.amountMinor} from ${l} where ${l.id} = ${m.lineId} and ${l.fundId} = ${fundId})`;
  const entry = sql`(select ${delta(tx)} from ${e} where ${e.id} = ${m.entryId} and ${e.fundId} = ${fundId})`;
  const differences = sql`coalesce(sum(case when ${m.linePart} = 1 then ${line} else 0 end), 0) - coalesce(sum(${entry}), 0)`;
  const [row] = await tx.db
    .select({ sum: (differences as SQL<number>).mapWith(Number) })
    .from(m)
    .where(sql`${m.undoneAt} is null and ${m.pass} = 'amount_differs'`);
  return row?.sum ?? 0;
}
