import { varianceDocument, type VarianceDocument } from '../../documents/variance.ts';
import { decimalOfSum } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { isVarianceStatus, VARIANCE_STATUSES } from '../../domain/variance.ts';
import { readableFund } from '../../operations/look-up.ts';
import { allPolicies } from '../../store/policies.ts';
import { listVariances } from '../../store/variances.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS, periodOf, PERIOD_OPTIONS } from '../listing.ts';
import { officeFacts } from '../office-day.ts';

export const command: Command = {
  path: 'variance list',
  summary: 'List differences, newest first',
  details: 'The total adds each difference by its size, so that opposite ones do not make each other vanish.',
  options: [
    { flags: '--fund <code>', about: 'of this fund and its payments' },
    { flags: '--status <status>', about: VARIANCE_STATUSES.join(', ') },
    ...PERIOD_OPTIONS,
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury variance list --status pending', about: 'what waits for a CFO' },
    { command: 'treasury variance list --since this-month --format csv', about: 'for a spreadsheet' },
  ],
  access: 'books.read',
  writes: false,
  document: 'variance',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const status = input.optional('status');
    if (status !== undefined && !isVarianceStatus(status)) {
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${VARIANCE_STATUSES.join(', ')}.`);
    }
    const page = pageRequest(input);
    const { timezone } = await officeFacts(store);
    const period = periodOf(input, context.now(), timezone);
    const fund = input.optional('fund');
    const { found, policies } = await store.read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return {
        found: await listVariances(tx, { status, fundId, ...period }, page, actor.grants),
        policies: await allPolicies(tx),
      };
    });
    const totals = Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)]));
    return listResult({
      noun: 'variance',
      documents: found.rows.map((view) => varianceDocument(view, policies)),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals },
      totalsAre: 'by size',
    });
  },
};

const columnsFor = (zone: string): Column<VarianceDocument>[] => [
  { key: 'ref', title: 'Variance', value: ({ ref }) => ref, priority: 1 },
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 3 },
  {
    key: 'payment',
    title: 'Of',
    value: ({ payment, fund }) => payment ?? `count ${fund}`,
    csv: ({ payment }) => payment,
    priority: 1,
  },
  moneyColumn('original', 'Booked', 5),
  moneyColumn('adjusted', 'Adjusted', 4),
  moneyColumn('variance', 'Difference', 1),
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 2 },
  { key: 'recorded_by', title: 'Recorded by', value: (variance) => variance.recorded_by, priority: 6 },
  {
    key: 'recorded_at',
    title: 'Recorded',
    kind: 'time',
    value: (variance) => formatInstant(new Date(variance.recorded_at), zone),
    csv: (variance) => variance.recorded_at,
    priority: 7,
  },
  { key: 'reason', title: 'Reason', value: ({ reason }) => reason, priority: 8 },
];
