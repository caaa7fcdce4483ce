import type { Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { getPaymentView } from '../store/payment-views.ts';
import type { Store } from '../store/store.ts';
import { executePayment, type Executed } from './execute-payment.ts';
import { executeTogether, type OneOfMany } from './execute-together.ts';
import type { WaitingRow } from './judge-batch.ts';
import type { OfficeDay } from './judge-execution.ts';
import type { Sending, Sent } from './send-attempt.ts';

/** What became of one row in this run. `elsewhere`: somebody paid or cancelled it meanwhile. */
export interface RowResult {
  readonly row: WaitingRow;
  readonly state: 'paid' | 'in_flight' | 'failed' | 'elsewhere';
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
  /** Whether every other row would fail alike, as its gateway says, or because its fund pays nothing any more. */
  readonly stops?: boolean;
}

/** What it takes to pay rows. */
export interface PayingRows {
  readonly dayAt: (now: Date) => OfficeDay;
  readonly stopOnError: boolean;
  readonly dryRun: boolean;
  /** Whether somebody wants it to stop after the row in hand. */
  readonly stopped: () => boolean;
  /** Milliseconds of a clock, by which a transaction lets others have the database. */
  readonly clock: () => number;
  /** What it takes to send orders to the rails that the office has set up. */
  readonly sending: () => Sending;
  /** A store that begins nothing more once whoever pays is no longer logged in; orders that were reserved leave all the same. */
  readonly whileActing?: (store: Store) => Store;
}

/** The store in which rows are begun. */
export const beginning = (store: Store, { whileActing }: Pick<PayingRows, 'whileActing'>): Store =>
  whileActing === undefined ? store : whileActing(store);

/** So many rows share one transaction at most, and only as long as a person at the counter does not notice. */
export const MOST_TOGETHER = 50;
const LONGEST_MS = 10;

/** So many orders are under way at once at most: a gateway turns away who sends too many. */
const MOST_UNDER_WAY = 10;

/** So often a row is tried that met somebody else's lock or change. */
const TRIES = 3;

/** How many rows are taken together next. */
export class Pace {
  #underWay = 1;
  #alone = 0;

  /** How many orders may be sent at once: one until the gateway has taken one, then twice as many each time that all were taken. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Whether the next row is paid by itself. */
  get isAlone(): boolean {
    return this.#alone > 0;
  }

  /** Where something went wrong with rows together, each of them is paid by itself. */
  part(rows: number): void {
    this.#alone = rows;
  }

  paidAlone(): void {
    this.#alone = Math.max(0, this.#alone - 1);
  }

  sent(all: readonly Sent[]): void {
    const taken = all.every((sent) => sent.state === 'accepted' && sent.tries === 1);
    this.#underWay = taken ? Math.min(this.#underWay * 2, MOST_UNDER_WAY) : 1;
  }
}

interface Going {
  readonly request: PayingRows;
  readonly pace: Pace;
}

/** Pays the rows that come next, as many as go together, and sends what a rail carries once that is saved; none when it shall stop. */
export async function payNext(
  store: Store,
  executor: Actor,
  rows: readonly WaitingRow[],
  { request, pace }: Going,
): Promise<readonly RowResult[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const done = request.dryRun || pace.isAlone ? null : await payTogether(store, executor, rows, { request, pace });
  if (done === null) {
    if (request.stopped()) return [];
    pace.paidAlone();
    return [await payRow(store, executor, first, request)];
  }
  const sent = await sendAll(store, done.flatMap(orderOf), { request, pace });
  return done.map((one, at): RowResult => {
    const row = rows[at] ?? first;
    if ('refused' in one)
      return resultOfRefusal(row, one.refused) ?? { row, state: 'failed', problem: one.refused.message };
    const [order] = orderOf(one);
    return resultOf(row, one.executed, order === undefined ? undefined : sent.get(order));
  });
}

/** One transaction for several rows; null when something went wrong with it, which has changed nothing. */
async function payTogether(
  store: Store,
  executor: Actor,
  rows: readonly WaitingRow[],
  { request, pace }: Going,
): Promise<readonly OneOfMany[] | null> {
  const until = request.clock() + LONGEST_MS;
  const mostOrders = request.stopOnError ? 1 : pace.underWay;
  const goOn = (before: readonly OneOfMany[]): boolean =>
    !request.stopped() &&
    before.flatMap(orderOf).length < mostOrders &&
    !before.some((one) => 'refused' in one && (request.stopOnError || isClosedToAll(one.refused))) &&
    (before.length === 0 || request.clock() < until);
  try {
    const paymentIds = rows.map(({ payment }) => payment.id);
    return await executeTogether(beginning(store, request), executor, { paymentIds, dayAt: request.dayAt, goOn });
  } catch (error) {
    // Whether it was saved is not known: nothing is tried again blindly.
    if (error instanceof Problem && error.kind === 'pending') throw error;
    pace.part(rows.length);
    return null;
  }
}

/** The attempt that has to be sent, where there is one. */
const orderOf = (one: OneOfMany): string[] =>
  'executed' in one && one.executed.state === 'executing' && one.executed.attempt.gateway === 'daraja'
    ? [one.executed.attempt.id]
    : [];

async function sendAll(
  store: Store,
  orders: readonly string[],
  { request, pace }: Going,
): Promise<ReadonlyMap<string, Sent>> {
  if (orders.length === 0) return new Map();
  // Loaded here only: cash and what is paid by hand are sent nowhere.
  const { sendAttempts } = await import('./send-attempt.ts');
  const sent = await sendAttempts(store, orders, request.sending());
  pace.sent(sent);
  return new Map(sent.map((one, at) => [orders[at] ?? '', one]));
}

function resultOf(row: WaitingRow, { state }: Executed, sent: Sent | undefined): RowResult {
  if (sent?.state === 'failed') return { row, state: 'failed', problem: sent.reason, stops: sent.stops };
  return { row, state: state === 'paid' ? 'paid' : 'in_flight', problem: null };
}

async function payRow(store: Store, executor: Actor, row: WaitingRow, request: PayingRows): Promise<RowResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await payOnce(store, executor, row, request);
    } catch (error) {
      if (error instanceof Problem && error.kind === 'conflict' && error.details.retryable !== false && tries < TRIES)
        continue;
      const result = await explained(store, row, error);
      if (result === null) throw error;
      return result;
    }
  }
}

