import { joinsEmoji } from '../domain/invisible.ts';

/** Everything that steers a terminal, or takes no room on it, or is half a character. Made at first use: most texts are plain. */
const hidden = (): RegExp =>
  (HIDDEN ??=
    /[\p{Control}\p{Format}\p{Line_Separator}\p{Paragraph_Separator}\p{Surrogate}\p{Default_Ignorable_Code_Point}]/gu);
let HIDDEN: RegExp | undefined;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text from outside as it may be shown: control, escape, bidirectional, zero-width, line-separator and tag characters
 * become visible (`\x1b`, `\u{202e}`, `\n`); letters of any script, combining marks and emoji stay as they are.
 */
export const visible = (text: string): string =>
  isPlain(text)
    ? text
    : text.replace(hidden(), (character, offset: number) =>
        joinsEmoji(character, offset, text) ? character : escaped(character),
      );

/** Whether a text is printable ASCII, which needs no closer look: its length is its width. A loop takes a third of the time of a pattern, and lists have many cells. */
export const isPlain = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
};

/** A cell for CSV that no spreadsheet takes for a formula: one that starts like a formula gets an apostrophe. */
export const csvCell = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** A value as JSON on one line, whose text cannot steer a terminal; every JSON reader gets the same value back. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(hidden(), (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()].map((at) => unitEscape(character, at)).join(''),
  );

const unitEscape = (character: string, at: number): string =>
  `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;

const escaped = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  const short = `\\x${point.toString(16).padStart(2, '0')}`;
  return NAMED[character] ?? (point <= 0xff ? short : `\\u{${point.toString(16)}}`);
};
