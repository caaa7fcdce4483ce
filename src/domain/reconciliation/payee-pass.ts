import type { Edge } from './assignment.ts';
import { identifierKey, isMistyped } from './evidence.ts';
import { SCORES, type EntryFacts, type LineFacts, type Reason } from './facts.ts';
import type { OpenItems } from './open-items.ts';
import { DAYS_AFTER, decideByDay, isPossible, type Pair } from './pairing.ts';
import {
  goesElsewhere,
  isCutName,
  mayBeOnePerson,
  sameDestination,
  SignReader,
  type Name,
  type PayeeSigns,
} from './payee-signs.ts';
import { SharedSigns } from './shared-signs.ts';
import { isAnother, isOfOneKind, Named, type Mention } from './reference-pass.ts';

const SCORE_OF_A_DAY = 10;
/** With more payments of one amount to one payee than this, nobody could tell which is which. */
const MOST_CANDIDATES = 100;

/** What the pass left: ties, and pairs of which too little is known. */
export interface Undecided {
  readonly tied: readonly Edge[];
  readonly weak: readonly Edge[];
}

interface Known<Facts> {
  readonly facts: Facts;
  readonly signs: PayeeSigns;
}

/** Third pass: exact amount, the same phone, account or name, and near in time, as `decideByDay` decides. */
export function payeePass(open: OpenItems, named: readonly Mention[]): Undecided {
  const pairs = pairsOf(open, new Named(open, named));
  const { chosen, tied } = decideByDay(pairs, open.days);
  for (const { line, entry, score, reasons } of chosen) {
    open.take({ lines: [line], entries: [entry], pass: 'payee_and_date', score, reasons });
  }
  return {
    tied: tied.filter(({ certain, days }) => certain && days <= DAYS_AFTER),
    weak: tied.filter(({ certain, days }) => !certain || days > DAYS_AFTER),
  };
}

function pairsOf(open: OpenItems, named: Named): Pair[] {
  const reader = new SignReader();
  const entries = open.entries().map((facts) => ({ facts, signs: reader.ofEntry(facts) }));
  const amounts = new Set(entries.map(({ facts }) => facts.deltaMinor));
  const lines = open
    .lines()
    .filter(({ amountMinor }) => amounts.has(amountMinor))
    .map((facts) => ({ facts, signs: reader.ofLine(facts) }));
  const shared = new SharedSigns(
    entries.map(({ signs }) => signs),
    lines.map(({ signs }) => signs),
  );
  const byAmount = new EntriesByAmount(entries, shared);
  const crowded = new Set<number>();
  const pairs = lines.flatMap(({ facts, signs }) => {
    const line = { facts, signs: shared.ofPayee(signs) };
    const near = byAmount.candidates(line).filter(({ facts: { day } }) => isPossible(facts.day - day));
    if (near.length > MOST_CANDIDATES) {
      for (const entry of near) crowded.add(entry.facts.index);
      return [];
    }
    return near.flatMap((entry) =>
      named.allows(facts.index, entry.facts.index) ? (pairOf(line, entry, shared) ?? []) : [],
    );
  });
  return crowded.size === 0 ? pairs : pairs.filter(({ entry }) => !crowded.has(entry));
}

function pairOf(line: Known<LineFacts>, entry: Known<EntryFacts>, shared: SharedSigns): Pair | null {
  if (!isOfOneKind(line.facts, entry.facts) || isAnother(line.facts, entry.facts)) return null;
  const who = whoIs(line.signs, entry.signs, shared);
  if (who === null || namesAnotherPayment(line.facts, entry.facts)) return null;
  const days = line.facts.day - entry.facts.day;
  return {
    line: line.facts.index,
    entry: entry.facts.index,
    days,
    certain: who.certain,
    score: SCORES.payee_and_date - Math.abs(days) * SCORE_OF_A_DAY,
    reasons: [
      ...who.reasons,
      'same_amount',
      days === 0 ? 'same_day' : 'within_days',
      ...(isMistypedIn(line.facts, entry.facts) ? (['identifier_mistyped'] as const) : []),
    ],
  };
}

const isMistypedIn = (line: LineFacts, entry: EntryFacts): boolean =>
  line.externalId !== null &&
  entry.externalId !== null &&
  isMistyped(identifierKey(line.externalId), identifierKey(entry.externalId));

