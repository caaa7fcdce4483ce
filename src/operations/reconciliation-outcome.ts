import type { Found } from '../domain/reconciliation/facts.ts';
import { isMissed } from '../domain/reconciliation/missed.ts';
import {
  type Agreement,
  type ToldEntry,
  type ToldException,
  type ToldMatch,
} from '../domain/reconciliation/outcome.ts';
import { formatAmount } from '../domain/money.ts';
import { toldEntry, type MatchedItems } from './match-open-items.ts';
import type { ReadAccount } from './read-statement.ts';

/** What was found, told for people: matches that count for this person, and what is left with the way on. */
export interface Outcome {
  readonly matches: readonly ToldMatch[];
  readonly matched: number;
  readonly exceptions: readonly ToldException[];
  /** Entries without a line that are too young to be missed. */
  readonly inTransit: number;
  readonly agreement: Agreement | null;
}

export interface OutcomeRequest {
  readonly read: ReadAccount;
  readonly fund: { readonly code: string; readonly currency: string };
  readonly username: string;
  /** How the statement is named on a command line. */
  readonly file: string;
  /** Days after which an entry without a line is missed. */
  readonly staleDays: number;
  /** Whether every match is told, or only counted. */
  readonly tellAll: boolean;
  readonly balances: {
    readonly ledgerMinor: number;
    readonly openLinesMinor: number;
    /** Of matches whose amounts differ already. */
    readonly differsMinor: number;
  } | null;
  /** Variances that were recorded now, by the line that shows them. */
  readonly variances: ReadonlyMap<number, string>;
  /** Who acts is a token, which is lent exact evidence only. */
  readonly exactOnly: boolean;
  /** Lines that are booked as fees when the statement is saved. */
  readonly bookable?: ReadonlySet<number>;
}

const TOLD_AT_ONCE = 5000;

/** Tells what matching found. */
export async function outcomeOf(items: MatchedItems, request: OutcomeRequest): Promise<Outcome> {
  const matches: ToldMatch[] = [];
  const held: ToldException[] = [];
  const { found: seen, others } = request.tellAll ? { found: items.found(), others: 0 } : items.notable();
  let matched = others;
  for (const group of chunksOf(seen, TOLD_AT_ONCE)) {
    const isHeld = (found: Found): boolean => heldBack(items, found, request) !== null;
    await items.load((request.tellAll ? group : group.filter(isHeld)).flatMap(({ entries }) => entries));
    for (const found of group) {
      if (isHeld(found)) held.push(heldException(items, found, request));
      else matched += 1;
      if (request.tellAll && !isHeld(found)) matches.push(toldMatch(items, found));
    }
  }
  const { exceptions, inTransit } = leftOver(items, request);
  return {
    matches,
    matched,
    exceptions: [...unbalanced(request), ...exceptions, ...held],
    inTransit,
    agreement: agreementOf(items, request),
  };
}

