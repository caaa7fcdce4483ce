import type { Actor } from '../domain/access.ts';
import type { Tx } from '../store/transaction.ts';
import { postEntry } from './post-entry.ts';
import type { PaidOut } from './post-payment.ts';

/** Posts what a gateway says that it charged for a payment that was just posted; a fact, whatever the balance. */
export async function postFeeOf(
  tx: Tx,
  paid: PaidOut,
  { feeMinor, message, poster }: { readonly feeMinor: number; readonly message: string; readonly poster: Actor },
): Promise<PaidOut> {
  const { payment, execution, fund } = paid;
  const posted = await postEntry(
    tx,
    fund,
    {
      type: 'debit',
      kind: 'fee',
      amountMinor: feeMinor,
      paymentId: payment.id,
      executionId: execution.id,
      description: `Fee for ${execution.voucherNumber}`,
      createdBy: poster.userId,
    },
    {
      actor: poster.username,
      action: 'fee.booked',
      subject: fund.code,
      origin: poster.origin,
      payload: { fund: fund.code, amount_minor: feeMinor, currency: fund.currency, payment: payment.ref, message },
    },
  );
  return { ...paid, fund: posted.fund, replenishment: paid.replenishment ?? posted.replenishment };
}
