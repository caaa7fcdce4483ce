import { formatAmount } from '../../domain/money.ts';
import { replenishmentDocument, type ReplenishmentDocument } from '../../documents/replenishment.ts';
import { findReplenishment } from '../../operations/look-up.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine, Command } from '../command.ts';

export const command: Command = {
  path: 'replenish show',
  summary: 'Show a replenishment request',
  arguments: [{ name: 'ref', about: 'replenishment: reference or id' }],
  examples: [
    { command: 'treasury replenish show {REPLENISHMENT}', about: 'who asked, who approved, what was paid in' },
  ],
  access: 'books.read',
  writes: false,
  document: 'replenishment',
  async run(context, input) {
    const view = await findReplenishment(await context.store(), await context.actor(), input.text('ref'));
    const document = replenishmentDocument(view);
    return {
      data: document,
      human: { card: replenishmentCard(document, await context.zone()), next: nextSteps(document) },
    };
  },
};

/** A request as people read it. */
function replenishmentCard(request: ReplenishmentDocument, zone: string): CardLine[] {
  const money = (label: string, minor: number | null): CardLine => ({
    label,
    value: minor === null ? 'not yet' : formatAmount(minor, request.currency),
    kind: 'money',
  });
  const when = (label: string, at: string | null): CardLine[] =>
    at === null ? [] : [{ label, value: formatInstant(new Date(at), zone), kind: 'time' }];
  return [
    { label: 'Replenishment', value: request.ref },
    { label: 'Fund', value: request.fund },
    { label: 'Status', value: request.status },
    money('Balance then', request.balance_minor),
    money('Requested', request.requested_amount_minor),
    money('Approved', request.approved_amount_minor),
    money('Funded', request.funded_amount_minor),
    { label: 'Requested by', value: request.requested_by ?? 'the fund itself' },
    { label: 'Approved by', value: request.approved_by ?? 'nobody' },
    ...(request.rejected_by === null ? [] : [{ label: 'Rejected by', value: request.rejected_by }]),
    { label: 'Funded by', value: request.funded_by ?? 'nobody' },
    { label: 'Reason', value: request.reason },
    ...(request.decided_reason === null ? [] : [{ label: 'Decided because', value: request.decided_reason }]),
    { label: 'Reference', value: request.reference ?? 'none' },
    ...when('Requested at', request.created_at),
    ...when('Decided at', request.decided_at),
    ...when('Funded at', request.funded_at),
  ];
}

/** The commands that a request waits for. */
export function nextSteps({ ref, status, fund }: Pick<ReplenishmentDocument, 'ref' | 'status' | 'fund'>): string[] {
  if (status === 'pending') return [`treasury replenish approve ${ref}`];
  if (status === 'approved') return [`treasury replenish fund ${ref} --reference BANKREF`];
  return [`treasury fund show ${fund}`];
}
