import { CLOCK_FIX, clockCheck } from '../domain/clock.ts';
import { advice, broken, fine, type Finding } from '../domain/finding.ts';
import { COPY_FIX, missingHeadCheck } from '../domain/kept-head.ts';
import { headsFault } from '../gateways/kept-heads.ts';
import type { Store } from '../store/store.ts';
import { lookAtGuards } from './show-guards.ts';

/** Whether this machine's clock agrees with the newest event, whether it can keep heads, and whether the database has every one it kept. */
export async function examineGuards(store: Store, headsDirectory: string): Promise<Finding[]> {
  const { clock, heads } = await lookAtGuards(store);
  const { newestAt } = clock;
  const missing = heads.filter((head) => head.verdict === 'missing');
  const [first] = missing;
  const unkept = unkeptHeads(headsDirectory);
  return [
    clock.verdict === 'right' || newestAt === null
      ? fine('clock', 'The clock agrees with the newest event.')
      : advice('clock', clockCheck({ clock: clock.clock, newestAt }).message, CLOCK_FIX),
    ...(unkept === null ? [] : [unkept]),
    first === undefined
      ? fine('copy', `The database has every audit head that this machine has kept: ${heads.length}.`)
      : broken('copy', missingHeadCheck({ ...first, presentSeq: first.presentSeq ?? 0 }).message, COPY_FIX),
  ];
}

function unkeptHeads(directory: string): Finding | null {
  const fault = headsFault(directory);
  if (fault === null) return null;
  return advice(
    'heads',
    `The audit heads in ${directory} can be neither read nor kept (${fault}): an old copy of the database would go unnoticed.`,
    `let whoever works here write to it, and nobody else: chown -R USER ${directory}; chmod 700 ${directory}`,
  );
}
