import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { bound, preparedRows, type Tx } from './transaction.ts';

/** An entry by its place in the book. */
export interface EntryId {
  readonly seq: number;
  readonly id: string;
}

/** So many places of a book are looked up by one statement. */
const LOOKED_UP_AT_ONCE = 500;

/** Tells the entries at these places of a fund's book, which ascend. */
export async function eachEntryId(
  tx: Tx,
  fundId: string,
  seqs: Iterable<number>,
  take: (entry: EntryId) => void,
): Promise<void> {
  let wanted: number[] = [];
  const look = async (): Promise<void> => {
    for (const entry of await idsAt(tx, fundId, wanted)) take(entry);
    wanted = [];
  };
  for (const seq of seqs) {
    wanted.push(seq);
    if (wanted.length === LOOKED_UP_AT_ONCE) await look();
  }
  if (wanted.length > 0) await look();
}

async function idsAt(tx: Tx, fundId: string, seqs: readonly number[]): Promise<EntryId[]> {
  const [from = 0, to = 0] = [seqs[0], seqs.at(-1)];
  // Neighbours are read along the book; what lies far apart is looked up one by one.
  if (to - from >= seqs.length * 2) {
    const { ledgerEntries: e } = tx.t;
    return selectIds(tx, and(eq(e.fundId, fundId), inArray(e.seq, [...seqs])));
  }
  const rows = await idsBetween(tx, { fundId, from, to });
  if (rows.length === seqs.length) return rows;
  const wanted = new Set(seqs);
  return rows.filter(({ seq }) => wanted.has(seq));
}

const idsBetween = preparedRows('entry_ids', (tx) => {
  const { ledgerEntries: e } = tx.t;
  return selectIds(
    tx,
    sql`${e.fundId} = ${bound(e.fundId, 'fundId')} and ${e.seq} >= ${bound(e.seq, 'from')} and ${e.seq} <= ${bound(e.seq, 'to')}`,
  );
});

function selectIds(tx: Tx, which: SQL | undefined) {
  const { ledgerEntries: e } = tx.t;
  return tx.db.select({ seq: e.seq, id: e.id }).from(e).where(which).orderBy(asc(e.seq));
}
