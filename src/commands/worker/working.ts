import type { CarriedOut } from '../../domain/carried-out.ts';
import { idlePause } from '../../domain/idle-pause.ts';
import { workDocument } from '../../documents/schedule.ts';
import { countDue, findDue, workOff } from '../../operations/work.ts';
import { visible } from '../../terminal/clean.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';
import { outagesOf } from '../outage.ts';
import { rest } from '../rest.ts';
import { openWorker } from './open-worker.ts';

/** Why work takes no idempotency key. */
export const refusesKey = (): string =>
  'what is due is done once whoever does it, and something else is due the next time';

/** Items that are told at the end; each was said when it was done. */
const MOST_TOLD = 100;

/** What was done, as it goes on. */
interface Tally {
  readonly counts: Record<CarriedOut['outcome'], number>;
  items: readonly CarriedOut[];
}

const newTally = (): Tally => ({ counts: { done: 0, failed: 0, refused: 0 }, items: [] });

const telling =
  (tally: Tally, context: Context) =>
  (one: CarriedOut): void => {
    tally.counts[one.outcome] += 1;
    context.say(`${one.what} ${one.subject}: ${one.outcome}, ${visible(one.detail)}`);
    tally.items = [...tally.items, one].slice(-MOST_TOLD);
  };

function resultOf({ counts, items }: Tally, { flags }: Context, exitCode: 0 | 12): Result {
  const { done, failed, refused } = counts;
  return {
    data: workDocument(counts, items),
    exitCode,
    human: {
      // Cron mails whatever is printed.
      lines:
        flags.quiet && exitCode === 0
          ? []
          : [
              done + failed + refused === 0
                ? 'Nothing was due.'
                : `${done} done, ${failed} failed, ${refused} refused.`,
            ],
      next: refused > 0 ? ['treasury schedule list --status refused'] : [],
    },
  };
}

/** Does what is due once, or until nothing is. A rehearsal only tells how much is due. */
export async function workOnce(context: Context, { untilEmpty }: { untilEmpty: boolean }): Promise<Result> {
  const store = await context.store();
  const tally = newTally();
  if (context.flags.dryRun) {
    context.say(`${countDue(await findDue(store))} due; nothing was done (dry run).`);
    return resultOf(tally, context, 0);
  }
  const worker = await openWorker(context, telling(tally, context));
  await context.gently(async (stop) => {
    const stopped = () => stop() !== null;
    for (let more = true; more;) {
      const done = await workOff(store, worker, stopped);
      more = untilEmpty && done.length > 0 && !stopped();
    }
  });
  return resultOf(tally, context, tally.counts.failed + tally.counts.refused > 0 ? 12 : 0);
}

/**
 * Works until somebody stops it; where nothing is due it looks less and less often, up to some seconds. While the database is away it
 * waits, and goes on as another worker: what the one before it held counts as left by one that has crashed.
 */
export async function workOn(context: Context): Promise<Result> {
  const store = await context.store();
  const tally = newTally();
  const open = () => openWorker(context, telling(tally, context));
  let worker = await open();
  const zone = await context.zone();
  context.say('Working; Ctrl-C lets the step at hand finish, and ends it.');
  await context.gently(async (stop) => {
    const stopped = () => stop() !== null;
    const outages = outagesOf(context, zone, stopped);
    for (let idle = 0; !stopped(); idle += 1) {
      try {
        const done = await workOff(store, worker, stopped);
        outages.well();
        if (done.length > 0) idle = 0;
        await rest(worker, idlePause(idle, worker.chance()), stopped);
      } catch (error) {
        worker = (await outages.outlast(error, open)) ?? worker;
      }
    }
  });
  return resultOf(tally, context, 0);
}
