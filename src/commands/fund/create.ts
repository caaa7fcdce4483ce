import { formatAmount } from '../../domain/money.ts';
import { fundDocument } from '../../documents/fund.ts';
import { createFund } from '../../operations/create-fund.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund create',
  summary: 'Open a fund at a company, region or branch',
  details: [
    'The opening balance is the first entry of its book; 0 makes none. The imprest level is twice the reorder level unless said, the OTP threshold 0: every payment needs a code.',
    'When an entry leaves less than the reorder level, a replenishment up to the imprest level is requested by itself (not with --no-auto-replenish).',
    'Once the office has paid, a fund with an opening balance or an OTP threshold is a change that somebody else confirms.',
  ].join(' '),
  arguments: [{ name: 'code', about: '2 to 16 capitals, digits and hyphens; unique in the office' }],
  options: [
    { flags: '--name <name>', about: 'what people call it', required: true },
    { flags: '--company <code>', about: 'whose money it is', required: true },
    { flags: '--region <code>', about: 'region of the company' },
    { flags: '--branch <code>', about: 'branch of the company' },
    { flags: '--currency <code>', about: "ISO 4217, such as KES (default: the office's)" },
    { flags: '--opening <amount>', about: 'money that is in it now; may be 0', required: true },
    { flags: '--reorder-level <amount>', about: 'below this it needs money; may be 0', required: true },
    { flags: '--imprest-level <amount>', about: 'up to this it is filled (default: twice the reorder level)' },
    { flags: '--otp-threshold <amount>', about: 'payments above this need a code (default 0: all)' },
    { flags: '--payment-limit <amount>', about: 'most that one payment may be' },
    { flags: '--daily-limit <amount>', about: 'most that may be paid in a day' },
    { flags: '--no-auto-replenish', about: 'request no replenishments by itself' },
  ],
  examples: [
    {
      command:
        'treasury fund create TRAVEL --name "Travel advances" --company ACME --opening 40,000 --reorder-level 10,000 --imprest-level 50,000',
      about: 'a fund of the whole company',
    },
    {
      command:
        'treasury fund create KIOSK --name "Kiosk cash" --company ACME --branch WESTLANDS --opening 0 --reorder-level 2,500 --payment-limit 1,000',
      about: 'an empty fund of one branch',
    },
  ],
  access: 'fund.manage',
  writes: true,
  document: 'fund',
  async run(context, input) {
    const answer = await createFund(await context.store(), await context.actor(), {
      draft: {
        code: input.text('code'),
        name: input.text('name'),
        opening: input.text('opening'),
        reorderLevel: input.text('reorderLevel'),
        imprestLevel: input.optional('imprestLevel'),
        otpThreshold: input.optional('otpThreshold'),
        paymentLimit: input.optional('paymentLimit'),
        dailyLimit: input.optional('dailyLimit'),
        autoReplenish: input.flag('autoReplenish'),
      },
      place: { company: input.text('company'), region: input.optional('region'), branch: input.optional('branch') },
      currency: input.optional('currency') ?? null,
      reason: context.flags.reason,
    });
    if (isProposed(answer)) return proposedResult(context, answer);
    const { view, replenishment } = answer;
    const document = fundDocument(view);
    const money = (minor: number) => formatAmount(minor, document.currency);
    return {
      data: document,
      human: {
        lines: [
          `Fund ${document.code} (${document.ref}) opened at ${document.branch ?? document.region ?? document.company}: balance ${money(0)} > ${money(document.balance_minor)}`,
          ...(replenishment === null
            ? []
            : [`Replenishment ${replenishment.ref} requested: ${money(replenishment.requestedMinor)}`]),
        ],
        next: [
          replenishment === null
            ? `treasury fund show ${document.code}`
            : `treasury replenish approve ${replenishment.ref}`,
        ],
      },
    };
  },
};
