import type { BankLayoutDocument } from '../../../documents/bank-layout.ts';
import { visible } from '../../../terminal/clean.ts';
import type { Column } from '../../../terminal/list.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import type { CardLine } from '../../command.ts';

/** A layout as people read it; what it does not have is left out. */
export function layoutCard(layout: BankLayoutDocument, zone: string): CardLine[] {
  const { created_by: by, created_at: at, outcomes } = layout;
  const rows: (readonly [label: string, value: string | null])[] = [
    ['Layout', layout.name],
    ['Version', layout.version === null ? null : String(layout.version)],
    ['Of', layout.title],
    ['Between cells', SEPARATOR_NAMES[layout.separator]],
    ['First row', layout.header ? 'titles of the columns' : 'a payment'],
    ['Days', layout.date],
    ['Figures', `1234${layout.decimal}50`],
    ['Quotes', QUOTING_WORDS[layout.quoting]],
    ...(outcomes === null ? [] : outcomeRows(outcomes)),
    ['Made by', by === null || at === null ? 'comes with the tool' : `${by}, ${formatInstant(new Date(at), zone)}`],
  ];
  return rows.flatMap(([label, value]) => (value === null || value === '' ? [] : [{ label, value: visible(value) }]));
}

const SEPARATOR_NAMES = { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab', '|': 'a bar' } as const;
const QUOTING_WORDS = {
  needed: 'around the cells that need them',
  always: 'around every cell',
  never: 'none; a separator within a name becomes a space',
} as const;

type Outcomes = NonNullable<BankLayoutDocument['outcomes']>;

const outcomeRows = (outcomes: Outcomes): (readonly [string, string | null])[] => [
  [
    'Outcomes',
    `${SEPARATOR_NAMES[outcomes.separator]} between cells, ${outcomes.charset}, 1${outcomes.thousands ?? ''}234${outcomes.decimal}50`,
  ],
  ['Our key', outcomes.key],
  ['Our message id', outcomes.message_id],
  ['Status', outcomes.status],
  ['  means paid', outcomes.paid.join(', ')],
  ['  means rejected', outcomes.rejected.join(', ')],
  ['Reason', outcomes.reason],
  ['Compared', [outcomes.amount, outcomes.currency, outcomes.account].filter((column) => column !== null).join(', ')],
];

type LayoutColumn = BankLayoutDocument['columns'][number];

/** The columns of a layout, in their order. */
export const LAYOUT_COLUMNS: readonly Column<LayoutColumn>[] = [
  { key: 'title', title: 'Column', value: ({ title }) => title, priority: 1 },
  { key: 'field', title: 'Holds', value: ({ field, text }) => field ?? `always ${JSON.stringify(text)}`, priority: 1 },
  {
    key: 'longest',
    title: 'Longest',
    kind: 'number',
    value: ({ longest }) => (longest === null ? null : String(longest)),
    priority: 2,
  },
  { key: 'needed', title: 'Needed', value: ({ needed }) => (needed ? 'yes' : null), priority: 3 },
];
