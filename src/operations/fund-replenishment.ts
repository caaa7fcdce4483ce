import type { Actor } from '../domain/access.ts';
import { parseAmount } from '../domain/money.ts';
import { normalReference, referenceFault } from '../domain/payment.ts';
import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { fundingChecks } from '../domain/replenishment.ts';
import { updateFund } from '../store/funds.ts';
import { getReplenishment, updateReplenishment } from '../store/replenishments.ts';
import { usedReturnReference } from '../store/reversals.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { ReplenishmentStepTaken } from './approve-replenishment.ts';
import { lockCase, refuseFailing } from './judge-replenishment.ts';
import { postEntry, type Posted } from './post-entry.ts';

export interface FundingRequest {
  readonly replenishment: string;
  /** The bank's reference of the transfer, used once for ever. */
  readonly reference: string;
  /** As typed; without one, all that was approved. */
  readonly amount: string | null;
}

export interface Funded extends ReplenishmentStepTaken {
  readonly posted: Posted;
  readonly fundBefore: Row<'funds'>;
}

/**
 * Posts the money that came in for an approved request, by somebody who neither requested nor approved it. Throws with every
 * check: forbidden when a person or role fails, else refused; usage for a wrong amount or reference.
 */
export async function fundReplenishment(store: Store, actor: Actor, wish: FundingRequest): Promise<Funded> {
  const reference = usableReference(wish.reference);
  return store.write(async (tx) => {
    const found = await lockCase(tx, actor, wish.replenishment, 'replenishment.fund');
    const { before, request, fund } = found;
    const amountMinor =
      wish.amount === null
        ? (request.approvedMinor ?? request.requestedMinor)
        : parseAmount(wish.amount, fund.currency);
    const referenceUsedBy = await usedReturnReference(tx, reference);
    refuseFailing(request, fundingChecks({ ...found, amountMinor, reference, referenceUsedBy }), 'funded');
    // Before the entry, which raises the next request when even this leaves the fund low.
    await updateReplenishment(tx, request.id, {
      status: 'funded',
      fundedMinor: amountMinor,
      fundedBy: actor.userId,
      fundedAt: tx.now,
      reference,
    });
    await updateFund(tx, fund.id, { lastReplenishedAt: tx.now });
    const posted = await postEntry(
      tx,
      { ...fund, lastReplenishedAt: tx.now },
      {
        type: 'credit',
        kind: 'replenishment',
        amountMinor,
        replenishmentId: request.id,
        description: `Replenishment ${request.ref}, reference ${reference}`,
        createdBy: actor.userId,
      },
      {
        actor: actor.username,
        action: 'replenishment.funded',
        subject: request.ref,
        origin: actor.origin,
        payload: {
          fund: fund.code,
          reference,
          approved_minor: request.approvedMinor,
          funded_minor: amountMinor,
          currency: fund.currency,
        },
      },
    );
    return { before, after: await getReplenishment(tx, request.id), posted, fundBefore: fund };
  });
}

function usableReference(text: string): string {
  const reference = normalReference(text);
  const fault = referenceFault(reference);
  if (fault === null) return reference;
  throw usage('REFERENCE_INVALID', `${quoted(text)} is not a reference: ${fault}.`, {
    unchanged: 'No money was posted.',
  });
}
