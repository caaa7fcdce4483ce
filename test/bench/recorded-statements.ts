import Database from 'better-sqlite3';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

/** One statement as it reached the driver. */
export interface Recorded {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly reads: boolean;
  /** Rows as arrays. */
  readonly raw: boolean;
}

/** Does `work` for each item on the SQLite file, and tells which statements each of them sent to the driver, with their values. */
export async function recordStatements<Item>(
  file: string,
  work: (store: Store, item: Item) => Promise<void>,
  items: readonly Item[],
): Promise<Recorded[][]> {
  const store = await openStore(`sqlite:${file}`, { clock: () => new Date() });
  const recorder = watchDriver();
  const all: Recorded[][] = [];
  try {
    for (const item of items) {
      await work(store, item);
      all.push(recorder.taken());
    }
    return all;
  } finally {
    recorder.stop();
    await store.close();
  }
}

interface Watched {
  readonly source: string;
  readonly reader: boolean;
}

/** Puts itself between the driver's statements and whoever runs them. */
function watchDriver(): { taken(): Recorded[]; stop(): void } {
  const scratch = new Database(':memory:');
  const prototype: Record<string, (this: Watched, ...parameters: unknown[]) => unknown> = Object.getPrototypeOf(
    scratch.prepare('select 1'),
  );
  scratch.close();
  const { run, all, raw } = prototype;
  if (run === undefined || all === undefined || raw === undefined)
    throw new Error('the driver has other statements than expected');
  let seen: Recorded[] = [];
  const plain = new WeakSet<object>();
  const note = (statement: Watched, parameters: readonly unknown[]): void => {
    if (/^\s*pragma/i.test(statement.source)) return;
    seen.push({ sql: statement.source, parameters, reads: statement.reader, raw: plain.has(statement) });
  };
  prototype['run'] = function runWatched(...parameters) {
    note(this, parameters);
    return run.apply(this, parameters);
  };
  prototype['all'] = function allWatched(...parameters) {
    note(this, parameters);
    return all.apply(this, parameters);
  };
  prototype['raw'] = function rawWatched(...parameters) {
    plain.add(this);
    return raw.apply(this, parameters);
  };
  return {
    taken: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: () => void Object.assign(prototype, { run, all, raw }),
  };
}
