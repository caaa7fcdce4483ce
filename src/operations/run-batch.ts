import type { Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { Problem } from '../domain/problem.ts';
import { getBatchView, type BatchView } from '../store/batch-views.ts';
import { batchRows, type BatchRow } from '../store/batches.ts';
import { getPaymentView } from '../store/payments.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { executePayment } from './execute-payment.ts';
import type { OfficeDay } from './judge-execution.ts';
import type { WaitingRow } from './judge-batch.ts';
import { apart } from './keyed-store.ts';
import type { Sending } from './send-attempt.ts';
import { startBatch, type StartRequest } from './start-batch.ts';

/** What became of one row in this run. `elsewhere`: somebody paid or cancelled it meanwhile. */
export interface RowResult {
  readonly row: WaitingRow;
  readonly state: 'paid' | 'in_flight' | 'failed' | 'elsewhere';
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
  /** Whether every other row would fail alike, as its gateway says. */
  readonly stops?: boolean;
}

export interface RunRequest extends StartRequest {
  readonly dayAt: (now: Date) => OfficeDay;
  readonly stopOnError: boolean;
  readonly dryRun: boolean;
  /** Whether somebody wants it to stop after the row in hand. */
  readonly stopped: () => boolean;
  /** Lets others have the database for some milliseconds. */
  readonly pause: () => Promise<void>;
  /** What it takes to send orders to the rails that the office has set up. */
  readonly sending: () => Sending;
  /** Told of the run as it goes. */
  readonly tell: (result: RowResult, progress: { readonly done: number; readonly of: number }) => void;
}

export interface BatchRun {
  readonly before: string;
  readonly view: BatchView;
  readonly rows: readonly BatchRow[];
  readonly results: readonly RowResult[];
  readonly interrupted: boolean;
}

/** On SQLite all writers are in one queue: after so many rows the others get their turn. */
const ROWS_BETWEEN_PAUSES = 20;

/** So often a row is tried that met somebody else's lock or change. */
const TRIES = 3;

/**
 * Pays the rows of a batch that wait, one transaction each, by the same operation as a single payment. Whatever ends it (Ctrl-C, a
 * crash, a kill), a row is paid or it is not, and `resume` goes on with those that still wait: what is in flight is left alone.
 * Throws what `startBatch` throws before anything is paid; what stops it later says so, and how to go on.
 */
export async function runBatch(store: Store, executor: Actor, request: RunRequest): Promise<BatchRun> {
  const own = apart(store);
  // A rehearsal keeps nothing of one transaction that the next could see: it has one.
  return request.dryRun ? own.write((tx) => run(within(own, tx), executor, request)) : run(own, executor, request);
}

/** A store of which every transaction is a part of this one. */
const within = (store: Store, tx: Tx): Store => ({
  dialect: store.dialect,
  location: store.location,
  read: (work) => work({ ...tx, access: 'read' }),
  write: (work) => work(tx),
  close: () => store.close(),
});

async function run(store: Store, executor: Actor, request: RunRequest): Promise<BatchRun> {
  const { ref, before, waiting } = await startBatch(store, executor, request);
  const results: RowResult[] = [];
  for (const row of waiting) {
    if (request.stopped()) break;
    const result = await goOn(payRow(store, executor, row, request), { ref, done: results.length });
    results.push(result);
    request.tell(result, { done: results.length, of: waiting.length });
    if (result.stops === true || (result.state === 'failed' && request.stopOnError)) break;
    if (store.dialect === 'sqlite' && results.length % ROWS_BETWEEN_PAUSES === 0) await request.pause();
  }
  const after = await store.read(async (tx) => ({
    view: await getBatchView(tx, request.batchId),
    rows: await batchRows(tx, request.batchId),
  }));
  return { ...after, before, results, interrupted: request.stopped() && results.length < waiting.length };
}

/** What stops the run is said with what happened before, and how to go on. */
async function goOn<T>(work: Promise<T>, { ref, done }: { ref: string; done: number }): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.kind, error.code, error.message, {
      ...error.details,
      unchanged: `The run of ${ref} stopped after ${done} rows; what was paid stays paid.`,
      fix: `treasury batch resume ${ref}`,
    });
  }
}

async function payRow(store: Store, executor: Actor, row: WaitingRow, request: RunRequest): Promise<RowResult> {
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
async function payOnce(
  store: Store,
  executor: Actor,
  row: WaitingRow,
  { dayAt, dryRun, sending }: RunRequest,
): Promise<RowResult> {
  const executed = await executePayment(store, executor, { paymentId: row.payment.id, gatewayReference: null, dayAt });
  if (executed.state === 'paid') return { row, state: 'paid', problem: null };
  if (dryRun || executed.attempt.gateway !== 'daraja') return { row, state: 'in_flight', problem: null };
  // Loaded here only: cash and what is paid by hand are sent nowhere.
  const { sendAttempt } = await import('./send-attempt.ts');
  const sent = await sendAttempt(store, executed.attempt.id, sending());
  return sent.state === 'failed'
    ? { row, state: 'failed', problem: sent.reason, stops: sent.stops }
    : { row, state: 'in_flight', problem: null };
}

/** What an error means for its row; null when it is more than this row's. */
async function explained(store: Store, row: WaitingRow, error: unknown): Promise<RowResult | null> {
  if (!(error instanceof Problem)) return null;
  const failing = (error.details.checks ?? []).filter(isFailed);
  if (failing.some(({ id }) => id === 'status')) return { row, state: 'elsewhere', problem: null };
  if (failing.length > 0) return { row, state: 'failed', problem: failing.map(({ message }) => message).join(' ') };
  const { payment } = await store.read((tx) => getPaymentView(tx, row.payment.id));
  return payment.status === 'failed' ? { row, state: 'failed', problem: payment.lastError ?? error.message } : null;
}
