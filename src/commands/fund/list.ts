import { decimalOfSum } from '../../domain/money.ts';
import { fundDocument, type FundDocument } from '../../documents/fund.ts';
import { listFunds } from '../../store/funds.ts';
import { resolvePlace } from '../../store/places.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS } from '../listing.ts';

export const command: Command = {
  path: 'fund list',
  summary: 'List funds with their balances, newest first',
  options: [
    { flags: '--company <code>', about: 'funds of this company' },
    { flags: '--region <code>', about: 'funds of this region and its branches' },
    { flags: '--branch <code>', about: 'funds of this branch' },
    { flags: '--low', about: 'open funds below their reorder level' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury fund list', about: 'how much is where' },
    { command: 'treasury fund list --low', about: 'which funds need money' },
    { command: 'treasury fund list --region NBI-R --json', about: 'one region for a script' },
  ],
  access: 'books.read',
  writes: false,
  document: 'fund',
  async run(context, input) {
    const store = await context.store();
    const { grants } = await context.actor();
    const names = {
      company: input.optional('company'),
      region: input.optional('region'),
      branch: input.optional('branch'),
    };
    const page = pageRequest(input);
    const found = await store.read(async (tx) => {
      const place = await resolvePlace(tx, names, grants);
      return listFunds(tx, { place, low: input.flag('low') }, page, grants);
    });
    const totals = Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)]));
    return listResult({
      noun: 'fund',
      documents: found.rows.map(fundDocument),
      columns: COLUMNS,
      page: { next: found.next, count: found.count, totals },
    });
  },
};

const COLUMNS: readonly Column<FundDocument>[] = [
  { key: 'code', title: 'Fund', value: (fund) => fund.code, priority: 1 },
  { key: 'name', title: 'Name', value: (fund) => fund.name, priority: 4 },
  moneyColumn('balance', 'Balance', 1),
  moneyColumn('available', 'Available', 2),
  moneyColumn('reorder_level', 'Reorder level', 5),
  { key: 'status', title: 'Status', value: (fund) => fund.status, priority: 1 },
  {
    key: 'place',
    title: 'Place',
    value: (fund) => [fund.company, fund.region, fund.branch].filter((code) => code !== null).join(' / '),
    priority: 3,
  },
];
