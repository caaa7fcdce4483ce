import { Problem } from '../domain/problem.ts';
import { findKey, keepAnswer, takeKey } from '../store/idempotency-keys.ts';
import type { Store, WriteOptions } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** What a key shall stand for. */
export type Claim = Omit<Row<'idempotencyKeys'>, 'id' | 'createdAt' | 'answer'>;

/** Ends a command whose key stands for something by now: another process was faster. What it did is rolled back. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
}

export interface KeyedStore {
  readonly store: Store;
  /** Whether a transaction is held open. */
  readonly holding: boolean;
  /** From here on the one thing that a command does belongs to this key. */
  begin(claim: Claim): void;
  /** Keeps the answer with what was done, in the same transaction, which commits. Throws KeyTaken, and what a commit throws. */
  finish(answer: string): Promise<void>;
  /** Rolls back what is held open; does nothing when nothing is. */
  abandon(): Promise<void>;
}

interface Held {
  readonly tx: Tx;
  /** Ends the transaction: with the answer it is kept, with null rolled back. */
  end(answer: string | null): void;
  readonly ended: Promise<void>;
}

/**
 * A store in which one command's transaction stays open until its answer is known, so that what was done, its key and its answer are
 * kept together or not at all: whenever the process dies, the same command under the same key either finds its answer or does it for
 * the first time. Reads in between see what is not yet committed. Nothing but the database and pure work is to be awaited then.
 */
export function keyedStore(store: Store): KeyedStore {
  let claim: Claim | undefined;
  let held: Held | undefined;

  async function write<T>(work: (tx: Tx) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    if (claim === undefined) return store.write(work, options);
    if (held !== undefined) throw new Error('a command that is run under a key writes once, and last');
    if (options.apart === true) return store.write(unlessTaken(claim, work), options);
    const opened = await hold(store, claim, work, options);
    held = opened.held;
    return opened.value;
  }

  async function end(answer: string | null): Promise<void> {
    const ending = held;
    [held, claim] = [undefined, undefined];
    ending?.end(answer);
    await ending?.ended;
  }

  return {
    store: {
      dialect: store.dialect,
      location: store.location,
      read: (work) => (held === undefined ? store.read(work) : work({ ...held.tx, access: 'read' })),
      write,
      close: () => store.close(),
    },
    get holding() {
      return held !== undefined;
    },
    begin: (request) => void (claim = request),
    finish: async (answer) => {
      if (held === undefined && claim !== undefined) await write(async () => undefined);
      await end(answer);
    },
    abandon: () => end(null).catch(ignoreAbandoned),
  };
}

/** A store of which every write stays whatever becomes of the rest: for what is many transactions, whose answer a key may stand for. */
export const apart = (store: Store): Store => ({
  dialect: store.dialect,
  location: store.location,
  read: (work) => store.read(work),
  write: (work, options) => store.write(work, { ...options, apart: true }),
  close: () => store.close(),
});

/**
 * Does work that no key stands for, unless the key was taken meanwhile. Looked at last: whoever was waited for in this work has
 * committed by then.
 */
const unlessTaken =
  <T>(claim: Claim, work: (tx: Tx) => Promise<T>) =>
  async (tx: Tx): Promise<T> => {
    const result = await work(tx);
    if ((await findKey(tx, claim)) !== undefined) throw new KeyTaken();
    return result;
  };

/** Takes the key and does the work; the transaction then waits for its end. Throws KeyTaken, and whatever the work throws. */
async function hold<T>(
  store: Store,
  claim: Claim,
  work: (tx: Tx) => Promise<T>,
  options: WriteOptions,
): Promise<{ held: Held; value: T }> {
  const done = Promise.withResolvers<{ tx: Tx; value: T }>();
  const answered = Promise.withResolvers<string | null>();
  let through = false;
  const ended = store.write(async (tx) => {
    // The command has gone on with what the first run of this gave it: that cannot be taken back.
    if (through) throw lost();
    const id = await takeKey(tx, claim);
    if (id === undefined) throw new KeyTaken();
    const value = await work(tx);
    await tx.guard.settled();
    through = true;
    done.resolve({ tx, value });
    const answer = await answered.promise;
    if (answer === null) throw new Abandoned();
    await keepAnswer(tx, id, answer);
  }, options);
  ended.catch(done.reject);
  const { tx, value } = await done.promise;
  return { held: { tx, end: answered.resolve, ended }, value };
}

class Abandoned extends Error {}

function ignoreAbandoned(error: unknown): void {
  if (!(error instanceof Abandoned)) throw error;
}

const lost = (): Problem =>
  new Problem('conflict', 'DATABASE_BUSY', 'Others are changing the same rows.', {
    unchanged: 'Nothing was changed.',
    retryable: true,
  });
