/** Chance that can be repeated: the same seed throws the same dice on every machine. */
export interface Dice {
  /** 0 <= result < below. */
  below(below: number): number;
  /** from <= result <= to. */
  between(from: number, to: number): number;
  chance(of: number): boolean;
  one<T>(things: readonly T[]): T;
  /** One of several by their weights. */
  weighted<T>(things: readonly (readonly [T, number])[]): T;
}

/** Dice of a seed (mulberry32, public domain). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(things: readonly T[]): T => {
    const [first] = things;
    if (first === undefined) throw new Error('there is nothing to choose from');
    return things[below(things.length)] ?? first;
  };
  return {
    below,
    one,
    between: (from, to) => from + below(to - from + 1),
    chance: (of) => next() < of,
    weighted: (things) => {
      let left = next() * things.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [thing, weight] of things) if ((left -= weight) < 0) return thing;
      return one(things)[0];
    },
  };
}
