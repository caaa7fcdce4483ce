import { Problem } from '../../src/domain/problem.ts';
import type { GatewayResult } from '../../src/domain/gateway-result.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { lookAfterDue } from '../../src/operations/look-after-payments.ts';
import type { Reader } from '../../src/operations/receive-evidence.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { retryPayment } from '../../src/operations/retry-payment.ts';
import { sendAttempt, type Sending } from '../../src/operations/send-attempt.ts';
import { applyReport, keepReport } from '../../src/operations/take-report.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import { diceOf, type Dice } from '../model/dice.ts';
import { faultsOfOffice } from '../model/real/faults.ts';
import { LONGEST_FLIGHT, LONGEST_LAG, VirtualGateway, type Manners } from './gateway.ts';
import { approved, type WaitingOffice } from './office.ts';
import { Crash, Schedule, type Turn } from './schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What one world came to. */
export interface WorldReport {
  readonly seed: number;
  /** Why it is wrong; null for a world in which everything held. */
  readonly fault: string | null;
  readonly paid: number;
  readonly suspended: number;
  readonly crashes: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly store: Store;
  readonly office: WaitingOffice;
  readonly clock: { now: Date };
}

const ORIGIN = { ipAddress: null, userAgent: 'a world' };

/** Hours that people and machines work in a world, before it is left to come to rest. */
const ACTIVE_HOURS = 40;
const DAYS_OF_REST = 5;
const HOURS_A_ROUND = 4;

/**
 * Plays one world: a cashier, a treasurer, a CFO, listeners and workers that crash at any step, against a gateway with manners of its
 * own; then lets it come to rest, and compares what the gateway paid with what the books say.
 */
