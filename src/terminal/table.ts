import { isPlain, visible } from './clean.ts';
import type { Paint } from './colour.ts';
import { type Fitting, fitColumns, GAP } from './fit.ts';
import { type Column, isFigure, type ListView } from './list.ts';
import { cutTo, padTo, widthOf } from './width.ts';
import { wrapTo } from './wrap.ts';

export interface TableOptions {
  /** Columns of the terminal; Infinity, as in a pipe, fits nothing. */
  readonly width: number;
  /** `--wide`: everything is shown, however long the lines. */
  readonly wide: boolean;
  readonly paint: Paint;
}

/**
 * A list for people, no line wider than the terminal: columns are dropped by priority (a note says which), then text
 * is shortened; where that is not enough each row becomes a block of lines. Figures and times are never cut.
 */
export const renderTable = <Row>(view: ListView<Row>, options: TableOptions): string => {
  const width = options.wide ? Infinity : Math.max(1, options.width);
  const footer = foot(view.footer, width, options.paint);
  if (view.rows.length === 0) return lines([...wrapTo(visible(view.empty), width), ...footer]);
  const cells = view.columns.map((column) => cellsOf(column, view.rows));
  const fitting = fitColumns(
    view.columns.map((column, at) => ({
      natural: Math.max(cells[at]?.widest ?? 0, widthOf(column.title)),
      shrinks: (column.kind ?? 'text') === 'text',
      priority: column.priority,
      yields: column.yields,
    })),
    width,
  );
  if (fitting === undefined) return lines([...stacked(view.columns, cells, width, options.paint), ...footer]);
  const note = foot(hiddenNote(view.columns, fitting), width, options.paint);
  return lines([...grid(view.columns, cells, fitting, options.paint), ...note, ...footer]);
};

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

const foot = (texts: readonly string[], width: number, paint: Paint): string[] =>
  texts.flatMap((text) => wrapTo(visible(text), width, { flush: true }).map((line) => paint.dim(line)));

const hiddenNote = <Row>(columns: readonly Column<Row>[], fitting: Fitting): string[] => {
  const shown = new Set(fitting.map(({ index }) => index));
  const hidden = columns.filter((_, at) => !shown.has(at)).map((column) => column.key);
  return hidden.length === 0 ? [] : [`hidden: ${hidden.join(', ')} (--wide shows all)`];
};

/** The cleaned texts of one column, row by row, each measured once. */
interface Cells {
  readonly texts: readonly string[];
  /** Null when all are as wide as they are long, as nearly every column is. */
  readonly widths: readonly number[] | null;
  readonly widest: number;
}

const cellsOf = <Row>(column: Column<Row>, rows: readonly Row[]): Cells => {
  let widest = 0;
  let allPlain = true;
  const texts = rows.map((row) => {
    const value = column.value(row) ?? '-';
    if (isPlain(value)) {
      if (value.length > widest) widest = value.length;
      return value;
    }
    allPlain = false;
    return visible(value);
  });
  if (allPlain) return { texts, widths: null, widest };
  const widths = texts.map(widthOf);
  return { texts, widths, widest: widths.reduce((most, width) => Math.max(most, width), 0) };
};

const grid = <Row>(
  columns: readonly Column<Row>[],
  cells: readonly Cells[],
  fitting: Fitting,
  paint: Paint,
): string[] => {
  const gap = ' '.repeat(GAP);
  const shown = fitting.flatMap(({ index, width }, at) => {
    const [column, own] = [columns[index], cells[index]];
    if (column === undefined || own === undefined) return [];
    const align: Align = isFigure(column) ? 'right' : at === fitting.length - 1 ? 'none' : 'left';
    const title = fitted(column.title, widthOf(column.title), { width, align });
    return [{ title: paint.heading(title), before: at === 0 ? '' : gap, own, place: { width, align } }];
  });
  const count = cells[0]?.texts.length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => {
    let line = '';
    for (const { before, own, place } of shown) {
      const text = own.texts[row] ?? '';
      line += before + fitted(text, own.widths?.[row] ?? text.length, place);
    }
    return line;
  });
  return [shown.map(({ title }) => title).join(gap), ...rows];
};

/** Text in the last column needs no spaces after it. */
type Align = 'left' | 'right' | 'none';

interface Place {
  readonly width: number;
  readonly align: Align;
}

const fitted = (text: string, own: number, { width, align }: Place): string => {
  if (own > width) return align === 'none' ? cutTo(text, width) : padTo(cutTo(text, width), width, align);
  if (align === 'none') return text;
  const room = spacesOf(width - own);
  return align === 'left' ? text + room : room + text;
};

/** Spaces by their number: a table asks for the same few, thousands of times. */
const spaces: string[] = [];
const spacesOf = (count: number): string => (spaces[count] ??= ' '.repeat(count));

/** Each row as lines of title and value, for terminals too narrow for a table; nothing is left out. */
const stacked = <Row>(
  columns: readonly Column<Row>[],
  cells: readonly Cells[],
  width: number,
  paint: Paint,
): string[] => {
  const label = Math.max(...columns.map((column) => widthOf(column.title)));
  const count = cells[0]?.texts.length ?? 0;
  return Array.from({ length: count }, (_, row) =>
    columns.flatMap((column, at) => entry(column, cells[at]?.texts[row] ?? '', { label, width, paint })).concat(''),
  ).flat();
};

const entry = <Row>(
  column: Column<Row>,
  value: string,
  { label, width, paint }: { label: number; width: number; paint: Paint },
): string[] => {
  const beside = width - label - GAP;
  const isText = (column.kind ?? 'text') === 'text';
  if (beside < (isText ? Math.min(widthOf(value), LEAST_BESIDE) : widthOf(value))) {
    const titles = wrapTo(column.title, width).map((line) => paint.heading(line));
    return [...titles, ...(isText || column.kind === 'whole' ? wrapTo(value, width, { flush: true }) : [value])];
  }
  const [first = '', ...more] = isText ? wrapTo(value, beside) : [value];
  const indent = ' '.repeat(label + GAP);
  return [
    paint.heading(padTo(column.title, label, 'left')) + ' '.repeat(GAP) + first,
    ...more.map((line) => indent + line),
  ];
};

/** A value squeezed into fewer columns than this reads better below its title. */
const LEAST_BESIDE = 10;
