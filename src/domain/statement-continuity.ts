import { formatAmount } from './money.ts';
import { quoted } from './quoted.ts';
import { missingPages } from './statement-pages.ts';
import {
  BEGINS,
  ENDS,
  isSameStatement,
  type EarlierStatement,
  type End,
  type Fault,
  type FileFacts,
} from './statement-span.ts';

// How a file goes on where the statements of its fund left off.

/** Lines that are on one side only. */
export interface MissingLines {
  readonly count: number;
  /** The first few. */
  readonly some: readonly {
    readonly ref: string;
    readonly bookedOn: string;
    readonly amountMinor: number;
    readonly statement: string;
  }[];
}

/** Lines of the file, on days that an earlier statement has told to the end, which that one does not have. */
export interface AddedLines {
  readonly count: number;
  readonly position: number;
  readonly bookedOn: string;
  readonly statement: Pick<EarlierStatement, 'ref' | 'from' | 'to'>;
}

export interface ContinuityFacts {
  readonly file: FileFacts;
  readonly fund: { readonly code: string; readonly currency: string };
  /** Accounts that the fund's statements are of. */
  readonly accounts: readonly string[];
  /** Those of the file's account that overlap it, and those right before and right after it. */
  readonly earlier: readonly EarlierStatement[];
  readonly missing: MissingLines;
  readonly added: AddedLines | null;
}

/** Why a file is not imported as it is. */
export interface StatementFinding extends Fault {
  readonly code: FindingCode;
  /** Whether a CFO may take it all the same; lines in another currency nobody can add up. */
  readonly acceptable: boolean;
}

type FindingCode =
  | 'STATEMENT_OF_ANOTHER_ACCOUNT'
  | 'STATEMENT_IN_ANOTHER_CURRENCY'
  | 'STATEMENT_CONTRADICTS_ITSELF'
  | 'STATEMENT_PAGE_MISSING'
  | 'STATEMENT_GAP'
  | 'STATEMENT_LINES_MISSING'
  | 'STATEMENT_LINES_ADDED';

/** Everything that speaks against importing a file: nothing when it is whole and goes on where the fund's statements left off. */
export function continuityFindings(facts: ContinuityFacts): StatementFinding[] {
  const { file, fund } = facts;
  const currency = currencyFindings(file, fund);
  // Balances in another currency, or of another account, cannot be compared.
  const account = accountFindings(facts);
  const compared = currency.length === 0 && account.length === 0;
  return [
    ...account,
    ...currency,
    ...file.parts.flatMap(({ contradictions }) =>
      contradictions.map((fault) => finding('STATEMENT_CONTRADICTS_ITSELF', fault.message, fault.position)),
    ),
    ...pageFindings(facts),
    ...(compared ? gapFindings(facts) : []),
    ...missingFindings(facts),
    ...addedFindings(facts),
  ];
}

const finding = (code: FindingCode, message: string, position: number | null = null): StatementFinding => ({
  code,
  message,
  position,
  acceptable: true,
});

/** Whether two texts name one account: banks write it with and without what stands before it (country, bank, branch). */
export function isSameAccount(one: string, other: string): boolean {
  const [short = '', long = ''] = [bare(one), bare(other)].toSorted((a, b) => a.length - b.length);
  return short === long || (short.length >= SHORTEST_ACCOUNT && long.endsWith(short));
}

const bare = (account: string): string => account.toUpperCase().replaceAll(/[^\p{Letter}\p{Number}]/gu, '');
/** Fewer characters may end another account by chance. */
const SHORTEST_ACCOUNT = 8;

function accountFindings({ file, fund, accounts }: ContinuityFacts): StatementFinding[] {
  const { account } = file;
  if (account === null || accounts.length === 0 || accounts.some((one) => isSameAccount(one, account))) return [];
  const known = accounts.map(quoted).join(', ');
  return [
    finding(
      'STATEMENT_OF_ANOTHER_ACCOUNT',
      `it is of account ${quoted(account)}, and the statements of fund ${fund.code} are of ${known}`,
    ),
  ];
}

function currencyFindings({ currency, unlikeAt }: FileFacts, fund: ContinuityFacts['fund']): StatementFinding[] {
  const code = 'STATEMENT_IN_ANOTHER_CURRENCY';
  const found: StatementFinding[] = [];
  if (currency !== null && currency !== fund.currency)
    found.push(finding(code, `it is in ${quoted(currency)}, and fund ${fund.code} is in ${fund.currency}`));
  if (unlikeAt !== null) found.push(finding(code, 'the amount is not in the currency of the statement', unlikeAt));
  return found.map((one) => ({ ...one, acceptable: false }));
}

