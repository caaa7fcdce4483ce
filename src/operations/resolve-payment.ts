import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { normalReference, referenceFault } from '../domain/payment.ts';
import { Problem, usage } from '../domain/problem.ts';
import { findLiveAttempt, lockDossier, type Dossier } from '../store/execution-facts.ts';
import { getUserRow } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { refuseTakenReference } from './gateway-reference.ts';
import type { OfficeDay } from './judge-execution.ts';
import type { PaidOut } from './post-payment.ts';
import { settlePaid } from './settle-paid.ts';
import type { Proposed } from './two-people.ts';

export interface ResolveRequest {
  readonly paymentId: string;
  readonly outcome:
    | { readonly kind: 'paid'; readonly reference: string }
    | { readonly kind: 'not_paid'; readonly reason: string };
  readonly dayAt: (now: Date) => OfficeDay;
}

export type Resolved =
  | { readonly state: 'paid'; readonly paid: PaidOut }
  | { readonly state: 'failed'; readonly payment: Row<'payments'>; readonly fund: Row<'funds'> }
  // Once the office has paid, "not paid" is a change for two.
  | ({ readonly state: 'proposed' } & Proposed);

export interface OpenCase {
  readonly dossier: Dossier;
  readonly attempt: Row<'paymentAttempts'>;
  readonly executor: Actor;
}

/**
 * Settles a payment of which the outcome is open. With the app's reference it is posted as paid, whatever the fund's balance:
 * it is a fact. "Not paid" releases the reservation and fails the attempt; only a treasurer or CFO who did not execute it may say
 * so, and once the office has paid another confirms it.
 */
export async function resolvePaymentOutcome(store: Store, actor: Actor, request: ResolveRequest): Promise<Resolved> {
  const { outcome } = request;
  // Loaded before the transaction begins, and not at all by who executes.
  if (outcome.kind === 'not_paid') {
    const { declareNotPaid } = await import('./declare-not-paid.ts');
    return store.write((tx) => declareNotPaid(tx, actor, { ...request, reason: outcome.reason }));
  }
  return store.write(async (tx) => {
    const day = request.dayAt(tx.now);
    const open = await lockOpenCase(tx, actor, request, day);
    return {
      state: 'paid',
      paid: await settlePaid(tx, open, {
        poster: actor,
        reference: normalReference(outcome.reference),
        evidence: `reference given by ${actor.username}`,
        day,
      }),
    };
  });
}

/** Throws what settling now would be refused with; changes nothing. */
export async function judgeResolution(store: Store, actor: Actor, request: ResolveRequest): Promise<void> {
  await store.read((tx) => lockOpenCase(tx, actor, request, request.dayAt(tx.now)));
}

/**
 * Locks a payment of which the outcome is open, with its attempt, for who may settle it so. Throws forbidden, which comes first,
 * or refused PAYMENT_NOT_IN_FLIGHT.
 */
export async function lockOpenCase(
  tx: Tx,
  actor: Actor,
  { outcome, paymentId }: Pick<ResolveRequest, 'outcome' | 'paymentId'>,
  day: Pick<OfficeDay, 'start'>,
): Promise<OpenCase> {
  const reference = outcome.kind === 'paid' ? normalReference(outcome.reference) : null;
  const fault = reference === null ? null : referenceFault(reference);
  if (fault !== null)
    throw usage('REFERENCE_INVALID', `That is not a gateway reference: ${fault}.`, {
      unchanged: 'Nothing was settled.',
    });
  const dossier = await lockDossier(tx, {
    paymentId,
    executorId: actor.userId,
    dayStart: day.start,
    splittingStart: day.start,
    gatewayReference: reference,
  });
  const { payment } = dossier;
  requireResolver(actor, dossier, outcome.kind);
  if (payment.status !== 'executing' || payment.executorId === null) {
    throw new Problem(
      'refused',
      'PAYMENT_NOT_IN_FLIGHT',
      `${payment.ref} is ${payment.status}; there is no open outcome to settle.`,
      {
        unchanged: 'It is as it was.',
        fix: `treasury payment show ${payment.ref}`,
      },
    );
  }
  refuseTakenReference(dossier.figures, reference);
  const attempt = await liveAttempt(tx, paymentId);
  return { dossier, attempt, executor: await executorOf(tx, payment.executorId, actor) };
}

/** Refuses (exit 5) who may not settle it so. */
function requireResolver(actor: Actor, { fund, payment, approvals }: Dossier, outcome: 'paid' | 'not_paid'): void {
  const unchanged = 'It is as it was.';
  requireAbilityAt(actor, outcome === 'paid' ? 'payment.resolve' : 'payment.declare_not_paid', fund);
  if (outcome === 'not_paid' && actor.userId === payment.executorId) {
    throw new Problem(
      'forbidden',
      'RESOLVER_IS_EXECUTOR',
      `${actor.username} executed ${payment.ref}; somebody else must say that it was not paid.`,
      { unchanged },
    );
  }
  if (actor.userId === payment.requesterId || approvals.some((approval) => approval.approverId === actor.userId)) {
    throw new Problem(
      'forbidden',
      'RESOLVER_IS_INVOLVED',
      `${actor.username} requested or approved ${payment.ref} and may not settle it.`,
      { unchanged },
    );
  }
}

async function liveAttempt(tx: Tx, paymentId: string): Promise<Row<'paymentAttempts'>> {
  const attempt = await findLiveAttempt(tx, paymentId);
  if (attempt === undefined)
    throw new Problem('integrity', 'ATTEMPT_MISSING', 'This payment is executing without a live attempt.', {
      fix: 'treasury doctor',
    });
  return attempt;
}

/** The person who carried the payment out, with the origin that is known of now. */
export async function executorOf(tx: Tx, userId: string, { origin }: Pick<Actor, 'origin'>): Promise<Actor> {
  const { username, email, phone } = await getUserRow(tx, userId);
  return { userId, username, email, phone, grants: [], origin };
}
