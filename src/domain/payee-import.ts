import { quoted } from './quoted.ts';

/** The columns of a payee list, in any order; each must be there, though cells may be empty. */
export const IMPORT_COLUMNS = [
  'payee',
  'amount',
  'purpose',
  'method',
  'destination',
  'company',
  'region',
  'branch',
  'category',
] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];

export const MOST_IMPORT_ROWS = 10_000;
export const MOST_IMPORT_BYTES = 5 * 1024 * 1024;

/** One line of a payee list, by column, with the number it has in the file. */
export type ImportLine = Readonly<Record<ImportColumn, string>> & { readonly line: number };

/** Everything that is wrong with a header in small letters; none when all columns are there once and no other. */
export function headerFaults(header: readonly string[], titles: readonly string[] = IMPORT_COLUMNS): string[] {
  const columns = titles.map((title) => title.toLowerCase());
  const titled = (names: readonly string[]): string =>
    names.map((name) => titles[columns.indexOf(name)] ?? name).join(', ');
  const missing = columns.filter((column) => !header.includes(column));
  const unknown = header.filter((name) => !columns.includes(name));
  const twice = columns.filter((column) => header.filter((name) => name === column).length > 1);
  return [
    ...(missing.length === 0 ? [] : [`line 1: missing columns ${titled(missing)}`]),
    ...(unknown.length === 0 ? [] : [`line 1: unknown columns ${unknown.map(quoted).join(', ')}`]),
    ...(twice.length === 0 ? [] : [`line 1: columns given twice ${titled(twice)}`]),
  ];
}

/** The cells of a line by column, or what is wrong with their number. */
export function importLine(header: readonly string[], cells: readonly string[], line: number): ImportLine | string {
  if (cells.length !== header.length)
    return `line ${line}: ${cells.length} cells where the header has ${header.length}`;
  const cell = (column: ImportColumn): string => cells[header.indexOf(column)] ?? '';
  return {
    line,
    payee: cell('payee'),
    amount: cell('amount'),
    purpose: cell('purpose'),
    method: cell('method'),
    destination: cell('destination'),
    company: cell('company'),
    region: cell('region'),
    branch: cell('branch'),
    category: cell('category'),
  };
}

/** A warning for every line that says exactly what an earlier one says. */
export function duplicateWarnings(lines: readonly ImportLine[]): string[] {
  const first = new Map<string, number>();
  const warnings: string[] = [];
  for (const one of lines) {
    const content = JSON.stringify(IMPORT_COLUMNS.map((column) => one[column].trim()));
    const earlier = first.get(content);
    if (earlier === undefined) first.set(content, one.line);
    else warnings.push(`Line ${one.line} is the same as line ${earlier}.`);
  }
  return warnings;
}
