import { decimalWith, formatDecimal } from '../domain/money.ts';
import { exactSum } from './amount.ts';
import { bookedDays, type BookedDays } from './booked-days.ts';
import { currencyFault, decimalsOf } from './currency.ts';
import { type StatementFault, unreadable } from './faults.ts';
import { MOST_FAULTS, MOST_STATEMENTS } from './limits.ts';
import type { LineBlock } from './line-block.ts';
import { dayExists } from './moment.ts';
import { AGAIN, digestOf, digestWith, Repeats } from './repeats.ts';
import { aChain, type Balances, type Chain } from './running-balance.ts';
import type { BlockEvent, StatementClaims, StatementHeader, StatementLine } from './statement.ts';

/** What a statement says of itself, held against its lines. */
export interface ProvedStatement {
  readonly header: StatementHeader;
  readonly claims: StatementClaims;
  /** Days that it covers: as claimed, else those of its lines. */
  readonly from: string | null;
  readonly to: string | null;
  /** As claimed, else as its running balances say where they follow from each other. */
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
  readonly lines: number;
  /** Unsigned sums of its lines. */
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  /** Whether the balances follow from the lines; null where there are no balances to judge by. */
  readonly ties: boolean | null;
  /** Where the statement contradicts itself: balances, running balances, claimed numbers and totals. */
  readonly contradictions: readonly StatementFault[];
  /** What else is worth a word. */
  readonly warnings: readonly StatementFault[];
}

/** A reader of events that holds every statement against its lines. Memory does not grow with their number. */
export interface Proof {
  /** Takes the next event of a file; gives the statement that ends with it. Throws usage STATEMENT_UNREADABLE above 2^53-1. */
  take(event: BlockEvent): ProvedStatement | null;
  /** What was said after the last statement, or where there was none. */
  rest(): readonly StatementFault[];
}

/** Starts to prove the statements of one file, which is read on `today`; where that is not told, no day is too late. */
export const aProof = (today: string | null = null): Proof => {
  let faults = faultList();
  let breaches = faultList();
  let tally: Tally | undefined;
  let statements = 0;
  const closings = new Map<string, ProvedStatement>();
  const repeats = new Repeats();
  const end = (header: StatementHeader, claims: StatementClaims): ProvedStatement => {
    statements += 1;
    if (statements > MOST_STATEMENTS) throw unreadable(null, `there are more than ${MOST_STATEMENTS} statements in it`);
    const whole = tally ?? newTally(today);
    const read = provedOf(whole, header, claims, faults);
    const again = repeats.isRepeated(read, whole.digest) ? [fault(whole, AGAIN)] : [];
    const proved = { ...read, contradictions: [...breaches.all(), ...read.contradictions, ...again] };
    const account = `${header.account ?? ''} ${header.currency ?? ''}`;
    const gap = gapBetween(closings.get(account), proved);
    closings.set(account, proved);
    faults = faultList();
    breaches = faultList();
    tally = undefined;
    return gap === null ? proved : { ...proved, contradictions: [...proved.contradictions, gap] };
  };
  return {
    take(event) {
      if (event.kind === 'line') {
        addLine((tally ??= newTally(today)), event.line, faults);
        return null;
      }
      if (event.kind === 'lines') {
        addBlock((tally ??= newTally(today)), event.block);
        return null;
      }
      if (event.kind === 'warning') (event.contradicts === true ? breaches : faults).add(event.message, event.position);
      if (event.kind === 'begin') tally = newTally(today);
      return event.kind === 'end' ? end(event.header, event.claims) : null;
    },
    rest: () => [...breaches.all(), ...faults.all()],
  };
};

/** Faults of a whole file first, however late they are met, then those of its lines; only so many of each are kept. */
interface FaultList {
  add(message: string, position: number | null): void;
  all(): readonly StatementFault[];
}

