import type { Actor } from '../../src/domain/access.ts';
import { addLayout, type AddedLayout } from '../../src/operations/add-layout.ts';
import type { PayingOffice } from './an-office.ts';

/** A layout of a bank as an office writes it down; only what matters is said. */
export const aLayout = (change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  separator: ';',
  date: 'DD/MM/YYYY',
  columns: [
    { title: 'Ref', field: 'key' },
    { title: 'Type', text: 'RTGS' },
    { title: 'Name', field: 'payee', longest: 35 },
    { title: 'Account', field: 'account' },
    { title: 'Amount', field: 'amount' },
    { title: 'Value Date', field: 'date' },
  ],
  ...change,
});

/** Adds it to an office, as a treasurer. */
export const layoutAdded = (
  { store, people }: PayingOffice,
  name: string,
  change: Readonly<Record<string, unknown>> = {},
  by: Actor = people.david,
): Promise<AddedLayout> => addLayout(store, by, { name, text: JSON.stringify(aLayout(change)) });
