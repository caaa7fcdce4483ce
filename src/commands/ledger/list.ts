import { ENTRY_KINDS, ENTRY_TYPES, entryDelta, type EntryType } from '../../domain/ledger.ts';
import { decimalOfSum, formatAmount } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { ledgerEntryDocument, type LedgerEntryDocument } from '../../documents/ledger-entry.ts';
import { readableFund } from '../../operations/look-up.ts';
import { listEntries } from '../../store/ledger.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command, Input } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS, periodOf, PERIOD_OPTIONS } from '../listing.ts';
import { officeFacts } from '../office-day.ts';

export const command: Command = {
  path: 'ledger list',
  summary: 'List the entries of the books, newest first',
  details: 'The total is net: credits and adjustments minus debits.',
  options: [
    { flags: '--fund <code>', about: 'the book of this fund' },
    { flags: '--type <type>', about: ENTRY_TYPES.join(', ') },
    { flags: '--kind <kind>', about: ENTRY_KINDS.join(', ') },
    { flags: '--unreconciled', about: 'not tied to a statement yet' },
    ...PERIOD_OPTIONS,
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury ledger list --fund PETTY', about: 'the book of one fund' },
    {
      command: 'treasury ledger list --since this-month --kind payment --format csv',
      about: 'what was paid this month, for a spreadsheet',
    },
  ],
  access: 'books.read',
  writes: false,
  document: 'ledger_entry',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const { timezone } = await officeFacts(store);
    const page = pageRequest(input);
    const filter = {
      type: choice(input, 'type', ENTRY_TYPES),
      kind: choice(input, 'kind', ENTRY_KINDS),
      unreconciled: input.flag('unreconciled'),
      ...periodOf(input, context.now(), timezone),
    };
    const fund = input.optional('fund');
    const found = await store.read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return listEntries(tx, { ...filter, fundId }, page, actor.grants);
    });
    const totals = Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)]));
    return listResult({
      noun: 'entry',
      plural: 'entries',
      documents: found.rows.map(ledgerEntryDocument),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals },
      totalsAre: 'net',
    });
  },
};

/** One of the words that an option takes, or undefined without it. Throws usage CHOICE_UNKNOWN. */
function choice<Word extends string>(input: Input, name: string, words: readonly Word[]): Word | undefined {
  const text = input.optional(name);
  const word = words.find((one) => one === text);
  if (text !== undefined && word === undefined)
    throw usage('CHOICE_UNKNOWN', `--${name} ${quoted(text)} is not one of ${words.join(', ')}.`);
  return word;
}

/** What the entry did to the balance: debits are shown negative. */
const delta = (entry: { type: EntryType; amount_minor: number }): number => entryDelta(entry.type, entry.amount_minor);

const columnsFor = (zone: string): Column<LedgerEntryDocument>[] => [
  { key: 'ref', title: 'Entry', value: (entry) => entry.ref, priority: 1 },
  {
    key: 'created_at',
    title: 'Posted',
    kind: 'time',
    value: (entry) => formatInstant(new Date(entry.created_at), zone),
    csv: (entry) => entry.created_at,
    priority: 3,
  },
  { key: 'fund', title: 'Fund', value: (entry) => entry.fund, priority: 1 },
  { key: 'type', title: 'Type', value: (entry) => entry.type, priority: 6 },
  { key: 'kind', title: 'Kind', value: (entry) => entry.kind, priority: 2 },
  {
    key: 'amount',
    title: 'Amount',
    kind: 'money',
    value: (entry) => formatAmount(delta(entry), entry.currency),
    // As in JSON, where the type says which way the money went.
    csv: (entry) => entry.amount,
    priority: 1,
  },
  moneyColumn('balance_after', 'Balance', 2),
  { key: 'value_date', title: 'Value date', value: (entry) => entry.value_date, priority: 7 },
  { key: 'description', title: 'Description', value: (entry) => entry.description, priority: 5 },
];
