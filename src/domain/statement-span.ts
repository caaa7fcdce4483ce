import { addDays, isDay } from './day.ts';

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
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  readonly ties: boolean | null;
  /** It was taken with faults, and no whole one has come in its place. */
  readonly isFaulty: boolean;
}

/** One of the statements in a file. */
export interface PartOfFile extends Span {
  readonly number: string | null;
  /** Which page of a statement this is, where a file holds pages by themselves. */
  readonly page: string | null;
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
  const before = follow(others, { day: file.from, balance: file.openingMinor, near: ENDS, far: BEGINS });
  const after = follow(others, { day: file.to, balance: file.closingMinor, near: BEGINS, far: ENDS });
  return [...before, ...after];
}

/** An earlier statement with the day that it shares with a file. */
export interface Adjoining extends EarlierStatement {
  readonly seam: string;
}

/** One end of a statement: its day and its balance. */
export interface End {
  readonly day: 'from' | 'to';
  readonly balance: 'openingMinor' | 'closingMinor';
}
export const BEGINS: End = { day: 'from', balance: 'openingMinor' };
export const ENDS: End = { day: 'to', balance: 'closingMinor' };

interface Seam {
  readonly day: string | null;
  readonly balance: number | null;
  /** The end of a statement that meets the file, and the one beyond it. */
  readonly near: End;
  readonly far: End;
}

function follow(earlier: readonly EarlierStatement[], { day, balance, near, far }: Seam): Adjoining[] {
  if (day === null) return [];
  const found = new Set<EarlierStatement>();
  const balances = [balance];
  for (const seam of balances) {
    for (const one of earlier) {
      if (seam === null || found.has(one) || one[near.day] !== day || one[near.balance] !== seam) continue;
      found.add(one);
      if (one[far.day] === day) balances.push(one[far.balance]);
    }
  }
  return [...found].map((one) => ({ ...one, seam: day }));
}

/** Whether a statement of the file is one that came before, in whatever form. */
const isSameStatement = (part: PartOfFile, one: EarlierStatement): boolean =>
  part.from === one.from &&
  part.to === one.to &&
  part.openingMinor === one.openingMinor &&
  part.closingMinor === one.closingMinor &&
  part.lines === one.lines &&
  part.creditsMinor === one.creditsMinor &&
  part.debitsMinor === one.debitsMinor;

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
