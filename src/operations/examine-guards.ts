import { CLOCK_FIX, clockCheck } from '../domain/clock.ts';
import { advice, broken, fine, type Finding } from '../domain/finding.ts';
import { COPY_FIX, missingHeadCheck } from '../domain/kept-head.ts';
import type { Store } from '../store/store.ts';
import { lookAtGuards } from './show-guards.ts';

/** Whether this machine's clock agrees with the newest event, and whether the database has every head that was kept. */
export async function examineGuards(store: Store): Promise<Finding[]> {
  const { clock, heads } = await lookAtGuards(store);
  const { newestAt } = clock;
  const missing = heads.filter((head) => head.verdict === 'missing');
  const [first] = missing;
  return [
    clock.verdict === 'right' || newestAt === null
      ? fine('clock', 'The clock agrees with the newest event.')
      : advice('clock', clockCheck({ clock: clock.clock, newestAt }).message, CLOCK_FIX),
    first === undefined
      ? fine('copy', `The database has every audit head that this machine has kept: ${heads.length}.`)
      : broken('copy', missingHeadCheck({ ...first, presentSeq: first.presentSeq ?? 0 }).message, COPY_FIX),
  ];
}
