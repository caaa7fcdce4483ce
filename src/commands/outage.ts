import { waitAfter, type Backoff } from '../domain/backoff.ts';
import { Problem } from '../domain/problem.ts';
import { visible } from '../terminal/clean.ts';
import { formatInstant } from '../terminal/zone.ts';
import type { Context } from './context.ts';
import { rest } from './rest.ts';

/** The database is restarted, was lost while it saved something, or has no room for one more: all of that ends by itself. */
const PASSES: ReadonlySet<string> = new Set(['DATABASE_UNREACHABLE', 'COMMIT_UNKNOWN', 'DATABASE_BUSY']);

const BACKOFF: Backoff = { firstMs: 500, longestMs: 30_000 };
const FINEST = 1_000_000;

/** How a command that goes on for weeks lives through the times in which its database is away. */
export interface Outages {
  /** All went well: the next wait is a short one again. */
  well(): void;
  /**
   * Says once that the database is away and since when, and tries `again` later and later until it works; says so, and answers what it
   * answers. Answers null when somebody stops the command meanwhile. Throws what does not pass by itself, of `error` and of `again`.
   */
  outlast<T>(error: unknown, again: () => Promise<T>): Promise<T | null>;
}

/** Nothing of what failed may be tried again by itself: `again` looks at what the database holds by then, as a new start does. */
export function outagesOf(
  context: Pick<Context, 'say' | 'now' | 'pause' | 'randomInt'>,
  zone: string,
  stopped: () => boolean,
): Outages {
  let failures = 0;
  const wait = async (): Promise<void> => {
    failures += 1;
    await rest(context, waitAfter(failures, context.randomInt(FINEST) / FINEST, BACKOFF), stopped);
  };
  return {
    well: () => void (failures = 0),
    outlast: async (error, again) => {
      const since = formatInstant(context.now(), zone);
      context.say(`${visible(passing(error).message)} Since ${since}: it is tried again until the database answers.`);
      for (await wait(); !stopped(); await wait()) {
        try {
          const answer = await again();
          context.say(`The database answers again; it was away since ${since}.`);
          return answer;
        } catch (still) {
          passing(still);
        }
      }
      return null;
    },
  };
}

/** Whether the same may work later, without anybody doing anything about it here. */
export const passesByItself = (error: unknown): error is Problem => error instanceof Problem && PASSES.has(error.code);

function passing(error: unknown): Problem {
  if (passesByItself(error)) return error;
  throw error;
}