export async function playWorld(options: WorldOptions): Promise<WorldReport> {
  const world = new World(options);
  try {
    await world.live();
    await world.rest();
    return await world.report(null);
  } catch (error) {
    return world.report(`it broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

class World {
  readonly #options: WorldOptions;
  readonly #dice: Dice;
  readonly #manners: Manners;
  readonly #gateway: VirtualGateway;
  readonly #schedule: Schedule;
  readonly #reports: { readonly token: string; readonly result: GatewayResult }[] = [];
  readonly #honestPeople: boolean;
  #crashes = 0;
  #machines = 0;
  /** How likely each step of each machine is its last. */
  #danger = 0.02;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#dice = diceOf(options.seed);
    this.#manners = { honest: this.#dice.chance(0.6), lossy: this.#dice.chance(0.8) };
    this.#honestPeople = this.#dice.chance(0.7);
    this.#schedule = new Schedule(this.#dice);
    this.#gateway = new VirtualGateway({
      dice: this.#dice,
      manners: this.#manners,
      now: () => this.#now,
      deliver: (token, result) => void this.#reports.push({ token, result }),
    });
  }

  get #now(): number {
    return this.#options.clock.now.getTime();
  }

  async live(): Promise<void> {
    const until = this.#now + ACTIVE_HOURS * HOUR;
    while (this.#now < until) {
      this.#startSomething();
      for (let steps = this.#dice.between(1, 12); steps > 0; steps -= 1) await this.#schedule.step();
      await this.#passTime(
        this.#dice.weighted([
          [this.#dice.between(0, 60_000), 6],
          [this.#dice.between(1, 90) * MINUTE, 3],
        ] as const),
      );
    }
    await this.#finishRunning();
  }

  /** No more crashes, no more people: only workers and listeners, until nothing is open any more. */
  async rest(): Promise<void> {
    this.#danger = 0;
    for (let round = 0; round < (DAYS_OF_REST * 24) / HOURS_A_ROUND; round += 1) {
      await this.#passTime(HOURS_A_ROUND * HOUR);
      this.#startListening();
      this.#startWorker();
      await this.#finishRunning();
      if (round % 8 === 7) await approved(this.#options.store, this.#options.office.people, 'cash');
    }
  }

  async report(fault: string | null): Promise<WorldReport> {
    const { seed } = this.#options;
    const counted = { seed, paid: this.#gateway.paid.length, crashes: this.#crashes };
    if (fault !== null) return { ...counted, fault, suspended: 0 };
    const books = await booksOf(this.#options.store);
    return { ...counted, fault: await this.#faultOf(books), suspended: books.suspense.length };
  }

  /** Paid by the gateway = posted + suspense, receipt by receipt; every invariant holds; nothing is open that could be settled. */
  async #faultOf(books: Books): Promise<string | null> {
    const posted = books.executions
      .filter(({ gateway }) => gateway === 'daraja')
      .map(({ gatewayReference }) => gatewayReference);
    const held = books.suspense.map(({ gatewayReference }) => gatewayReference);
    const known = [...posted, ...held].toSorted();
    const open = new Set(books.payments.filter(({ status }) => status === 'executing').map(({ id }) => id));
    const openKeys = new Set(
      books.attempts.filter(({ paymentId }) => open.has(paymentId)).map(({ idempotencyKey }) => idempotencyKey),
    );
    const paid = this.#gateway.paid.map(({ receipt }) => receipt).toSorted();
    const unknown = this.#gateway.paid.filter(({ receipt, key }) => !known.includes(receipt) && !openKeys.has(key));
    // A failure that was believed, and then a success that nobody reported: no protocol can know of it but the statement.
    const told = books.messages.map(({ raw }) => raw).join('\n');
    const silent = unknown.filter(
      ({ key, receipt }) =>
        !told.includes(receipt) && books.attempts.some((one) => one.idempotencyKey === key && one.state === 'failed'),
    );
    const excused = this.#manners.honest && this.#honestPeople ? [] : silent;
    if (unknown.length > excused.length)
      return `the gateway paid ${unknown.map(({ receipt }) => receipt).join(', ')}, and no book has it`;
    const never = known.filter((receipt) => !paid.includes(receipt));
    if (never.length > 0) return `the books have ${never.join(', ')}, which the gateway never paid`;
    if (new Set(known).size !== known.length) return `a receipt is in the books twice: ${known.join(', ')}`;
    const twice = this.#paidTwice(books.attempts);
    if (twice !== null && this.#manners.honest && this.#honestPeople) return twice;
    const again = this.#triedAgain(books);
    if (again !== null) return again;
    // Where nothing is lost, nothing stays open.
    if (!this.#manners.lossy && open.size > 0) return `${open.size} payments are open, though nothing was lost`;
    const waiting = books.messages.filter(({ outcome }) => outcome === 'waiting');
    if (waiting.length > 0) return `${waiting.length} messages were kept and never applied`;
    return (await faultsOfOffice(this.#options.store))[0] ?? null;
  }

  /** Where everybody is honest, no payment is made twice, whatever was lost. */
  #paidTwice(attempts: readonly Row<'paymentAttempts'>[]): string | null {
    const paymentOf = new Map(attempts.map(({ idempotencyKey, paymentId }) => [idempotencyKey, paymentId]));
    const seen = new Set<string>();
    for (const { key } of this.#gateway.paid) {
      const payment = paymentOf.get(key) ?? key;
      if (seen.has(payment)) return `payment ${payment} was paid twice`;
      seen.add(payment);
    }
    return null;
  }

  /** Money that is held in suspense has left: nobody tries to pay it again. */
  #triedAgain({ attempts, suspense }: Books): string | null {
    for (const item of suspense) {
      const { paymentId } = attempts.find(({ id }) => id === item.attemptId) ?? {};
      const later = attempts.find((one) => one.paymentId === paymentId && one.createdAt > item.createdAt);
      if (later !== undefined) return `${later.ref} was ordered although ${item.ref} of its payment was held`;
    }
    return null;
  }

  async #passTime(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#gateway.nextAt;
      if (next === null || next > until) break;
      this.#options.clock.now = new Date(Math.max(next, this.#now));
      this.#gateway.pass();
    }
    this.#options.clock.now = new Date(until);
  }

  async #finishRunning(): Promise<void> {
    while (!this.#schedule.done) await this.#schedule.step();
  }

  #startSomething(): void {
    this.#dice.weighted([
      [() => this.#startCashier(), 5],
      [() => this.#startWorker(), 3],
      [() => this.#startListening(), 4],
      [() => this.#startTreasurer(), this.#honestPeople ? 0 : 1],
    ])();
  }

  /** A machine: what it does, each step on its turn, until it is done, refused or has crashed. */
  #start(
    task: (machine: { readonly store: Store; readonly sending: Sending; readonly reader: Reader }) => Promise<void>,
  ): void {
    const holder = `machine ${(this.#machines += 1)}`;
    this.#schedule.start(holder, async (turn) => {
      const store = this.#storeOf(turn);
      const { dayAt } = this.#options.office;
      const sending: Sending = {
        ...{ holder, origin: ORIGIN, pause: () => turn() },
        openRail: async () => this.#railOf(turn),
      };
      const reader: Reader = { read: ({ raw }) => JSON.parse(raw) as GatewayResult, dayAt, origin: ORIGIN };
      try {
        await task({ store, sending, reader });
      } catch (error) {
        if (error instanceof Crash) this.#crashes += 1;
        else if (!(error instanceof Problem) || error.kind === 'integrity') throw error;
      }
    });
  }

  /** The cashier pays what waits, and tries again what has failed. */
  #startCashier(): void {
    this.#start(async ({ store, sending }) => {
      const { people, payments, dayAt } = this.#options.office;
      const { id: paymentId } = this.#dice.one(payments);
      if (this.#dice.chance(0.4)) await retryPayment(store, people.carol, { paymentId, reason: null }).catch(refused);
      const executed = await executePayment(store, people.carol, {
        ...{ paymentId, gatewayReference: null, dayAt },
        holder: sending.holder ?? '',
      });
      if (executed.state === 'executing') await sendAttempt(store, executed.attempt.id, sending);
    });
  }

  /** Cron looks after what is due. */
  #startWorker(): void {
    this.#start(async ({ store, sending, reader }) => void (await lookAfterDue(store, { sending, reader })));
  }

  /** The listener takes what has been reported, in any order. */
  #startListening(): void {
    const reports = this.#reports.splice(0);
    if (reports.length === 0) return;
    this.#start(async ({ store, reader }) => {
      while (reports.length > 0) {
        const [report] = reports.splice(this.#dice.below(reports.length), 1);
        if (report === undefined) continue;
        try {
          const reported = {
            token: report.token,
            about: 'result' as const,
            body: JSON.stringify(report.result),
            remote: '127.0.0.1',
          };
          const message = await keepReport(store, reported);
          await applyReport(store, message, reader);
        } catch (error) {
          // What was reported to a machine that crashed is reported to nobody.
          if (error instanceof Crash && !this.#manners.lossy) this.#reports.push(report, ...reports);
          throw error;
        }
      }
    });
  }

  /** People who are sure, and may be wrong: "it was never paid". */
  #startTreasurer(): void {
    this.#start(async ({ store }) => {
      const { people, payments, dayAt } = this.#options.office;
      const { id: paymentId } = this.#dice.one(payments);
      const resolved = await resolvePaymentOutcome(store, people.david, {
        ...{ paymentId, dayAt },
        outcome: { kind: 'not_paid', reason: 'the portal does not show it' },
      });
      if (resolved.state === 'proposed')
        await confirmChange(store, people.esther, { change: resolved.proposed.change.ref, reason: null });
    });
  }

  /** The office's store as a machine sees it: each transaction on its turn, and a crash before it or right after it has committed. */
  #storeOf(turn: Turn): Store {
    const { store } = this.#options;
    return {
      ...store,
      read: async (work) => {
        await turn();
        this.#mayCrash();
        return store.read(work);
      },
      write: async (work, options) => {
        await turn();
        this.#mayCrash();
        const value = await store.write(work, options);
        await turn();
        this.#mayCrash();
        return value;
      },
    };
  }

  #railOf(turn: Turn) {
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      await turn();
      this.#mayCrash();
      const reply = await work();
      await turn();
      this.#mayCrash();
      return reply;
    };
    return {
      send: (order: Parameters<VirtualGateway['send']>[0]) => call(() => this.#gateway.send(order)),
      ask: (question: Parameters<VirtualGateway['ask']>[0]) => call(() => this.#gateway.ask(question)),
    };
  }

  #mayCrash(): void {
    if (this.#dice.chance(this.#danger)) throw new Crash();
  }
}

/** What the books say in the end. */
async function booksOf(store: Store) {
  return store.read(async (tx) => ({
    payments: await tx.db.select().from(tx.t.payments),
    attempts: await tx.db.select().from(tx.t.paymentAttempts),
    executions: await tx.db.select().from(tx.t.paymentExecutions),
    suspense: await tx.db.select().from(tx.t.suspenseItems),
    messages: await tx.db.select().from(tx.t.gatewayMessages),
  }));
}
type Books = Awaited<ReturnType<typeof booksOf>>;

const refused = (error: unknown): void => {
  if (!(error instanceof Problem)) throw error;
};

/** Shorter than the quiet period, so that "no such order" is believed only when it is true. */
if (LONGEST_FLIGHT + LONGEST_LAG >= DAY) throw new Error('an order may be under way longer than the office waits');
