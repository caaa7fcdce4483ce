/** Chance that comes again with the same seed: whole numbers from 0 up to but without `below`. */
export type Chance = (below: number) => number;

/** Chance by mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** No mutant is longer, so that a million of them are read in hours. */
const MOST_BYTES = 256 * 1024;

/** What breaks parsers: beginnings without ends, ends without beginnings, entities, figures beyond all bounds, odd bytes. */
const HOSTILE = [
  '<',
  '>',
  '</',
  '<!',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '&',
  '&a;',
  '&#0;',
  '&#x110000;',
  '&constructor;',
  '<__proto__>',
  '</Ntry>',
  '<Ntry>',
  '</Stmt>',
  '<STMTTRN>',
  '</STMTTRN>',
  '</STMTRS>',
  '<STMTRS>',
  '\0',
  '\r',
  '\n\n\n',
  '\u001b[31m',
  '\u202e',
  '"',
  "'",
  ',',
  ';',
  '/',
  ':61:',
  ':86:',
  ':62F:',
  '-}',
  '{4:',
  '-',
  '16,',
  '88,',
  '49,',
  '98,',
  '=cmd|',
  '99999999999999999999',
  '-1',
  '1e400',
  '0.000000000001',
  'NaN',
  '9007199254740993',
  '2026-02-30',
  'XXX',
].map((text) => new TextEncoder().encode(text));

const BYTES = [[0xff, 0xfe], [0xfe, 0xff], [0xef, 0xbb, 0xbf], [0x80], [0xc3], [0xf0, 0x9f], [0x00, 0x00]].map(
  (bytes) => new Uint8Array(bytes),
);

type Mutation = (file: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const sliceOf = (file: Uint8Array, chance: Chance, longest: number): readonly [from: number, to: number] => {
  const from = chance(file.length + 1);
  return [from, Math.min(file.length, from + chance(longest + 1))];
};

const oneOf = <Thing>(things: readonly Thing[], chance: Chance): Thing => {
  const thing = things[chance(things.length)];
  if (thing === undefined) throw new Error('there is nothing to choose from');
  return thing;
};

const insert = (file: Uint8Array, at: number, part: Uint8Array): Uint8Array =>
  joined(file.subarray(0, at), part, file.subarray(at));

const flip: Mutation = (file, chance) => {
  const flipped = file.slice();
  for (let times = 1 + chance(8); times > 0 && flipped.length > 0; times -= 1) {
    const at = chance(flipped.length);
    flipped[at] = chance(2) === 0 ? chance(256) : (flipped[at] ?? 0) ^ (1 << chance(8));
  }
  return flipped;
};

const cut: Mutation = (file, chance) =>
  chance(2) === 0 ? file.subarray(0, chance(file.length)) : file.subarray(chance(file.length));

const remove: Mutation = (file, chance) => {
  const [from, to] = sliceOf(file, chance, 200);
  return joined(file.subarray(0, from), file.subarray(to));
};

const double: Mutation = (file, chance) => {
  if (chance(4) === 0) return joined(file, file);
  const [from, to] = sliceOf(file, chance, 2000);
  return insert(file, to, file.subarray(from, to));
};

/** A part again and again, one after the other: what opens is not closed, and what grows has no end. */
const repeat: Mutation = (file, chance) => {
  const [from, to] = sliceOf(file, chance, 40);
  const part = file.subarray(from, to);
  const times = 1 + chance(10 ** (1 + chance(4)));
  const most = Math.floor(MOST_BYTES / Math.max(1, part.length));
  return insert(file, to, joined(...Array.from({ length: Math.min(times, most) }, () => part)));
};

/** A file inside of a file, at any place. */
const nest: Mutation = (file, chance, others) => insert(file, chance(file.length + 1), oneOf(others, chance));

const mix: Mutation = (file, chance, others) => {
  const other = oneOf(others, chance);
  return joined(file.subarray(0, chance(file.length + 1)), other.subarray(chance(other.length + 1)));
};

const poison: Mutation = (file, chance) => {
  const part = oneOf(chance(5) === 0 ? BYTES : HOSTILE, chance);
  const at = chance(file.length + 1);
  if (chance(2) === 0) return insert(file, at, part);
  return joined(file.subarray(0, at), part, file.subarray(Math.min(file.length, at + part.length)));
};

/** Digits become others, which changes amounts, days and counts but not the form. */
const miscount: Mutation = (file, chance) => {
  const changed = file.slice();
  for (let at = chance(50); at < changed.length; at += 1 + chance(300)) {
    const byte = changed[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) changed[at] = 0x30 + chance(10);
  }
  return changed;
};

const MUTATIONS: readonly Mutation[] = [flip, cut, remove, double, repeat, nest, mix, poison, miscount];

/** One of the files, changed in one to four ways. */
export function mutantOf(files: readonly Uint8Array[], chance: Chance): Uint8Array {
  let mutant = oneOf(files, chance);
  for (let times = 1 + chance(4); times > 0; times -= 1) {
    const changed = oneOf(MUTATIONS, chance)(mutant, chance, files);
    mutant = changed.length > MOST_BYTES ? changed.slice(0, MOST_BYTES) : changed;
  }
  return mutant;
}
