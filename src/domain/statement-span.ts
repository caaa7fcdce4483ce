import { addDays, isDay } from './day.ts';
import type { PagePart } from './statement-pages.ts';

// Statements as spans of days, and where they meet.

/** What a statement covers, in days and in balances; null where it does not say. */
export interface Span {
  readonly from: string | null;
  readonly to: string | null;
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
}

/** A statement that was imported before. */
export interface EarlierStatement extends Span {
  readonly id: string;
  readonly ref: string;
  readonly account: string | null;
  readonly number: string | null;
  readonly lines: number;
  /** How many of them came with it for the first time. */
  readonly newLines: number;
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  readonly ties: boolean | null;
  /** It was taken with faults, and no whole one has come in its place. */
  readonly isFaulty: boolean;
}

/** One of the statements in a file, or a page of one where a file holds pages by themselves. */
export interface PartOfFile extends Span, PagePart {
  readonly lines: number;
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  readonly ties: boolean | null;
  readonly contradictions: readonly Fault[];
}

/** Something wrong, and at which line of the file. */
export interface Fault {
  readonly message: string;
  readonly position: number | null;
}

/** A file as a whole: all its statements, which are of one account. */
export interface FileFacts extends Span {
  readonly account: string | null;
  readonly currency: string | null;
  readonly parts: readonly PartOfFile[];
  /** Its first line in another currency than its own. */
  readonly unlikeAt: number | null;
}

/** A day as the identities of its lines begin: year, month and day in two digits each; what is no day has zeros. */
export const dayKey = (day: string): string =>
  /^\d{4}-\d\d-\d\d$/.test(day) ? day.slice(2, 4) + day.slice(5, 7) + day.slice(8) : '000000';

/** Days of which a statement tells all, the first and the last left out: there, another may begin or end. Null where there are none. */
export function daysInside({ from, to }: Pick<Span, 'from' | 'to'>): { first: string; last: string } | null {
  if (from === null || to === null || !isDay(from) || !isDay(to)) return null;
  const [first, last] = [addDays(from, 1), addDays(to, -1)];
  return first <= last ? { first, last } : null;
}

/**
 * Statements that end where the file begins, or begin where it ends, on that very day and with that balance, and those that
 * adjoin these in turn. What they say of that day came before, or after, what the file says of it.
 */
export function adjoining(file: FileFacts, earlier: readonly EarlierStatement[]): Adjoining[] {
  const others = earlier.filter((one) => !file.parts.some((part) => isSameStatement(part, one)));
  // A file of several days ends on another day than that of its first seam.
  const isOneDay = file.from === file.to;
  const { openingMinor, closingMinor } = file;
  const before = follow(others, {
    ...{ side: 'before', day: file.from, balance: openingMinor, farMinor: isOneDay ? closingMinor : null },
    ...{ near: ENDS, far: BEGINS },
  });
  const after = follow(others, {
    ...{ side: 'after', day: file.to, balance: closingMinor, farMinor: isOneDay ? openingMinor : null },
    ...{ near: BEGINS, far: ENDS },
  });
  return [...before, ...after];
}

/** An earlier statement with the day that it shares with a file, and on which side of the file it would lie. */
export interface Adjoining extends EarlierStatement {
  readonly seam: string;
  readonly side: 'before' | 'after';
  /** The file's balance at the seam, which is the statement's, too, unless others lie between them; and at its other end. */
  readonly seamMinor: number;
  readonly farMinor: number | null;
}

/** A line on the day of a seam. */
export interface SeamLine {
  readonly identity: string;
  readonly amountMinor: number;
}

/**
 * Whether a file that seems to adjoin a statement may instead repeat lines of it, because balances are the same by chance. Takes the
 * lines of both on the day of the seam, each from the seam on: then either the statement ends within the file, or the file within
 * the statement.
 */
