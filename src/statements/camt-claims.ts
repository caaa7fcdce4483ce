import { freeAmount, plainAmountOrNull } from './amount.ts';
import { exponentIn } from './currency.ts';
import { isoMoment } from './moment.ts';
import { quoted } from '../domain/quoted.ts';
import type { StatementFault } from './faults.ts';
import type { ParserOptions, StatementClaims, StatementEvent } from './statement.ts';
import type { Wanted, XmlPlace } from './xml.ts';

/** What a camt statement says of its balances and totals. */
export interface CamtClaims {
  /** The elements `Bal` and `TxsSummry`. */
  readonly wanted: { readonly Bal: Wanted; readonly TxsSummry: Wanted };
  /** Currency of the first balance that counts; null where there is none. */
  currency(): string | null;
  /** What is claimed; entries that are not booked may be among what is summed up. */
  claims(currency: string | null, entries: Entries): Claimed;
  /** Forgets everything, before the next statement. */
  reset(): void;
}

type Claimed = Omit<StatementClaims, 'from' | 'to'> & {
  /** Days of the balances. */
  readonly openedOn: string | null;
  readonly closedOn: string | null;
};

/** Entries that are lines, and all entries. */
export interface Entries {
  readonly booked: EntrySums;
  readonly all: EntrySums;
}

/** Numbers and unsigned sums of entries. */
export interface EntrySums {
  credits: number;
  debits: number;
  creditsMinor: number;
  debitsMinor: number;
}

interface Balance {
  readonly code: string;
  readonly currency: string | null;
  readonly amount: string;
  readonly direction: string;
  readonly day: string;
  readonly position: number;
}

/** A number and a sum as they are written, and what of both sides is left with its side. */
interface Total {
  number: string | null;
  sum: string | null;
  net: string | null;
  side: string | null;
  /** Where it stands in the file. */
  position: number;
}

/** Booked balances; available, expected and interim ones prove nothing. */
const COUNTS = new Set(['OPBD', 'PRCD', 'CLBD']);

/** Reads the balances and totals of one statement after the other. */
export function aCamtClaims(place: XmlPlace<StatementEvent>, options: ParserOptions): CamtClaims {
  let balances = new Map<string, Balance>();
  let totals = noTotals();
  const keep = (balance: Balance): void => {
    if (!COUNTS.has(balance.code)) return;
    const fault = signFault(balance);
    if (fault !== null) {
      const message = `the ${balance.code} balance ${fault}: it proves nothing`;
      place.tell({ kind: 'warning', message, position: balance.position, contradicts: true });
      return;
    }
    const key = `${balance.code} ${balance.currency ?? ''}`;
    const other = balances.get(key);
    if (other !== undefined && other.day === balance.day && textOf(other) !== textOf(balance)) {
      const message = `there are two ${balance.code} balances of ${balance.day}: ${textOf(other)} and ${textOf(balance)}`;
      place.tell({ kind: 'warning', message, position: balance.position });
    }
    const isBetter = balance.code === 'CLBD' ? balance.day > (other?.day ?? '') : balance.day < (other?.day ?? '');
    if (other === undefined || isBetter) balances.set(key, balance);
  };
  const chosen = (currency: string | null, codes: readonly string[]): Balance | null => {
    const all = codes.flatMap((code) => [...balances.values()].filter((balance) => balance.code === code));
    return all.find((balance) => balance.currency === currency) ?? all[0] ?? null;
  };
  return {
    wanted: { Bal: balanceOf(place, keep), TxsSummry: summaryOf(place, () => totals) },
    currency: () => [...balances.values()].find((balance) => balance.currency !== null)?.currency ?? null,
    claims(currency, entries) {
      const opening = chosen(currency, ['OPBD', 'PRCD']);
      const closing = chosen(currency, ['CLBD']);
      const exponent = exponentIn(currency, options);
      for (const { message, position } of unreadableTotals(totals, exponent))
        place.tell({ kind: 'warning', message, position, contradicts: true });
      return {
        openingMinor: minorOf(opening, currency, options),
        closingMinor: minorOf(closing, currency, options),
        openedOn: opening?.code === 'OPBD' ? opening.day : null,
        closedOn: closing?.day ?? null,
        ...(isOther(opening, currency) ? { openingCurrency: opening.currency } : {}),
        ...(isOther(closing, currency) ? { closingCurrency: closing.currency } : {}),
        ...totalsOf(totals, exponent, entries),
      };
    },
    reset() {
      balances = new Map();
      totals = noTotals();
    },
  };
}

const isDebit = ({ direction }: Balance): boolean => direction === 'DBIT';

const textOf = (balance: Balance): string => (isDebit(balance) ? `-${balance.amount}` : balance.amount);

