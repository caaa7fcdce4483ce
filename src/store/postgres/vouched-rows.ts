import { getTableColumns } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { RawDigest } from '../raw-digest.ts';
import type { Tx } from '../transaction.ts';
import { Heap } from './heap.ts';
import { postgresDigester } from './row-digest.ts';
import type { TextRow } from './statement.ts';

/** A table whose rows events vouch for, read along with the events: what is read waits for its event. */
export class VouchedRows {
  readonly digest: RawDigest;
  private readonly heap: Heap;
  private readonly places: ReadonlyMap<string, number>;
  private readonly ref: number;
  /** The rows that were read last, from `next` on: nearly always their events come in the same order. */
  private page: readonly TextRow[] = [];
  private next = 0;
  /** Rows that were passed by, by their references. */
  private readonly passed = new Map<string, TextRow>();
  private read = 0;
  private taken = 0;
  private over = false;

  constructor(tx: Tx, table: PgTable, blocks: number) {
    const columns: Record<string, PgColumn> = getTableColumns(table);
    this.heap = new Heap(tx, table, { columns, blocks });
    this.digest = postgresDigester(table);
    this.places = new Map(Object.keys(columns).map((key, place) => [key, place]));
    this.ref = this.place('ref');
  }

  private place(key: string): number {
    const place = this.places.get(key);
    if (place === undefined) throw new Error(`no column ${key}`);
    return place;
  }

  value(row: TextRow, key: string): string | null {
    return row[this.place(key)] ?? null;
  }

  /** How many rows wait for an event; of two with one reference, one does so for ever. */
  get waiting(): number {
    return this.read - this.taken;
  }

  /** Whether all rows have been read. */
  get isOver(): boolean {
    return this.over;
  }

  /** The row of this reference, which then waits no more; null when none was read. */
  take(ref: string): TextRow | null {
    let row = this.page[this.next];
    if (row !== undefined && row[this.ref] === ref) this.next += 1;
    else {
      this.passBy();
      row = this.passed.get(ref);
      this.passed.delete(ref);
    }
    if (row === undefined) return null;
    this.taken += 1;
    return row;
  }

  /** Reads on. */
  async readOn(): Promise<void> {
    this.passBy();
    const rows = await this.heap.next();
    this.over = rows === null;
    this.page = rows ?? [];
    this.next = 0;
    this.read += this.page.length;
  }

  private passBy(): void {
    for (const row of this.page.slice(this.next)) this.passed.set(row[this.ref] ?? '', row);
    this.next = this.page.length;
  }
}
