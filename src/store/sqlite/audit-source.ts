import type Database from 'better-sqlite3';
import { getTableColumns } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { AuditSource, StoredEntry, StoredEvent, StoredExecution } from '../audit-records.ts';
import { connect } from './connect.ts';
import { sqliteDigester, type DigestColumn } from './row-digest.ts';
import { ledgerEntries, paymentExecutions } from './schema.ts';

const EVENTS_AT_ONCE = 2_000;

/** A connection that reads and never writes. */
export const readOnlyConnection = (file: string): Database.Database => connect(file, { readonly: true, timeout: 5000 });

/** The columns of a table as digests need them. */
export const digestColumns = (table: SQLiteTable): DigestColumn[] =>
  Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    name: column.name,
    instant: column.columnType === 'SQLiteTimestamp',
  }));

/** Reads the audit trail in the order of its chains, whatever order the rows were stored in. */
export function sqliteSource(raw: Database.Database): AuditSource {
  const events = raw.prepare(
    `select seq, previous_hash as previousHash, hash, body from audit_events where chain = ? and seq >= ? order by seq limit ${EVENTS_AT_ONCE}`,
  );
  const entry = rowReader(raw, 'ledger_entries', digestColumns(ledgerEntries));
  const execution = rowReader(raw, 'payment_executions', digestColumns(paymentExecutions));
  const entryAt = raw.prepare('select ref from ledger_entries where fund_id = ? and seq = ?').pluck();
  const beyond = raw.prepare('select ref from ledger_entries where fund_id = ? and seq > ? limit 50').pluck();
  const stray = raw
    .prepare(
      `select e.ref from payment_executions e
       left join ledger_entries l on l.payment_id = e.payment_id and l.kind = 'payment' and l.execution_id = e.id
       where e.fund_id = ? and l.id is null limit 50`,
    )
    .pluck();
  return {
    events: async (chain, from) => events.all(chain, from) as StoredEvent[],
    entries: async (refs) => found(refs, entry, asEntry),
    executions: async (refs) => found(refs, execution, asExecution),
    entryAt: async (fundId, seq) => {
      const ref = entryAt.get(fundId, seq);
      return typeof ref === 'string' ? ref : null;
    },
    entriesBeyond: async (fundId, seq) => beyond.all(fundId, seq).map(String),
    strayExecutions: async (fundId) => stray.all(fundId).map(String),
  };
}

interface ReadRow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly digest: string | null;
}

function rowReader(
  raw: Database.Database,
  table: string,
  columns: readonly DigestColumn[],
): (ref: string) => ReadRow | undefined {
  const names = columns.map((column) => column.name).join(', ');
  const statement = raw.prepare(`select ${names} from ${table} where ref = ?`).raw();
  const digest = sqliteDigester(columns);
  return (ref) => {
    const row = statement.get(ref) as unknown[] | undefined;
    if (row === undefined) return undefined;
    return { values: Object.fromEntries(columns.map(({ key }, index) => [key, row[index]])), digest: digest(row) };
  };
}

function found<R>(
  refs: readonly string[],
  read: (ref: string) => ReadRow | undefined,
  as: (row: ReadRow) => R,
): Map<string, R> {
  const rows = new Map<string, R>();
  for (const ref of refs) {
    const row = read(ref);
    if (row !== undefined) rows.set(ref, as(row));
  }
  return rows;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : String(value));
const textOrNull = (value: unknown): string | null => (value === null ? null : text(value));

const asEntry = ({ values, digest }: ReadRow): StoredEntry => ({
  id: text(values['id']),
  ref: text(values['ref']),
  digest,
  fundId: text(values['fundId']),
  seq: typeof values['seq'] === 'number' ? values['seq'] : -1,
  kind: text(values['kind']),
  paymentId: textOrNull(values['paymentId']),
  executionId: textOrNull(values['executionId']),
});

const asExecution = ({ values, digest }: ReadRow): StoredExecution => ({
  id: text(values['id']),
  ref: text(values['ref']),
  digest,
  paymentId: text(values['paymentId']),
});