function* chunksOf<Value>(values: Iterable<Value>, size: number): Generator<Value[]> {
  let chunk: Value[] = [];
  for (const value of values) {
    chunk.push(value);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** A match as it is told, before it is saved. */
export const toldMatch = (items: MatchedItems, found: Found): ToldMatch => ({
  ref: null,
  lines: found.lines.map((line) => items.line(line)),
  entries: found.entries.map((entry) => toldEntry(items.entry(entry))),
  pass: found.pass,
  score: found.score,
  reasons: found.reasons,
});

const unbalanced = ({ read, file }: OutcomeRequest): ToldException[] =>
  read.faults.map((message) => ({
    kind: 'unbalanced',
    line: null,
    entry: null,
    amountMinor: null,
    candidates: [],
    message,
    suggestedCommand: `treasury statement show ${file}`,
  }));

/** Why a certain match is not this person's to make: their own payment, or no exact evidence where a token acts. */
export const heldBack = (
  items: MatchedItems,
  { entries, pass }: Found,
  { exactOnly }: Pick<OutcomeRequest, 'exactOnly'>,
): 'own_payment' | 'statement_only' | null => {
  if (entries.some((entry) => items.isOwn(entry))) return 'own_payment';
  return exactOnly && pass !== 'external_id' ? 'statement_only' : null;
};

function heldException(items: MatchedItems, found: Found, request: OutcomeRequest): ToldException {
  const match = toldMatch(items, found);
  const kind = heldBack(items, found, request) ?? 'statement_only';
  const [line = null] = match.lines;
  const [entry = null] = match.entries;
  const name = entry?.payment ?? entry?.ref ?? '';
  return {
    kind,
    line,
    entry,
    amountMinor: line?.amountMinor ?? null,
    candidates: match.entries.map((one) => ({ entry: one, reasons: match.reasons })),
    message:
      kind === 'own_payment'
        ? ofTheirs(entry ?? { payment: name, ref: name }, request.username, 'matches it')
        : `It is ${name}, but a token matches by exact identifier only; a person does the rest.`,
    suggestedCommand: `treasury reconcile ${request.file} --fund ${request.fund.code} --auto`,
  };
}

function leftOver(items: MatchedItems, request: OutcomeRequest): { exceptions: ToldException[]; inTransit: number } {
  const { rest } = items;
  const until = request.read.to;
  const ends = { to: until, staleDays: request.staleDays };
  const missed = rest.entries.filter(({ index }) => isMissed(items.entry(index).valueDate, ends));
  const young = rest.entries.filter(
    ({ index }) =>
      until !== null && items.entry(index).valueDate <= until && !isMissed(items.entry(index).valueDate, ends),
  ).length;
  return {
    exceptions: [
      ...rest.differs.map(({ line, entry, reasons }) =>
        differing(items, { line: line.index, entry: entry.index, reasons }, request),
      ),
      ...rest.lines.map(({ index }) => lineException(items, index, request)),
      ...missed.map(({ index }) => entryException(items, index, request)),
    ],
    inTransit: young,
  };
}

function differing(
  items: MatchedItems,
  pair: { line: number; entry: number; reasons: ToldMatch['reasons'] },
  { fund, variances, username, file }: OutcomeRequest,
): ToldException {
  const variance = variances.get(pair.line);
  const own = variance === undefined && items.isOwn(pair.entry);
  const line = items.line(pair.line);
  const entry = toldEntry(items.entry(pair.entry));
  const money = (minor: number): string => formatAmount(Math.abs(minor), fund.currency);
  return {
    kind: 'amount_differs',
    line,
    entry,
    amountMinor: line.amountMinor - entry.deltaMinor,
    candidates: [{ entry, reasons: pair.reasons }],
    message: `The statement says ${money(line.amountMinor)}, the book ${money(entry.deltaMinor)}${variance === undefined ? '' : `; ${variance} waits for a CFO`}.${own ? ` ${ofTheirs(entry, username, 'records the difference')}` : ''}`,
    suggestedCommand:
      variance !== undefined
        ? `treasury variance approve ${variance}`
        : own
          ? `treasury reconcile ${file} --fund ${fund.code} --auto`
          : entry.payment === null
            ? `treasury ledger show ${entry.ref}`
            : `treasury reconcile payment ${entry.payment} --amount ${decimalFor(Math.abs(line.amountMinor), fund.currency)}`,
  };
}

/** Why somebody else does it: what a person requested or executed they may not reconcile. */
const ofTheirs = ({ payment, ref }: Pick<ToldEntry, 'payment' | 'ref'>, username: string, does: string): string =>
  `${payment ?? ref} was requested or executed by ${username}, so another person ${does}.`;

/** As it is typed: no currency, no thousands. */
const decimalFor = (minor: number, currency: string): string =>
  formatAmount(minor, currency).replace(/^\S+ /, '').replaceAll(',', '');

function lineException(items: MatchedItems, index: number, request: OutcomeRequest): ToldException {
  const { bookable } = request;
  const line = items.line(index);
  const candidates = (items.rest.candidates.get(index) ?? []).map(({ entry, reasons }) => ({
    entry: toldEntry(items.entry(entry)),
    reasons,
  }));
  const ambiguous = items.rest.ambiguous.has(index);
  const [first] = candidates;
  return {
    kind: ambiguous ? 'ambiguous' : 'statement_only',
    line,
    entry: null,
    amountMinor: line.amountMinor,
    candidates,
    message: bookable?.has(index)
      ? 'A fee rule allows it: --auto books it.'
      : ambiguous
        ? `It may be ${candidates.map(({ entry }) => entry.payment ?? entry.ref).join(' or ')}; nothing decides.`
        : candidates.length > 0
          ? `No entry has its reference; by amount and date it may be ${candidates.map(({ entry }) => entry.payment ?? entry.ref).join(' or ')}.`
          : 'No entry of the book explains it.',
    suggestedCommand: wayOn(request, line.ref, { isBookable: bookable?.has(index) === true, first }),
  };
}

/** What to do about a line that nothing explains; null stands for a line that is not saved. */
function wayOn(
  { file, fund, read }: OutcomeRequest,
  ref: string | null,
  {
    isBookable,
    first,
  }: { readonly isBookable: boolean; readonly first: ToldException['candidates'][number] | undefined },
): string {
  if (ref === null && read.otherFund !== null) return `treasury reconcile ${file} --fund ${read.otherFund}`;
  if (ref === null || isBookable) return `treasury reconcile ${file} --fund ${fund.code} --auto`;
  return first === undefined
    ? `treasury ledger list --fund ${fund.code} --unreconciled`
    : `treasury reconcile match ${ref} ${first.entry.ref}`;
}

function entryException(items: MatchedItems, index: number, { read, username }: OutcomeRequest): ToldException {
  const entry = toldEntry(items.entry(index));
  const own = items.isOwn(index);
  return {
    kind: 'ledger_only',
    line: null,
    entry,
    amountMinor: entry.deltaMinor,
    candidates: [],
    message: `No line up to ${read.to ?? 'its end'} explains it.${own ? ` ${ofTheirs(entry, username, 'reconciles it')}` : ''}`,
    suggestedCommand:
      entry.payment === null
        ? `treasury ledger show ${entry.ref}`
        : `treasury reconcile payment ${entry.payment} --evidence FILE`,
  };
}

function agreementOf(items: MatchedItems, { read, balances }: OutcomeRequest): Agreement | null {
  const { to: day, closingMinor } = read;
  if (day === null || closingMinor === null || balances === null) return null;
  const { rest } = items;
  const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);
  const open = rest.entries.filter(({ index }) => items.entry(index).valueDate <= day);
  return {
    day,
    ledgerMinor: balances.ledgerMinor,
    ledgerOnlyMinor: sum(open.map(({ deltaMinor }) => deltaMinor)),
    statementOnlyMinor: balances.openLinesMinor + sum(rest.lines.map(({ amountMinor }) => amountMinor)),
    differsMinor:
      balances.differsMinor + sum(rest.differs.map(({ line, entry }) => line.amountMinor - entry.deltaMinor)),
    closingMinor,
  };
}
