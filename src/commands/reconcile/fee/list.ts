import { decimalOf } from '../../../domain/money.ts';
import { usage } from '../../../domain/problem.ts';
import { quoted } from '../../../domain/quoted.ts';
import { FEE_RULE_STATUSES, isFeeRuleStatus } from '../../../domain/reconciliation/fee-rule.ts';
import { feeRuleDocument, type FeeRuleDocument } from '../../../documents/fee-rule.ts';
import { readableFund } from '../../../operations/look-up.ts';
import { listFeeRules } from '../../../store/fee-rules.ts';
import type { Column } from '../../../terminal/list.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import type { Command } from '../../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest } from '../../listing.ts';
import { booksWords, mostMinor, mostOf } from './card.ts';

export const command: Command = {
  path: 'reconcile fee list',
  summary: 'Rules by which fees are booked, newest first',
  details: 'What is proposed and waits for a CFO is in `change list --what fee_rule.add`.',
  options: [
    { flags: '--fund <code>', about: 'of this fund' },
    { flags: '--status <status>', about: FEE_RULE_STATUSES.join(', ') },
    ...PAGE_OPTIONS,
  ],
  examples: [{ command: 'treasury reconcile fee list --fund MPESA --status live', about: 'what is booked by itself' }],
  access: 'books.read',
  writes: false,
  document: 'fee_rule',
  async run(context, input) {
    const status = input.optional('status');
    if (status !== undefined && !isFeeRuleStatus(status)) {
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${FEE_RULE_STATUSES.join(', ')}.`);
    }
    const page = pageRequest(input);
    const fund = input.optional('fund');
    const actor = await context.actor();
    const found = await (
      await context.store()
    ).read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return listFeeRules(tx, { fundId, status }, page, actor.grants);
    });
    return listResult({
      noun: 'fee rule',
      documents: found.rows.map(feeRuleDocument),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<FeeRuleDocument>[] => [
  { key: 'name', title: 'Fee rule', value: ({ name }) => name, priority: 1 },
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 1 },
  { key: 'books', title: 'Books', value: booksWords, csv: ({ books }) => books, priority: 3 },
  { key: 'contains', title: 'Text', value: ({ contains }) => contains, priority: 6 },
  {
    key: 'most',
    title: 'At most',
    kind: 'money',
    value: mostOf,
    csv: (rule) => decimalOf(mostMinor(rule), rule.currency),
    priority: 1,
  },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 1 },
  { key: 'confirmed_by', title: 'Confirmed by', value: ({ confirmed_by: by }) => by, priority: 2 },
  {
    key: 'created_at',
    title: 'Since',
    kind: 'time',
    value: ({ created_at: at }) => formatInstant(new Date(at), zone),
    csv: ({ created_at: at }) => at,
    priority: 4,
  },
  { key: 'ref', title: 'Ref', value: ({ ref }) => ref, priority: 5 },
];
