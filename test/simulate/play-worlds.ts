import { openDatabases, type Databases } from '../model/real/databases.ts';
import { fromHereOn } from '../model/real/memory.ts';
import { openStore } from '../model/real/seams/open-store.ts';
import { sqlitePath } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { waitingOffice, type WaitingOffice } from './office.ts';
import { playWorld, type WorldReport } from './world.ts';

const BEGINNING = new Date('2026-10-18T06:00:00.000Z');

export interface Worlds {
  readonly dialect: Dialect;
  /** The Postgres server to use. */
  readonly server: string;
  readonly seed: number;
  readonly worlds: number;
}

/** Plays worlds of following seeds, until all are played or somebody has heard enough. */
export async function playWorlds(
  { dialect, server, seed, worlds }: Worlds,
  hear: (report: WorldReport) => boolean,
): Promise<void> {
  const databases = await openDatabases(dialect, server);
  // One clock for all worlds: databases stay open from one to the next.
  const clock = { now: BEGINNING };
  const places = dialect === 'sqlite' ? oneOffice(databases, clock) : newOffices(databases, clock);
  try {
    for (let number = seed; number < seed + worlds; number += 1) {
      clock.now = BEGINNING;
      const place = await places();
      const report = await playWorld({ ...{ seed: number, clock }, ...place });
      await place.leave();
      if (!hear(report)) return;
    }
  } finally {
    await databases.close();
  }
}

/** Where a world takes place. */
interface Place {
  readonly store: Store;
  readonly office: WaitingOffice;
  /** Makes room for the next world. */
  readonly leave: () => void | Promise<void>;
}

/** The same office for every world: what one did there is taken back before the next. */
function oneOffice(databases: Databases, clock: { readonly now: Date }): () => Promise<Place> {
  let place: Promise<Place> | undefined;
  return () =>
    (place ??= newOffice(databases, clock).then(({ url, ...one }) => ({
      ...one,
      leave: fromHereOn(sqlitePath(url)).takeBack,
    })));
}

/** An office of its own for each world. */
function newOffices(databases: Databases, clock: { readonly now: Date }): () => Promise<Place> {
  return async () => {
    const { url, ...one } = await newOffice(databases, clock);
    return { ...one, leave: () => databases.giveBack(url) };
  };
}

async function newOffice(databases: Databases, clock: { readonly now: Date }) {
  const url = await databases.fresh();
  const store = await openStore(url, { clock: () => clock.now });
  return { url, store, office: await waitingOffice(store) };
}
