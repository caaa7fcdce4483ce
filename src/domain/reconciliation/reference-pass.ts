import { assign, type Edge } from './assignment.ts';
import { contradict, identifierKey, isParticular, keysIn } from './evidence.ts';
import { SCORES, type EntryFacts, type LineFacts, type Reason } from './facts.ts';
import { grouped, type OpenItems } from './open-items.ts';

/** A reference counts from a week before the entry (the bank was faster than the book) to a quarter after it. */
const DAYS_BEFORE = 7;
const DAYS_AFTER = 90;

/** A line whose text names an entry, and by what. */
export interface Mention {
  readonly line: LineFacts;
  readonly entry: EntryFacts;
  /** How many of the entry's identifiers and references stand in the line. */
  readonly keys: number;
  /** Named by what belongs to this entry alone, not only by what it shares with others. */
  readonly own: boolean;
  readonly reasons: readonly Reason[];
}

/** Every open line and entry of which the one names the other, of the same sign and near enough in time. */
export function mentions(open: OpenItems): Mention[] {
  const entriesByKey = grouped(open.entries(), (entry) => particularKeys(entry));
  const entriesByBeginning = grouped(open.entries(), ({ externalId }) => beginnings(externalId));
  if (entriesByKey.size === 0) return [];
  return open.lines().flatMap((line) => {
    const named = new Set<EntryFacts>();
    const cut = new Set<EntryFacts>();
    const keys = keysIn(line);
    for (const key of keys) {
      for (const entry of entriesByKey.get(key) ?? []) named.add(entry);
      for (const entry of entriesByBeginning.get(key.slice(0, CUT_IDENTIFIER)) ?? []) {
        if (isCut(key, entry)) cut.add(entry);
      }
    }
    return [
      ...[...named].map((entry) => mentionOf(line, entry, keys)),
      ...[...cut].filter((entry) => !named.has(entry)).map((entry) => cutMention(line, entry)),
    ].filter(({ entry }) => mayBelong(line, entry));
  });
}

/** Banks cut long references; so many characters of an identifier tell it from others. */
const CUT_IDENTIFIER = 8;

const beginnings = (externalId: string | null): string[] => {
  const key = externalId === null ? '' : identifierKey(externalId);
  return key.length > CUT_IDENTIFIER && isParticular(key.slice(0, CUT_IDENTIFIER))
    ? [key.slice(0, CUT_IDENTIFIER)]
    : [];
};

const isCut = (key: string, { externalId }: EntryFacts): boolean =>
  externalId !== null &&
  key.length >= CUT_IDENTIFIER &&
  key !== identifierKey(externalId) &&
  identifierKey(externalId).startsWith(key);

const cutMention = (line: LineFacts, entry: EntryFacts): Mention => ({
  line,
  entry,
  keys: 0,
  own: false,
  reasons: ['identifier_cut'],
});

/** Second pass: exact amount, and a reference of the entry in the line's text. Returns what is tied. */
export function referencePass(open: OpenItems, named: readonly Mention[]): readonly Edge[] {
  const edges = named
    .filter(({ line, entry }) => line.amountMinor === entry.deltaMinor && (entry.kind === 'fee') === line.isCharge)
    .map(({ line, entry, keys, own, reasons }) => ({
      line: line.index,
      entry: entry.index,
      // What is the entry's own outweighs any number of references that it shares.
      score: keys + (own ? MOST_KEYS : 0),
      reasons: [...reasons, 'same_amount'] as const,
    }));
  const { chosen, tied } = assign(edges);
  for (const { line, entry, reasons } of chosen) {
    open.take({ lines: [line], entries: [entry], pass: 'reference', score: SCORES.reference, reasons });
  }
  return tied;
}

const MOST_KEYS = 100;

function mentionOf(line: LineFacts, entry: EntryFacts, keys: ReadonlySet<string>): Mention {
  const external = entry.externalId !== null && keys.has(identifierKey(entry.externalId));
  const own = entry.references.filter((reference) => keys.has(identifierKey(reference))).length;
  const shared = entry.sharedReferences.filter((reference) => keys.has(identifierKey(reference))).length;
  return {
    line,
    entry,
    keys: (external ? 1 : 0) + own + shared,
    own: external || own > 0,
    reasons: [
      ...(external ? (['external_id_in_text'] as const) : []),
      ...(own + shared > 0 ? (['same_reference'] as const) : []),
    ],
  };
}

/** Whether nothing speaks against it: sign, time, and identifiers of one kind that differ. */
export const mayBelong = (line: LineFacts, entry: EntryFacts): boolean =>
  line.amountMinor < 0 === entry.deltaMinor < 0 &&
  line.day >= entry.day - DAYS_BEFORE &&
  line.day <= entry.day + DAYS_AFTER &&
  !idsContradict(line, entry);

/** Whether line and entry carry identifiers of one kind that name two different movements. */
export const idsContradict = (line: LineFacts, entry: EntryFacts): boolean =>
  line.externalId !== null &&
  entry.externalId !== null &&
  contradict(identifierKey(line.externalId), identifierKey(entry.externalId));

function particularKeys(entry: EntryFacts): string[] {
  const texts = [
    ...entry.references,
    ...entry.sharedReferences,
    ...(entry.externalId === null ? [] : [entry.externalId]),
  ];
  return texts.map(identifierKey).filter(isParticular);
}
