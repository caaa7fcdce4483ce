import { GENESIS, linkHash, vouchedEntry, vouchedExecution, type Voucher } from './audit-hash.ts';
import type { StoredEvent, StoredEntry, StoredExecution, ChainHead, AuditSource } from './audit-records.ts';

/** One thing that is wrong with the audit trail. */
export interface AuditFault {
  readonly chain: string;
  readonly seq: number | null;
  /** The event (`fund:PETTY/12`), entry or execution that it is about. */
  readonly subject: string;
  readonly code:
    | 'EVENT_MISSING'
    | 'EVENT_ALTERED'
    | 'EVENT_NOT_LINKED'
    | 'EVENT_UNREADABLE'
    | 'HEAD_DIFFERS'
    | 'ENTRY_ALTERED'
    | 'ENTRY_MISSING'
    | 'ENTRY_WITHOUT_EVENT'
    | 'ENTRY_TWICE'
    | 'EXECUTION_ALTERED'
    | 'EXECUTION_MISSING'
    | 'EXECUTION_WITHOUT_EVENT'
    | 'CHAIN_UNKNOWN';
  readonly message: string;
}

export interface ChainProof {
  readonly chain: string;
  readonly events: number;
  readonly entries: number;
  readonly executions: number;
  readonly headHash: string;
  readonly faults: readonly AuditFault[];
}

/** Some chains, proved. */
export interface AuditProof {
  readonly chains: readonly ChainProof[];
  /** Events that belong to no chain there should be. */
  readonly strays: readonly AuditFault[];
}

/** The fault of events in a chain that neither the office nor a fund has. */
export const unknownChain = (chain: string): AuditFault => ({
  chain,
  seq: null,
  subject: chain,
  code: 'CHAIN_UNKNOWN',
  message: `chain ${JSON.stringify(chain.slice(0, 64))} belongs to no fund`,
});

/** More faults than this of one chain are not told apart. */
const MOST_FAULTS = 50;

/** Proves one chain and the rows that its events vouch for: reads every event once, in order, with flat memory. */
export async function proveChain(source: AuditSource, head: ChainHead): Promise<ChainProof> {
  const walk = new Walk(head);
  for (let from = Number.MIN_SAFE_INTEGER; ;) {
    const events = await source.events(head.chain, from);
    const last = events.at(-1);
    if (last === undefined) break;
    const vouching = walk.follow(events);
    await checkRows(source, walk, vouching);
    if (typeof last.seq !== 'number' || !Number.isSafeInteger(last.seq)) break;
    from = last.seq + 1;
    if (walk.faults.length >= MOST_FAULTS) break;
  }
  walk.finish();
  if (head.fund !== null && walk.faults.length < MOST_FAULTS) await findUnvouched(source, walk, head.fund);
  return {
    chain: head.chain,
    events: walk.events,
    entries: walk.entries,
    executions: walk.executions,
    headHash: head.headHash,
    faults: walk.faults,
  };
}

interface Vouching {
  readonly seq: number;
  readonly entry: Voucher | null;
  readonly execution: Voucher | null;
}

/** Follows the links of one chain, and remembers which entries were vouched for: one bit each. */
class Walk {
  readonly faults: AuditFault[] = [];
  readonly head: ChainHead;
  readonly seen: Uint8Array;
  events = 0;
  entries = 0;
  executions = 0;
  private seq = 0;
  private hash = GENESIS;

  constructor(head: ChainHead) {
    this.head = head;
    this.seen = new Uint8Array(Math.ceil(((head.fund?.entrySeq ?? 0) + 1) / 8));
  }

  fault(code: AuditFault['code'], subject: string, message: string, seq: number | null = null): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ chain: this.head.chain, seq, subject, code, message });
  }

  /** Checks each link; answers what the sound events vouch for. */
  follow(events: readonly StoredEvent[]): Vouching[] {
    return events.flatMap((event) => {
      if (typeof event.seq === 'number' && event.seq > this.head.headSeq) {
        this.fault(
          'HEAD_DIFFERS',
          `${this.head.chain}/${event.seq}`,
          `event ${event.seq} lies behind the head of the chain, which is event ${this.head.headSeq}`,
          event.seq,
        );
        return [];
      }
      const sound = this.link(event);
      return sound === null ? [] : [sound];
    });
  }

  private link({ seq, previousHash, hash, body }: StoredEvent): Vouching | null {
    const { chain } = this.head;
    this.events += 1;
    if (
      typeof seq !== 'number' ||
      typeof previousHash !== 'string' ||
      typeof hash !== 'string' ||
      typeof body !== 'string'
    ) {
      this.fault(
        'EVENT_UNREADABLE',
        `${chain}/${String(seq)}`,
        `event ${String(seq)} cannot be read`,
        typeof seq === 'number' ? seq : null,
      );
      return null;
    }
    const name = `${chain}/${seq}`;
    const before = { seq: this.seq, hash: this.hash };
    [this.seq, this.hash] = [seq, hash];
    if (seq !== before.seq + 1) {
      const gap = seq - before.seq - 1;
      const missing =
        gap === 1 ? `event ${before.seq + 1} is missing` : `events ${before.seq + 1} to ${seq - 1} are missing`;
      if (gap > 0) this.fault('EVENT_MISSING', `${chain}/${before.seq + 1}`, missing, before.seq + 1);
      else this.fault('EVENT_NOT_LINKED', name, `event ${seq} stands where ${before.seq + 1} should`, seq);
    } else if (previousHash !== before.hash) {
      this.fault('EVENT_NOT_LINKED', name, `event ${seq} does not follow the event before it`, seq);
      return null;
    }
    if (linkHash(chain, seq, previousHash, body) !== hash) {
      this.fault('EVENT_ALTERED', name, `event ${seq} is not what its hash was made of`, seq);
      return null;
    }
    return { seq, entry: vouchedEntry(body), execution: vouchedExecution(body) };
  }

  /** The last link must be the head that the fund or office keeps. */
  finish(): void {
    const { chain, headSeq, headHash } = this.head;
    if (this.faults.length >= MOST_FAULTS) return;
    if (this.seq < headSeq) {
      const missing =
        this.seq + 1 === headSeq ? `event ${headSeq} is missing` : `events ${this.seq + 1} to ${headSeq} are missing`;
      this.fault('EVENT_MISSING', `${chain}/${this.seq + 1}`, `${missing} at the end of the chain`, this.seq + 1);
    } else if (this.seq === headSeq && this.hash !== headHash) {
      this.fault('HEAD_DIFFERS', `${chain}/${headSeq}`, `the last event is not the head that is kept`, headSeq);
    }
  }
}