function faultList(): FaultList {
  const ofFile: StatementFault[] = [];
  const ofLines: StatementFault[] = [];
  let more = 0;
  return {
    add: (message, position) => {
      const kept = position === null ? ofFile : ofLines;
      if (kept.length < MOST_FAULTS) kept.push({ message, position });
      else more += 1;
    },
    all: () => {
      const kept = [...ofFile, ...ofLines];
      return more === 0
        ? kept
        : [...kept, { message: `${more} more of these are not told one by one`, position: null }];
    },
  };
}

/** What is known of the lines so far. */
interface Tally {
  lines: number;
  credits: number;
  debits: number;
  creditsMinor: number;
  debitsMinor: number;
  readonly days: BookedDays;
  lastPosition: number | null;
  /** A line in another currency, with which nothing can be added up. */
  unlike: number | null;
  /** Of what its lines say, in their order: statements with different digests are different. */
  digest: number;
  /** Lines of nothing, which a file may count among credits or debits. */
  zeros: number;
  readonly chain: Chain;
}

const newTally = (today: string | null): Tally => ({
  lines: 0,
  credits: 0,
  debits: 0,
  creditsMinor: 0,
  debitsMinor: 0,
  days: bookedDays(today),
  lastPosition: null,
  unlike: null,
  digest: 0,
  zeros: 0,
  chain: aChain(),
});

function addLine(tally: Tally, line: StatementLine, faults: FaultList): void {
  const { amountMinor, position, bookedOn } = line;
  tally.lines += 1;
  tally.lastPosition = position;
  tally.digest = digestOf(digestOf(tally.digest, line.externalId ?? ''), line.description);
  if (dayExists(bookedOn)) tally.days.add(bookedOn, position);
  if (line.otherCurrency !== undefined) {
    tally.unlike ??= position;
    faults.add(`the amount is in ${line.otherCurrency}, which the statement is not: it is in no sum`, position);
    return;
  }
  addAmount(tally, amountMinor, position);
  tally.chain.add(line);
}

/** Adds all lines of a block, as if each was added by itself: their days exist, and their currency is the statement's. */
function addBlock(tally: Tally, block: LineBlock): void {
  const { count, position, amounts, bookedOn } = block;
  for (let at = 0; at < count; at += 1) {
    const amountMinor = amounts[at] as number;
    tally.days.add(bookedOn[at] as string, position + at);
    addAmount(tally, amountMinor, position + at);
  }
  tally.lines += count;
  tally.lastPosition = position + count - 1;
  tally.chain.addBlock(block);
}

function addAmount(tally: Tally, amountMinor: number, position: number): void {
  tally.digest = digestWith(tally.digest, amountMinor);
  if (amountMinor < 0) {
    tally.debits += 1;
    tally.debitsMinor = exactSum(tally.debitsMinor - amountMinor, position);
  } else if (amountMinor > 0) {
    tally.credits += 1;
    tally.creditsMinor = exactSum(tally.creditsMinor + amountMinor, position);
  } else tally.zeros += 1;
}

function provedOf(tally: Tally, header: StatementHeader, claims: StatementClaims, faults: FaultList): ProvedStatement {
  const money = (minor: number): string => moneyText(minor, header.currency);
  const unknown = currencyFault(header.currency);
  if (unknown !== null) faults.add(unknown, null);
  const balances = comparable(claims, header.currency, faults);
  const misfits = [...closingFaults(tally, balances, money), ...tally.chain.faults(balances, money)];
  const judged = (balances.openingMinor !== null && balances.closingMinor !== null) || tally.chain.judged(balances);
  const ends = misfits.length > 0 ? NO_BALANCES : tally.chain.ends(balances);
  return {
    header,
    claims,
    from: claims.from ?? tally.days.first(),
    to: claims.to ?? tally.days.last(),
    openingMinor: claims.openingMinor ?? ends.openingMinor,
    closingMinor: claims.closingMinor ?? ends.closingMinor,
    lines: tally.lines,
    creditsMinor: tally.creditsMinor,
    debitsMinor: tally.debitsMinor,
    ties: misfits.length > 0 ? false : judged ? true : null,
    contradictions: [...misfits, ...countFaults(tally, claims, money), ...unlikeFaults(tally), ...tally.days.faults()],
    warnings: faults.all(),
  };
}

