import { columnKey } from '../column-key.ts';
import { quoted } from '../quoted.ts';
import {
  type CsvLayout,
  DATE_FORMS,
  DECIMAL_MARKS,
  LAYOUT_FIELDS,
  type LayoutColumn,
  type LayoutField,
  QUOTINGS,
  SEPARATORS,
} from './csv-layout.ts';
import { type OutcomeColumns, outcomeWord } from './outcome-columns.ts';

/** A file of a layout is small: beyond this nobody looks through it. */
export const MOST_LAYOUT_BYTES = 64 * 1024;

/** Something that is wrong with a layout, and where: `columns[2].field`, or nothing for all of it. */
export interface LayoutFault {
  readonly path: string;
  readonly message: string;
}

/** What a file says of a layout: the layout, or everything that is wrong with it. */
export type ReadLayout = { readonly layout: CsvLayout } | { readonly faults: readonly LayoutFault[] };

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Whether a text can name a layout. */
export const isLayoutName = (name: string): boolean => NAME.test(name);

const LONGEST_TEXT = 100;
const LONGEST_CELL = 1_000;
const MOST_COLUMNS = 100;
const MOST_WORDS = 50;

/** A layout as an office writes it down, under this name; everything but columns has a usual value and may be left out. */
export function readLayout(name: string, value: unknown): ReadLayout {
  const faults: LayoutFault[] = [];
  const file = new Table('', value, faults);
  file.known('title separator header date decimal quoting columns outcomes');
  const separator = file.choice('separator', SEPARATORS, ',');
  const layout: CsvLayout = {
    name,
    title: file.text('title') ?? '',
    separator,
    header: file.flag('header', true),
    date: file.choice('date', DATE_FORMS, 'YYYY-MM-DD'),
    decimal: file.choice('decimal', DECIMAL_MARKS, '.'),
    quoting: file.choice('quoting', QUOTINGS, 'needed'),
    columns: readColumns(file, faults),
    outcomes: readOutcomes(file, separator, faults),
  };
  faults.push(...columnFaults(layout), ...quotingFaults(layout), ...outcomeFaults(layout));
  return faults.length === 0 ? { layout } : { faults };
}

function readColumns(file: Table, faults: LayoutFault[]): LayoutColumn[] {
  const written = file.get('columns');
  if (!Array.isArray(written) || written.length === 0 || written.length > MOST_COLUMNS) {
    faults.push({ path: 'columns', message: `must be a list of 1 to ${MOST_COLUMNS} columns` });
    return [];
  }
  return written.map((one: unknown, at) => readColumn(new Table(`columns[${at + 1}]`, one, faults)));
}

function readColumn(table: Table): LayoutColumn {
  table.known('title field text longest needed');
  const title = table.text('title', true) ?? '';
  const [isField, isText] = [table.has('field'), table.has('text')];
  if (isField === isText) table.fault('', 'must have a field of the payment, or a text for every row, not both');
  if (!isText)
    return {
      title,
      field: isField ? table.choice('field', LAYOUT_FIELDS, 'number') : 'number',
      longest: table.count('longest', LONGEST_CELL),
      needed: table.flag('needed', false),
    };
  for (const name of ['longest', 'needed']) if (table.has(name)) table.fault(name, 'is for a field, not for a text');
  return { title, text: table.text('text', true) ?? '' };
}

