import { varianceDocument, type VarianceDocument } from '../../documents/variance.ts';
import { formatAmount } from '../../domain/money.ts';
import { sizesByCurrency } from '../../domain/variance.ts';
import { approveVariances, judgeApproval, type ApprovedVariance } from '../../operations/approve-variance.ts';
import { allPolicies } from '../../store/policies.ts';
import { visible } from '../../terminal/clean.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { aboutOf, effectOf } from './card.ts';

export const command: Command = {
  path: 'variance approve',
  summary: 'Approve differences: each is posted to its fund at once',
  details: [
    'By a CFO who did not record them and neither requested nor executed their payments. Several: all or none; the total, each by its size, is asked for.',
    "Beyond the policy's tolerance (`policy show`) --reason says why. A payment then stands at its adjusted amount, and its requisition has again what less was paid.",
    'With --json one REF answers one object, several an array.',
  ].join(' '),
  arguments: [{ name: 'ref...', about: 'variances: references or ids' }],
  examples: [
    { command: 'treasury variance approve {VARIANCE} --yes', about: 'it was seen on the receipt' },
    {
      command: 'treasury variance approve {VARIANCE} {OTHER_VARIANCE} --reason "bank letter of 3 October" --yes',
      about: 'two at once, and why',
    },
  ],
  access: 'variance.approve',
  writes: true,
  document: 'variance',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const request = { variances: input.many('ref'), reason: context.flags.reason };
    const judged = await judgeApproval(store, actor, request);
    const policies = await store.read(allPolicies);
    await confirmAll(
      context,
      judged.map((view) => varianceDocument(view, policies)),
    );
    const approved = await approveVariances(store, actor, request);
    const documents = approved.map(({ view }) => varianceDocument(view, policies));
    const [only] = documents;
    return {
      data: documents.length === 1 && only !== undefined ? only : documents,
      human: { lines: approved.flatMap(linesOf), next: stepsAfter(approved) },
    };
  },
};

/** One by one what they are, then one question for each currency: above the limit of the config file the total is typed. */
async function confirmAll(context: Context, documents: readonly VarianceDocument[]): Promise<void> {
  const [only] = documents;
  const single = documents.length === 1 && only !== undefined;
  if (!context.flags.yes && !context.flags.dryRun) for (const document of documents) context.say(told(document));
  const sums = sizesByCurrency(
    documents.map(({ currency, variance_minor: varianceMinor }) => ({ currency, varianceMinor })),
  );
  for (const { currency, count, minor } of sums) {
    const total = formatAmount(minor, currency);
    await context.ask.confirm({
      message: single ? `Approve ${only.ref}, ${total}?` : `Approve ${count} differences of ${total} in all?`,
      ...{ amountMinor: minor, currency, unchanged: 'Nothing was approved.' },
    });
  }
}

/** Short lines: a CFO may read them on a phone. */
function told(document: VarianceDocument): string {
  const money = (minor: number) => formatAmount(minor, document.currency);
  return [
    `${document.ref} of ${aboutOf(document)}`,
    `  ${money(document.original_minor)} > ${money(document.adjusted_minor)}`,
    `  ${effectOf(document)}`,
    ...(document.tolerated === false ? ['  beyond the tolerance of the policy'] : []),
    `  ${document.recorded_by}: ${visible(document.reason)}`,
  ].join('\n');
}

function linesOf({ view, posted, fundBefore, payment }: ApprovedVariance): string[] {
  const { variance, fund } = view;
  const money = (minor: number) => formatAmount(minor, fund.currency);
  const { entry, replenishment } = posted;
  return [
    `${variance.ref}: pending > ${variance.status}`,
    ...(payment === null
      ? []
      : [
          `  ${payment.ref}: ${money(variance.originalMinor)} > ${money(payment.adjustedMinor)}${changed(payment.status) && `,${changed(payment.status)}`}`,
          ...(changed(payment.requisition.status) === ''
            ? []
            : [`  ${payment.requisition.number}:${changed(payment.requisition.status)}`]),
        ]),
    `  Fund ${fund.code}: ${money(fundBefore.balanceMinor)} > ${money(entry.balanceAfterMinor)} (${entry.ref})`,
    ...(replenishment === null
      ? []
      : [
          `  The fund is below its reorder level: ${replenishment.ref} asks for ${money(replenishment.requestedMinor)}.`,
        ]),
  ];
}

/** ` paid > approved`; nothing where nothing changed. */
const changed = ({ before, after }: { before: string; after: string }): string =>
  before === after ? '' : ` ${before} > ${after}`;

function stepsAfter(approved: readonly ApprovedVariance[]): string[] {
  const reopened = approved.flatMap(({ payment }) =>
    payment !== null && changed(payment.requisition.status) !== '' ? [payment] : [],
  );
  const [first] = reopened;
  const [one] = approved;
  return [
    ...(first === undefined ? [] : [`treasury requisition show ${first.requisition.number}`]),
    ...(one === undefined ? [] : [`treasury ledger list --fund ${one.view.fund.code} --kind variance`]),
  ];
}
