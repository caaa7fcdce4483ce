import { assign } from './assignment.ts';
import { identifierKey, isIdentifier } from './evidence.ts';
import { SCORES, type EntryFacts, type LineFacts, type Reason } from './facts.ts';
import { ruleForFeeWithin, type FeeRule } from './fee-rule.ts';
import { grouped, type OpenItems } from './open-items.ts';
import { mayBelong, type Mention } from './reference-pass.ts';

/** A line that names an entry with another amount: a fee within it, a part of it, or a difference that needs a decision. */
export interface Difference {
  readonly line: LineFacts;
  readonly entry: EntryFacts;
  readonly reasons: readonly Reason[];
}

/** Lines and entries with the same identifier and another amount, each with only one such partner. Nothing else may take them. */
export function sameIdentifier(open: OpenItems): Difference[] {
  const entriesById = grouped(open.entries(), ({ externalId }) => identifiers(externalId === null ? [] : [externalId]));
  const edges = open.lines().flatMap((line) => {
    if (line.isCharge) return [];
    const ids = identifiers([...(line.externalId === null ? [] : [line.externalId]), ...line.references]);
    const named = new Set(ids.flatMap((id) => entriesById.get(id) ?? []));
    return [...named]
      .filter((entry) => entry.kind !== 'fee' && line.amountMinor < 0 === entry.deltaMinor < 0)
      .map((entry) => ({ line: line.index, entry: entry.index, score: 0, reasons: ['same_external_id'] as const }));
  });
  return differences(open, assign(edges).chosen);
}

const identifiers = (texts: readonly string[]): string[] => texts.map(identifierKey).filter(isIdentifier);

/** What names an entry's own reference with another amount, each with only one such partner. */
export function ownReference(open: OpenItems, named: readonly Mention[]): Difference[] {
  const edges = named
    .filter(({ line, entry, own }) => own && !line.isCharge && entry.kind !== 'fee' && mayBelong(line, entry))
    .filter(({ line, entry }) => open.line(line.index) !== undefined && open.entry(entry.index) !== undefined)
    .map(({ line, entry, reasons }) => ({ line: line.index, entry: entry.index, score: 0, reasons }));
  return differences(open, assign(edges).chosen);
}

function differences(
  open: OpenItems,
  edges: readonly { readonly line: number; readonly entry: number; readonly reasons: readonly Reason[] }[],
): Difference[] {
  return edges.flatMap((edge) => {
    const [line, entry] = [open.line(edge.line), open.entry(edge.entry)];
    return line === undefined || entry === undefined || line.amountMinor === entry.deltaMinor
      ? []
      : [{ line, entry, reasons: edge.reasons }];
  });
}

/** Fourth pass: the payment and a fee on one line, as far as a rule allows. Returns what differs all the same. */
export function feePass(open: OpenItems, differing: readonly Difference[], rules: readonly FeeRule[]): Difference[] {
  return differing.filter(({ line, entry, reasons }) => {
    const fee = entry.deltaMinor - line.amountMinor;
    const rule = fee > 0 && entry.kind === 'payment' ? ruleForFeeWithin(rules, fee, -entry.deltaMinor) : null;
    if (rule === null) return true;
    open.take({
      lines: [line.index],
      entries: [entry.index],
      pass: 'fee_tolerance',
      score: SCORES.fee_tolerance,
      reasons: [...reasons, 'fee_within_tariff'],
      fee: { amountMinor: fee, rule: rule.ref },
    });
    return false;
  });
}