/** Why nobody can tell on which side of nothing a balance lies; null where that is told. Some banks leave it out above nothing. */
function signFault({ amount, direction }: Balance): string | null {
  if (/^[-(]/.test(amount)) return 'has a sign, which only CdtDbtInd may give it';
  const isTold = direction === 'CRDT' || direction === 'DBIT' || direction === '';
  return isTold ? null : 'says neither that it is a credit (CRDT) nor a debit (DBIT)';
}

const isOther = (balance: Balance | null, currency: string | null): balance is Balance & { currency: string } =>
  balance !== null && balance.currency !== null && balance.currency !== currency;

/** Balances are written without a sign, which their indicator is. */
function minorOf(balance: Balance | null, currency: string | null, options: ParserOptions): number | null {
  if (balance === null) return null;
  const exponent = exponentIn(balance.currency ?? currency, options);
  const minor = freeAmount(balance.amount, { position: balance.position, exponent });
  return isDebit(balance) && minor !== 0 ? -minor : minor;
}

function balanceOf(place: XmlPlace<StatementEvent>, keep: (balance: Balance) => void): Wanted {
  const blank = { code: '', currency: null as string | null, amount: '', direction: '', day: '', position: 0 };
  let now = blank;
  const code = { text: (text: string) => (now.code = text) };
  const day = { text: (text: string) => (now.day = isoMoment(text).day) };
  return {
    begin: () => (now = { ...blank, position: place.line() }),
    inside: {
      Tp: { inside: { Cd: code, CdOrPrtry: { inside: { Cd: code } } } },
      Amt: { begin: ({ Ccy = null }) => (now.currency = Ccy), text: (text) => (now.amount = text) },
      CdtDbtInd: { text: (text) => (now.direction = text) },
      Dt: { text: (text) => (now.day = isoMoment(text).day), inside: { Dt: day, DtTm: day } },
    },
    end: () => keep(now),
  };
}

const noTotals = () => ({ all: noTotal(), credits: noTotal(), debits: noTotal() });
type Totals = ReturnType<typeof noTotals>;

const noTotal = (): Total => ({ number: null, sum: null, net: null, side: null, position: 0 });

const summaryOf = (place: XmlPlace<StatementEvent>, totals: () => Totals): Wanted => {
  const total = (which: keyof Totals): Wanted => {
    const side: Wanted = { text: (text) => (totals()[which].side = text) };
    const net: Wanted = { text: (text) => (totals()[which].net = text) };
    return {
      begin: () => void (totals()[which].position = place.line()),
      inside: {
        NbOfNtries: { text: (text) => (totals()[which].number = text) },
        Sum: { text: (text) => (totals()[which].sum = text) },
        // Until the third version beside each other, later in an element of their own.
        TtlNetNtryAmt: net,
        CdtDbtInd: side,
        TtlNetNtry: { inside: { Amt: net, CdtDbtInd: side } },
      },
    };
  };
  return { inside: { TtlNtries: total('all'), TtlCdtNtries: total('credits'), TtlDbtNtries: total('debits') } };
};

/** Totals that nothing can be held against, as they are neither a number nor an amount. */
function* unreadableTotals(totals: Totals, exponent: number): Generator<StatementFault & { position: number }> {
  for (const [element, which] of [
    ['TtlNtries', 'all'],
    ['TtlCdtNtries', 'credits'],
    ['TtlDbtNtries', 'debits'],
  ] as const) {
    const { number, sum, net, position } = totals[which];
    const unread = (what: string, written: string | null, kind: string) => ({
      message: `${what} of ${element} is ${quoted(written ?? '')}, which is no ${kind}`,
      position,
    });
    if (number !== null && numberOf(totals[which]) === null) yield unread('the number', number, 'number');
    if (sum !== null && plainAmountOrNull(sum, exponent) === null) yield unread('the sum', sum, 'amount');
    if (net !== null && plainAmountOrNull(net, exponent) === null) yield unread('the net', net, 'amount');
  }
}

/** Some banks sum up what is booked, others everything: a total of everything is turned into that of what is booked. */
function totalsOf(totals: Totals, exponent: number, { booked, all }: Entries) {
  const settled = (claimed: number | null, of: (sums: EntrySums) => number): number | null =>
    claimed === of(all) ? of(booked) : claimed;
  const sum = ({ sum }: Total): number | null => (sum === null ? null : plainAmountOrNull(sum, exponent));
  return {
    lines: settled(numberOf(totals.all), (sums) => sums.credits + sums.debits),
    creditLines: settled(numberOf(totals.credits), (sums) => sums.credits),
    debitLines: settled(numberOf(totals.debits), (sums) => sums.debits),
    creditsMinor: settled(sum(totals.credits), (sums) => sums.creditsMinor),
    debitsMinor: settled(sum(totals.debits), (sums) => sums.debitsMinor),
    turnoverMinor: settled(sum(totals.all), (sums) => sums.creditsMinor + sums.debitsMinor),
    netMinor: settled(netOf(totals.all, exponent), (sums) => sums.creditsMinor - sums.debitsMinor),
  };
}

/** What is left of both sides; null where its side is not told, which nothing can be held against. */
function netOf({ net, side }: Total, exponent: number): number | null {
  const minor = net === null ? null : plainAmountOrNull(net, exponent);
  if (minor === null || minor === 0) return minor;
  return side === 'CRDT' ? minor : side === 'DBIT' ? -minor : null;
}

const numberOf = ({ number }: Total): number | null =>
  number !== null && /^\d{1,15}$/.test(number) ? Number(number) : null;
