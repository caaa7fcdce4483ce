import { widthOf, wrapWords } from './width.ts';

/**
 * Text broken into lines of at most this width, between words where possible. A command in it that does not fit stands on lines of
 * its own, which can be copied as they are: a shell joins what ends with a backslash. Infinity leaves everything on one line.
 * Where nothing is put before the lines (`flush`), a word that is wider than the terminal is broken in that way too.
 */
export const wrapTo = (text: string, width: number, { flush = false } = {}): string[] => {
  if (widthOf(text) <= width) return [text];
  const found = NOT_TO_TYPE.test(text) ? null : COMMAND.exec(text);
  if (found === null) return wrapWords(text, width);
  const from = found.index + (found[1] ?? '').length;
  const command = commandAt(text, from);
  const before = text.slice(0, from).trimEnd();
  const after = text.slice(from + command.length).replace(/^[,;.]?(?: |$)/, '');
  return [
    // A mark stays beside its command; words that lead to it stand above.
    ...(before === '' || before === MARK ? [] : wrapWords(before, width)),
    ...wrapCommand(before === MARK ? `${MARK} ${command}` : command, width, { flush }),
    ...(after === '' ? [] : wrapTo(after, width, { flush })),
  ];
};

/** The same for a line that begins with spaces: what goes on below stands as far in. */
export const wrapIndented = (line: string, width: number): string[] => {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const room = Math.max(20, width - indent.length);
  return wrapTo(line.slice(indent.length), room, { flush: indent === '' }).map((part) => indent + part);
};

/** A command on lines that a shell reads as one: broken between words, never within quotes, a flag with its value where both fit. */
export const wrapCommand = (command: string, width: number, { flush = false } = {}): string[] => {
  if (widthOf(command) <= width) return [command];
  const lines: string[] = [];
  let line = '';
  for (const word of unitsOf(command, width)) {
    const longer = line === '' ? word : `${line} ${word}`;
    const begins = line === '' && (!flush || widthOf(word) <= width);
    if (begins || (line !== '' && widthOf(longer) <= width - GOES_ON.length)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line + GOES_ON);
    const pieces = flush && !/['"]/.test(word) ? piecesOf(word, width) : [INDENT + word];
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
};

/** A word that is wider than the terminal, in pieces that a shell joins because nothing stands before the next. */
const piecesOf = (word: string, width: number): string[] => {
  if (widthOf(INDENT + word) <= width) return [INDENT + word];
  const pieces = wrapWords(word, width - 1);
  return pieces.map((piece, at) => (at === pieces.length - 1 ? piece : `${piece}\\`));
};

const GOES_ON = ' \\';
const INDENT = '  ';
const MARK = '>';

/** How to use a command is not typed as it stands. */
const NOT_TO_TYPE = /^Usage: /;

/** Where a command begins: at the start, or where a colon, a mark or a word leads to it; settings of its environment belong to it. */
const COMMAND =
  /(^(?:> )?|[:;] |\bthen |, or )(?:(?:[A-Z_]+=\S+ )*treasury (?:--)?[a-z]|(?:chmod|chown|rm|mv|ls|df) \S|--after \S|[A-Z_]+=\S+$)/;

/** One word of a command, with what it quotes. */
const WORD = /(?:'[^']*'|"(?:[^"\\]|\\.)*"|\S)+/g;

/** The command that begins here: to the end, or to the comma, semicolon or full stop after which the text goes on. */
const commandAt = (text: string, from: number): string => {
  let end = from;
  for (const word of wordsFrom(text, from)) {
    end += (end === from ? 0 : 1) + word.length;
    if (word.length > 1 && /[,;.]$/.test(word)) return text.slice(from, end - 1);
  }
  return text.slice(from, end);
};

/** The words of a command, quotes unbroken, each flag with its value where both fit one line. */
const unitsOf = (command: string, width: number): string[] => {
  const units: string[] = [];
  for (const word of wordsFrom(command, 0)) {
    const flag = units.at(-1);
    const both = `${flag ?? ''} ${word}`;
    const isValue = flag !== undefined && /^--[a-z-]+$/.test(flag) && !word.startsWith('-');
    if (isValue && widthOf(INDENT + both + GOES_ON) <= width) units[units.length - 1] = both;
    else units.push(word);
  }
  return units;
};

/** Words that single spaces part, each with all that it quotes. */
const wordsFrom = (text: string, from: number): string[] => text.slice(from).match(WORD) ?? [];
