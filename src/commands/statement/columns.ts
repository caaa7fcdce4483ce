import { formatDecimal } from '../../domain/money.ts';
import type { StatementLineDocument } from '../../documents/statement.ts';
import type { Column } from '../../terminal/list.ts';

/** Decimals as people read them, with the currency where one is named. */
export const money = (decimal: string | null, currency: string | null): string | null => {
  if (decimal === null) return null;
  return currency === null ? decimal : formatDecimal(decimal, currency);
};

/** Whether a statement's balances follow from its lines, in words. */
export const TIES = { true: 'yes', false: 'NO', null: 'cannot be told' } as const;

/** The lines of a file as people read them. */
export const LINE_COLUMNS: readonly Column<StatementLineDocument>[] = [
  { key: 'booked_on', title: 'Booked', kind: 'time', value: (line) => line.booked_on, priority: 1 },
  {
    key: 'amount',
    title: 'Amount',
    kind: 'money',
    value: (line) => money(line.amount, line.currency),
    csv: (line) => line.amount,
    priority: 1,
  },
  { key: 'currency', title: 'Currency', value: (line) => line.currency, priority: 9 },
  {
    key: 'balance',
    title: 'Balance',
    kind: 'money',
    value: (line) => money(line.balance, line.currency),
    csv: (line) => line.balance,
    priority: 4,
  },
  { key: 'external_id', title: 'Reference', value: (line) => line.external_id, priority: 2 },
  { key: 'counterparty', title: 'Counterparty', value: (line) => line.counterparty, priority: 3 },
  { key: 'description', title: 'Description', value: (line) => line.description, priority: 5 },
  { key: 'references', title: 'Also', value: (line) => line.references.join(' '), priority: 6 },
  { key: 'position', title: 'At line', kind: 'number', value: (line) => String(line.position), priority: 7 },
  { key: 'statement', title: 'Of', kind: 'number', value: (line) => String(line.statement), priority: 8 },
];
