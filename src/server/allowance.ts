/** How often something may be done: so often at once, and then so often a second. */
export interface Rate {
  readonly atOnce: number;
  readonly perSecond: number;
}

interface Left {
  left: number;
  at: number;
}

/** Machines that are remembered; more than these share what is forgotten. */
const MOST_REMEMBERED = 10_000;

/** An allowance for each of many, by name; `now` is in milliseconds. */
export function allowance({ atOnce, perSecond }: Rate, now: () => number): { take(name: string): boolean } {
  const known = new Map<string, Left>();
  return {
    take: (name) => {
      const at = now();
      const before = known.get(name) ?? { left: atOnce, at };
      const left = Math.min(atOnce, before.left + (Math.max(0, at - before.at) / 1000) * perSecond);
      known.delete(name);
      known.set(name, { left: left >= 1 ? left - 1 : left, at });
      if (known.size > MOST_REMEMBERED) known.delete(known.keys().next().value ?? '');
      return left >= 1;
    },
  };
}
