import type { Act } from './acts.ts';
import { play, type Played } from './play.ts';
import type { Databases } from './real/databases.ts';
import { sequenceOf } from './sequence.ts';
import type { Task } from './worker.ts';

/** Sequences that are tried at most, to find a short one. */
const MOST_TRIES = 150;

/** Plays the sequence of a seed. Where model and tool disagree, with as few of its commands as make them disagree alike. */
export async function playShort(databases: Databases, { seed, length, shrink }: Task): Promise<Played> {
  const acts = sequenceOf(seed, length);
  const played = await play(databases, seed, acts);
  if (played.disagreement === null || !shrink) return played;
  return shorter(databases, { seed, acts: acts.slice(0, played.story.length), played });
}

interface Case {
  readonly seed: number;
  readonly acts: readonly Act[];
  readonly played: Played;
}

/** Leaves out halves, quarters and single commands as long as the rest still fails in the same way. */
async function shorter(databases: Databases, { seed, ...found }: Case): Promise<Played> {
  let { acts, played } = found;
  let triesLeft = MOST_TRIES;
  for (let size = Math.ceil(acts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < acts.length && triesLeft > 0; triesLeft -= 1) {
      const fewer = acts.toSpliced(at, size);
      const again = await play(databases, seed, fewer);
      if (alike(again, played)) [acts, played] = [fewer.slice(0, again.story.length), again];
      else at += size;
    }
  }
  return played;
}

/** Whether two plays end in the same disagreement, but for names and figures. */
const alike = (one: Played, other: Played): boolean =>
  one.disagreement !== null && other.disagreement !== null && shapeOf(one) === shapeOf(other);

const shapeOf = ({ disagreement }: Played): string => (disagreement ?? '').replaceAll(/[\d#]+/g, '0').slice(0, 80);
