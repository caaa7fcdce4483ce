import type { Result } from '../commands/command.ts';
import type { Column, ListView } from '../terminal/list.ts';

/** An answer as it is kept under a key, and given again. */
export interface KeptAnswer {
  readonly result: Result;
  /** Everything of which the first answer warned. */
  readonly warnings: readonly string[];
}

interface KeptList extends Pick<ListView<object>, 'footer' | 'empty'> {
  readonly columns: readonly Pick<Column<object>, 'key' | 'title' | 'kind' | 'priority'>[];
  readonly rows: readonly { readonly row: object; readonly cells: readonly Cell[] }[];
}

interface Cell {
  readonly value: string | null;
  readonly csv: string | null;
}

/** An answer as text. A list keeps the cells that its columns make of its rows. */
export function freeze({ result, warnings }: KeptAnswer): string {
  const { list, ...human } = result.human;
  const frozen = list === undefined ? human : { ...human, list: frozenList(list) };
  return JSON.stringify({ result: { ...result, warnings: [], human: frozen }, warnings });
}

/** The answer in a text that `freeze` made. */
export function thaw(text: string): KeptAnswer {
  const { result, warnings } = JSON.parse(text) as KeptAnswer & { result: { human: { list?: KeptList } } };
  const { list, ...human } = result.human;
  return { result: { ...result, human: list === undefined ? human : { ...human, list: thawedList(list) } }, warnings };
}

const frozenList = ({ columns, rows, footer, empty }: ListView<object>): KeptList => ({
  columns: columns.map(({ key, title, kind, priority }) => ({
    key,
    title,
    priority,
    ...(kind === undefined ? {} : { kind }),
  })),
  rows: rows.map((row) => ({
    row,
    cells: columns.map((column) => {
      const value = column.value(row);
      return { value, csv: column.csv === undefined ? value : column.csv(row) };
    }),
  })),
  footer,
  empty,
});

function thawedList({ columns, rows, footer, empty }: KeptList): ListView<object> {
  const cells = new Map(rows.map((kept) => [kept.row, kept.cells]));
  return {
    columns: columns.map((column, at) => ({
      ...column,
      value: (row) => cells.get(row)?.[at]?.value ?? null,
      csv: (row) => cells.get(row)?.[at]?.csv ?? null,
    })),
    rows: rows.map(({ row }) => row),
    footer,
    empty,
  };
}
