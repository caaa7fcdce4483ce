import { SCORES, type EntryFacts, type Found, type LineFacts, type Reason } from './facts.ts';
import { grouped, type OpenItems } from './open-items.ts';
import { isAnother, type Mention } from './reference-pass.ts';

/** So many fees make a day's charge: two amounts of a tariff easily come to a third. */
const FEWEST_FEES = 3;

/** Fifth pass: one line for several entries that it names, and several lines that name one entry. */
export function sumsByReference(open: OpenItems, named: readonly Mention[]): void {
  const live = named.filter(
    ({ line, entry, own, doubtful, reasons }) =>
      !doubtful &&
      (own || reasons.includes('same_reference')) &&
      open.line(line.index) !== undefined &&
      open.entry(entry.index) !== undefined,
  );
  const sums = [...sumsOfEntries(live), ...sumsOfLines(live)];
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
  return byMember(named, ({ line }) => line.index).flatMap((mentioned) => {
    const [{ line }] = mentioned;
    const entries = mentioned.map(({ entry }) => entry);
    // A charge takes no payment, and what is no charge is more than fees.
    const isOfOneKind = line.isCharge ? entries.every(isFee) : !entries.every(isFee);
    if (entries.length < 2 || !isOfOneKind || sumOf(entries) !== line.amountMinor) return [];
    return [groupOf([line], entries, [...reasonsOf(mentioned), 'sum_of_entries'])];
  });
}

function sumsOfLines(named: readonly Mention[]): Found[] {
  return byMember(named, ({ entry }) => entry.index).flatMap((mentioned) => {
    const [{ entry }] = mentioned;
    const lines = mentioned.map(({ line }) => line);
    const sum = lines.reduce((all, line) => all + line.amountMinor, 0);
    if (lines.length < 2 || lines.some((line) => line.isCharge !== isFee(entry)) || sum !== entry.deltaMinor) return [];
    return [groupOf(lines, [entry], [...reasonsOf(mentioned), 'sum_of_lines'])];
  });
}

/** What is named by one line, or names one entry: by what is the entries' own where there is such, else by what they share. */
function byMember(named: readonly Mention[], memberOf: (mention: Mention) => number): [Mention, ...Mention[]][] {
  return Array.from(grouped(named, (mention) => [String(memberOf(mention))]).values(), (mentioned) => {
    const own = mentioned.filter((mention) => mention.own);
    return (own.length > 0 ? own : mentioned) as [Mention, ...Mention[]];
  });
}

const isFee = ({ kind }: EntryFacts): boolean => kind === 'fee';

/** The last of it: the only charge of a day that nothing else explains, when it is all the fees of that day. */
export function chargesOfDays(open: OpenItems, named: readonly Mention[]): void {
  const byDay = ({ day }: { readonly day: number }): string[] => [String(day)];
  const feesByDay = grouped(open.entries().filter(isFee), byDay);
  const mentioned = new Set(named.map(({ line }) => line));
  const charges = open.lines().filter(({ isCharge }) => isCharge);
  for (const [day, lines] of grouped(charges, byDay)) {
    const fees = feesByDay.get(day) ?? [];
    const [line] = lines as [LineFacts, ...LineFacts[]];
    const isAll = lines.length === 1 && fees.length >= FEWEST_FEES && sumOf(fees) === line.amountMinor;
    if (!isAll || mentioned.has(line) || fees.some((fee) => isAnother(line, fee))) continue;
    open.take(groupOf([line], fees, ['charge_of_the_day']));
  }
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