export function mayRepeat(one: Adjoining, file: readonly SeamLine[], theirs: readonly SeamLine[]): boolean {
  const { side, seamMinor, farMinor, closingMinor, openingMinor } = one;
  const [sign, near] = side === 'before' ? [1, closingMinor] : [-1, openingMinor];
  // Only a statement of that day alone can begin, or end, within the file or before it; others have all of the day up to there.
  const isOneDay = one.from === one.to;
  const its = { counts: countsOf(theirs), length: isOneDay ? one.lines : Infinity };
  const files = { counts: countsOf(file), length: file.length };
  const endsWithin = seamsIn(file, { start: seamMinor, sign, sought: near });
  const within = near === null ? [] : seamsIn(theirs, { start: near, sign: -sign, sought: farMinor });
  return (
    endsWithin.some((at) => isRun(file.slice(0, at).toReversed(), its)) ||
    within.some((at) => (isOneDay || theirs.length - at >= file.length) && isRun(theirs.slice(at), files))
  );
}

/** After how many lines, walked from a balance, another balance is reached. */
function seamsIn(
  lines: readonly SeamLine[],
  { start, sign, sought }: { start: number; sign: number; sought: number | null },
): number[] {
  let balance = start;
  return lines.flatMap(({ amountMinor }, at) => {
    balance += sign * amountMinor;
    return balance === sought ? [at + 1] : [];
  });
}

/** Whether there are lines, and they begin with those that are counted, in any order, as far as there are so many. */
function isRun(
  lines: readonly SeamLine[],
  { counts, length }: { counts: ReadonlyMap<string, number>; length: number },
): boolean {
  const left = new Map(counts);
  const run = lines.slice(0, length);
  return (
    run.length > 0 &&
    run.every(({ identity }) => {
      const count = left.get(identity) ?? 0;
      left.set(identity, count - 1);
      return count > 0;
    })
  );
}

const countsOf = (lines: readonly SeamLine[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { identity } of lines) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  return counts;
};

/** One end of a statement: its day and its balance. */
export interface End {
  readonly day: 'from' | 'to';
  readonly balance: 'openingMinor' | 'closingMinor';
}
export const BEGINS: End = { day: 'from', balance: 'openingMinor' };
export const ENDS: End = { day: 'to', balance: 'closingMinor' };

interface Seam extends Pick<Adjoining, 'side' | 'farMinor'> {
  readonly day: string | null;
  readonly balance: number | null;
  /** The end of a statement that meets the file, and the one beyond it. */
  readonly near: End;
  readonly far: End;
}

function follow(earlier: readonly EarlierStatement[], { side, farMinor, day, balance, near, far }: Seam): Adjoining[] {
  if (day === null || balance === null) return [];
  const found = new Set<EarlierStatement>();
  const balances: (number | null)[] = [balance];
  for (const seam of balances) {
    for (const one of earlier) {
      if (seam === null || found.has(one) || one[near.day] !== day || one[near.balance] !== seam) continue;
      found.add(one);
      if (one[far.day] === day) balances.push(one[far.balance]);
    }
  }
  return [...found].map((one) => ({ ...one, seam: day, side, seamMinor: balance, farMinor }));
}

/** Whether a statement of the file is one that came before, in whatever form. */
export const isSameStatement = (part: PartOfFile, one: EarlierStatement): boolean =>
  part.from === one.from &&
  part.to === one.to &&
  part.openingMinor === one.openingMinor &&
  part.closingMinor === one.closingMinor &&
  part.lines === one.lines &&
  part.creditsMinor === one.creditsMinor &&
  part.debitsMinor === one.debitsMinor;

/** Whether a statement covers a day. */
export const hasDay = ({ from, to }: Pick<Span, 'from' | 'to'>, day: string): boolean =>
  from !== null && to !== null && from <= day && day <= to;

/** Whether a file has nothing against it that it says itself: its balances follow from its lines, in every statement of it. */
export const isWhole = ({ parts }: FileFacts): boolean =>
  parts.every(({ ties, contradictions }) => ties === true && contradictions.length === 0);

/** Statements with faults in whose place a whole file comes, because it covers their days. */
export const replaceable = (file: FileFacts, earlier: readonly EarlierStatement[]): EarlierStatement[] =>
  isWhole(file) ? earlier.filter((one) => one.isFaulty && covers(file, one)) : [];

const covers = (file: Span, { from, to }: Span): boolean =>
  file.from !== null && file.to !== null && from !== null && to !== null && file.from <= from && file.to >= to;

/** Statements that have told all days inside them to the end: a line of such a day that they do not have is a new one. */
export const toldToTheEnd = (earlier: readonly EarlierStatement[]): EarlierStatement[] =>
  earlier.filter((one) => one.ties === true && !one.isFaulty && daysInside(one) !== null);