function readOutcomes(file: Table, usual: CsvLayout['separator'], faults: LayoutFault[]): OutcomeColumns | null {
  if (!file.has('outcomes')) return null;
  const table = new Table('outcomes', file.get('outcomes'), faults);
  table.known('separator charset decimal thousands key message_id status reason amount currency account paid rejected');
  const decimal = table.choice('decimal', DECIMAL_MARKS, '.');
  const thousands = table.choice('thousands', [',', '.', ' ', "'", 'none'] as const, decimal === '.' ? ',' : '.');
  if (thousands === decimal) table.fault('thousands', 'is the decimal mark as well');
  return {
    separator: table.choice('separator', SEPARATORS, usual),
    charset: table.choice('charset', ['utf-8', 'windows-1252'] as const, 'utf-8') === 'utf-8' ? null : 'windows-1252',
    decimal,
    thousands: thousands === 'none' ? null : thousands,
    key: table.column('key', true) ?? '',
    messageId: table.column('message_id'),
    status: table.column('status', true) ?? '',
    reason: table.column('reason'),
    amount: table.column('amount'),
    currency: table.column('currency'),
    account: table.column('account'),
    paid: table.words('paid', 1),
    rejected: table.words('rejected', 0),
  };
}

/** The fields without which a bank can pay nobody, or nobody can tell what it paid. */
function columnFaults({ columns, date, header }: CsvLayout): LayoutFault[] {
  if (columns.length === 0) return [];
  const has = (field: LayoutField): boolean => columns.some((column) => 'field' in column && column.field === field);
  const faults = (['account', 'amount', 'payee'] as const)
    .filter((field) => !has(field))
    .map((field) => ({ path: 'columns', message: `: it has no column for the ${field}` }));
  if (!has('key') && !has('remarks'))
    faults.push({
      path: 'columns',
      message: ": it has no column for the key, by which the bank's report tells which payment it means",
    });
  const titles = columns.map(({ title }) => title);
  for (const [at, column] of columns.entries()) {
    const path = `columns[${at + 1}]`;
    if (header && column.title !== '' && titles.indexOf(column.title) < at)
      faults.push({ path: `${path}.title`, message: `${quoted(column.title)} is the title of another column too` });
    const least = 'field' in column ? LENGTHS[column.field]?.(date) : undefined;
    if (least !== undefined && 'longest' in column && column.longest !== null && column.longest < least)
      faults.push({ path: `${path}.longest`, message: `is too short: the ${column.field} has ${least} characters` });
  }
  return faults;
}

/** Characters of the fields that always have as many. */
const LENGTHS: Partial<Record<LayoutField, (date: string) => number>> = {
  key: () => 19,
  currency: () => 3,
  date: (form) => form.length,
};

/** Without quotes, nothing may stand in a cell that would begin another. */
function quotingFaults({ quoting, separator, decimal, header, columns }: CsvLayout): LayoutFault[] {
  if (quoting !== 'never') return [];
  const faults: LayoutFault[] = [];
  const steers = (text: string): boolean => text.includes(separator) || text.includes('"');
  for (const [at, column] of columns.entries()) {
    const path = `columns[${at + 1}]`;
    if (header && steers(column.title))
      faults.push({ path: `${path}.title`, message: 'needs quotes, and the layout has none' });
    if ('text' in column && steers(column.text))
      faults.push({ path: `${path}.text`, message: 'needs quotes, and the layout has none' });
    if ('field' in column && column.field === 'amount' && decimal === separator)
      faults.push({ path, message: 'needs quotes: the decimal mark is the separator, and the layout has none' });
  }
  return faults;
}

function outcomeFaults({ outcomes, columns }: CsvLayout): LayoutFault[] {
  if (outcomes === null) return [];
  const faults: LayoutFault[] = [];
  if (columns.length > 0 && !columns.some((column) => 'field' in column && column.field === 'key'))
    faults.push({ path: 'outcomes.key', message: ': the file has no column for the key, so no bank can repeat it' });
  const { key, messageId, status, reason, amount, currency, account } = outcomes;
  const named = { key, message_id: messageId, status, reason, amount, currency, account };
  const used = new Map<string, string>();
  for (const [field, name] of Object.entries(named)) {
    if (name === null || name === '') continue;
    const other = used.get(columnKey(name));
    if (other !== undefined)
      faults.push({ path: `outcomes.${field}`, message: `is the same column as ${other}: ${quoted(name)}` });
    else used.set(columnKey(name), field);
  }
  const paid = new Set(outcomes.paid.map(outcomeWord));
  const both = outcomes.rejected.filter((word) => paid.has(outcomeWord(word)));
  if (both.length > 0)
    faults.push({ path: 'outcomes.rejected', message: `: ${both.map(quoted).join(', ')} means paid as well` });
  return faults;
}

