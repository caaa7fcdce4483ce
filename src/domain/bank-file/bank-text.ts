/** Letters that no decomposition takes apart, and signs that have a usual stand-in (EPC217-08, best practices for conversion). */
const STAND_INS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  ŋ: 'n',
  Ŋ: 'N',
  '€': 'EUR',
  '&': '+',
  '@': '(at)',
  _: '-',
  '~': '-',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  ʼ: "'",
  '`': "'",
  '´': "'",
  '"': "'",
  '“': "'",
  '”': "'",
  '[': '(',
  '{': '(',
  ']': ')',
  '}': ')',
  ';': ',',
  '|': '/',
  '\\': '/',
};

/** What every bank takes: the character set of SWIFT's FIN messages, within one line. */
const SAFE = /[a-zA-Z0-9/\-?:().,'+ ]/;
/** A letter or digit: without one, a text says nothing. */
const SAYS_SOMETHING = /[a-zA-Z0-9]/;
/** What would begin a field or a formula, wherever the text comes to stand: `//` and a leading slash, colon, dash or plus. */
const BEGINNINGS = /^[^a-zA-Z0-9(]+/;

/**
 * A text in `a-zA-Z0-9/-?:().,'+` and single spaces, at most so many characters: accents are taken off, signs get their usual
 * stand-in, and a point stands for the rest. Null when no letter or digit is left. What it gives, it gives back unchanged.
 */
export function bankText(text: string, longest: number): string | null {
  // First of all: normalizing makes an acute accent that stands for an apostrophe a space.
  const spelt = [...text].map((character) => STAND_INS[character] ?? character).join('');
  const written = [...spelt.normalize('NFKC')].map(inSafeCharacters).join('');
  const tidy = written
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/\/{2,}/g, '/')
    .replaceAll(/ {2,}/g, ' ')
    .replace(BEGINNINGS, '')
    .slice(0, longest)
    .replace(/[ /]+$/, '');
  return SAYS_SOMETHING.test(tidy) ? tidy : null;
}

function inSafeCharacters(character: string): string {
  if (SAFE.test(character)) return character;
  const standIn = STAND_INS[character];
  if (standIn !== undefined) return standIn;
  if (/[\p{Separator}\p{Control}]/u.test(character)) return ' ';
  const plain = [...character.normalize('NFKD')].filter((part) => !/\p{Mark}/u.test(part));
  return plain.map((part) => (SAFE.test(part) ? part : (STAND_INS[part] ?? '.'))).join('');
}
