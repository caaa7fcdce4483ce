import { decimalOf } from '../../domain/money.ts';
import { parsePeriod } from '../../domain/period.ts';
import { unmatchedDocument, type UnmatchedDocument } from '../../documents/reconciled.ts';
import { listUnmatched } from '../../operations/show-reconciliation.ts';
import type { Column } from '../../terminal/list.ts';
import { todayIn } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PERIOD_OPTIONS } from '../listing.ts';

export const command: Command = {
  path: 'reconcile unmatched',
  summary: 'List statement lines and ledger entries that nothing explains, oldest first',
  options: [
    { flags: '--fund <code>', about: 'only this fund' },
    ...PERIOD_OPTIONS,
    { flags: '--limit <n>', about: 'rows at most; 0 for all (default 50)' },
  ],
  examples: [
    { command: 'treasury reconcile unmatched --fund MPESA', about: 'what has to be looked at' },
    { command: 'treasury reconcile unmatched --limit 0 --format csv', about: 'everything, for a spreadsheet' },
  ],
  access: 'books.read',
  writes: false,
  document: 'unmatched',
  async run(context, input) {
    const today = todayIn(context.now(), await context.zone());
    const since = input.optional('since');
    const until = input.optional('until');
    const first = since === undefined ? null : parsePeriod(since, today);
    const last = until === undefined ? (since?.includes('..') === true ? first : null) : parsePeriod(until, today);
    const wish = { fund: input.optional('fund') ?? null, since: first?.from ?? null, until: last?.to ?? null };
    const all = (await listUnmatched(await context.store(), await context.actor(), wish)).map(unmatchedDocument);
    const { limit } = pageRequest(input);
    const documents = limit === 0 ? all : all.slice(0, limit);
    const sums = new Map<string, number>();
    for (const { currency, amount_minor: minor } of all) sums.set(currency, (sums.get(currency) ?? 0) + minor);
    const totals = Object.fromEntries([...sums].map(([currency, minor]) => [currency, decimalOf(minor, currency)]));
    return listResult({
      noun: 'open item',
      documents,
      columns: COLUMNS,
      page: { next: null, count: all.length, totals },
      totalsAre: 'net',
    });
  },
};

/** The voucher number, which stands in front of what an entry is about: shortened, it would be all that is seen. */
const VOUCHER = /^PV-\S+ (?=\S)/;

const COLUMNS: readonly Column<UnmatchedDocument>[] = [
  { key: 'ref', title: 'Open', value: ({ ref }) => ref, priority: 1 },
  { key: 'side', title: 'On', value: ({ side }) => side, priority: 4 },
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 5 },
  { key: 'day', title: 'Day', kind: 'time', value: ({ day }) => day, priority: 2 },
  { key: 'age_days', title: 'Days', kind: 'number', value: (item) => String(item.age_days), priority: 3 },
  moneyColumn('amount', 'Amount', 1),
  { key: 'reference', title: 'Reference', kind: 'whole', value: ({ reference }) => reference, priority: 3 },
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 4 },
  {
    key: 'about',
    title: 'About',
    value: ({ about }) => about?.replace(VOUCHER, '') ?? null,
    csv: ({ about }) => about,
    priority: 1,
    yields: true,
  },
  {
    key: 'suggested_command',
    title: 'Suggested',
    kind: 'whole',
    value: (item) => item.suggested_command,
    priority: 6,
  },
];
