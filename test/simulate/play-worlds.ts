import { openDatabases } from '../model/real/databases.ts';
import { inMemory, keepInMemory } from '../model/real/memory.ts';
import { openStore } from '../model/real/seams/open-store.ts';
import { sqlitePath } from '../../src/store/open.ts';
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
  // One clock for all worlds: databases of Postgres stay open from one to the next.
  const clock = { now: BEGINNING };
  let template: { readonly bytes: Buffer; readonly office: WaitingOffice } | null = null;
  try {
    for (let number = seed; number < seed + worlds; number += 1) {
      clock.now = BEGINNING;
      const url = await databases.fresh();
      const file = dialect === 'sqlite' ? sqlitePath(url) : '';
      if (template !== null) keepInMemory(file, template.bytes);
      const store = await openStore(url, { clock: () => clock.now });
      const office: WaitingOffice = template?.office ?? (await waitingOffice(store));
      if (dialect === 'sqlite') template ??= { bytes: inMemory(file)?.serialize() ?? Buffer.alloc(0), office };
      const report = await playWorld({
        ...{ seed: number, store, office, clock },
        settle: () => databases.settle(url),
      });
      await databases.giveBack(url);
      if (!hear(report)) return;
    }
  } finally {
    await databases.close();
  }
}
