import type { EntryFacts, Found, LineFacts } from './facts.ts';
import type { Days } from './pairing.ts';

/** The lines and entries that no pass has taken yet, and what was found so far. */
export class OpenItems {
  readonly #lines: Map<number, LineFacts>;
  readonly #entries: Map<number, EntryFacts>;
  readonly found: Found[] = [];

  /** The days of what is open or was. */
  readonly days: Days;

  constructor(lines: Iterable<LineFacts>, entries: Iterable<EntryFacts>) {
    this.#lines = new Map(Array.from(lines, (line) => [line.index, line]));
    this.#entries = new Map(Array.from(entries, (entry) => [entry.index, entry]));
    const lineDays = new Map(Array.from(this.#lines.values(), ({ index, day }) => [index, day]));
    const entryDays = new Map(Array.from(this.#entries.values(), ({ index, day }) => [index, day]));
    this.days = {
      ofLine: (line) => lineDays.get(line) as number,
      ofEntry: (entry) => entryDays.get(entry) as number,
    };
  }

  /** Open lines, in the order of the statement. */
  lines(): LineFacts[] {
    return [...this.#lines.values()];
  }

  /** Open entries, in the order of the book. */
  entries(): EntryFacts[] {
    return [...this.#entries.values()];
  }

  line(index: number): LineFacts | undefined {
    return this.#lines.get(index);
  }

  entry(index: number): EntryFacts | undefined {
    return this.#entries.get(index);
  }

  /** Takes what was found out of what is open. */
  take(found: Found): void {
    for (const line of found.lines) this.#lines.delete(line);
    for (const entry of found.entries) this.#entries.delete(entry);
    this.found.push(found);
  }

  /** Keeps a line and an entry that belong together in some way from every pass that does not ask for them by name. */
  hold(line: LineFacts, entry: EntryFacts): void {
    this.#lines.delete(line.index);
    this.#entries.delete(entry.index);
  }
}

/** Values by a key, several under one. */
export function grouped<Value>(
  values: Iterable<Value>,
  keysOf: (value: Value) => Iterable<string>,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    for (const key of keysOf(value)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else if (group.at(-1) !== value) group.push(value);
    }
  }
  return groups;
}
