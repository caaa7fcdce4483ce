import { formatAmount } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { fundDocument } from '../../documents/fund.ts';
import { editFund, type EditedFund } from '../../operations/edit-fund.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund edit',
  summary: "Change a fund's name, levels or limits",
  details:
    'What is not given stays. A limit of `none` is taken away. Code, place and currency never change. ' +
    'Once the office has paid, levels, threshold and limits are a change that somebody else confirms.',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  options: [
    { flags: '--name <name>', about: 'what people call it' },
    { flags: '--reorder-level <amount>', about: 'below this it needs money' },
    { flags: '--imprest-level <amount>', about: 'up to this it is filled; more than the reorder level' },
    { flags: '--otp-threshold <amount>', about: 'payments above this need a code' },
    { flags: '--payment-limit <amount>', about: 'most that one payment may be, or none' },
    { flags: '--daily-limit <amount>', about: 'most that may be paid in a day, or none' },
    { flags: '--auto-replenish <on|off>', about: 'whether replenishments are requested by themselves' },
  ],
  examples: [
    {
      command: 'treasury fund edit PETTY --reorder-level 6,000 --imprest-level 30,000',
      about: 'keep more money in it',
    },
    { command: 'treasury fund edit BANK --daily-limit none --reason "year end"', about: 'take a limit away' },
  ],
  access: 'fund.manage',
  writes: true,
  document: 'fund',
  async run(context, input) {
    const edit = Object.fromEntries(NAMES.map((name) => [name, input.optional(name)]));
    if (NAMES.every((name) => edit[name] === undefined)) throw nothingGiven();
    const edited = await editFund(await context.store(), await context.actor(), {
      fund: input.text('code'),
      edit,
      reason: context.flags.reason,
    });
    if (isProposed(edited)) return proposedResult(context, edited);
    const document = fundDocument(edited.after);
    const lines = changes(edited);
    return {
      data: document,
      human: {
        lines:
          lines.length === 0
            ? [`Fund ${document.code} is like this already; nothing was changed.`]
            : [`Fund ${document.code}:`, ...lines],
        next: [`treasury fund show ${document.code}`],
      },
    };
  },
};

const NAMES = [
  'name',
  'reorderLevel',
  'imprestLevel',
  'otpThreshold',
  'paymentLimit',
  'dailyLimit',
  'autoReplenish',
] as const;

const nothingGiven = () =>
  usage('INPUT_MISSING', 'Nothing to change was given.', {
    unchanged: 'Nothing was changed.',
    fix: 'treasury fund edit --help',
    faults: [
      'give at least one of --name, --reorder-level, --imprest-level, --otp-threshold, --payment-limit, --daily-limit, --auto-replenish',
    ],
  });

const LABELS = {
  name: 'name',
  reorderLevelMinor: 'reorder level',
  imprestLevelMinor: 'imprest level',
  otpThresholdMinor: 'OTP threshold',
  paymentLimitMinor: 'payment limit',
  dailyLimitMinor: 'daily limit',
  autoReplenish: 'auto-replenish',
} as const;

/** `reorder level: KES 5,000.00 > KES 6,000.00`, one line for each change. */
const changes = ({ before, after, changed }: EditedFund): string[] =>
  changed.map(
    (field) =>
      `  ${LABELS[field]}: ${shown(before.fund[field], before.fund.currency)} > ${shown(after.fund[field], after.fund.currency)}`,
  );

const shown = (value: string | number | boolean | null, currency: string): string => {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'number' ? formatAmount(value, currency) : value;
};
