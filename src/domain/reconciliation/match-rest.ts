import { feePass, ownReference, sameIdentifier, sameIdentifierSums, type Difference } from './amount-pass.ts';
import type { Edge } from './assignment.ts';
import type { Candidate, EntryFacts, Found, LineFacts } from './facts.ts';
import type { FeeRule } from './fee-rule.ts';
import { chargesOfDays, sumsByReference } from './group-pass.ts';
import { OpenItems } from './open-items.ts';
import { payeePass } from './payee-pass.ts';
import { mentions, referencePass } from './reference-pass.ts';
import { suggestions } from './suggestions.ts';

/** What the passes after the first made of the lines and entries that it left. */
export interface Rest {
  readonly found: readonly Found[];
  /** One line and one entry that name each other, with amounts that differ. */
  readonly differs: readonly Difference[];
  /** Lines that two entries or more fit equally well, and entries that two lines fit: none of them is taken. */
  readonly ambiguous: ReadonlySet<number>;
  /** Entries that may belong to a line that is left. */
  readonly candidates: ReadonlyMap<number, readonly Candidate[]>;
  readonly lines: readonly LineFacts[];
  readonly entries: readonly EntryFacts[];
}

/**
 * The passes after the first, in the order of their fidelity. Automatic only on textual evidence; what ties is left with its
 * candidates; what names an entry and differs in the amount is kept from every weaker pass.
 */
export function matchRest(lines: Iterable<LineFacts>, entries: Iterable<EntryFacts>, rules: readonly FeeRule[]): Rest {
  const open = new OpenItems(lines, entries);
  sameIdentifierSums(open);
  const byIdentifier = sameIdentifier(open);
  for (const { line, entry } of byIdentifier) open.hold(line, entry);
  const named = mentions(open);
  const tiedByReference = referencePass(open, named);
  sumsByReference(open, named);
  const byReference = ownReference(open, named);
  for (const { line, entry } of byReference) open.hold(line, entry);
  const { tied: tiedByPayee, weak } = payeePass(open, named);
  const tied = [...tiedByReference, ...tiedByPayee];
  const differs = feePass(open, [...byIdentifier, ...byReference], rules);
  chargesOfDays(open, named);
  return {
    found: open.found,
    differs,
    ambiguous: stillTied(open, tied),
    candidates: suggestions(open, [...tied, ...weak]),
    lines: open.lines(),
    entries: open.entries(),
  };
}

const stillTied = (open: OpenItems, tied: readonly Edge[]): Set<number> =>
  new Set(
    tied
      .filter(({ line, entry }) => open.line(line) !== undefined && open.entry(entry) !== undefined)
      .map(({ line }) => line),
  );
