import type { KeptHeads, Waiver } from './guard.ts';
import type { SchemaFault } from './schema-faults.ts';
import type { Dialect, Tx } from './transaction.ts';

export interface WriteOptions {
  /** `none` gives up at once when another process writes (used for what must never make a read wait). */
  readonly patience?: 'normal' | 'none';
  /**
   * For what comes before or instead of what a command is asked for, and stays whatever becomes of that: a code that is yet to be
   * sent, a counted try, a failed attempt. No idempotency key stands for it.
   */
  readonly apart?: boolean;
  /** For what writes hundreds of thousands of rows: it may take some tens of MiB to be twice as fast. */
  readonly bulk?: boolean;
  /** Guards that do not refuse this one, because it lets people in or accepts what they found. */
  readonly waives?: readonly Waiver[];
}

/** A database that has been opened. `read` never takes the write lock, `write` always does. */
export interface Store {
  readonly dialect: Dialect;
  /** Where the data is, without any password, for people. */
  readonly location: string;
  /** One consistent snapshot. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One transaction: `BEGIN IMMEDIATE` on SQLite, row locks on Postgres. Throws Problem conflict when the database is busy for too
   * long or the clock contradicts the newest event, integrity when this is an old copy of the database.
   */
  write<T>(work: (tx: Tx) => Promise<T>, options?: WriteOptions): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly clock: () => Date;
  /** Where heads are kept outside the database, so that an old copy of it is noticed. */
  readonly heads?: KeptHeads;
  /** Every write transaction is rolled back after its work, as `--dry-run` promises. */
  readonly dryRun?: boolean;
  readonly readOnly?: boolean;
  /** Opens a database of which the schema may be missing, old or altered (migrate, doctor, init). */
  readonly anySchema?: boolean;
  /** Told what was put back: guards that are not the released ones are made anew in the first write transaction, not refused. */
  readonly repair?: (faults: readonly SchemaFault[]) => void;
  /** Creates the file when it is missing (init, demo). SQLite only. */
  readonly create?: boolean;
  /** How long a writer waits for its turn, in milliseconds. */
  readonly patienceMs?: number;
  /** Connections to Postgres at most. */
  readonly connections?: number;
  /** Called before each statement with its SQL text; a throw makes the statement fail. For fault tests. */
  readonly onStatement?: (sql: string) => void;
}
