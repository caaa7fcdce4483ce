// Reading a text for keys that are known already. Most words of a statement begin no key, so they are passed over without a string made.

const LONGEST_TEXT = 2000;
const ASCII = /^[\0-\x7F]*$/;
const BEYOND_ASCII = 128;
const BEGINNINGS = 65_536;

/** Letters and digits among the ASCII characters. */
const IN_WORDS = Uint8Array.from({ length: BEYOND_ASCII }, (_, code) =>
  /[0-9A-Z]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** The keys that are sought, by how they begin. */
export class KeyBeginnings {
  readonly #known = new Uint8Array(BEGINNINGS);
  #longest = 0;

  /** Adds a key of two characters at least. */
  add(key: string): void {
    this.#known[placeOf(key.charCodeAt(0), key.charCodeAt(1))] = 1;
    this.#longest = Math.max(this.#longest, key.length);
  }

  /**
   * Tells every run of whole words that begins as a key begins and is no longer than one: the run joined, in capitals, and the places
   * where its words are joined.
   */
  read(text: string, tell: (joined: string, joints: readonly number[]) => void): void {
    const capitals = capitalsOf(text);
    let inWord = false;
    for (let at = 0; at < capitals.length; at += 1) {
      const isPart = isInWord(capitals.charCodeAt(at));
      if (isPart && !inWord && this.#mayBegin(capitals, at)) this.#join(capitals, at, tell);
      inWord = isPart;
    }
  }

  #mayBegin(capitals: string, at: number): boolean {
    let next = at + 1;
    while (next < capitals.length && !isInWord(capitals.charCodeAt(next))) next += 1;
    return next < capitals.length && this.#known[placeOf(capitals.charCodeAt(at), capitals.charCodeAt(next))] === 1;
  }

  #join(capitals: string, from: number, tell: (joined: string, joints: readonly number[]) => void): void {
    const joints: number[] = [];
    let joined = '';
    for (let start = from; start < capitals.length;) {
      let end = start;
      while (end < capitals.length && isInWord(capitals.charCodeAt(end))) end += 1;
      joined += capitals.slice(start, end);
      if (joined.length > this.#longest) return;
      tell(joined, joints);
      joints.push(joined.length);
      start = end;
      while (start < capitals.length && !isInWord(capitals.charCodeAt(start))) start += 1;
    }
  }
}

/** A text in capitals; beyond ASCII, letters and digits are told from the rest here, and only spaces are left of it. */
function capitalsOf(text: string): string {
  const capitals = (text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text).toUpperCase();
  return ASCII.test(capitals) ? capitals : capitals.replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
}

const isInWord = (code: number): boolean => code >= BEYOND_ASCII || IN_WORDS[code] === 1;

/** Keys that begin alike share a place, and beyond ASCII some others do. */
const placeOf = (one: number, other: number): number => ((one & 255) << 8) | (other & 255);

/** Where the words of a text end, when they are joined. */
export function wordEnds(text: string): Set<number> {
  let length = 0;
  return new Set(
    Array.from(text.toUpperCase().matchAll(/[\p{L}\p{N}]+/gu), ([word]) => {
      length += word.length;
      return length;
    }),
  );
}