/** What line and entry have in common of the payee, and whether it would do; null when nothing, or when something speaks against it. */
function whoIs(
  line: PayeeSigns,
  entry: PayeeSigns,
  shared: SharedSigns,
): { readonly certain: boolean; readonly reasons: readonly Reason[] } | null {
  const destination = sameDestination(line, entry);
  const names = line.name === null || entry.name === null ? null : namesOf(line.name, entry.name, shared);
  if (destination === null) {
    return names?.isOne === true && !goesElsewhere(line, entry) ? { reasons: ['same_payee'], certain: true } : null;
  }
  // Husband and wife may have one phone: then the name decides, and without a name nothing.
  const certain = names === null ? !shared.isShared(entry) : names.mayBeOne;
  return { reasons: names?.isSame === true ? [destination, 'same_payee'] : [destination], certain };
}

/** What two names say: whether they are the same, whether only one payee bears it, and whether they may be one person's at all. */
function namesOf(line: Name, entry: Name, shared: SharedSigns): { isSame: boolean; isOne: boolean; mayBeOne: boolean } {
  const mayBeOne = mayBeOnePerson(line, entry);
  if (line.key !== null && line.key === entry.key) return { isSame: true, isOne: shared.isPaidOnce(entry), mayBeOne };
  const isSame = isCutName(line, entry);
  return { isSame, isOne: isSame && shared.isOnlyOneCut(line, entry), mayBeOne };
}

/** Vouchers and requisitions as the office numbers them, with a dash for whatever stands between their words. */
const NUMBERED = /(?<![A-Z0-9])(?:PV-?[A-Z][A-Z0-9-]{1,15}?|REQ)-?20\d{2}-?\d{5,}(?![A-Z0-9])/g;
const PAYMENT = /(?<![A-Z0-9])PAY_(?=\w*\d)[0-9A-Z]{6,12}(?![A-Z0-9])/g;

/** Whether a line has numbers of the office and none is this entry's: it is the payment of another book, or one that is explained. */
function namesAnotherPayment({ description, references }: LineFacts, entry: EntryFacts): boolean {
  const numbers = [description, ...references].flatMap(numbersIn);
  if (numbers.length === 0) return false;
  const own = new Set([...entry.references, ...entry.sharedReferences].map(identifierKey));
  return !numbers.some((number) => own.has(number));
}

function numbersIn(text: string): string[] {
  const capitals = text.toUpperCase();
  if (!/PV|REQ|PAY_/.test(capitals)) return [];
  const numbered = capitals.replaceAll(/[^\p{L}\p{N}]+/gu, '-').match(NUMBERED) ?? [];
  return [...numbered, ...(capitals.match(PAYMENT) ?? [])].map(identifierKey);
}

/** Entries by their amount, and by everything that may be found of their payees in a line. */
class EntriesByAmount {
  readonly #amounts = new Map<number, Map<string, Known<EntryFacts>[]>>();
  readonly #shared: SharedSigns;

  constructor(entries: readonly Known<EntryFacts>[], shared: SharedSigns) {
    this.#shared = shared;
    for (const entry of entries) {
      const amount = this.#amounts.get(entry.facts.deltaMinor) ?? new Map<string, Known<EntryFacts>[]>();
      this.#amounts.set(entry.facts.deltaMinor, amount);
      const { name } = entry.signs;
      const keys = this.#keysOf(entry.signs);
      if (name !== null && name.beginning !== null) keys.push(beginningKey(name.beginning));
      for (const key of keys) {
        const alike = amount.get(key);
        if (alike === undefined) amount.set(key, [entry]);
        else alike.push(entry);
      }
    }
  }

  /** The entries with the line's amount, which some entry has, and any of its signs, each once. */
  candidates({ facts, signs }: Known<LineFacts>): readonly Known<EntryFacts>[] {
    const amount = this.#amounts.get(facts.amountMinor) as Map<string, Known<EntryFacts>[]>;
    const keys = this.#keysOf(signs);
    // A name that somebody bears as it stands is not cut.
    const beginning = signs.name?.beginning ?? null;
    if (signs.name !== null && beginning !== null && !this.#shared.isBorne(signs.name, beginning)) {
      keys.push(beginningKey(beginning));
    }
    const found = keys.flatMap((key) => amount.get(key) ?? []);
    return found.length < 2 ? found : [...new Set(found)];
  }

  /** Phones are digits; what is no phone says what it is. */
  #keysOf({ phones, account, name }: PayeeSigns): string[] {
    const keys = [...phones];
    if (account !== null) keys.push(`account ${account}`);
    if (name !== null && this.#shared.isPaidOnce(name)) keys.push(`name ${name.key}`);
    return keys;
  }
}

const beginningKey = (beginning: string): string => `beginning ${beginning}`;
