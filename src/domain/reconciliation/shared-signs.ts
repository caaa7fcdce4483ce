import { mayBeOnePerson, type Name, type PayeeSigns } from './payee-signs.ts';

/** A phone stands in the texts of those who are paid there; one that stands in so many times more is the office's own. */
const MOST_LINES_AN_ENTRY = 3;

/** Which signs several payees have: phones that two people use, names that two people bear, and what stands on every line. */
export class SharedSigns {
  /** The name of whoever is paid at a destination; null for several people. */
  readonly #owners = new Map<string, Name | null>();
  /** Where everybody of a name is paid, and the names that are paid at several places. */
  readonly #places = new Map<string, string>();
  readonly #severalPlaces = new Set<string>();
  /** The names that begin alike. */
  readonly #beginnings = new Map<string, Set<string>>();
  /** How many entries are paid at a destination, and how many lines have it in their text only. */
  readonly #entries = new Map<string, number>();
  readonly #lines = new Map<string, number>();

  constructor(entries: readonly PayeeSigns[], lines: readonly PayeeSigns[]) {
    for (const entry of entries) {
      const destination = destinationOf(entry);
      if (destination !== null) this.#entries.set(destination, (this.#entries.get(destination) ?? 0) + 1);
      if (entry.name !== null) this.#bear(entry.name, destination);
      this.#pay(entry);
    }
    for (const line of lines) {
      this.#pay(line);
      for (const phone of new Set(line.phones)) {
        if (!line.shown.includes(phone)) this.#lines.set(phone, (this.#lines.get(phone) ?? 0) + 1);
      }
    }
  }

  #bear(name: Name, destination: string | null): void {
    if (name.beginning !== null) {
      const alike = this.#beginnings.get(name.beginning) ?? new Set();
      this.#beginnings.set(name.beginning, alike.add(name.words.join(' ')));
    }
    if (destination === null) return;
    const owner = this.#owners.get(destination);
    if (owner === undefined) this.#owners.set(destination, name);
    else if (owner !== null && !mayBeOnePerson(owner, name)) this.#owners.set(destination, null);
  }

  #pay({ name, shown, account }: PayeeSigns): void {
    if (name === null || name.key === null) return;
    if (shown.length === 0) this.#payAt(name.key, 'account', account);
    for (const phone of shown) this.#payAt(name.key, 'phone', phone);
  }

  #payAt(name: string, kind: string, destination: string | null): void {
    if (destination === null) return;
    const known = this.#places.get(`${kind} ${name}`);
    if (known === undefined) this.#places.set(`${kind} ${name}`, destination);
    else if (known !== destination) this.#severalPlaces.add(name);
  }

  /** Whether several people are paid where this entry is paid. */
  isShared(entry: PayeeSigns): boolean {
    return this.#owners.get(destinationOf(entry) ?? '') === null;
  }

  /** What is left of a line's signs without the phones of whoever sends the money, who may be named in every line. */
  ofPayee(line: PayeeSigns): PayeeSigns {
    const isPayees = (phone: string): boolean => line.shown.includes(phone) || !this.#isEverywhere(phone);
    return line.phones.every(isPayees) ? line : { ...line, phones: line.phones.filter(isPayees) };
  }

  #isEverywhere(phone: string): boolean {
    return (this.#lines.get(phone) ?? 0) > MOST_LINES_AN_ENTRY * (this.#entries.get(phone) ?? 0);
  }

  /** Whether everybody of a name is paid at one place, as far as is known. */
  isPaidOnce({ key }: Name): boolean {
    return key !== null && !this.#severalPlaces.has(key);
  }

  /** Whether some entry's payee has exactly this name, of which the beginning is given. */
  isBorne(name: Name, beginning: string): boolean {
    return this.#beginnings.get(beginning)?.has(name.words.join(' ')) === true;
  }

  /** Whether nobody else has a name that begins as a cut one does. */
  isOnlyOneCut(cut: Name, whole: Name): boolean {
    const short = cut.words.join(' ');
    const alike = [...(this.#beginnings.get(cut.beginning ?? '') ?? [])].filter((name) => name.startsWith(short));
    return alike.length === 1 && this.isPaidOnce(whole);
  }
}

/** Where an entry is paid; null when that is not known. */
const destinationOf = ({ phones: [phone], account }: PayeeSigns): string | null => phone ?? account;
