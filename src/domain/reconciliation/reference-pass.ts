import { assign, type Edge } from './assignment.ts';
import { areTwoReceipts, contradict, identifierKey, receiptsIn } from './evidence.ts';
import { SCORES, type EntryFacts, type LineFacts, type Reason } from './facts.ts';
import { namings, type NamedBy, type Naming } from './naming.ts';
import type { OpenItems } from './open-items.ts';
import { decideByDay, isPossible, type Pair } from './pairing.ts';
import { showsAnotherPhone, SignReader } from './payee-signs.ts';

/** A reference counts from a week before the entry (the bank was faster than the book) to a quarter after it. */
const DAYS_BEFORE = 7;
const DAYS_LATE = 90;

/** A line whose text names an entry, and by what. */
export interface Mention {
  readonly line: LineFacts;
  readonly entry: EntryFacts;
  /** Named by what belongs to this entry alone, not only by what it shares with others or by what is left of an identifier. */
  readonly own: boolean;
  /** The line has the entry's identifier where the bank writes its own. */
  readonly inField: boolean;
  /** Something speaks against it: another phone, or words such as REFUND OF. Nobody but a person takes it. */
  readonly doubtful: boolean;
  readonly reasons: readonly Reason[];
}

/** Every open line and entry of which the one names the other, of the same sign and near enough in time. */
export function mentions(open: OpenItems): Mention[] {
  const reader = new SignReader();
  return namings(open.lines(), open.entries()).flatMap(({ line, named }) =>
    named.filter(({ entry }) => mayBelong(line, entry)).map((naming) => mentionOf(line, naming, reader)),
  );
}

function mentionOf(line: LineFacts, { entry, by }: Naming, reader: SignReader): Mention {
  return {
    line,
    entry,
    own: by.has('identifier') || by.has('identifier_in_text') || by.has('reference'),
    inField: by.has('identifier'),
    doubtful: speaksOfAnother(line, entry) || showsAnotherPhone(reader.ofLine(line), reader.ofEntry(entry)),
    reasons: REASONS.filter(([names]) => names.some((name) => by.has(name))).map(([, reason]) => reason),
  };
}

const REASONS: readonly (readonly [readonly NamedBy[], Reason])[] = [
  [['identifier', 'identifier_in_text'], 'external_id_in_text'],
  [['reference', 'shared_reference'], 'same_reference'],
  [['cut_identifier'], 'identifier_cut'],
];

/** REFUND OF PV-NBI-2026-00412 names a payment, and is none. */
const ANOTHER =
  /\b(?:REFUND\w*|REVERS\w*|RETURN\w*|REPLAC\w*|INSTEAD|IN PLACE|IN LIEU|CANCEL\w*|BOUNCED?|RE-?ISSUE\w*|RE-?SEND|RE-?SENT|CORRECT\w*)\b/i;
const speaksOfAnother = ({ description, references }: LineFacts, { kind }: EntryFacts): boolean =>
  (kind === 'payment' || kind === 'fee') && [description, ...references].some((text) => ANOTHER.test(text));

/** Whether nothing speaks against it: sign, time, and identifiers of one kind that differ. */
const mayBelong = (line: LineFacts, entry: EntryFacts): boolean =>
  line.amountMinor < 0 === entry.deltaMinor < 0 &&
  line.day >= entry.day - DAYS_BEFORE &&
  line.day <= entry.day + DAYS_LATE &&
  !isAnother(line, entry);

/** Whether the identifiers of line and entry name two different movements. */
export function isAnother(line: LineFacts, entry: EntryFacts): boolean {
  if (entry.externalId === null) return false;
  const own = identifierKey(entry.externalId);
  const references = line.references.map(identifierKey);
  if (line.externalId !== null) {
    const key = identifierKey(line.externalId);
    if (key === own) return false;
    // What M-Pesa links to a payment is something else, but for its charge, which may have a receipt of its own.
    if (contradict(key, own) || (line.isReceipt === true && areTwoReceipts(key, own)))
      return !(line.isCharge && references.includes(own));
  }
  const others = [...references, ...receiptsIn(line.description)];
  return !others.includes(own) && others.some((other) => contradict(other, own));
}

/** Whether a charge meets a fee, or what is no charge meets what is no fee. */
export const isOfOneKind = (line: LineFacts, entry: EntryFacts): boolean => line.isCharge === (entry.kind === 'fee');

/** What lines and entries name each other, so that no other evidence gives either to somebody else. */
export class Named {
  readonly #byLine = new Map<number, { any: Set<number>; own: Set<number>; isOwn: boolean }>();
  readonly #byEntry = new Map<number, Set<number>>();

  /** Entries are named by lines that are still open; a line keeps to what it names whoever took it. */
  constructor(open: OpenItems, named: readonly Mention[]) {
    for (const { line, entry, own, doubtful } of named) {
      if (open.line(line.index) === undefined) continue;
      const names = this.#byLine.get(line.index) ?? { any: new Set(), own: new Set(), isOwn: false };
      this.#byLine.set(line.index, names);
      names.isOwn ||= own;
      // What is named in a doubtful way is not taken, by no other evidence either.
      if (!doubtful) names.any.add(entry.index);
      if (own && !doubtful) names.own.add(entry.index);
      if (!own) continue;
      const lines = this.#byEntry.get(entry.index) ?? new Set();
      this.#byEntry.set(entry.index, lines.add(line.index));
    }
  }

  /** Whether the line names this entry or none, and the entry is named by this line or by none. */
  allows(line: number, entry: number): boolean {
    const names = this.#byLine.get(line);
    const lines = this.#byEntry.get(entry);
    if (lines !== undefined && !lines.has(line)) return false;
    return names === undefined || (names.isOwn ? names.own : names.any).has(entry);
  }
}

/** Second pass: exact amount, and a reference of the entry in the line's text. Returns what is tied. */
export function referencePass(open: OpenItems, named: readonly Mention[]): readonly Edge[] {
  const fitting = named.filter(({ line, entry }) => line.amountMinor === entry.deltaMinor && isOfOneKind(line, entry));
  const own = assign(fitting.filter((mention) => mention.own).map(edgeOf));
  const certain = new Set(fitting.filter(({ doubtful }) => !doubtful));
  const takeAll = (edges: readonly (Edge & { mention: Mention })[]): void => {
    for (const { line, entry, reasons, mention } of edges) {
      if (!certain.has(mention)) continue;
      open.take({ lines: [line], entries: [entry], pass: 'reference', score: SCORES.reference, reasons });
    }
  };
  takeAll(own.chosen);
  const names = new Named(open, named);
  const isOpen = ({ line, entry }: Edge): boolean => open.line(line) !== undefined && open.entry(entry) !== undefined;
  const shared = fitting
    .filter((mention) => !mention.own && !mention.doubtful && names.allows(mention.line.index, mention.entry.index))
    .map(edgeOf)
    .filter((edge) => isOpen(edge) && isPossible(edge.days));
  // A requisition may be paid in parts, and an identifier's beginning is that of others: near in time first, then whatever is alone.
  takeAll(decideByDay(shared, open.days).chosen);
  takeAll(assign(shared.filter(isOpen)).chosen);
  return [...own.chosen, ...own.tied, ...shared].filter(isOpen);
}

const edgeOf = (mention: Mention): Pair & { mention: Mention } => ({
  line: mention.line.index,
  entry: mention.entry.index,
  // The identifier in its own field outweighs one in other text.
  score: mention.inField ? 2 : 1,
  days: mention.line.day - mention.entry.day,
  certain: true,
  reasons: [...mention.reasons, 'same_amount'],
  mention,
});
