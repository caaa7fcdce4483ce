import type { Origin } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { findOffice } from '../store/office.ts';
import { openStore } from '../store/open.ts';
import { faultText, repairOf, type SchemaFault } from '../store/schema-faults.ts';

export interface SchemaRepair {
  readonly location: string;
  /** What was put back: made anew as released, or taken away because the release knows nothing like it. */
  readonly repaired: readonly string[];
  /** What only a backup can put right, with how. */
  readonly left: readonly string[];
  readonly fix: string | null;
}

/**
 * Puts the released triggers, functions and indexes back and takes away those that somebody added, all in one transaction with
 * the event that says so; tables, columns and constraints are only named. Whoever runs it owns the database. Throws
 * integrity SCHEMA_NOT_REPAIRABLE when rows contradict a unique index that is to be made anew.
 */
export async function repairSchema(
  databaseUrl: string,
  { clock, dryRun, origin }: { clock: () => Date; dryRun: boolean; origin: Origin },
): Promise<SchemaRepair> {
  let faults: readonly SchemaFault[] = [];
  const store = await openStore(databaseUrl, { clock, dryRun, repair: (found) => (faults = found) });
  try {
    await store.write(async (tx) => {
      if (repairedOf(faults).length === 0 || (await findOffice(tx)) === undefined) return;
      // Whoever alters a database need not be logged in to the office: only where it was done is known.
      await recordOfficeEvent(tx, {
        actor: 'system',
        action: 'schema.repaired',
        subject: 'office',
        origin,
        payload: { found: faults.map(faultText), repaired: repairedOf(faults) },
      });
    });
    const left = faults.filter((fault) => fault.repairedBy === null);
    return {
      location: store.location,
      repaired: repairedOf(faults),
      left: left.map(faultText),
      fix: left.length === 0 ? null : repairOf(left),
    };
  } finally {
    await store.close();
  }
}

const repairedOf = (faults: readonly SchemaFault[]): string[] =>
  faults.flatMap((fault) => (fault.repairedBy === null ? [] : [faultText(fault)]));
