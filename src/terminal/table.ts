import { visible } from './clean.ts';
import type { Paint } from './colour.ts';
import { type Fitting, fitColumns, GAP } from './fit.ts';
import { type Column, isFigure, type ListView } from './list.ts';
import { cutTo, padTo, widthOf, wrapTo } from './width.ts';

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
  const cells = view.columns.map((column) => view.rows.map((row) => cellOf(column.value(row) ?? '-')));
  const fitting = fitColumns(
    view.columns.map((column, at) => ({
      natural: (cells[at] ?? []).reduce((most, cell) => Math.max(most, cell.width), widthOf(column.title)),
      shrinks: (column.kind ?? 'text') === 'text',
      priority: column.priority,
    })),
    width,
  );
  if (fitting === undefined) return lines([...stacked(view.columns, cells, width, options.paint), ...footer]);
  const note = foot(hiddenNote(view.columns, fitting), width, options.paint);
  return lines([...grid(view.columns, cells, fitting, options.paint), ...note, ...footer]);
};

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

const foot = (texts: readonly string[], width: number, paint: Paint): string[] =>
  texts.flatMap((text) => wrapTo(visible(text), width).map((line) => paint.dim(line)));

const hiddenNote = <Row>(columns: readonly Column<Row>[], fitting: Fitting): string[] => {
  const shown = new Set(fitting.map(({ index }) => index));
  const hidden = columns.filter((_, at) => !shown.has(at)).map((column) => column.key);
  return hidden.length === 0 ? [] : [`hidden: ${hidden.join(', ')} (--wide shows all)`];
};

/** The cleaned text of a cell, measured once. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

/** Cells by column, then by row. */
type Cells = readonly (readonly Cell[])[];

const cellOf = (value: string): Cell => {
  const text = visible(value);
  return { text, width: widthOf(text) };
};

const grid = <Row>(columns: readonly Column<Row>[], cells: Cells, fitting: Fitting, paint: Paint): string[] => {
  const gap = ' '.repeat(GAP);
  const shown = fitting.flatMap(({ index, width }, at) => {
    const [column, texts] = [columns[index], cells[index]];
    if (column === undefined || texts === undefined) return [];
    const align: Align = isFigure(column) ? 'right' : at === fitting.length - 1 ? 'none' : 'left';
    const title = fitted({ text: column.title, width: widthOf(column.title) }, width, align);
    return [{ title: paint.heading(title), texts: texts.map((cell) => fitted(cell, width, align)) }];
  });
  const count = cells[0]?.length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => shown.map(({ texts }) => texts[row] ?? '').join(gap));
  return [shown.map(({ title }) => title).join(gap), ...rows];
};

/** Text in the last column needs no spaces after it. */
type Align = 'left' | 'right' | 'none';

const fitted = (cell: Cell, width: number, align: Align): string => {
  if (cell.width > width)
    return align === 'none' ? cutTo(cell.text, width) : padTo(cutTo(cell.text, width), width, align);
  if (align === 'none') return cell.text;
  const spaces = ' '.repeat(width - cell.width);
  return align === 'left' ? cell.text + spaces : spaces + cell.text;
};

/** Each row as lines of title and value, for terminals too narrow for a table; nothing is left out. */
const stacked = <Row>(columns: readonly Column<Row>[], cells: Cells, width: number, paint: Paint): string[] => {
  const label = Math.max(...columns.map((column) => widthOf(column.title)));
  const count = cells[0]?.length ?? 0;
  return Array.from({ length: count }, (_, row) =>
    columns.flatMap((column, at) => entry(column, cells[at]?.[row]?.text ?? '', { label, width, paint })).concat(''),
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
    return [...titles, ...(isText ? wrapTo(value, width) : [value])];
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
