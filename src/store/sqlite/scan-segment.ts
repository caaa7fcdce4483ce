import type Database from 'better-sqlite3';
import { linkHash, vouchedEntry, vouchedExecution } from '../audit-hash.ts';
import { connect } from './connect.ts';
import { sqliteDigester, type DigestColumn } from './row-digest.ts';

/** Part of the audit trail, in the order in which it was written: events with a rowid from `first` to `last`. */
export interface Segment {
  readonly file: string;
  readonly first: number;
  readonly last: number;
  /** Ids of the funds by the names of their chains. */
  readonly funds: Readonly<Record<string, string>>;
  readonly entryColumns: readonly DigestColumn[];
  readonly executionColumns: readonly DigestColumn[];
}

/** What a segment holds of one chain: its ends, to be tied to the segments beside it, and what it vouches for. */
export interface ChainPart {
  readonly firstSeq: number;
  readonly firstPrevious: string;
  seq: number;
  hash: string;
  events: number;
  entries: number;
  firstEntry: number;
  lastEntry: number;
  executions: number;
}

/** Chains by name; null when anything at all is not as it should be. Then the slower proof names it. */
export type ScannedSegment = Readonly<Record<string, ChainPart>> | null;

/**
 * Checks every link of a segment, and that every entry and execution its events vouch for is as it was. Rows are read in the
 * order they were written, which is the order of the file, so this is as fast as the disk and SHA-256 are.
 */
export function scanSegment(segment: Segment): ScannedSegment {
  const raw = connect(segment.file, { readonly: true, timeout: 5000 });
  try {
    raw.exec('BEGIN');
    return scan(raw, segment);
  } catch {
    // A damaged page, for one: the slower proof meets it again and says so.
    return null;
  } finally {
    raw.close();
  }
}

function scan(raw: Database.Database, segment: Segment): ScannedSegment {
  const parts: Record<string, ChainPart> = Object.create(null);
  const books = {
    funds: segment.funds,
    entries: new InStep(raw, 'ledger_entries', segment.entryColumns),
    executions: new InStep(raw, 'payment_executions', segment.executionColumns),
  };
  // A few rows at once cost the driver two thirds of what one at a time do.
  const events = raw
    .prepare(
      `select chain, seq, previous_hash, hash, body, rowid from audit_events where rowid > ? and rowid <= ? order by rowid limit ${EVENTS_AT_ONCE}`,
    )
    .raw();
  for (let after: unknown = segment.first - 1; ;) {
    const rows = events.all(after, segment.last) as unknown[][];
    if (!rows.every((row) => follows(parts, row, books))) return null;
    after = rows.at(-1)?.[5];
    if (after === undefined) return parts;
  }
}

const EVENTS_AT_ONCE = 100;

interface Books {
  readonly funds: Segment['funds'];
  readonly entries: InStep;
  readonly executions: InStep;
}

/** Whether an event is the next link of its chain, and the rows it vouches for are as they were. */
function follows(parts: Record<string, ChainPart>, row: readonly unknown[], books: Books): boolean {
  const [chain, seq, previousHash, hash, body] = row;
  if (
    typeof chain !== 'string' ||
    typeof seq !== 'number' ||
    typeof previousHash !== 'string' ||
    typeof body !== 'string'
  )
    return false;
  if (linkHash(chain, seq, previousHash, body) !== hash) return false;
  const part = (parts[chain] ??= newPart(seq, previousHash));
  if (part.events > 0 && (seq !== part.seq + 1 || previousHash !== part.hash)) return false;
  part.seq = seq;
  part.hash = hash;
  part.events += 1;
  return vouches(part, { body, fundId: books.funds[chain], books });
}

const newPart = (firstSeq: number, firstPrevious: string): ChainPart => ({
  firstSeq,
  firstPrevious,
  seq: firstSeq,
  hash: '',
  events: 0,
  entries: 0,
  firstEntry: 0,
  lastEntry: 0,
  executions: 0,
});

interface Vouched {
  readonly body: string;
  readonly fundId: string | undefined;
  readonly books: Books;
}

/** Whether the rows are as the event says; entries of a fund come in the order of its book, so none is told of twice. */
function vouches(part: ChainPart, { body, fundId, books: { entries, executions } }: Vouched): boolean {
  const entry = vouchedEntry(body);
  const execution = vouchedExecution(body);
  if (entry === null) return execution === null;
  const row = entries.find(entry.ref);
  if (row === null || entries.digest(row) !== entry.digest) return false;
  const seq = entries.value(row, 'seq');
  if (fundId === undefined || entries.value(row, 'fundId') !== fundId || typeof seq !== 'number') return false;
  if (seq <= part.lastEntry) return false;
  if (part.entries === 0) part.firstEntry = seq;
  part.lastEntry = seq;
  part.entries += 1;
  if (execution === null) return entries.value(row, 'kind') !== 'payment';
  const paid = executions.find(execution.ref);
  if (paid === null || executions.digest(paid) !== execution.digest) return false;
  part.executions += 1;
  return (
    entries.value(row, 'kind') === 'payment' &&
    entries.value(row, 'executionId') === executions.value(paid, 'id') &&
    entries.value(row, 'paymentId') === executions.value(paid, 'paymentId')
  );
}

const ROWS_AT_ONCE = 500;

/** Steps through a table in the order it was written, together with the events; looks a row up only when they part. */
class InStep {
  readonly digest: (row: readonly unknown[]) => string | null;
  private readonly places: ReadonlyMap<string, number>;
  private readonly ref: number;
  private readonly rowid: number;
  private readonly after: Database.Statement<unknown[]>;
  private readonly named: Database.Statement<unknown[]>;
  private rows: readonly unknown[][] = [];
  private next = 0;

  constructor(raw: Database.Database, table: string, columns: readonly DigestColumn[]) {
    const names = `${columns.map((column) => column.name).join(', ')}, rowid`;
    this.places = new Map(columns.map((column, index) => [column.key, index]));
    this.ref = this.place('ref');
    this.rowid = columns.length;
    this.digest = sqliteDigester(columns);
    this.after = raw
      .prepare(`select ${names} from ${table} where rowid > ? order by rowid limit ${ROWS_AT_ONCE}`)
      .raw();
    this.named = raw.prepare(`select ${names} from ${table} where ref = ?`).raw();
  }

  private place(key: string): number {
    const place = this.places.get(key);
    if (place === undefined) throw new Error(`no column ${key}`);
    return place;
  }

  value(row: readonly unknown[], key: string): unknown {
    return row[this.place(key)];
  }

  /** The row of this reference; null when there is none. */
  find(ref: string): readonly unknown[] | null {
    if (this.next >= this.rows.length) this.readOn(this.rows.at(-1));
    const expected = this.rows[this.next];
    if (expected !== undefined && expected[this.ref] === ref) {
      this.next += 1;
      return expected;
    }
    const row = this.named.get(ref) as unknown[] | undefined;
    if (row === undefined) return null;
    this.readOn(row);
    return row;
  }

  private readOn(last: readonly unknown[] | undefined): void {
    const rowid = last?.[this.rowid];
    this.rows = typeof rowid === 'number' ? (this.after.all(rowid) as unknown[][]) : [];
    this.next = 0;
  }
}
