import { fundDocument } from '../../documents/fund.ts';
import { varianceDocument } from '../../documents/variance.ts';
import { formatAmount } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { namePayment } from '../../operations/explain-payment.ts';
import { findFund } from '../../operations/look-up.ts';
import {
  recordCount,
  recordPaymentVariance,
  type Agreement,
  type RecordedVariance,
} from '../../operations/record-variance.ts';
import { allPolicies } from '../../store/policies.ts';
import type { Command, Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { aboutOf, effectOf, nextSteps } from './card.ts';

export const command: Command = {
  path: 'variance record',
  summary: 'Record what was really paid, or what was counted in a fund',
  details: [
    'Either a payment with --adjusted, or --fund with --counted; always with --reason. By a treasurer or CFO; nothing moves until a CFO approves it',
    'who neither recorded it nor requested or executed the payment. The difference of a count is that to the balance at this instant: freeze the fund',
    'while you count, so that nobody pays in between. A count that is the balance records nothing and answers with the fund.',
  ].join(' '),
  arguments: [{ name: 'payment', about: 'payment: reference, id or voucher number', optional: true }],
  options: [
    { flags: '--adjusted <amount>', about: 'what was really paid; 0 for nothing' },
    { flags: '--fund <code>', about: 'the fund that was counted' },
    { flags: '--counted <amount>', about: 'what was counted in it' },
    { flags: '--reason <text>', about: 'what shows the difference; always needed' },
  ],
  examples: [
    {
      command: 'treasury variance record {PAID} --adjusted 1,050 --reason "receipt 118: the taxi took KES 50 more"',
      about: 'more was paid than booked',
    },
    {
      command: 'treasury variance record --fund PETTY --counted 48,930 --reason "evening count, two people"',
      about: 'what the cash box holds',
    },
  ],
  access: 'variance.record',
  writes: true,
  document: 'variance',
  async run(context, input) {
    const { reason, ...wish } = wishOf(input, context.flags.reason);
    const [store, actor] = [await context.store(), await context.actor()];
    if ('counted' in wish) {
      const answer = await recordCount(store, actor, { ...wish, reason });
      return 'view' in answer ? recorded(context, answer) : agreed(context, answer);
    }
    const { named, adjusted } = wish;
    const paymentId = await namePayment(store, actor, named);
    return recorded(context, await recordPaymentVariance(store, actor, { paymentId, adjusted, reason }));
  },
};

type Wish = { named: string; adjusted: string; reason: string } | { fund: string; counted: string; reason: string };

/** Which of the two is meant. Throws usage, with everything that is missing or contradicts. */
function wishOf(input: Input, reason: string | null): Wish {
  const given = (name: string) => input.optional(name);
  const [named, adjusted, fund, counted] = ['payment', 'adjusted', 'fund', 'counted'].map(given);
  const ofPayment = named !== undefined || adjusted !== undefined;
  const ofFund = fund !== undefined || counted !== undefined;
  if (ofPayment && ofFund) {
    throw usage('FLAGS_CONTRADICT', 'A payment with --adjusted, or --fund with --counted: not both.', {
      unchanged: 'Nothing was recorded.',
      fix: 'treasury variance record --help',
    });
  }
  if (reason !== null) {
    if (named !== undefined && adjusted !== undefined) return { named, adjusted, reason };
    if (fund !== undefined && counted !== undefined) return { fund, counted, reason };
  }
  const missing = (name: string, value: string | undefined | null): string[] =>
    value === undefined || value === null ? [name] : [];
  const what = ofFund
    ? [...missing('--fund', fund), ...missing('--counted', counted)]
    : ofPayment
      ? [...missing('<payment>', named), ...missing('--adjusted', adjusted)]
      : ['<payment> with --adjusted (or --fund with --counted)'];
  throw inputsMissing('variance record', [...what, ...missing('--reason', reason)]);
}

async function recorded(context: Context, { view, mayDecide, alsoPending }: RecordedVariance): Promise<Result> {
  const document = varianceDocument(view, await (await context.store()).read(allPolicies));
  const money = (minor: number) => formatAmount(minor, document.currency);
  const [before, after] = document.kind === 'payment' ? ['booked', 'really paid'] : ['in the books', 'counted'];
  return {
    data: document,
    warnings: [
      ...(mayDecide.length === 0
        ? [`Nobody may decide on ${document.ref}: an admin gives another CFO the role (treasury user role).`]
        : []),
      ...(alsoPending.length === 0
        ? []
        : [`Also pending for fund ${document.fund}: ${alsoPending.join(', ')}. What has one cause is approved once.`]),
    ],
    human: {
      lines: [
        `${document.ref} recorded, of ${aboutOf(document)}:`,
        `  ${money(document.original_minor)} ${before}`,
        `  ${money(document.adjusted_minor)} ${after}`,
        `When it is approved, ${effectOf(document)}.`,
        ...(document.tolerated === false
          ? ['It is beyond the tolerance of the policy: whoever approves it says why.']
          : []),
        ...(mayDecide.length === 0 ? [] : [`Who may decide: ${mayDecide.join(', ')}.`]),
      ],
      next: nextSteps(document).slice(0, 1),
    },
  };
}

/** There is no difference, so there is no variance: the answer is the fund. */
async function agreed(context: Context, { fund, countedMinor }: Agreement): Promise<Result> {
  const view = await findFund(await context.store(), await context.actor(), fund.id);
  const money = formatAmount(countedMinor, fund.currency);
  return {
    document: 'fund',
    data: fundDocument(view),
    warnings: [`Nothing was recorded: fund ${fund.code} holds what was counted, ${money}.`],
    human: {
      lines: [`Fund ${fund.code}: ${money} counted, and in the books.`],
      next: [`treasury fund show ${fund.code}`],
    },
  };
}
