import type { StatementLine } from './statement.ts';

type Step = Pick<StatementLine, 'amountMinor' | 'balanceMinor'>;

/**
 * Lines in an order in which each balance follows from the one before it, beginning at a balance where one is known; null
 * where there is no such order. Every line leads from one balance to another, so what is sought is a path that takes each line
 * once; it is found in one pass (Hierholzer 1873), however many lines there are. `sign` -1 walks from the newest back.
 */
export function chained<Line extends Step>(lines: readonly Line[], start: number | null, sign: 1 | -1): Line[] | null {
  const leaving = new Map<number, Line[]>();
  /** How many more lines leave a balance than reach it. */
  const surplus = new Map<number, number>();
  for (const line of lines.toReversed()) {
    const { amountMinor, balanceMinor } = line;
    if (balanceMinor === null) return null;
    const [from, to] = ends(balanceMinor, amountMinor, sign);
    leaving.set(from, [...(leaving.get(from) ?? []), line]);
    surplus.set(from, (surplus.get(from) ?? 0) + 1);
    surplus.set(to, (surplus.get(to) ?? 0) - 1);
  }
  const [beginning] = lines;
  if (beginning === undefined) return [];
  const outset = start ?? outsetOf(surplus) ?? ends(beginning.balanceMinor ?? 0, beginning.amountMinor, sign)[0];
  const path = walk(leaving, outset, sign);
  return path.length === lines.length && isPath(path, outset, sign) ? path : null;
}

const ends = (balance: number, amount: number, sign: 1 | -1): readonly [number, number] =>
  sign === 1 ? [balance - amount, balance] : [balance, balance - amount];

/** A path that does not end where it begins has one balance that one more line leaves than reaches. */
const outsetOf = (surplus: ReadonlyMap<number, number>): number | undefined =>
  [...surplus].find(([, lines]) => lines === 1)?.[0];

function walk<Line extends Step>(leaving: ReadonlyMap<number, Line[]>, outset: number, sign: 1 | -1): Line[] {
  const path: Line[] = [];
  const stack: { readonly at: number; readonly by: Line | null }[] = [{ at: outset, by: null }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = leaving.get(top.at)?.pop();
    if (next === undefined) {
      stack.pop();
      if (top.by !== null) path.push(top.by);
    } else stack.push({ at: ends(next.balanceMinor ?? 0, next.amountMinor, sign)[1], by: next });
  }
  return path.toReversed();
}

const isPath = (path: readonly Step[], outset: number, sign: 1 | -1): boolean => {
  let at = outset;
  return path.every(({ amountMinor, balanceMinor }) => {
    const [from, to] = ends(balanceMinor ?? 0, amountMinor, sign);
    const follows = from === at;
    at = to;
    return follows;
  });
};
