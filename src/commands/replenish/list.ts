import { decimalOfSum } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { isReplenishmentStatus, REPLENISHMENT_STATUSES } from '../../domain/replenishment.ts';
import { replenishmentDocument, type ReplenishmentDocument } from '../../documents/replenishment.ts';
import { readableFund } from '../../operations/look-up.ts';
import { listReplenishments } from '../../store/replenishments.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS } from '../listing.ts';

export const command: Command = {
  path: 'replenish list',
  summary: 'List replenishment requests, newest first',
  options: [
    { flags: '--fund <code>', about: 'for this fund' },
    { flags: '--status <status>', about: REPLENISHMENT_STATUSES.join(', ') },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury replenish list --status pending', about: 'what waits for an approval' },
    { command: 'treasury replenish list --fund PETTY', about: 'how one fund was topped up' },
  ],
  access: 'books.read',
  writes: false,
  document: 'replenishment',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const status = input.optional('status');
    if (status !== undefined && !isReplenishmentStatus(status)) {
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${REPLENISHMENT_STATUSES.join(', ')}.`);
    }
    const page = pageRequest(input);
    const fund = input.optional('fund');
    const found = await store.read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return listReplenishments(tx, { status, fundId }, page, actor.grants);
    });
    const totals = Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)]));
    return listResult({
      noun: 'replenishment',
      documents: found.rows.map(replenishmentDocument),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals },
      totalsAre: 'requested',
    });
  },
};

const columnsFor = (zone: string): Column<ReplenishmentDocument>[] => [
  { key: 'ref', title: 'Request', value: (request) => request.ref, priority: 1 },
  { key: 'fund', title: 'Fund', value: (request) => request.fund, priority: 1 },
  moneyColumn('requested_amount', 'Requested', 1),
  moneyColumn('funded_amount', 'Funded', 3),
  { key: 'status', title: 'Status', value: (request) => request.status, priority: 1 },
  {
    key: 'requested_by',
    title: 'Requested by',
    value: (request) => request.requested_by ?? (request.auto_triggered ? 'automatic' : null),
    csv: (request) => request.requested_by,
    priority: 4,
  },
  { key: 'reference', title: 'Reference', value: (request) => request.reference, priority: 5 },
  {
    key: 'created_at',
    title: 'Requested at',
    kind: 'time',
    value: (request) => formatInstant(new Date(request.created_at), zone),
    csv: (request) => request.created_at,
    priority: 2,
  },
];
