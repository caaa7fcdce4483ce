import CliTable3 from 'cli-table3';
import type { Check } from '../domain/problem.ts';
import { visible } from './clean.ts';
import type { Paint } from './colour.ts';
import { padTo, widthOf } from './width.ts';
import { wrapTo } from './wrap.ts';

/** One line of a card: what it is, and its value. */
export interface CardPair {
  readonly label: string;
  readonly value: string;
  /** Money is never broken over two lines, and times only where the whole terminal is too narrow for them. */
  readonly kind?: 'money' | 'text' | 'time';
}

export interface CardOptions {
  /** Columns of the terminal; Infinity, as in a pipe, wraps nothing. */
  readonly width: number;
  readonly paint: Paint;
}

export interface CheckOptions extends CardOptions {
  /** For terminals without UTF-8: words in place of marks. */
  readonly ascii?: boolean;
}

/** Below this a card is plain lines. */
const NARROW = 50;
const GAP = 2;

/** One thing with its properties, for `show`: labels on the left, values wrapped on the right. */
export const renderCard = (pairs: readonly CardPair[], { width, paint }: CardOptions): string => {
  const label = Math.max(0, ...pairs.map((pair) => widthOf(visible(pair.label))));
  const beside = Math.max(1, width - label - GAP);
  const rows = pairs.map(({ label: name, value, kind = 'text' }): CardRow => {
    const text = visible(value);
    const paintValue = kind === 'money' ? paint.money : paint.plain;
    return {
      head: paint.dim(padTo(visible(name), label, 'left')),
      below: kind === 'text' ? widthOf(text) > beside && beside < widthOf(longestWord(text)) : widthOf(text) > beside,
      beside: (kind === 'text' ? wrapTo(text, beside) : [text]).map(paintValue),
      whole: (kind === 'money' ? [text] : wrapTo(text, width)).map(paintValue),
      names: wrapTo(visible(name), width).map(paint.dim),
    };
  });
  const drawn = width >= NARROW && Number.isFinite(width) && !rows.some((row) => row.below);
  return `${(drawn ? drawnRows(rows.map((row) => [row.head, row.beside])) : plainRows(rows, label)).join('\n')}\n`;
};

/** A pair ready to print: its value beside the label, or whole below it where that is too narrow. */
interface CardRow {
  readonly head: string;
  readonly names: readonly string[];
  readonly below: boolean;
  readonly beside: readonly string[];
  readonly whole: readonly string[];
}

const longestWord = (text: string): string =>
  text.split(' ').reduce((longest, word) => (word.length > longest.length ? word : longest), '');

const plainRows = (rows: readonly CardRow[], label: number): string[] =>
  rows.flatMap(({ head, names, below, beside, whole }) => {
    if (below) return [...names, ...whole];
    const [first = '', ...more] = beside;
    return [`${head}${' '.repeat(GAP)}${first}`, ...more.map((line) => ' '.repeat(label + GAP) + line)];
  });

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((place) => [place, '']),
);

/** Lines side by side without a frame, so that they can be copied; the text is cleaned and wrapped before. */
const drawnRows = (rows: readonly (readonly [string, readonly string[]])[]): string[] => {
  const table = new CliTable3({
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map(([head, beside]) => [head, beside.join('\n')]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
};

/** Every check of a payment or change: passed, failing or not judged, with what fixes it and who may. */
export const renderChecks = (checks: readonly Check[], { width, paint, ascii = false }: CheckOptions): string => {
  const marks = ascii ? { good: 'ok', bad: 'no', open: '--' } : { good: '✓', bad: '✗', open: '·' };
  const indent = widthOf(marks.good) + 1;
  const inset = (text: string): string[] =>
    wrapTo(text, Math.max(1, width - indent)).map((line) => ' '.repeat(indent) + line);
  const lines = checks.flatMap((check) => {
    const [first = '', ...more] = inset(visible(check.message));
    const below = fixLines(check).map(visible);
    return [
      `${markOf(check, marks, paint)} ${first.slice(indent)}`,
      ...more,
      ...below.flatMap((text) => (isTooWide(text, width - indent) ? atTheEdge(text, { indent, width }) : inset(text))),
    ];
  });
  return `${lines.join('\n')}\n`;
};

/** Whether a command has a word that no line takes: a blank before its second half would part it when it is copied. */
const isTooWide = (text: string, room: number): boolean =>
  text.startsWith(FIX) && widthOf(longestWord(text)) > Math.max(1, room);

const atTheEdge = (text: string, { indent, width }: { readonly indent: number; readonly width: number }): string[] => [
  ' '.repeat(indent) + FIX.trimEnd(),
  ...wrapTo(text.slice(FIX.length), width, { flush: true }),
];

const markOf = (check: Check, marks: { good: string; bad: string; open: string }, paint: Paint): string => {
  if (check.ok === null) return paint.dim(marks.open);
  return check.ok ? paint.good(marks.good) : paint.bad(marks.bad);
};

const FIX = 'fix: ';

const fixLines = ({ fix, ok }: Check): string[] => {
  if (fix === null || ok === true) return [];
  const command = fix.command === null ? [] : [FIX + fix.command];
  return fix.who.length === 0 ? command : [...command, `who: ${fix.who.join(', ')}`];
};
