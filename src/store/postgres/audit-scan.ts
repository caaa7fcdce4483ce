import { readLink, vouchedEntry, vouchedExecution, type Voucher } from '../audit-hash.ts';
import type { ChainProof } from '../audit-proof.ts';
import type { ChainHead } from '../audit-records.ts';
import { sha256Hex } from '../sha256.ts';
import { LinkedRuns } from './linked-runs.ts';
import type { TextRow } from './statement.ts';
import type { VouchedRows } from './vouched-rows.ts';

/** As many rows may wait for their events, and vouchers for their rows; more are stored too far out of order. */
const MOST_WAITING = 10_000;

interface Chain {
  readonly head: ChainHead;
  readonly links: LinkedRuns;
  /** One bit for each seq of the fund's book. */
  readonly seen: Uint8Array;
  entries: number;
  executions: number;
}

/** What an event says of rows, and those of them that were found. */
interface Claim {
  readonly chain: Chain;
  readonly entry: Voucher;
  readonly execution: Voucher | null;
  entryRow: TextRow | null;
  executionRow: TextRow | null;
}

/** Events in any order, and the rows that they vouch for: each link, each digest, each row once. */
export class AuditScan {
  private readonly chains: ReadonlyMap<string, Chain>;
  private readonly entries: VouchedRows;
  private readonly executions: VouchedRows;
  private claims: Claim[] = [];

  constructor(heads: readonly ChainHead[], entries: VouchedRows, executions: VouchedRows) {
    this.chains = new Map(heads.map((head) => [head.chain, newChain(head)]));
    this.entries = entries;
    this.executions = executions;
  }

  /** Whether an event, the text of its link and its hash, is whole, and fits the events of its chain that were seen. */
  follow([text, hash]: TextRow): boolean {
    if (typeof text !== 'string' || typeof hash !== 'string' || sha256Hex(text) !== hash) return false;
    const link = readLink(text);
    const chain = link === null ? undefined : this.chains.get(link.chain);
    if (link === null || chain === undefined) return false;
    const { seq, previousHash, body } = link;
    if (!chain.links.add({ seq, previousHash, hash })) return false;
    const entry = vouchedEntry(body);
    const execution = vouchedExecution(body);
    if (entry === null) return execution === null;
    return this.resolve({ chain, entry, execution, entryRow: null, executionRow: null });
  }

  /** Reads on as far as rows are missing that events vouched for; false when one is not as it was, or too far away. */
  async settle(): Promise<boolean> {
    while (this.claims.length > 0) {
      const more = this.missing().filter((rows) => !rows.isOver && rows.waiting < MOST_WAITING);
      if (more.length === 0) return this.claims.length <= MOST_WAITING;
      await Promise.all(more.map((rows) => rows.readOn()));
      if (!this.resolveClaims()) return false;
    }
    return true;
  }

  /** After the last event: whether every voucher finds its row, and no row is left. */
  async settleRest(): Promise<boolean> {
    for (const rows of [this.entries, this.executions]) {
      while (!rows.isOver) {
        await rows.readOn();
        if (!this.resolveClaims() || rows.waiting > 2 * MOST_WAITING) return false;
      }
    }
    return this.claims.length === 0 && this.entries.waiting === 0 && this.executions.waiting === 0;
  }

  /** What every chain holds, when each reaches its head and each entry of its book had its event; null otherwise. */
  proofs(): ChainProof[] | null {
    const chains = [...this.chains.values()];
    const whole = chains.every(
      ({ head, links, entries }) => links.reach(head) && entries === (head.fund?.entrySeq ?? 0),
    );
    if (!whole) return null;
    return chains.map(({ head: { chain, headHash }, links: { events }, entries, executions }) => ({
      ...{ chain, headHash, events, entries, executions, faults: [] },
    }));
  }

  private missing(): VouchedRows[] {
    const entries = this.claims.some(({ entryRow }) => entryRow === null);
    const executions = this.claims.some(({ execution, executionRow }) => execution !== null && executionRow === null);
    return [...(entries ? [this.entries] : []), ...(executions ? [this.executions] : [])];
  }

  private resolveClaims(): boolean {
    const { claims } = this;
    this.claims = [];
    return claims.every((claim) => this.resolve(claim));
  }

  /** Whether the rows of a claim are as it says; it is kept as long as they are missing. */
  private resolve(claim: Claim): boolean {
    claim.entryRow ??= this.entries.take(claim.entry.ref);
    if (claim.execution !== null) claim.executionRow ??= this.executions.take(claim.execution.ref);
    const { chain, entry, execution, entryRow, executionRow } = claim;
    if (entryRow === null || (execution !== null && executionRow === null)) {
      this.claims.push(claim);
      return true;
    }
    if (this.entries.digest(entryRow) !== entry.digest || !this.books(chain, entryRow)) return false;
    const isPayment = this.entries.value(entryRow, 'kind') === 'payment';
    if (execution === null || executionRow === null) return !isPayment;
    chain.executions += 1;
    return (
      isPayment &&
      this.executions.digest(executionRow) === execution.digest &&
      this.entries.value(entryRow, 'executionId') === this.executions.value(executionRow, 'id') &&
      this.entries.value(entryRow, 'paymentId') === this.executions.value(executionRow, 'paymentId')
    );
  }

  /** Whether an entry is of the chain's fund, and the first with its seq in the fund's book. */
  private books(chain: Chain, row: TextRow): boolean {
    const { fund } = chain.head;
    const seq = Number(this.entries.value(row, 'seq'));
    if (fund === null || this.entries.value(row, 'fundId') !== fund.id || !(seq >= 1 && seq <= fund.entrySeq))
      return false;
    const [byte, bit] = [seq >> 3, 1 << (seq & 7)];
    const marked = chain.seen[byte] ?? 0;
    chain.seen[byte] = marked | bit;
    chain.entries += 1;
    return (marked & bit) === 0;
  }
}

const newChain = (head: ChainHead): Chain => ({
  head,
  links: new LinkedRuns(),
  seen: new Uint8Array(Math.ceil(((head.fund?.entrySeq ?? 0) + 1) / 8)),
  entries: 0,
  executions: 0,
});