/** Executes one payment, and sends what a rail carries once that is saved. */
async function payOnce(store: Store, executor: Actor, row: WaitingRow, request: PayingRows): Promise<RowResult> {
  const { dayAt, dryRun, sending } = request;
  const executed = await executePayment(beginning(store, request), executor, {
    paymentId: row.payment.id,
    gatewayReference: null,
    dayAt,
  });
  const [order] = orderOf({ executed });
  if (dryRun || order === undefined) return resultOf(row, executed, undefined);
  const { sendAttempt } = await import('./send-attempt.ts');
  return resultOf(row, executed, await sendAttempt(store, order, sending()));
}

/** What an error means for its row; null when it is more than this row's. */
async function explained(store: Store, row: WaitingRow, error: unknown): Promise<RowResult | null> {
  if (!(error instanceof Problem)) return null;
  const result = resultOfRefusal(row, error);
  if (result !== null) return result;
  const { payment } = await store.read((tx) => getPaymentView(tx, row.payment.id));
  return payment.status === 'failed' ? { row, state: 'failed', problem: payment.lastError ?? error.message } : null;
}

/** What failing checks mean for their row; null when it was not refused by any. */
function resultOfRefusal(row: WaitingRow, { details }: Problem): RowResult | null {
  const failing = (details.checks ?? []).filter(isFailed);
  if (failing.some(({ id }) => id === 'status')) return { row, state: 'elsewhere', problem: null };
  if (failing.length === 0) return null;
  const stops = failing.some(isOfAllRows);
  return { row, state: 'failed', problem: failing.map(({ message }) => message).join(' '), stops };
}

/** A fund that was frozen or closed while its batch runs refuses every row alike, and so does a role that was taken away. */
const isOfAllRows = ({ id }: Check): boolean => id === 'fund_open' || id === 'role';

const isClosedToAll = ({ details }: Problem): boolean =>
  (details.checks ?? []).some((check) => isFailed(check) && isOfAllRows(check));
