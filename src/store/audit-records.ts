/** One event as it is stored. After tampering a column may hold anything. */
export interface StoredEvent {
  readonly seq: unknown;
  readonly previousHash: unknown;
  readonly hash: unknown;
  readonly body: unknown;
}

/** What is compared of a ledger entry or execution; `digest` is null when the row cannot even be read as what it should be. */
export interface StoredRow {
  readonly id: string;
  readonly ref: string;
  readonly digest: string | null;
}

export interface StoredEntry extends StoredRow {
  readonly fundId: string;
  readonly seq: number;
  readonly kind: string;
  readonly paymentId: string | null;
  readonly executionId: string | null;
}

export interface StoredExecution extends StoredRow {
  readonly paymentId: string;
}

/** A chain, and where its head should be. `fund` is null for the office's own. */
export interface ChainHead {
  readonly chain: string;
  readonly headSeq: number;
  readonly headHash: string;
  readonly fund: { readonly id: string; readonly code: string; readonly entrySeq: number } | null;
}

/** How the proof reads a database. */
export interface AuditSource {
  /** Events of a chain from a seq on, in order; none when the chain is over. */
  events(chain: string, fromSeq: number): Promise<readonly StoredEvent[]>;
  entries(refs: readonly string[]): Promise<ReadonlyMap<string, StoredEntry>>;
  executions(refs: readonly string[]): Promise<ReadonlyMap<string, StoredExecution>>;
  /** The reference of a fund's entry at a seq. */
  entryAt(fundId: string, seq: number): Promise<string | null>;
  /** Entries of a fund past a seq. */
  entriesBeyond(fundId: string, seq: number): Promise<readonly string[]>;
  /** Executions of a fund that no payment entry of it belongs to. */
  strayExecutions(fundId: string): Promise<readonly string[]>;
}