async function checkRows(source: AuditSource, walk: Walk, vouching: readonly Vouching[]): Promise<void> {
  const entryRefs = vouching.flatMap(({ entry }) => (entry === null ? [] : [entry.ref]));
  const executionRefs = vouching.flatMap(({ execution }) => (execution === null ? [] : [execution.ref]));
  const entries = entryRefs.length === 0 ? new Map<string, StoredEntry>() : await source.entries(entryRefs);
  const executions =
    executionRefs.length === 0 ? new Map<string, StoredExecution>() : await source.executions(executionRefs);
  for (const one of vouching) {
    const entry = one.entry === null ? null : checkEntry(walk, one.seq, one.entry, entries.get(one.entry.ref));
    if (one.execution !== null) checkExecution(walk, one.seq, one.execution, executions.get(one.execution.ref), entry);
    else if (entry?.kind === 'payment') {
      walk.fault(
        'EXECUTION_WITHOUT_EVENT',
        entry.ref,
        `event ${one.seq} tells of the payment entry ${entry.ref}, but of no execution`,
        one.seq,
      );
    }
  }
}

function checkEntry(walk: Walk, seq: number, vouch: Voucher, row: StoredEntry | undefined): StoredEntry | null {
  const { fund } = walk.head;
  if (row === undefined) {
    walk.fault('ENTRY_MISSING', vouch.ref, `ledger entry ${vouch.ref} of event ${seq} is missing`, seq);
    return null;
  }
  walk.entries += 1;
  if (row.digest !== vouch.digest) {
    walk.fault('ENTRY_ALTERED', vouch.ref, `ledger entry ${vouch.ref} is not what event ${seq} recorded`, seq);
  } else if (fund === null || row.fundId !== fund.id) {
    walk.fault('ENTRY_ALTERED', vouch.ref, `ledger entry ${vouch.ref} is of another fund than event ${seq}`, seq);
  }
  if (fund === null || row.seq < 1 || row.seq > fund.entrySeq) return row;
  const [byte, bit] = [row.seq >> 3, 1 << (row.seq & 7)];
  const marks = walk.seen[byte] ?? 0;
  if ((marks & bit) !== 0)
    walk.fault('ENTRY_TWICE', vouch.ref, `ledger entry ${vouch.ref} has a second event, ${seq}`, seq);
  walk.seen[byte] = marks | bit;
  return row;
}

function checkExecution(
  walk: Walk,
  seq: number,
  vouch: Voucher,
  row: StoredExecution | undefined,
  entry: StoredEntry | null,
): void {
  if (row === undefined) {
    walk.fault('EXECUTION_MISSING', vouch.ref, `execution ${vouch.ref} of event ${seq} is missing`, seq);
    return;
  }
  walk.executions += 1;
  if (row.digest !== vouch.digest) {
    walk.fault('EXECUTION_ALTERED', vouch.ref, `execution ${vouch.ref} is not what event ${seq} recorded`, seq);
  } else if (entry !== null && (entry.executionId !== row.id || entry.paymentId !== row.paymentId)) {
    walk.fault(
      'EXECUTION_ALTERED',
      vouch.ref,
      `execution ${vouch.ref} does not belong to ledger entry ${entry.ref} of event ${seq}`,
      seq,
    );
  }
}

/** Entries and executions that no event of the chain tells of. */
async function findUnvouched(source: AuditSource, walk: Walk, fund: NonNullable<ChainHead['fund']>): Promise<void> {
  for (let seq = 1; seq <= fund.entrySeq && walk.faults.length < MOST_FAULTS; seq += 1) {
    if (((walk.seen[seq >> 3] ?? 0) & (1 << (seq & 7))) !== 0) continue;
    const ref = await source.entryAt(fund.id, seq);
    if (ref === null && walk.faults.some((fault) => fault.code === 'ENTRY_MISSING')) continue;
    if (ref === null)
      walk.fault('ENTRY_MISSING', `${fund.code} entry ${seq}`, `ledger entry ${seq} of ${fund.code} is missing`);
    else walk.fault('ENTRY_WITHOUT_EVENT', ref, `ledger entry ${ref} of ${fund.code} has no event`);
  }
  for (const ref of await source.entriesBeyond(fund.id, fund.entrySeq)) {
    walk.fault('ENTRY_WITHOUT_EVENT', ref, `ledger entry ${ref} of ${fund.code} was added past the book`);
  }
  for (const ref of await source.strayExecutions(fund.id)) {
    walk.fault('EXECUTION_WITHOUT_EVENT', ref, `execution ${ref} of ${fund.code} belongs to no payment entry`);
  }
}
