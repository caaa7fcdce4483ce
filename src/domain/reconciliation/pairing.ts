import { components, type Assignment, type Component, type Edge } from './assignment.ts';

// Pairs by what lines and entries have in common and by their days: the same payee, or the same requisition. Such evidence is true of
// every payment of its kind, so a pair is only taken when nothing else could be meant.

/** A line counts from the day before the entry (the bank was faster than the book) to five days after it: a long weekend. */
const DAYS_BEFORE = 1;
export const DAYS_AFTER = 5;
/** So late a line may come all the same: less than a month, as wages are paid monthly. It takes no entry then, but it makes doubtful. */
const DAYS_OF_DOUBT = 25;

/** Whether a line so many days after an entry could be the entry's, late though it were. */
export const isPossible = (days: number): boolean => days >= -DAYS_BEFORE && days <= DAYS_OF_DOUBT;

/** A line and an entry that could be one. */
export interface Pair extends Edge {
  /** Days from the entry to the line, from a day before to the days of doubt after. */
  readonly days: number;
  /** Whether the evidence would do if there were no other. */
  readonly certain: boolean;
}

/** The days of lines and entries by their index. */
export interface Days {
  readonly ofLine: (line: number) => number;
  readonly ofEntry: (entry: number) => number;
}

/**
 * Takes a pair when its line is near no other entry and its entry no other line, when equally many lines of one day and entries of one
 * day cannot be told apart, or when lines and entries have the very same days. It is not taken when a line or an entry that is left
 * over could be meant by either side, were it late: a wage whose line is missing makes next week's line doubtful.
 */
export function decideByDay<Kind extends Pair>(pairs: readonly Kind[], days: Days): Assignment<Kind> {
  const likely: Kind[] = [];
  const explained = { lines: new Set<number>(), entries: new Set<number>() };
  for (const component of components(pairs.filter(({ certain, days: apart }) => certain && apart <= DAYS_AFTER))) {
    const { lines, entries } = component;
    likely.push(...(pairingOf(component, days) ?? []));
    // Where one of two lines is an entry's, nobody knows which, but the entry needs no other.
    if (lines.length <= entries.length) for (const line of lines) explained.lines.add(line);
    if (entries.length <= lines.length) for (const entry of entries) explained.entries.add(entry);
  }
  const doubtful = { lines: new Set<number>(), entries: new Set<number>() };
  for (const { line, entry } of pairs) {
    if (!explained.entries.has(entry)) doubtful.lines.add(line);
    if (!explained.lines.has(line)) doubtful.entries.add(entry);
  }
  const chosen = likely.filter(({ line, entry }) => !doubtful.lines.has(line) && !doubtful.entries.has(entry));
  const takenLines = new Set(chosen.map(({ line }) => line));
  const takenEntries = new Set(chosen.map(({ entry }) => entry));
  return { chosen, tied: pairs.filter(({ line, entry }) => !takenLines.has(line) && !takenEntries.has(entry)) };
}

function pairingOf<Kind extends Pair>(component: Component<Kind>, days: Days): Kind[] | null {
  const { lines, entries, edges } = component;
  if (lines.length !== entries.length) return null;
  if (lines.length === 1) return [...edges];
  if (edges.some(({ reasons }) => reasons.includes('identifier_mistyped'))) return null;
  return twins(component, days) ?? dayByDay(component, days);
}

/** Any could be any: all lines are of one day, all entries are of one day, and all fit all. */
function twins<Kind extends Pair>({ lines, entries, edges }: Component<Kind>, days: Days): Kind[] | null {
  const alike =
    edges.length === lines.length * entries.length &&
    new Set(lines.map((line) => days.ofLine(line))).size === 1 &&
    new Set(entries.map((entry) => days.ofEntry(entry))).size === 1;
  if (!alike) return null;
  const [lineTurns, entryTurns] = [turns(lines, () => 0), turns(entries, () => 0)];
  return edges.filter(({ line, entry }) => lineTurns.get(line) === entryTurns.get(entry));
}

/** A daily wage: lines and entries have the same days, each as often. Were one late, another would be early. */
function dayByDay<Kind extends Pair>({ lines, entries, edges }: Component<Kind>, days: Days): Kind[] | null {
  const same = edges.filter((edge) => edge.days === 0);
  const [lineDays, entryDays] = [counted(lines, days.ofLine), counted(entries, days.ofEntry)];
  const edgeDays = counted(
    same.map(({ line }) => line),
    days.ofLine,
  );
  for (const [day, count] of lineDays) {
    if (entryDays.get(day) !== count || edgeDays.get(day) !== count * count) return null;
  }
  const [lineTurns, entryTurns] = [turns(lines, days.ofLine), turns(entries, days.ofEntry)];
  return same.filter(({ line, entry }) => lineTurns.get(line) === entryTurns.get(entry));
}

/** How many are of each day. */
function counted(places: readonly number[], dayOf: (place: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const place of places) counts.set(dayOf(place), (counts.get(dayOf(place)) ?? 0) + 1);
  return counts;
}

/** The turn of each among those of its day: the first line goes with the first entry, the second with the second. */
function turns(places: readonly number[], dayOf: (place: number) => number): Map<number, number> {
  const seen = new Map<number, number>();
  return new Map(
    places.map((place) => {
      const turn = seen.get(dayOf(place)) ?? 0;
      seen.set(dayOf(place), turn + 1);
      return [place, turn];
    }),
  );
}
