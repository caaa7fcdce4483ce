import { randomInt } from 'node:crypto';
import fc from 'fast-check';

/**
 * What random cases begin with. One commit is judged by the same cases each time, so that a red run is the commit's own:
 * SEED=123 takes others, and SEED=random takes any, and says which.
 */
export const SEED = seedOf(process.env['SEED']);

/** Of the random cases that a test usually tries, the part that is tried now. */
const EFFORT = Number(process.env['EFFORT'] ?? 1);

fc.configureGlobal({ seed: SEED });

function seedOf(wish: string | undefined): number {
  if (wish === undefined) return 20_261_129;
  if (wish === 'random') return randomInt(2 ** 31);
  if (!/^\d{1,9}$/.test(wish)) throw new Error(`SEED=${wish} is no seed: a number of up to nine digits, or random`);
  return Number(wish);
}

/** How many of so many random cases are tried: EFFORT=10 tries ten times as many, EFFORT=0.05 (as mutation does) a twentieth. */
export const cases = (count: number): number => Math.max(10, Math.round(count * EFFORT));
