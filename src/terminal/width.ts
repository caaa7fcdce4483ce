import { createRequire } from 'node:module';

/** Made at first use: the first segmenter of a process takes 30 ms, and most lines are ASCII. */
let segmenter: Intl.Segmenter | undefined;
const graphemesOf = (text: string): Intl.Segments =>
  (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })).segment(text);

/** Loaded at first use, for the same reason: the package makes a segmenter of its own. */
let measure: ((text: string) => number) | undefined;
const measured = (text: string): number => {
  // The package's one export; a test compares the widths of many texts.
  measure ??= (createRequire(import.meta.url)('string-width') as { default: (text: string) => number }).default;
  return measure(text);
};

/** How many columns of a terminal a text takes, once `visible` has cleaned it. */
export const widthOf = (text: string): number => (isSingleWidth(text) ? text.length : measured(text));

/** Whether a text has ASCII, Latin letters, dashes, quotes and ellipses only: one column each, so its length is its width. */
const isSingleWidth = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code <= 0x7e) continue;
    const isLatin = code >= 0xa1 && code <= 0x2ff && code !== 0xad;
    const isPunctuation = code >= 0x2010 && code <= 0x2027;
    if (!isLatin && !isPunctuation) return false;
  }
  return true;
};

/** Text with spaces up to a width, on the right or, for figures, on the left. Longer text stays as it is. */
export const padTo = (text: string, width: number, align: 'left' | 'right'): string => {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + spaces : spaces + text;
};

/** Text cut to a width, with an ellipsis where something is missing; never half a letter or emoji. */
export const cutTo = (text: string, width: number): string =>
  widthOf(text) <= width ? text : `${headOf(text, width - 1)}…`;

/** Text broken into lines of at most this width, between words where possible, and a currency stays with its figure. Infinity leaves it on one line. */
export const wrapWords = (text: string, width: number): string[] => {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text, width)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = brokenWord(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return line === '' ? lines : [...lines, line];
};

const wordsOf = (text: string, width: number): string[] =>
  text.split(/ (?!-?\d)|(?<!\b[A-Z]{3}) /).flatMap((word) => (widthOf(word) <= width ? [word] : word.split(' ')));

const brokenWord = (word: string, width: number): string[] => {
  const pieces: string[] = [];
  let rest = word;
  while (widthOf(rest) > width) {
    const head = headOf(rest, width) || firstGrapheme(rest);
    pieces.push(head);
    rest = rest.slice(head.length);
  }
  return [...pieces, rest];
};

/** The longest start of a text that fits a width. */
const headOf = (text: string, width: number): string => {
  if (isSingleWidth(text)) return text.slice(0, Math.max(0, width));
  let head = '';
  let taken = 0;
  for (const { segment } of graphemesOf(text)) {
    taken += widthOf(segment);
    if (taken > width) break;
    head += segment;
  }
  return head;
};

const firstGrapheme = (text: string): string => {
  for (const { segment } of graphemesOf(text)) return segment;
  return text;
};
