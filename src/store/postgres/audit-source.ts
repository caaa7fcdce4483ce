import { and, asc, eq, gt, gte, inArray, isNull } from 'drizzle-orm';
import { rowDigest } from '../audit-hash.ts';
import type { AuditSource, StoredEntry, StoredEvent, StoredExecution } from '../audit-records.ts';
import type { Tx } from '../transaction.ts';

/** Events of one round trip. */
const EVENTS_AT_ONCE = 5_000;
const ROWS_AT_ONCE = 1_000;

/** Reads the audit trail in batches, the next one underway while the last is hashed. Works on either database, slower on SQLite. */
export function batchedSource(tx: Tx): AuditSource {
  const { auditEvents: events, ledgerEntries, paymentExecutions } = tx.t;
  const ahead = new Map<string, Promise<StoredEvent[]>>();
  const fetch = (chain: string, from: number): Promise<StoredEvent[]> =>
    tx.db
      .select({ seq: events.seq, previousHash: events.previousHash, hash: events.hash, body: events.body })
      .from(events)
      .where(and(eq(events.chain, chain), gte(events.seq, Math.max(from, LOWEST_SEQ))))
      .orderBy(asc(events.seq))
      .limit(EVENTS_AT_ONCE)
      .then((rows) => rows);
  return {
    events: async (chain, from) => {
      const key = `${chain}/${from}`;
      const rows = await (ahead.get(key) ?? fetch(chain, from));
      ahead.delete(key);
      const next = rows.at(-1)?.seq;
      if (rows.length === EVENTS_AT_ONCE && typeof next === 'number') {
        const following = fetch(chain, next + 1);
        following.catch(() => undefined);
        ahead.set(`${chain}/${next + 1}`, following);
      }
      return rows;
    },
    entries: (refs) =>
      byRef(refs, async (some): Promise<StoredEntry[]> => {
        const rows = await tx.db.select().from(ledgerEntries).where(inArray(ledgerEntries.ref, some));
        return rows.map((row) => ({ ...row, digest: rowDigest(row) }));
      }),
    executions: (refs) =>
      byRef(refs, async (some): Promise<StoredExecution[]> => {
        const rows = await tx.db.select().from(paymentExecutions).where(inArray(paymentExecutions.ref, some));
        return rows.map((row) => ({ ...row, digest: rowDigest(row) }));
      }),
    entryAt: async (fundId, seq) => {
      const [row] = await tx.db
        .select({ ref: ledgerEntries.ref })
        .from(ledgerEntries)
        .where(and(eq(ledgerEntries.fundId, fundId), eq(ledgerEntries.seq, seq)));
      return row?.ref ?? null;
    },
    entriesBeyond: async (fundId, seq) => {
      const rows = await tx.db
        .select({ ref: ledgerEntries.ref })
        .from(ledgerEntries)
        .where(and(eq(ledgerEntries.fundId, fundId), gt(ledgerEntries.seq, seq)))
        .limit(50);
      return rows.map((row) => row.ref);
    },
    strayExecutions: async (fundId) => {
      const its = and(
        eq(ledgerEntries.paymentId, paymentExecutions.paymentId),
        eq(ledgerEntries.kind, 'payment'),
        eq(ledgerEntries.executionId, paymentExecutions.id),
      );
      const rows = await tx.db
        .select({ ref: paymentExecutions.ref })
        .from(paymentExecutions)
        .leftJoin(ledgerEntries, its)
        .where(and(eq(paymentExecutions.fundId, fundId), isNull(ledgerEntries.id)))
        .limit(50);
      return rows.map((row) => row.ref);
    },
  };
}

/** Postgres' integer column cannot be compared with less. */
const LOWEST_SEQ = -2_147_483_648;

async function byRef<R extends { readonly ref: string }>(
  refs: readonly string[],
  read: (some: string[]) => Promise<R[]>,
): Promise<Map<string, R>> {
  const found = new Map<string, R>();
  for (let start = 0; start < refs.length; start += ROWS_AT_ONCE) {
    for (const row of await read(refs.slice(start, start + ROWS_AT_ONCE))) found.set(row.ref, row);
  }
  return found;
}