const NO_BALANCES: Balances = { openingMinor: null, closingMinor: null };

const moneyText = (minor: number, currency: string | null): string => {
  const decimal = decimalWith(minor, decimalsOf(currency));
  return currency === null ? decimal : formatDecimal(decimal, currency);
};

/** The balances, as far as they are in the currency of the lines. */
function comparable(claims: StatementClaims, currency: string | null, faults: FaultList): Balances {
  const { openingCurrency, closingCurrency } = claims;
  for (const [balance, other] of [
    ['opening', openingCurrency],
    ['closing', closingCurrency],
  ]) {
    if (other !== undefined)
      faults.add(`the ${balance} balance is in ${other}, the statement in ${currency}: it proves nothing`, null);
  }
  return {
    openingMinor: openingCurrency === undefined ? claims.openingMinor : null,
    closingMinor: closingCurrency === undefined ? claims.closingMinor : null,
  };
}

type MoneyText = (minor: number) => string;

function closingFaults(tally: Tally, { openingMinor, closingMinor }: Balances, money: MoneyText): StatementFault[] {
  if (openingMinor === null || closingMinor === null) return [];
  const follows = openingMinor + tally.creditsMinor - tally.debitsMinor;
  if (follows === closingMinor) return [];
  const sum = `${money(openingMinor)} + ${money(tally.creditsMinor)} - ${money(tally.debitsMinor)}`;
  const made = Number.isSafeInteger(follows) ? ` = ${money(follows)}` : '';
  return [fault(tally, `it does not tie: ${sum}${made}, but it closes with ${money(closingMinor)}`)];
}

/** What is wrong with a statement as a whole is known at its last line. */
const fault = ({ lastPosition }: Tally, message: string): StatementFault => ({ message, position: lastPosition });

function countFaults(tally: Tally, claims: StatementClaims, money: MoneyText): StatementFault[] {
  const { credits, debits, zeros, creditsMinor, debitsMinor } = tally;
  const numbers = [
    ['lines', claims.lines, tally.lines, tally.lines],
    ['credits', claims.creditLines, credits, credits + zeros],
    ['debits', claims.debitLines, debits, debits + zeros],
  ] as const;
  const sums = [
    ['credits', claims.creditsMinor, creditsMinor],
    ['debits', claims.debitsMinor, debitsMinor],
    ['all lines', claims.turnoverMinor, creditsMinor + debitsMinor],
    ['credits less debits', claims.netMinor, creditsMinor - debitsMinor],
  ] as const;
  return [
    ...numbers.flatMap(([what, claimed, least, most]) =>
      claimed === null || claimed === undefined || (claimed >= least && claimed <= most)
        ? []
        : [fault(tally, `it says that it has ${claimed} ${what}, and has ${least}`)],
    ),
    ...sums.flatMap(([what, claimed, sum]) =>
      claimed === null || claimed === undefined || claimed === sum
        ? []
        : [fault(tally, `it says that ${what} come to ${money(claimed)}, and they come to ${moneyOf(sum, money)}`)],
    ),
  ];
}

/** Two exact sums may together be too large to be exact. */
const moneyOf = (sum: number, money: MoneyText): string =>
  Number.isSafeInteger(sum) ? money(sum) : 'more than can be held exactly';

const unlikeFaults = ({ unlike }: Tally): StatementFault[] =>
  unlike === null ? [] : [{ message: 'from here on, some lines are in another currency', position: unlike }];

/** Two statements of one account in one file, of which one should open where the other closes, whatever their order. */
function gapBetween(before: ProvedStatement | undefined, now: ProvedStatement): StatementFault | null {
  if (before === undefined) return null;
  const { openingMinor: opens, closingMinor: closes } = now.claims;
  const { openingMinor: opened, closingMinor: closed } = before.claims;
  if (opens === null || closed === null || opens === closed || (closes !== null && closes === opened)) return null;
  const money = (minor: number): string => moneyText(minor, now.header.currency);
  const message = `it opens with ${money(opens)}, but the statement before it of the same account closes with ${money(closed)}`;
  return { message, position: null };
}
