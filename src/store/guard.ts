import { clockRefusal, judgeClock, laterOf, type ClockReading } from '../domain/clock.ts';
import { ALL_FUNDS, copyRefusal, lacksHead, type KeptHead, type MissingHead } from '../domain/kept-head.ts';
import { Problem } from '../domain/problem.ts';
import type { Head } from './audit-chain.ts';
import {
  acceptedHeads,
  linkAt,
  lostOf,
  newestEventAt,
  officeHead,
  withoutAccepted,
  type OfficeHead,
} from './guard-questions.ts';
import type { Tx } from './transaction.ts';

/** Heads of chains that this machine keeps outside the database. An office is known by the first link of its chain. */
export interface KeptHeads {
  /** The newest head of each chain of each office. */
  read(): ReadonlyMap<string, ReadonlyMap<string, KeptHead>>;
  /** Adds heads after their commit. Never throws: what cannot be kept is only not noticed later. */
  keep(office: string, heads: readonly KeptLine[]): void;
}

export interface KeptLine extends KeptHead {
  readonly chain: string;
  /** Whether it takes the place of a newer one, which was accepted as lost. */
  readonly instead: boolean;
}

/** What a transaction may go on without: only what lets people in and accepts what a guard has found. */
export type Waiver = 'clock' | 'copy';

export interface GuardOptions {
  readonly clock: () => Date;
  readonly heads?: KeptHeads | undefined;
  readonly waives?: readonly Waiver[] | undefined;
}

const OFFICE = 'office';

/**
 * Watches one transaction: its `now` is never before the newest event that it has seen, a clock that contradicts the newest event
 * is refused, and so is a database that lacks heads which this machine has kept. Where a guard is waived and the clock is off,
 * time stands still at the newest event.
 */
export class Guard {
  readonly #clock: () => Date;
  readonly #heads: KeptHeads | undefined;
  readonly #waives: readonly Waiver[];
  readonly #links = new Map<string, KeptHead>();
  readonly #checks: Promise<void>[] = [];
  /** Where each chain ended that this transaction extends. */
  readonly #before = new Map<string, number>();
  readonly #compared = new Set<string>();
  #now: Date;
  #kept: ReadonlyMap<string, ReadonlyMap<string, KeptHead>> | undefined;
  #judged: Promise<void> = Promise.resolve();
  #asked: Promise<OfficeHead | undefined> = Promise.resolve(undefined);
  #office: string | null = null;
  #fundEvents = 0;
  #added = 0;
  #instead: readonly KeptLine[] = [];
  #accepted = false;
  #old = false;

  constructor({ clock, heads, waives = [] }: GuardOptions) {
    this.#clock = clock;
    this.#heads = heads;
    this.#waives = waives;
    this.#now = clock();
  }

  /** The instant at which everything in this transaction happens. */
  get now(): Date {
    return this.#now;
  }

  /** What this machine's clock says, right or wrong. */
  get clock(): Date {
    return this.#clock();
  }

  /**
   * Judges the clock and the age of the database by the office's own chain; every write does so. What needs a further question
   * is left to `settled`.
   */
  judge(tx: Tx): Promise<void> {
    this.#judged = this.#judge(tx);
    return this.#judged;
  }

  /** Throws what `judge` has found, once its answer is there; on Postgres it comes with that of the first statement. */
  get judged(): Promise<void> {
    return this.#judged;
  }

  /** Learns which office this is and what is kept of it; judges nothing. What was learnt first counts: later the transaction has added to it. */
  async look(tx: Tx): Promise<OfficeHead | undefined> {
    const first = this.#kept === undefined;
    // Before the database is asked: what is kept later may be newer than what the answer knows.
    this.#kept ??= this.#heads?.read() ?? new Map();
    const asked = officeHead(tx).then(([row]) => row);
    if (first) this.#asked = asked;
    const office = await asked;
    if (first) {
      this.#office = office?.first ?? null;
      this.#fundEvents = office?.fundEvents ?? 0;
    }
    return office;
  }

