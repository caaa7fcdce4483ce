import type { Days, Pair } from '../../src/domain/reconciliation/pairing.ts';

const LONG_WEEKEND = 5;

/**
 * Which pairs `decideByDay` takes, by trying everything. An explanation pairs lines and entries that are near until no pair can be added.
 * Where everybody of a set can be paired on the same day, and all of a day fit each other, only such explanations count. A set is decided when every explanation that counts
 * leaves nobody out and all are the same but for lines of one day and entries of one day. Then a pair falls when somebody whom no explanation
 * of the fewest left over needs could be either side of it.
 */
export function pairsByTrying(pairs: readonly Pair[], days: Days): Set<string> {
  const near = pairs.filter(({ certain, days: apart }) => certain && apart <= LONG_WEEKEND);
  const taken: Pair[] = [];
  const leftOver = new Set([...pairs.map(({ line }) => `line ${line}`), ...pairs.map(({ entry }) => `entry ${entry}`)]);
  for (const set of setsOf(near)) {
    const lines = new Set(set.map(({ line }) => line));
    const entries = new Set(set.map(({ entry }) => entry));
    const all = explanations(set);
    const onTheDay = all.filter((one) => one.length === lines.size && one.every(({ days: apart }) => apart === 0));
    const fitOnTheDay = [...lines].every((line) =>
      [...entries].every(
        (entry) =>
          days.ofLine(line) !== days.ofEntry(entry) || set.some((pair) => pair.line === line && pair.entry === entry),
      ),
    );
    const counting = lines.size === entries.size && fitOnTheDay && onTheDay.length > 0 ? onTheDay : all;
    const isWhole = counting.every((one) => one.length === lines.size && one.length === entries.size);
    const isMistyped = set.length > 1 && set.some(({ reasons }) => reasons.includes('identifier_mistyped'));
    const isOne = counting.every((one) => counting.every((other) => areAlike(one, other, days)));
    if (isWhole && isOne && !isMistyped) taken.push(...first(counting));
    if (lines.size <= entries.size) for (const line of lines) leftOver.delete(`line ${line}`);
    if (entries.size <= lines.size) for (const entry of entries) leftOver.delete(`entry ${entry}`);
  }
  const isDoubtful = ({ line, entry }: Pair): boolean =>
    pairs.some(
      (other) =>
        (other.line === line && leftOver.has(`entry ${other.entry}`)) ||
        (other.entry === entry && leftOver.has(`line ${other.line}`)),
    );
  return new Set(taken.filter((pair) => !isDoubtful(pair)).map(({ line, entry }) => `${line} = ${entry}`));
}

/** Pairs that hang together, found by looking at each other again and again. */
function setsOf(pairs: readonly Pair[]): Pair[][] {
  const sets: Pair[][] = [];
  const left = new Set(pairs);
  for (const start of pairs) {
    if (!left.delete(start)) continue;
    const set = [start];
    for (const pair of set) {
      for (const other of left) {
        if (other.line !== pair.line && other.entry !== pair.entry) continue;
        left.delete(other);
        set.push(other);
      }
    }
    sets.push(set);
  }
  return sets;
}

/** Every way to pair until no pair can be added. */
function explanations(set: readonly Pair[]): Pair[][] {
  const found: Pair[][] = [];
  const lines = [...new Set(set.map(({ line }) => line))];
  const choose = (at: number, chosen: readonly Pair[]): void => {
    const isFree = ({ line, entry }: Pair): boolean => !chosen.some((one) => one.line === line || one.entry === entry);
    const line = lines[at];
    if (line === undefined) {
      if (!set.some(isFree)) found.push([...chosen]);
      return;
    }
    for (const pair of set) if (pair.line === line && isFree(pair)) choose(at + 1, [...chosen, pair]);
    choose(at + 1, chosen);
  };
  choose(0, []);
  return found;
}

/** Whether two explanations differ only by exchanging lines of one day with each other, at entries of one day. */
function areAlike(one: readonly Pair[], other: readonly Pair[], days: Days): boolean {
  return one.every(({ line, entry }) => {
    const instead = other.find((pair) => pair.line === line);
    const exchanged = other.find((pair) => pair.entry === entry);
    if (instead === undefined || exchanged === undefined) return false;
    if (instead.entry === entry) return true;
    return days.ofEntry(instead.entry) === days.ofEntry(entry) && days.ofLine(exchanged.line) === days.ofLine(line);
  });
}

/** Of explanations that are the same in all that can be told, the one in the order of the statement and of the book. */
function first(explanations: readonly (readonly Pair[])[]): readonly Pair[] {
  const inTurn = explanations.map((one) => one.toSorted((a, b) => a.line - b.line));
  return (
    inTurn.toSorted((a, b) => {
      const at = a.findIndex(({ entry }, place) => entry !== b[place]?.entry);
      return at < 0 ? 0 : (a[at]?.entry ?? 0) - (b[at]?.entry ?? 0);
    })[0] ?? []
  );
}
