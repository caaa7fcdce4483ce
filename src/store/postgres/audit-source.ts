import { and, asc, eq, getTableColumns, gt, isNull, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { rowDigester } from '../audit-hash.ts';
import type { AuditSource, StoredEntry, StoredEvent, StoredExecution } from '../audit-records.ts';
import { bound, preparedRows, type Tx } from '../transaction.ts';

/** Events of one round trip. */
const EVENTS_AT_ONCE = 2_000;
const ROWS_AT_ONCE = 1_000;

const eventsFrom = preparedRows('audit_events_from', (tx) => {
  const { auditEvents: events } = tx.t;
  return tx.db
    .select({ seq: events.seq, previousHash: events.previousHash, hash: events.hash, body: events.body })
    .from(events)
    .where(sql`${events.chain} = ${bound(events.chain, 'chain')} and ${events.seq} >= ${bound(events.seq, 'from')}`)
    .orderBy(asc(events.seq))
    .limit(EVENTS_AT_ONCE);
});

const entriesNamed = preparedRows('audit_entries_named', (tx) =>
  tx.db.select().from(tx.t.ledgerEntries).where(oneOf(tx.t.ledgerEntries.ref, 'refs')),
);

const executionsNamed = preparedRows('audit_executions_named', (tx) =>
  tx.db.select().from(tx.t.paymentExecutions).where(oneOf(tx.t.paymentExecutions.ref, 'refs')),
);

/** One parameter, however many texts it holds. */
const oneOf = (column: PgColumn, name: string): SQL => sql`${column} = any(${sql.placeholder(name)}::text[])`;

const digesterOf = (table: PgTable) => rowDigester(Object.keys(getTableColumns(table)));

/** Reads the audit trail in batches, the next one underway while the last is hashed. */
export function batchedSource(tx: Tx): AuditSource {
  const { ledgerEntries, paymentExecutions } = tx.t;
  const entryDigest = digesterOf(ledgerEntries);
  const executionDigest = digesterOf(paymentExecutions);
  const ahead = new Map<string, Promise<StoredEvent[]>>();
  const fetch = (chain: string, from: number): Promise<StoredEvent[]> =>
    eventsFrom(tx, { chain, from: Math.max(from, LOWEST_SEQ) });
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
        const rows = await entriesNamed(tx, { refs: some });
        return rows.map((row) => ({ ...row, digest: entryDigest(row) }));
      }),
    executions: (refs) =>
      byRef(refs, async (some): Promise<StoredExecution[]> => {
        const rows = await executionsNamed(tx, { refs: some });
        return rows.map((row) => ({ ...row, digest: executionDigest(row) }));
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
