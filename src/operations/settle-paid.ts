import type { Actor } from '../domain/access.ts';
import { endLease } from '../store/attempts.ts';
import { findChallenge } from '../store/challenges.ts';
import { newReferences, type Dossier } from '../store/execution-facts.ts';
import { closeAttempt } from '../store/execution-writes.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { OfficeDay } from './judge-execution.ts';
import { postPayment, type PaidOut } from './post-payment.ts';

/** A payment in flight of which the outcome is known: it was paid. */
export interface KnownPaid {
  readonly dossier: Dossier;
  readonly attempt: Row<'paymentAttempts'>;
  /** Who carried it out. */
  readonly executor: Actor;
}

/** Posts a payment in flight as paid, whatever its fund's balance: it is a fact. */
export async function settlePaid(
  tx: Tx,
  { dossier, attempt, executor }: KnownPaid,
  said: {
    /** Who says so. */
    readonly poster: Actor;
    readonly reference: string;
    readonly evidence: string;
    readonly day: OfficeDay;
  },
): Promise<PaidOut> {
  const challenge = attempt.challengeId === null ? null : await findChallenge(tx, attempt.challengeId);
  return postPayment(tx, {
    executor,
    poster: said.poster,
    payment: dossier.payment,
    was: 'executing',
    fund: dossier.fund,
    requisition: dossier.requisition,
    executedMinor: dossier.figures.executedMinor,
    openReplenishments: dossier.figures.openReplenishments,
    challenge,
    attempt,
    before: [
      ...(attempt.nextLookAt === null ? [] : [() => endLease(tx, attempt.id)]),
      () =>
        closeAttempt(tx, {
          id: attempt.id,
          was: attempt.state,
          state: 'paid',
          gatewayReference: said.reference,
          error: null,
          evidence: said.evidence,
          closedAt: tx.now,
        }),
    ],
    releasedMinor: attempt.reservedMinor,
    reference: said.reference,
    refs: await newReferences(tx),
    day: said.day,
  });
}
