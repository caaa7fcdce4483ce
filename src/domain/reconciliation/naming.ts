import { identifierKey, isIdentifier, isOfficeReference, isParticular } from './evidence.ts';
import type { EntryFacts, LineFacts } from './facts.ts';
import { KeyBeginnings, wordEnds } from './words.ts';

// Where the texts of lines name entries.

/** By what a line names an entry. */
export type NamedBy = 'identifier' | 'identifier_in_text' | 'reference' | 'shared_reference' | 'cut_identifier';

/** An entry that a line names. */
export interface Naming {
  readonly entry: EntryFacts;
  readonly by: ReadonlySet<NamedBy>;
}

/** Banks cut long references; so many characters of an identifier tell it from others. */
const CUT_IDENTIFIER = 10;
/** A payment's identifier stands in its own line, in its charge's and in those of an overdraft; what stands in more is no payment's. */
export const MOST_LINES_OF_ONE = 8;

/** A key, and the entries that have it. */
interface Known {
  readonly entries: EntryFacts[];
  readonly by: 'identifier_in_text' | 'reference' | 'shared_reference';
  readonly key: string;
  /** As it was written first. */
  readonly text: string;
  /** How many lines carry it. */
  lines: number;
}

interface Hit {
  readonly known: Known;
  readonly by: NamedBy;
}

/** What the texts of all these lines name, in their order; lines that name nothing are left out. */
export function namings(
  lines: readonly LineFacts[],
  entries: readonly EntryFacts[],
): { readonly line: LineFacts; readonly named: readonly Naming[] }[] {
  const names = new Names(entries);
  const hits: { readonly line: LineFacts; readonly found: readonly Hit[] }[] = [];
  for (const line of lines) {
    const found = names.in(line);
    if (found.length > 0) hits.push({ line, found });
  }
  // Only now is it known how many lines carry a key.
  return hits.flatMap(({ line, found }) => {
    const named = merged(found.filter(({ known }) => !isEverywhere(known)));
    return named.length === 0 ? [] : [{ line, named }];
  });
}

/** Something like the number of the office's own account, which a bank prints on every line. */
const isEverywhere = ({ by, lines, entries }: Known): boolean =>
  by === 'identifier_in_text' && lines > MOST_LINES_OF_ONE * entries.length;

function merged(hits: readonly Hit[]): Naming[] {
  const byEntry = new Map<EntryFacts, Set<NamedBy>>();
  for (const { known, by } of hits) {
    for (const entry of known.entries) {
      const set = byEntry.get(entry);
      if (set === undefined) byEntry.set(entry, new Set([by]));
      else set.add(by);
    }
  }
  return Array.from(byEntry, ([entry, by]) => ({ entry, by }));
}

class Names {
  readonly #identifiers = new Map<string, Known>();
  /** What entries have for an identifier and does not look like one: only a line with such a receipt names them. */
  readonly #typed = new Map<string, Known>();
  readonly #references = new Map<string, Known>();
  readonly #shared = new Map<string, Known>();
  readonly #cut = new Map<string, Known[]>();
  readonly #beginnings = new KeyBeginnings();

  constructor(entries: readonly EntryFacts[]) {
    for (const entry of entries) {
      for (const text of entry.references) this.#addReference(this.#references, text, entry, 'reference');
      for (const text of entry.sharedReferences) this.#addReference(this.#shared, text, entry, 'shared_reference');
      if (entry.externalId !== null) this.#addIdentifier(entry.externalId, entry);
    }
  }

  #addReference(to: Map<string, Known>, text: string, entry: EntryFacts, by: 'reference' | 'shared_reference'): void {
    const key = identifierKey(text);
    if (isOfficeReference(key)) this.#add(to, { entries: [entry], by, key, text, lines: 0 });
  }

  #addIdentifier(text: string, entry: EntryFacts): void {
    const key = identifierKey(text);
    const known: Known = { entries: [entry], by: 'identifier_in_text', key, text, lines: 0 };
    if (!isIdentifier(key)) return this.#addTyped(known);
    if (!this.#add(this.#identifiers, known) || key.length <= CUT_IDENTIFIER) return;
    const alike = this.#cut.get(key.slice(0, CUT_IDENTIFIER));
    if (alike === undefined) this.#cut.set(key.slice(0, CUT_IDENTIFIER), [known]);
    else alike.push(known);
  }

  #addTyped(known: Known): void {
    const alike = this.#typed.get(known.key);
    if (alike !== undefined) alike.entries.push(...known.entries);
    else if (known.key !== '') this.#typed.set(known.key, known);
  }

  /** Whether the key is new. */
  #add(to: Map<string, Known>, known: Known): boolean {
    const alike = to.get(known.key);
    if (alike === undefined) {
      to.set(known.key, known);
      this.#beginnings.add(known.key);
      return true;
    }
    alike.entries.push(...known.entries);
    return false;
  }

  /** Everything known that a line names; a key that it names twice may be told twice. */
  in(line: LineFacts): Hit[] {
    const hits: Hit[] = [];
    const hit = (known: Known, by: NamedBy): void => {
      if (!hits.some((other) => other.known === known)) known.lines += 1;
      if (!isEverywhere(known)) hits.push({ known, by });
    };
    const look = (key: string, joints: readonly number[]): void => {
      for (const names of [this.#references, this.#shared, this.#identifiers]) {
        const known = names.get(key);
        if (known === undefined || (names === this.#identifiers && !isParticular(key))) continue;
        if (joints.every((joint) => isJoint(known, joint))) hit(known, known.by);
      }
      if (key.length < CUT_IDENTIFIER) return;
      for (const known of this.#cut.get(key.slice(0, CUT_IDENTIFIER)) ?? []) {
        const isBeginning = known.key.length > key.length && known.key.startsWith(key) && isParticular(key);
        if (isBeginning) hits.push({ known, by: 'cut_identifier' });
      }
    };
    if (line.externalId !== null) {
      const key = identifierKey(line.externalId);
      const own = this.#identifiers.get(key) ?? (line.isReceipt === true ? this.#typed.get(key) : undefined);
      if (own !== undefined) hit(own, 'identifier');
      this.#beginnings.read(line.externalId, look);
    }
    for (const reference of line.references) this.#beginnings.read(reference, look);
    this.#beginnings.read(line.description, look);
    if (line.counterparty !== null) this.#beginnings.read(line.counterparty, look);
    if (line.counterpartyAccount !== null) this.#beginnings.read(line.counterpartyAccount, look);
    return hits;
  }
}

/**
 * Whether words may be joined here: PV-NBI-2026-10041 before "2 bags" is not PV-NBI-2026-100412. Between two digits there is only a
 * space where the reference itself has one.
 */
const isJoint = ({ key, text }: Known, joint: number): boolean =>
  !/\d\d/.test(key.slice(joint - 1, joint + 1)) || wordEnds(text).has(joint);
