import { endsOf } from './sequence.ts';

/** Sequences that are played whenever the tests run: on SQLite they see all that any of those looked at sees, on Postgres nearly all. */
export const USUALLY_PLAYED = { sqlite: 100, postgres: 60 } as const;

/** Seeds that are looked at by the model alone, which takes hundredths of a second each, to find those worth playing by the tool. */
const LOOKED_AT = 200;

/**
 * So many seeds from one on whose sequences tell most, the most telling first: they see every end of a command that any sees and
 * every reason for it, and what few see as often as it comes.
 */
export function tellingSeeds(count: number, first = 1): number[] {
  const left = Array.from({ length: Math.max(LOOKED_AT, count) }, (_, index) => {
    const seed = first + index;
    return { seed, ends: endsOf(seed) };
  });
  const seen = new Map<string, number>();
  // What has been seen once is worth an eighth of what nothing has seen.
  const worth = (ends: Set<string>): number =>
    [...ends].reduce((sum, end) => sum + 1 / (1 + (seen.get(end) ?? 0)) ** 3, 0);
  return Array.from({ length: count }, () => {
    const best = left.reduce((most, one) => (worth(one.ends) > worth(most.ends) ? one : most));
    left.splice(left.indexOf(best), 1);
    for (const end of best.ends) seen.set(end, (seen.get(end) ?? 0) + 1);
    return best.seed;
  });
}
