import type { Edge } from './assignment.ts';
import type { Candidate, EntryFacts, LineFacts } from './facts.ts';
import { grouped, type OpenItems } from './open-items.ts';

/** Amount and date alone suggest an entry from ten days before the line to five days after it, the nearest three. */
const DAYS_EARLIER = 10;
const DAYS_LATER = 5;
const MOST = 3;

/** Entries that may belong to each open line: what was tied first, else what has its amount and is near. Amount and date decide nothing. */
export function suggestions(open: OpenItems, tied: readonly Edge[]): Map<number, Candidate[]> {
  const tiesByLine = grouped(tied, ({ line }) => [String(line)]);
  const entriesByAmount = grouped(open.entries(), ({ deltaMinor }) => [String(deltaMinor)]);
  for (const entries of entriesByAmount.values()) entries.sort((a, b) => a.day - b.day || a.index - b.index);
  const found = new Map<number, Candidate[]>();
  for (const line of open.lines()) {
    const ties = tiesByLine.get(String(line.index)) ?? [];
    const candidates = [
      ...ties.map(({ entry, reasons }) => ({ entry, reasons })).filter(({ entry }) => open.entry(entry) !== undefined),
      ...nearOf(line, entriesByAmount.get(String(line.amountMinor)) ?? []),
    ];
    const once = candidates.filter(({ entry }, at) => candidates.findIndex((other) => other.entry === entry) === at);
    if (once.length > 0) found.set(line.index, once.slice(0, Math.max(MOST, ties.length)));
  }
  return found;
}

/** The nearest entries of those that are sorted by day; of one distance the first of the book. A common amount has thousands, so few are looked at. */
function nearOf(line: LineFacts, entries: readonly EntryFacts[]): Candidate[] {
  const ofDay = (day: number): readonly EntryFacts[] => {
    const from = firstFrom(entries, day);
    return entries.slice(from, Math.min(firstFrom(entries, day + 1), from + MOST));
  };
  const near = [...ofDay(line.day)];
  for (let days = 1; days <= DAYS_EARLIER && near.length < MOST; days += 1) {
    const later = days <= DAYS_LATER ? ofDay(line.day + days) : [];
    near.push(...[...ofDay(line.day - days), ...later].toSorted((a, b) => a.index - b.index));
  }
  return near.slice(0, MOST).map((entry) => ({
    entry: entry.index,
    reasons: ['same_amount', entry.day === line.day ? 'same_day' : 'within_days'],
  }));
}

/** The place of the first entry that is not before a day. */
function firstFrom(entries: readonly EntryFacts[], day: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as EntryFacts).day < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
