import { getTableName, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Tx } from '../transaction.ts';
import { postgresEngineOf } from './engine.ts';
import type { TextRow } from './statement.ts';

/** Blocks of one round trip: few enough that their rows die young, enough that the trips do not count. */
const BLOCKS_AT_ONCE = 32;
/** Round trips underway at once, so that the server reads while this process hashes. */
const TRIPS_AHEAD = 2;

/** Rows of a table in the order in which they lie on the disk, which is the fastest in which a server can give them. */
export class Heap {
  private readonly read: (from: number) => Promise<TextRow[]>;
  private readonly blocks: number;
  private readonly underway: Promise<TextRow[]>[] = [];
  private asked = 0;

  constructor(
    tx: Tx,
    table: PgTable,
    { columns, blocks }: { columns: Record<string, PgColumn | SQL>; blocks: number },
  ) {
    const engine = postgresEngineOf(tx);
    const build = () => tx.db.select(columns).from(table).where(WITHIN);
    const name = `heap_${getTableName(table)}`;
    this.blocks = blocks;
    this.read = (from) => engine.texts(name, build, { from: `(${from},0)`, to: `(${from + BLOCKS_AT_ONCE},0)` });
  }

  /** The next rows, perhaps none; null after the last. */
  async next(): Promise<readonly TextRow[] | null> {
    while (this.asked < this.blocks && this.underway.length <= TRIPS_AHEAD) {
      const rows = this.read(this.asked);
      // Who awaits it raises its error; who has seen enough does not.
      rows.catch(() => undefined);
      this.underway.push(rows);
      this.asked += BLOCKS_AT_ONCE;
    }
    return (await this.underway.shift()) ?? null;
  }
}

/** From one block to another: a scan of just these (Postgres 14 and newer), in their order. */
const WITHIN = sql`ctid >= ${sql.placeholder('from')}::tid and ctid < ${sql.placeholder('to')}::tid`;