type Written = Readonly<Record<string, unknown>>;

/** A spreadsheet would take it for a formula. */
const FORMULA = /^[=+\-@]/;
const SAYS_SOMETHING = /[\p{Letter}\p{Number}]/u;

/** One table of the file, which tells every fault of what is taken from it. */
class Table {
  readonly #path: string;
  readonly #value: Written;
  readonly #faults: LayoutFault[];

  constructor(path: string, value: unknown, faults: LayoutFault[]) {
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#path = path;
    this.#value = isTable ? (value as Written) : {};
    this.#faults = faults;
    if (!isTable) this.fault('', 'must be a table of names and values');
  }

  fault(field: string, message: string): void {
    const path = [this.#path, field].filter((part) => part !== '').join('.');
    this.#faults.push({ path, message });
  }

  known(fields: string): void {
    const all = fields.split(' ');
    for (const field of Object.keys(this.#value).filter((one) => !all.includes(one)))
      this.fault('', `: ${quoted(field)} is unknown; known are ${all.join(', ')}`);
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#value, field);
  }

  /** What stands under a name; undefined where nothing does. Names of every object's own do not count. */
  get(field: string): unknown {
    return this.has(field) ? this.#value[field] : undefined;
  }

  /** A text that is written into files: every charset has the same bytes for it, and no spreadsheet calculates with it. */
  text(field: string, needed = false): string | null {
    const text = this.get(field);
    if (text === undefined) {
      if (needed) this.fault(field, 'is missing');
      return null;
    }
    if (typeof text !== 'string' || !/^[\x20-\x7e]*$/.test(text) || text.length > LONGEST_TEXT)
      this.fault(field, `must be a text of at most ${LONGEST_TEXT} characters, all of plain ASCII`);
    else if (FORMULA.test(text)) this.fault(field, `${quoted(text)} would be a formula in a spreadsheet`);
    else return text;
    return null;
  }

  /** The name of a column of the bank's, or another short text. */
  column(field: string, needed = false): string | null {
    const name = this.get(field);
    if (name === undefined) {
      if (needed) this.fault(field, 'is missing');
      return null;
    }
    if (isShort(name)) return name;
    this.fault(field, `must be a text with a letter or digit, of at most ${LONGEST_TEXT} characters`);
    return null;
  }

  words(field: string, least: number): readonly string[] {
    const words = this.get(field) ?? [];
    if (Array.isArray(words) && words.length >= least && words.length <= MOST_WORDS && words.every(isShort))
      return words;
    this.fault(field, `must be a list of ${least} to ${MOST_WORDS} texts, each with a letter or digit`);
    return [];
  }

  choice<T extends string>(field: string, choices: readonly T[], usual: T): T {
    const value = this.get(field);
    if (value === undefined) return usual;
    const chosen = choices.find((one) => one === value);
    if (chosen !== undefined) return chosen;
    this.fault(field, `must be one of ${choices.map((one) => JSON.stringify(one)).join(', ')}`);
    return usual;
  }

  flag(field: string, usual: boolean): boolean {
    const value = this.get(field) ?? usual;
    if (typeof value === 'boolean') return value;
    this.fault(field, 'must be true or false');
    return usual;
  }

  count(field: string, most: number): number | null {
    const value = this.get(field);
    if (value === undefined) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
    this.fault(field, `must be a whole number from 1 to ${most}`);
    return null;
  }
}

const isShort = (text: unknown): text is string =>
  typeof text === 'string' && SAYS_SOMETHING.test(text) && text.length <= LONGEST_TEXT;