/** Statements of which this file has a page, but not the one before or behind it. */
function pageFindings({ file, earlier }: ContinuityFacts): StatementFinding[] {
  // What is in the file itself did not come before it.
  const others = earlier.filter((one) => !file.parts.some((part) => isSameStatement(part, one)));
  const cameBefore = (number: string | null): boolean => number !== null && others.some((one) => one.number === number);
  return missingPages(file.parts, cameBefore).map(({ message }) => finding('STATEMENT_PAGE_MISSING', message));
}

function gapFindings({ file, fund, earlier }: ContinuityFacts): StatementFinding[] {
  const { from, to, openingMinor, closingMinor } = file;
  const money = (minor: number): string => formatAmount(minor, fund.currency);
  const between = 'lines between them are missing';
  const before = from === null ? [] : misfits(lastBefore(earlier, from), ENDS, openingMinor);
  const after = to === null ? [] : misfits(firstAfter(earlier, to), BEGINS, closingMinor);
  return [
    ...before.map(
      ({ ref, day, minor, expected }) =>
        `it opens on ${from} with ${money(expected)}, but ${ref}, the statement before it, closes on ${day} with ${money(minor)}: ${between}`,
    ),
    ...after.map(
      ({ ref, day, minor, expected }) =>
        `it closes on ${to} with ${money(expected)}, but ${ref}, the statement after it, opens on ${day} with ${money(minor)}: ${between}`,
    ),
  ].map((message) => finding('STATEMENT_GAP', message));
}

/** The first of the statements whose balance does not meet this one; none where any does, or does not say. */
function misfits(
  statements: readonly EarlierStatement[],
  { day, balance }: End,
  expected: number | null,
): { ref: string; day: string | null; minor: number; expected: number }[] {
  if (expected === null) return [];
  const told = statements.flatMap((one) => {
    const minor = one[balance];
    return minor === null ? [] : [{ ref: one.ref, day: one[day], minor, expected }];
  });
  const meets = told.length < statements.length || told.some(({ minor }) => minor === expected);
  return meets ? [] : told.slice(0, 1);
}

/** The statements that end last of those that end before this day; none where one covers the day itself. */
function lastBefore(earlier: readonly EarlierStatement[], day: string): EarlierStatement[] {
  const ended = earlier.filter(({ from, to }) => from !== null && to !== null && from <= day);
  const last = ended.reduce((latest, { to }) => (to !== null && to > latest ? to : latest), '');
  return last >= day ? [] : ended.filter(({ to }) => to === last);
}

/** The statements that begin first of those that begin after this day; none where one covers the day itself. */
function firstAfter(earlier: readonly EarlierStatement[], day: string): EarlierStatement[] {
  const begun = earlier.filter(({ from, to }) => from !== null && to !== null && to >= day);
  const first = begun.reduce((soonest, { from }) => (from !== null && from < soonest ? from : soonest), '~');
  return first <= day ? [] : begun.filter(({ from }) => from === first);
}

function missingFindings({ fund, missing }: ContinuityFacts): StatementFinding[] {
  if (missing.count === 0) return [];
  const some = missing.some.map(
    ({ ref, bookedOn, amountMinor, statement }) =>
      `${ref} of ${bookedOn} with ${formatAmount(amountMinor, fund.currency)} from ${statement}`,
  );
  const more = missing.count - some.length;
  const lines = missing.count === 1 ? 'a line that is' : `${missing.count} lines that are`;
  return [
    finding(
      'STATEMENT_LINES_MISSING',
      `it covers days of ${lines} stored and not in it: ${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    ),
  ];
}

function addedFindings({ added }: ContinuityFacts): StatementFinding[] {
  if (added === null) return [];
  const { count, position, bookedOn, statement } = added;
  const lines = count === 1 ? 'the line' : `this and ${count - 1} more ${count === 2 ? 'line' : 'lines'}`;
  return [
    finding(
      'STATEMENT_LINES_ADDED',
      `${lines} of ${bookedOn}${count === 1 ? ' is' : ' are'} not in ${statement.ref}, which has told ${statement.from} to ${statement.to} to the end`,
      position,
    ),
  ];
}
