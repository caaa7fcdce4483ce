import { SCORES, type EntryFacts, type Found, type LineFacts, type Reason } from './facts.ts';
import { grouped, type OpenItems } from './open-items.ts';
import type { Mention } from './reference-pass.ts';

/** Fifth pass: one line for several entries that it names, several lines that name one entry, one charge for a day's fees. */
export function groupPass(open: OpenItems, named: readonly Mention[]): void {
  const live = named.filter(({ line, entry }) => open.line(line.index) === line && open.entry(entry.index) === entry);
  const sums = [...sumsOfEntries(live), ...sumsOfLines(live), ...chargesOfDays(open)];
  const wanted = new Map<string, number>();
  for (const sum of sums) for (const member of membersOf(sum)) wanted.set(member, (wanted.get(member) ?? 0) + 1);
  // What two sums want is certain in neither.
  for (const sum of sums) if (membersOf(sum).every((member) => wanted.get(member) === 1)) open.take(sum);
}

const membersOf = ({ lines, entries }: Found): string[] => [
  ...lines.map((line) => `line ${line}`),
  ...entries.map((entry) => `entry ${entry}`),
];

function sumsOfEntries(named: readonly Mention[]): Found[] {
  return [...grouped(named, ({ line }) => [String(line.index)]).values()].flatMap((mentioned) => {
    const [first] = mentioned;
    const entries = mentioned.map(({ entry }) => entry);
    if (first === undefined || entries.length < 2 || sumOf(entries) !== first.line.amountMinor) return [];
    return [groupOf([first.line], entries, [...reasonsOf(mentioned), 'sum_of_entries'])];
  });
}

function sumsOfLines(named: readonly Mention[]): Found[] {
  return [...grouped(named, ({ entry }) => [String(entry.index)]).values()].flatMap((mentioned) => {
    const [first] = mentioned;
    const lines = mentioned.map(({ line }) => line);
    const sum = lines.reduce((all, line) => all + line.amountMinor, 0);
    if (first === undefined || lines.length < 2 || sum !== first.entry.deltaMinor) return [];
    return [groupOf(lines, [first.entry], [...reasonsOf(mentioned), 'sum_of_lines'])];
  });
}

/** A charge that is all the fees of its day, which no line of their own explains. */
function chargesOfDays(open: OpenItems): Found[] {
  const feesByDay = grouped(
    open.entries().filter(({ kind }) => kind === 'fee'),
    ({ day }) => [String(day)],
  );
  return open.lines().flatMap((line) => {
    const fees = line.isCharge ? (feesByDay.get(String(line.day)) ?? []) : [];
    return fees.length < 2 || sumOf(fees) !== line.amountMinor ? [] : [groupOf([line], fees, ['charge_of_the_day'])];
  });
}

const sumOf = (entries: readonly EntryFacts[]): number => entries.reduce((all, { deltaMinor }) => all + deltaMinor, 0);

const reasonsOf = (mentioned: readonly Mention[]): Reason[] => [
  ...new Set(mentioned.flatMap(({ reasons }) => reasons)),
];

const groupOf = (lines: readonly LineFacts[], entries: readonly EntryFacts[], reasons: readonly Reason[]): Found => ({
  lines: lines.map(({ index }) => index),
  entries: entries.map(({ index }) => index),
  pass: 'group',
  score: SCORES.group,
  reasons,
});
