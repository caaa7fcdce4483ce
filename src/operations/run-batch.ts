import type { Actor } from '../domain/access.ts';
import { rowState, type Unpaid } from '../domain/batch.ts';
import { Problem } from '../domain/problem.ts';
import { quantity } from '../domain/quantity.ts';
import { getBatchView, type BatchView } from '../store/batch-views.ts';
import { batchRows, type BatchRow } from '../store/batches.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { apart } from './keyed-store.ts';
import { beginning, MOST_TOGETHER, Pace, payNext, type PayingRows, type RowResult } from './pay-rows.ts';
import { startBatch, type StartRequest } from './start-batch.ts';

export interface RunRequest extends StartRequest, PayingRows {
  /** Lets others have the database for some milliseconds. */
  readonly pause: () => Promise<void>;
  /** Told of the run as it goes. */
  readonly tell: (result: RowResult, progress: { readonly done: number; readonly of: number }) => void;
}

export interface BatchRun {
  readonly before: string;
  readonly view: BatchView;
  readonly rows: readonly BatchRow[];
  readonly results: readonly RowResult[];
  /** What the run did not pay of what it was to pay, and what is in flight of the whole batch. */
  readonly unpaid: Unpaid;
  readonly interrupted: boolean;
}

/**
 * Pays the rows of a batch that wait, some of them in a transaction, by the same operation as a single payment. Whatever ends it
 * (Ctrl-C, a crash, a kill), a row is paid or it is not, and `resume` goes on with those that still wait: what is in flight is left alone.
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
  const { ref, before, waiting } = await startBatch(beginning(store, request), executor, request);
  const results: RowResult[] = [];
  const pace = new Pace();
  const ends = ({ state, stops }: RowResult) => stops === true || (state === 'failed' && request.stopOnError);
  while (results.length < waiting.length) {
    const rows = waiting.slice(results.length, results.length + MOST_TOGETHER);
    const next = await goOn(payNext(store, executor, rows, { request, pace }), { ref, done: results.length });
    for (const result of next) {
      results.push(result);
      request.tell(result, { done: results.length, of: waiting.length });
    }
    if (next.length === 0 || next.some(ends)) break;
    if (store.dialect === 'sqlite' && !request.dryRun) await request.pause();
  }
  const after = await store.read(async (tx) => ({
    view: await getBatchView(tx, request.batchId),
    rows: await batchRows(tx, request.batchId),
  }));
  return {
    ...after,
    before,
    results,
    unpaid: unpaidOf(results, after),
    interrupted: request.stopped() && results.length < waiting.length,
  };
}

/** Rows that somebody else took meanwhile count by what became of them: a cancelled one was not paid, whoever paid the others. */
function unpaidOf(results: readonly RowResult[], { view, rows }: Pick<BatchRun, 'view' | 'rows'>): Unpaid {
  const now = new Map(
    rows.map(({ payment, requisition }) => [payment?.id, rowState(payment?.status ?? null, requisition.status)]),
  );
  const lost = results.filter(({ row, state }) => {
    const became = now.get(row.payment.id);
    return state === 'elsewhere' && (became === 'cancelled' || became === 'failed');
  });
  return {
    failed: results.filter(({ state }) => state === 'failed').length,
    takenAway: lost.length,
    inFlight: view.tally.inFlight,
  };
}

/** What stops the run is said with what happened before, and how to go on. */
async function goOn<T>(work: Promise<T>, { ref, done }: { ref: string; done: number }): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const loggedOut = error.kind === 'auth' && error.code.startsWith('SESSION_');
    throw new Problem(error.kind, error.code, error.message, {
      ...error.details,
      unchanged: `The run of ${ref} stopped after ${quantity(done, 'row')}; what was paid stays paid.${loggedOut ? ' No other row was begun.' : ''}`,
      fix: `${loggedOut ? `${error.details.fix ?? 'treasury login'}, then ` : ''}treasury batch resume ${ref}`,
    });
  }
}
