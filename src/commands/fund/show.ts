import { formatAmount } from '../../domain/money.ts';
import { fundDocument, type FundDocument } from '../../documents/fund.ts';
import { findFund } from '../../operations/look-up.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine, Command } from '../command.ts';

export const command: Command = {
  path: 'fund show',
  summary: 'Show a fund with its levels and limits',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  examples: [{ command: 'treasury fund show PETTY', about: 'everything about one fund' }],
  access: 'books.read',
  writes: false,
  document: 'fund',
  async run(context, input) {
    const document = fundDocument(await findFund(await context.store(), await context.actor(), input.text('code')));
    return { data: document, human: { card: fundCard(document, await context.zone()), next: nextSteps(document) } };
  },
};

/** A fund as people read it. */
function fundCard(fund: FundDocument, zone: string): CardLine[] {
  const money = (label: string, minor: number | null): CardLine => ({
    label,
    value: minor === null ? 'none' : formatAmount(minor, fund.currency),
    kind: 'money',
  });
  const when = (at: string) => formatInstant(new Date(at), zone);
  return [
    { label: 'Fund', value: `${fund.code} (${fund.ref})` },
    { label: 'Name', value: fund.name },
    { label: 'Place', value: [fund.company, fund.region, fund.branch].filter((code) => code !== null).join(' / ') },
    { label: 'Status', value: fund.status },
    money('Balance', fund.balance_minor),
    money('Reserved', fund.reserved_minor),
    money('Available', fund.available_minor),
    money('Reorder level', fund.reorder_level_minor),
    money('Imprest level', fund.imprest_level_minor),
    money('OTP above', fund.otp_threshold_minor),
    money('Payment limit', fund.payment_limit_minor),
    money('Daily limit', fund.daily_limit_minor),
    { label: 'Auto-replenish', value: fund.auto_replenish ? 'on' : 'off' },
    { label: 'Open request', value: fund.open_replenishment ?? 'none' },
    ...(fund.pending_variances === 0 ? [] : [{ label: 'Variances', value: `${fund.pending_variances} pending` }]),
    {
      label: 'Last replenished',
      value: fund.last_replenished === null ? 'never' : when(fund.last_replenished),
      kind: 'time',
    },
    { label: 'Opened', value: when(fund.created_at), kind: 'time' },
  ];
}

const nextSteps = (fund: FundDocument): string[] => {
  if (fund.open_replenishment !== null) return [`treasury replenish show ${fund.open_replenishment}`];
  if (fund.pending_variances > 0) return [`treasury variance list --fund ${fund.code} --status pending`];
  if (fund.status === 'low') return [`treasury replenish request ${fund.code} --reason TEXT`];
  return [`treasury ledger list --fund ${fund.code}`];
};
