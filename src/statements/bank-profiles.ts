import { type ColumnProfile, readProfile } from './column-profile.ts';

/** Kenya's banks write days first; four-digit years are what their portals show, two-digit ones what spreadsheets make of them. */
const DAY_FIRST = [
  'd/M/yyyy',
  'd/M/yy',
  'd-M-yyyy',
  'd-M-yy',
  'd.M.yyyy',
  'd-MMM-yyyy',
  'd-MMM-yy',
  'd MMM yyyy',
  'd/MMM/yyyy',
];

/** What charges are called on these statements. */
const CHARGES = [
  'charge',
  'charges',
  'chrg',
  'excise duty',
  'ledger fee',
  'ledger fees',
  'transaction fee',
  'service fee',
];

/** What is usual in Kenya, as a profile is written down. */
export const USUAL = { date_formats: DAY_FIRST, usual_currency: 'KES', charges: CHARGES };

/**
 * Profiles that come with the tool, for four Kenyan banks. Their columns are those that the banks' online portals export; where
 * a branch exports others, a profile of one's own says so.
 */
export const BANK_PROFILES: readonly ColumnProfile[] = [
  {
    name: 'equity',
    title: 'Equity Bank (Kenya)',
    date: 'Date',
    description: 'Description',
    amount: { rule: 'debit-credit', debit: 'Debit', credit: 'Credit' },
    balance: 'Balance',
    ...USUAL,
  },
  {
    name: 'kcb',
    title: 'KCB Bank Kenya',
    date: 'Transaction Date',
    value_date: 'Value Date',
    description: 'Description',
    amount: { rule: 'debit-credit', debit: 'Debit', credit: 'Credit' },
    balance: 'Running Balance',
    ...USUAL,
  },
  {
    name: 'coop',
    title: 'Co-operative Bank of Kenya',
    date: 'Date',
    description: 'Transaction Details',
    amount: { rule: 'debit-credit', debit: 'Withdrawals', credit: 'Deposits' },
    balance: 'Balance',
    ...USUAL,
  },
  {
    name: 'ncba',
    title: 'NCBA Bank Kenya',
    date: 'Date',
    description: 'Narration',
    amount: { rule: 'debit-credit', debit: 'Debits', credit: 'Credits' },
    balance: 'Balance',
    ...USUAL,
  },
].map(readProfile);

/** The profile of this name that comes with the tool. */
export const bankProfile = (name: string): ColumnProfile | undefined =>
  BANK_PROFILES.find((profile) => profile.name === name);
