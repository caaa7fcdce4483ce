import { usage } from '../../../domain/problem.ts';
import { TARIFF_COLUMNS } from '../../../domain/reconciliation/tariff.ts';
import { proposeFeeRule, type FeeRuleWish } from '../../../operations/add-fee-rule.ts';
import { proposedResult } from '../../change/proposed.ts';
import type { Command, Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import { inputsMissing } from '../../missing-inputs.ts';

const MOST_TARIFF_BYTES = 64 * 1024;

export const command: Command = {
  path: 'reconcile fee add',
  summary: 'Propose a rule by which `reconcile --auto` books fees; a CFO confirms it',
  details:
    'It always takes two people, and a CFO who did not propose it is the other one. --contains is for charges with a line of their own, --within for fees that are taken on the line of their payment. ' +
    'The tariff caps them: each step is an amount of a payment and the fee that is booked at most up to and with it, * for whatever is above. One cent more is left to people. ' +
    'Nobody books fees of payments that they requested or executed, and no token does.',
  arguments: [{ name: 'name', about: 'small letters, digits and hyphens, such as tariff' }],
  options: [
    { flags: '--fund <code>', about: 'the fund whose account it is', required: true },
    { flags: '--contains <text>', about: 'charges of which the text has this in it, in small letters or capitals' },
    { flags: '--within', about: 'what a line holds beyond the payment that it names' },
    { flags: '--tariff <steps>', about: 'such as 100:0,500:7,1000:13,*:108' },
    {
      flags: '--tariff-file <file>',
      about: `the same as CSV with the columns ${TARIFF_COLUMNS.join(',')}`,
      file: { mostBytes: MOST_TARIFF_BYTES },
    },
  ],
  examples: [
    {
      command:
        'treasury reconcile fee add tariff --fund MPESA --contains "payment charge" --tariff "100:0,500:7,1000:13,*:108"',
      about: 'M-Pesa lists its charges as lines of their own',
    },
    {
      command:
        'printf "up_to,at_most\\n\\"10,000\\",50\\n*,100\\n" | treasury reconcile fee add transfers --fund BANK --within --tariff-file -',
      about: 'the bank takes its fee with the payment',
    },
  ],
  access: 'reconcile.run',
  writes: true,
  document: 'change',
  async run(context, input) {
    const [contains, tariff] = [containsOf(input), await tariffOf(context, input)];
    const missing = [
      ...(contains === undefined ? ['--contains or --within'] : []),
      ...(tariff === undefined ? ['--tariff or --tariff-file'] : []),
    ];
    if (contains === undefined || tariff === undefined) throw inputsMissing('reconcile fee add', missing);
    const { answer, warnings } = await proposeFeeRule(await context.store(), await context.actor(), {
      ...{ name: input.text('name'), fund: input.text('fund'), contains, tariff, reason: context.flags.reason },
    });
    const proposed = await proposedResult(context, answer);
    return { ...proposed, warnings: [...warnings, ...(proposed.warnings ?? [])] };
  },
};

/** What charges contain, null for fees within a line, undefined when neither was said. */
function containsOf(input: Input): string | null | undefined {
  const contains = input.optional('contains');
  if (!input.flag('within')) return contains;
  if (contains !== undefined) throw contradict('--contains and --within');
  return null;
}

async function tariffOf(context: Context, input: Input): Promise<FeeRuleWish['tariff'] | undefined> {
  const [text, file] = [input.optional('tariff'), input.optional('tariffFile')];
  if (text !== undefined && file !== undefined) throw contradict('--tariff and --tariff-file');
  if (file !== undefined) return { file: await context.readText(file, MOST_TARIFF_BYTES) };
  return text === undefined ? undefined : { text };
}

const contradict = (flags: string) =>
  usage('FLAGS_CONTRADICT', `${flags} exclude each other: give one of them.`, { unchanged: 'Nothing was proposed.' });
