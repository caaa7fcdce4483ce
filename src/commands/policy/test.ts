import { MOST_POLICY_BYTES } from '../../domain/policy-file.ts';
import { decimalOf, formatAmount } from '../../domain/money.ts';
import { weekdayOf } from '../../domain/policy.ts';
import { replayPolicy, type Counted, type DifferingPayment } from '../../operations/replay-policy.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant, minuteOfDay, todayIn } from '../../terminal/zone.ts';
import type { Command, Result } from '../command.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { moneyColumn, pageRequest, periodOf } from '../listing.ts';
import { officeFacts } from '../office-day.ts';

export const command: Command = {
  path: 'policy test',
  summary: 'What a policy file would have changed about past payments',
  details:
    'Judges every payment of the period by the file: approvals, CFO, limits, hours and codes. Exit 10 when something would have been ' +
    'different: `stricter`, it would not have been paid as it was; `looser`, less would have been asked for. Nothing is changed. ' +
    'The file is as in `treasury policy set --help`.',
  arguments: [
    { name: 'file', about: 'a policy file, or - for standard input', file: { mostBytes: MOST_POLICY_BYTES } },
  ],
  options: [
    { flags: '--since <date>', about: 'day, month, quarter, year, 7d, this-month, or a range A..B', required: true },
    { flags: '--until <date>', about: 'inclusive' },
    { flags: '--limit <n>', about: 'payments listed at most; 0 for all (default 50); all are counted' },
  ],
  examples: [
    {
      command:
        'printf \'[[approval]]\\napprovers = 1\\n[limits.cash]\\nper_payment = "10"\\n\' | treasury policy test - --since 30d',
      about: 'try a limit before it is set; exit 10 as it would have stopped payments',
    },
  ],
  access: 'books.read',
  writes: false,
  exits: [10],
  document: 'policy_test',
  async run(context, input) {
    const store = await context.store();
    const { timezone } = await officeFacts(store);
    const zone = await context.zone();
    const { since, until } = periodOf(input, context.now(), zone);
    if (since === undefined) throw inputsMissing('policy test', ['--since']);
    const found = await replayPolicy(store, await context.actor(), {
      text: await context.readText(input.text('file'), MOST_POLICY_BYTES),
      since,
      until: until ?? null,
      limit: pageRequest(input).limit,
      clock: (at) => {
        const date = todayIn(at, timezone);
        return { date, weekday: weekdayOf(date), minute: minuteOfDay(at, timezone) };
      },
    });
    const payments = found.listed.map(differingDocument);
    const differing = found.stricter.count + found.looser.count;
    return {
      data: {
        policy: found.inForce.version,
        since: since.toISOString(),
        until: until?.toISOString() ?? null,
        replayed: countedDocument(found.replayed),
        stricter: countedDocument(found.stricter),
        looser: countedDocument(found.looser),
        payments,
      },
      exitCode: differing === 0 ? 0 : 10,
      human: {
        lines: [
          `${said(found.replayed)} replayed; in force is policy ${found.inForce.version}.`,
          `Would not have been paid as they were: ${said(found.stricter)}.`,
          `Less would have been asked for: ${said(found.looser)}.`,
        ],
        ...listed(payments, differing, zone),
      },
    };
  },
};

const said = ({ count, sums }: Counted): string => {
  const money = [...sums].map(([currency, minor]) => formatAmount(minor, currency));
  return `${count} ${count === 1 ? 'payment' : 'payments'}${money.length === 0 ? '' : ` of ${money.join(' + ')}`}`;
};

const countedDocument = ({ count, sums }: Counted) => ({
  count,
  totals: Object.fromEntries([...sums].map(([currency, minor]) => [currency, decimalOf(minor, currency)])),
});

const differingDocument = ({ payment, fundCode, difference }: DifferingPayment) => ({
  ref: payment.ref,
  requisition_number: payment.requisitionNumber,
  fund: fundCode,
  amount: decimalOf(payment.amountMinor, payment.currency),
  amount_minor: payment.amountMinor,
  currency: payment.currency,
  method: payment.method,
  executed_at: payment.executedAt.toISOString(),
  policy: payment.policyVersion,
  outcome: difference.outcome,
  reasons: difference.reasons,
});
type Differing = ReturnType<typeof differingDocument>;

function listed(payments: readonly Differing[], differing: number, zone: string): Pick<Result['human'], 'list'> {
  if (differing === 0) return {};
  const footer = payments.length < differing ? [`Showing ${payments.length} of ${differing}; --limit 0 lists all`] : [];
  return { list: { columns: columnsFor(zone), rows: payments, footer, empty: '' } };
}

const columnsFor = (zone: string): Column<Differing>[] => [
  { key: 'ref', title: 'Payment', value: (one) => one.ref, priority: 1 },
  moneyColumn('amount', 'Amount', 1),
  { key: 'outcome', title: 'Outcome', value: (one) => one.outcome, priority: 2 },
  { key: 'reasons', title: 'Why', value: (one) => one.reasons.join(' '), priority: 1 },
  { key: 'fund', title: 'Fund', value: (one) => one.fund, priority: 4 },
  { key: 'method', title: 'Method', value: (one) => one.method, priority: 5 },
  { key: 'policy', title: 'Policy', kind: 'number', value: (one) => String(one.policy), priority: 6 },
  {
    key: 'executed_at',
    title: 'Executed',
    kind: 'time',
    value: (one) => formatInstant(new Date(one.executed_at), zone),
    csv: (one) => one.executed_at,
    priority: 3,
  },
];
