import type { Edge } from './assignment.ts';
import type { Candidate, EntryFacts, LineFacts } from './facts.ts';
import { grouped, type OpenItems } from './open-items.ts';

/** Amount and date alone suggest an entry from five days before the line to ten days after it, the nearest three. */
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

function nearOf(line: LineFacts, entries: readonly EntryFacts[]): Candidate[] {
  const near: EntryFacts[] = [];
  for (let at = firstFrom(entries, line.day - DAYS_EARLIER); at < entries.length; at += 1) {
    const entry = entries[at];
    if (entry === undefined || entry.day > line.day + DAYS_LATER) break;
    near.push(entry);
  }
  return near
    .toSorted((a, b) => Math.abs(line.day - a.day) - Math.abs(line.day - b.day) || a.index - b.index)
    .slice(0, MOST)
    .map((entry) => ({
      entry: entry.index,
      reasons: ['same_amount', entry.day === line.day ? 'same_day' : 'within_days'],
    }));
}

/** The place of the first entry that is not before a day. */
function firstFrom(entries: readonly EntryFacts[], day: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.day ?? day) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
