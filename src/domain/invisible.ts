/**
 * Characters that are nothing to see in a name and yet make another one of it to every comparison: zero-width spaces, soft hyphens,
 * marks that turn the direction of text, fillers, variation selectors (Unicode: Default_Ignorable_Code_Point and Format).
 */
const invisible = (): RegExp => (INVISIBLE ??= /[\p{Default_Ignorable_Code_Point}\p{Format}]/gu);
let INVISIBLE: RegExp | undefined;
const PLAIN = /^[ -~]*$/;

const NON_JOINER = '\u200c';
const JOINER = '\u200d';
const VARIATIONS = /^[\ufe0e\ufe0f]$/;
const EMOJI_BEFORE = /[\p{Emoji}\p{Emoji_Modifier}]\ufe0f?$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;

/**
 * The scripts in which a joiner or non-joiner inside a word is spelling (UAX 31, section 2.3): those that join their letters, and
 * those of India, Sri Lanka and Myanmar. Everywhere else it only hides.
 */
const SCRIPTS =
  'Arabic Syriac Mongolian Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Myanmar Khmer';

/** Made at first use: most texts are plain, and such patterns are slow to make. */
const joined = () => (JOINED ??= joinedPatterns());
let JOINED: ReturnType<typeof joinedPatterns> | undefined;

function joinedPatterns(): { readonly before: RegExp; readonly after: RegExp } {
  const letters = SCRIPTS.split(' ')
    .map((script) => `\\p{Script=${script}}`)
    .join('');
  return { before: new RegExp(`[${letters}]\\p{Mark}*$`, 'u'), after: new RegExp(`^[${letters}]`, 'u') };
}

/** Whether a joiner or variation selector builds an emoji; anywhere else these only hide something. */
export function joinsEmoji(character: string, offset: number, text: string): boolean {
  if (character !== JOINER && !VARIATIONS.test(character)) return false;
  if (!EMOJI_BEFORE.test(text.slice(Math.max(0, offset - 3), offset))) return false;
  return character !== JOINER || EMOJI_AFTER.test(text.slice(offset + 1, offset + 3));
}

/** No letter carries as many marks; a longer look would take the square of the time. */
const LOOK_BACK = 8;

/** Whether a joiner or non-joiner stands between two letters of a script in which that is spelling. */
const joinsLetters = (character: string, offset: number, text: string): boolean =>
  (character === JOINER || character === NON_JOINER) &&
  joined().before.test(text.slice(Math.max(0, offset - LOOK_BACK), offset)) &&
  joined().after.test(text.slice(offset + 1));

/** The first character of a text that hides something, as `U+200B` with its place from 1 on; null when everything in it is to be seen. */
export function hiddenCharacter(text: string): { readonly point: string; readonly place: number } | null {
  if (PLAIN.test(text)) return null;
  for (const { 0: character, index } of text.matchAll(invisible())) {
    if (joinsEmoji(character, index, text) || joinsLetters(character, index, text)) continue;
    const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return { point: `U+${point}`, place: [...text.slice(0, index)].length + 1 };
  }
  return null;
}

/** What is wrong with a text that hides something, or null. */
export function hiddenFault(name: string, text: string): string | null {
  const hidden = hiddenCharacter(text);
  return hidden === null
    ? null
    : `${name} has a character in it that cannot be seen: ${hidden.point}, in place ${hidden.place}; type it anew without`;
}