  async #judge(tx: Tx): Promise<void> {
    const office = await this.look(tx);
    if (office === undefined) return;
    if (judgeClock({ clock: this.clock, newestAt: office.headAt }) === 'ahead')
      this.#take({ clock: this.clock, newestAt: await newestEventAt(tx) });
    this.see(tx, OFFICE, office);
  }

  /** Judges by a head that was read, and locked where it will be extended. What needs a question more is settled with `settled`. */
  see(tx: Tx, chain: string, head: Head): void {
    if (!this.#accepted && judgeClock({ clock: this.clock, newestAt: head.headAt }) !== 'ahead')
      this.#take({ clock: this.clock, newestAt: head.headAt });
    if (this.#heads === undefined || this.#kept === undefined || this.#compared.has(chain)) return;
    this.#compared.add(chain);
    const check = this.#compare(tx, chain, head);
    check.catch(() => undefined);
    this.#checks.push(check);
  }

  /** Throws what the guards have found by now. */
  async settled(): Promise<void> {
    await this.#judged;
    await Promise.all(this.#checks);
  }

  /** From here on the office goes by this machine's clock, whatever the newest event says. */
  acceptClock(): void {
    this.#accepted = true;
    this.#now = this.clock;
  }

  /** Notes a link that this transaction adds. */
  extend({ chain, seq, hash }: KeptHead & { readonly chain: string }): void {
    if (chain === OFFICE && seq === 1) this.#office = hash;
    if (chain !== OFFICE) this.#added += 1;
    if (!this.#links.has(chain)) this.#before.set(chain, seq - 1);
    this.#links.set(chain, { seq, hash });
  }

  /** Keeps the heads of what has been committed. */
  keep(): void {
    // What was added to an old copy before it was accepted proves nothing.
    if (this.#heads === undefined || this.#office === null || this.#old || this.#links.size === 0) return;
    const lines = [...this.#links].map(([chain, head]) => ({ chain, ...head, instead: false }));
    const funds = {
      chain: ALL_FUNDS,
      seq: this.#fundEvents + this.#added,
      hash: '',
      instead: this.#instead.length > 0,
    };
    this.#heads.keep(this.#office, [...this.#instead, ...lines, funds]);
  }

  /** Kept heads that the database lacks and nobody has accepted as lost. */
  async missingHeads(tx: Tx): Promise<MissingHead[]> {
    await this.#asked;
    return withoutAccepted(await this.lostHeads(tx), await acceptedHeads(tx));
  }

  /** What is kept of this office, by chain. */
  keptHeads(): ReadonlyMap<string, KeptHead> {
    return (this.#office === null ? undefined : this.#kept?.get(this.#office)) ?? new Map<string, KeptHead>();
  }

  #take(reading: ClockReading): void {
    const { newestAt } = reading;
    const verdict = judgeClock(reading);
    if (newestAt === null) return;
    if (verdict !== 'right' && !this.#waives.includes('clock')) throw clockRefusal({ ...reading, newestAt });
    this.#now = verdict === 'ahead' ? newestAt : laterOf(this.#now, newestAt);
  }

  async #compare(tx: Tx, chain: string, { headSeq: seq, headHash }: Head): Promise<void> {
    await this.#asked;
    const kept = this.keptHeads();
    const one = kept.get(chain);
    const linkAtKept = one !== undefined && one.seq < seq ? await linkAt(tx, chain, one.seq) : headHash;
    const lacks = one !== undefined && lacksHead(one, { seq, linkAtKept });
    if (!lacks && (kept.get(ALL_FUNDS)?.seq ?? 0) <= this.#fundEvents) return;
    const lost = await this.lostHeads(tx);
    const missing = withoutAccepted(lost, await acceptedHeads(tx));
    this.#old = missing.length > 0;
    if (this.#old && !this.#waives.includes('copy')) throw copyRefusal(missing);
    if (lost.length === 0) return;
    const [office] = await officeHead(tx);
    if (office === undefined) return;
    // With the office's own head, in which the loss was accepted: the database that was left behind lacks it.
    const ofOffice = { chain: OFFICE, seq: office.headSeq, hash: office.headHash, instead: true };
    const others = await Promise.all(
      lost.map(async ({ chain: name, presentSeq }) => ({
        ...{ chain: name, seq: presentSeq, instead: true },
        hash: (await linkAt(tx, name, presentSeq)) ?? '',
      })),
    );
    this.#instead = [...others, ofOffice];
  }

  /** Kept heads that the database lacks, accepted or not. */
  lostHeads(tx: Tx): Promise<MissingHead[]> {
    const kept = [...this.keptHeads()].map(([chain, head]) => ({ chain, ...head }));
    return lostOf(tx, kept, this.#before);
  }
}

/** Does work under a transaction's guards; what they refuse is refused for that, however the work ends. */
export async function underGuards<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  // Who works may have thrown before anybody waits for these.
  tx.guard.judged.catch(() => undefined);
  try {
    const result = await work(tx);
    await tx.guard.settled();
    return result;
  } catch (error) {
    const [found] = await Promise.allSettled([tx.guard.settled()]);
    throw found?.status === 'rejected' && found.reason instanceof Problem ? found.reason : error;
  }
}
