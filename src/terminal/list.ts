import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { csvCell, jsonText, visible } from './clean.ts';

/** One column of a list, in a table, CSV or Markdown. Methods, so that a list of any rows is a `ListView<object>`. */
export interface Column<Row> {
  /** The name in `--fields` and in the header of CSV. */
  readonly key: string;
  /** The name in tables. */
  readonly title: string;
  /** What people see; null shows as a dash. */
  value(row: Row): string | null;
  /** What CSV holds, where that differs: `12500.00` for `KES 12,500.00`. */
  csv?(row: Row): string | null;
  /** Only text is ever shortened; figures stand on the right; what is `whole` says nothing in part: a command, a number. */
  readonly kind?: 'text' | 'money' | 'number' | 'time' | 'whole';
  /** 1 stays longest: when the terminal is too narrow, the highest number goes first. */
  readonly priority: number;
  /** Who or what a row is about: at priority 1 it is shortened rather than left out. */
  readonly yields?: true;
}

/** A list as every format shows it. */
export interface ListView<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Lines below: counts, totals, what was left out. */
  readonly footer: readonly string[];
  /** What to say when there are no rows. */
  readonly empty: string;
}

/**
 * The columns that `--fields a,b` names, in that order. Asked for by name, none of them is dropped on narrow terminals.
 * Throws usage FIELD_UNKNOWN, which names every field there is.
 */
export const pickColumns = <Row>(columns: readonly Column<Row>[], fields: string): Column<Row>[] => {
  const keys = [...new Set(fields.split(',').map((field) => field.trim()))];
  const known = new Map(columns.map((column) => [column.key, column]));
  const unknown = keys.filter((key) => !known.has(key));
  if (unknown.length > 0) {
    throw usage(
      'FIELD_UNKNOWN',
      `There is no field ${unknown.map(quoted).join(', ')}. The fields are ${[...known.keys()].join(', ')}.`,
    );
  }
  return keys.flatMap((key) => known.get(key) ?? []).map((column) => ({ ...column, priority: 1 }));
};

/** Whether a column holds figures, which stand on the right. */
export const isFigure = <Row>(column: Column<Row>): boolean => column.kind === 'money' || column.kind === 'number';

/** A list as CSV by RFC 4180, with line feeds: keys as header, text safe for spreadsheets and terminals. */
export const renderCsv = <Row>(view: Pick<ListView<Row>, 'columns' | 'rows'>): string => {
  const header = view.columns.map((column) => column.key).join(',');
  const lines = view.rows.map((row) => view.columns.map((column) => csvField(column, row)).join(','));
  return `${[header, ...lines].join('\n')}\n`;
};

const csvField = <Row>(column: Column<Row>, row: Row): string => {
  const value = (column.csv === undefined ? column.value(row) : column.csv(row)) ?? '';
  const isText = column.kind === undefined || column.kind === 'text' || column.kind === 'whole';
  const text = visible(isText ? csvCell(value) : value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One JSON document a line; nothing for an empty list. */
export const renderJsonLines = (data: readonly object[]): string => data.map((one) => `${jsonText(one)}\n`).join('');

/** A list as a Markdown table, with the footer below it. */
export const renderMarkdown = <Row>(view: ListView<Row>): string => {
  const { columns, rows } = view;
  if (rows.length === 0) return `${paragraphs([view.empty, ...view.footer])}\n`;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns.map((column) => markdown(column.title))),
    line(columns.map((column) => (isFigure(column) ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((column) => markdown(column.value(row) ?? '')))),
  ].join('\n');
  return view.footer.length === 0 ? `${table}\n` : `${table}\n\n${paragraphs(view.footer)}\n`;
};

const paragraphs = (texts: readonly string[]): string => texts.map(markdown).join('\n\n');

const markdown = (text: string): string => visible(text).replace(/[\\|`*[\]<>]/g, '\\$&');
