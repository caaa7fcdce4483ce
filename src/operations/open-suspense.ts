import type { Origin } from '../domain/access.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import type { Dossier } from '../store/execution-facts.ts';
import { insertSuspense } from '../store/suspense.ts';
import { newIdentity } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** Holds money that a gateway says has left although its attempt was settled otherwise: nobody was debited for it. */
export async function openedSuspense(
  tx: Tx,
  {
    dossier: { payment, fund },
    attempt,
    waiting,
    reader,
  }: {
    readonly dossier: Dossier;
    readonly attempt: Row<'paymentAttempts'>;
    readonly waiting: Row<'gatewayMessages'>;
    readonly reader: { readonly origin: Origin };
  },
  {
    reference,
    amountMinor,
    detail,
  }: { readonly reference: string; readonly amountMinor: number; readonly detail: string },
): Promise<Row<'suspenseItems'>> {
  const item: Row<'suspenseItems'> = {
    ...(await newIdentity(tx, 'suspenseItems')),
    attemptId: attempt.id,
    messageId: waiting.id,
    fundId: fund.id,
    amountMinor,
    currency: payment.currency,
    gateway: attempt.gateway,
    gatewayReference: reference,
    status: 'open',
    createdAt: tx.now,
    settledBy: null,
    confirmedBy: null,
    settledAt: null,
    settledReason: null,
    entryId: null,
  };
  await insertSuspense(tx, item);
  await recordFundEvent(tx, fund, {
    actor: 'system',
    action: 'suspense.opened',
    subject: item.ref,
    origin: reader.origin,
    payload: {
      payment: payment.ref,
      attempt: attempt.ref,
      message: waiting.ref,
      amount_minor: amountMinor,
      currency: payment.currency,
      gateway_reference: reference,
      reason: detail,
    },
  });
  return item;
}
