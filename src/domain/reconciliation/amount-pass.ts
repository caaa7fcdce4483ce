import { assign } from './assignment.ts';
import { identifierKey, isIdentifier, isParticular } from './evidence.ts';
import { SCORES, type EntryFacts, type LineFacts, type Reason } from './facts.ts';
import { ruleForFeeWithin, type FeeRule } from './fee-rule.ts';
import { MOST_LINES_OF_ONE } from './naming.ts';
import { grouped, type OpenItems } from './open-items.ts';
import { isAnother, type Mention } from './reference-pass.ts';

/** A line that names an entry with another amount: a fee within it, a part of it, or a difference that needs a decision. */
export interface Difference {
  readonly line: LineFacts;
  readonly entry: EntryFacts;
  readonly reasons: readonly Reason[];
}

/** Takes lines whose identifier several entries have that make up the amount, and entries whose identifier several lines have. */
export function sameIdentifierSums(open: OpenItems): void {
  const entriesById = grouped(open.entries(), keyOf);
  const linesById = grouped(open.lines(), (line) =>
    line.isCharge ? [] : identifierOf(line).filter((identifier) => entriesById.has(identifier)),
  );
  for (const [identifier, lines] of linesById) {
    const entries = entriesById.get(identifier) as EntryFacts[];
    const payments = entries.filter(({ kind }) => kind !== 'fee');
    // A payment and its fee in one line, or a payment in parts.
    const parts = lines.length === 1 ? entries : payments;
    const isSum =
      payments.length > 0 &&
      lines.length + parts.length > 2 &&
      (lines.length === 1 || (parts.length === 1 && lines.length <= MOST_LINES_OF_ONE)) &&
      sumOneWay(lines.map(({ amountMinor }) => amountMinor)) === sumOneWay(parts.map(({ deltaMinor }) => deltaMinor));
    if (!isSum) continue;
    open.take({
      lines: lines.map(({ index }) => index),
      entries: parts.map(({ index }) => index),
      pass: 'group',
      score: SCORES.group,
      reasons: ['same_external_id', lines.length === 1 ? 'sum_of_entries' : 'sum_of_lines'],
    });
  }
}

/** The sum of amounts that all go one way; NaN, which equals nothing, when one of them goes the other way. */
const sumOneWay = (amounts: readonly number[]): number =>
  new Set(amounts.map((amount) => amount < 0)).size === 1 ? amounts.reduce((sum, amount) => sum + amount, 0) : NaN;

/** What an entry is found by, whatever it looks like: a line says whether that is an identifier. */
const keyOf = ({ externalId }: Pick<EntryFacts, 'externalId'>): string[] =>
  externalId === null ? [] : [identifierKey(externalId)].filter((key) => key !== '');

/** What an identifier is compared by; nothing when it is none. */
const identifierOf = (of: Pick<LineFacts, 'externalId' | 'isReceipt'>): string[] =>
  keyOf(of).filter((key) => of.isReceipt === true || isIdentifier(key));

/** Lines and entries with the same identifier and another amount, each with only one such partner. Nothing else may take them. */
export function sameIdentifier(open: OpenItems): Difference[] {
  const lines = open.lines().filter(({ isCharge }) => !isCharge);
  const entriesById = grouped(
    open.entries().filter(({ kind }) => kind !== 'fee'),
    keyOf,
  );
  const carried = new Map<string, number>();
  const named = lines.map((line) => {
    const [own] = identifierOf(line);
    const ids =
      own !== undefined && entriesById.has(own)
        ? [own]
        : [...new Set(line.references.map(identifierKey))].filter((key) => isParticular(key) && entriesById.has(key));
    for (const id of ids) carried.set(id, (carried.get(id) ?? 0) + 1);
    return { line, ids };
  });
  const edges = named.flatMap(({ line, ids }) => {
    const entries = ids
      .filter((id) => (carried.get(id) as number) <= MOST_LINES_OF_ONE)
      .flatMap((id) => entriesById.get(id) as EntryFacts[])
      .filter((entry) => line.amountMinor < 0 === entry.deltaMinor < 0 && !isAnother(line, entry));
    return [...new Set(entries)].map((entry) => edgeOf({ line, entry, reasons: ['same_external_id'] }));
  });
  return differences(edges);
}

/** What names an entry's own reference with another amount, each with only one such partner. */
export function ownReference(open: OpenItems, named: readonly Mention[]): Difference[] {
  const edges = named
    .filter(({ line, entry, own, doubtful }) => own && !doubtful && !line.isCharge && entry.kind !== 'fee')
    .filter(({ line, entry }) => open.line(line.index) !== undefined && open.entry(entry.index) !== undefined)
    .map(edgeOf);
  return differences(edges);
}

const edgeOf = (difference: Difference) => ({
  line: difference.line.index,
  entry: difference.entry.index,
  score: 0,
  reasons: difference.reasons,
  difference,
});

const differences = (edges: readonly ReturnType<typeof edgeOf>[]): Difference[] =>
  assign(edges)
    .chosen.map(({ difference: { line, entry, reasons } }) => ({ line, entry, reasons }))
    .filter(({ line, entry }) => line.amountMinor !== entry.deltaMinor);

/**
 * Fourth pass: the payment and a fee on one line: one that is in the book already, else as far as a rule allows. Returns what
 * differs all the same.
 */
export function feePass(open: OpenItems, differing: readonly Difference[], rules: readonly FeeRule[]): Difference[] {
  const fees = grouped(
    open.entries().filter(({ kind }) => kind === 'fee'),
    ({ externalId }) => identifierOf({ externalId }),
  );
  return differing.filter(({ line, entry, reasons }) => {
    const feeMinor = entry.deltaMinor - line.amountMinor;
    if (feeMinor <= 0 || entry.kind !== 'payment') return true;
    const pass = { lines: [line.index], pass: 'fee_tolerance', score: SCORES.fee_tolerance } as const;
    const booked = bookedFee(open, fees, { entry, feeMinor });
    if (booked !== undefined) {
      // It was booked with this line before, and the match undone: the fee stayed.
      open.take({ ...pass, entries: [entry.index, booked.index], reasons: [...reasons, 'sum_of_entries'] });
      return false;
    }
    const rule = ruleForFeeWithin(rules, feeMinor, { paidMinor: -entry.deltaMinor, feesMinor: entry.feesMinor ?? 0 });
    if (rule === null) return true;
    open.take({
      ...pass,
      entries: [entry.index],
      reasons: [...reasons, 'fee_within_tariff'],
      fee: { amountMinor: feeMinor, rule: rule.ref },
    });
    return false;
  });
}

/** An open fee of exactly this payment and amount. */
const bookedFee = (
  open: OpenItems,
  fees: ReadonlyMap<string, readonly EntryFacts[]>,
  { entry, feeMinor }: { readonly entry: EntryFacts; readonly feeMinor: number },
): EntryFacts | undefined =>
  identifierOf(entry)
    .flatMap((id) => fees.get(id) ?? [])
    .find(({ index, deltaMinor }) => deltaMinor === -feeMinor && open.entry(index) !== undefined);
