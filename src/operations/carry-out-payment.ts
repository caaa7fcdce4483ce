import type { CarriedOut } from '../domain/carried-out.ts';
import type { Actor } from '../domain/access.ts';
import { waitAfter } from '../domain/backoff.ts';
import { isFailed } from '../domain/check.ts';
import { formatAmount } from '../domain/money.ts';
import { Problem } from '../domain/problem.ts';
import { SCHEDULE_BACKOFF } from '../domain/schedule.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { findChallenge } from '../store/challenges.ts';
import { lockFund } from '../store/funds.ts';
import { putLetters, type Letter } from '../store/outbox.ts';
import { lockPayment } from '../store/payments.ts';
import { recordRun } from '../store/schedules.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { actingPerson, requireEnabled } from './acting-person.ts';
import { executePayment, type Executed } from './execute-payment.ts';
import { isTransient, LONGEST_DETAIL, passing, type Carrier } from './carrier.ts';
import { sendAttempt } from './send-attempt.ts';

/**
 * Carries out a payment whose time has come, for who gave its code and as that person: every check but the code is made again. The
 * schedule ends in the transaction that reserves the money, so that it is carried out once whatever happens to the worker; the order
 * is sent after it. What is refused ends the schedule, and its person is told; what may work later is tried again.
 */
export async function carryOutPayment(store: Store, schedule: Row<'schedules'>, carrier: Carrier): Promise<CarriedOut> {
  const { paymentId } = schedule;
  if (paymentId === null) throw new Error(`${schedule.ref} is of no payment`);
  const order = await store.read(async (tx) => ({
    executor: await actingPerson(tx, schedule.createdBy, carrier.origin),
    challenge: schedule.challengeId === null ? null : await findChallenge(tx, schedule.challengeId),
  }));
  const held = { id: schedule.id, holder: carrier.holder };
  try {
    requireEnabled(order.executor);
    const executed = await executePayment(store, order.executor, {
      ...{ paymentId, gatewayReference: null, dayAt: carrier.dayAt, holder: carrier.holder },
      scheduled: {
        schedule,
        challenge: order.challenge,
        end: (tx) => recordRun(tx, held, ended(tx, schedule, 'done', 'ordered')),
      },
    });
    return await sendOn(store, { schedule, executed, executor: order.executor }, carrier);
  } catch (error) {
    return notExecuted(store, { schedule, paymentId, executor: order.executor, error }, carrier);
  }
}

const ended = (tx: Tx, { failures }: Row<'schedules'>, outcome: 'done' | 'refused' | 'failed', detail: string) => ({
  ...{ status: outcome === 'done' ? 'done' : 'refused', nextAt: null, endedAt: tx.now, failures },
  ...{ lastOutcome: outcome, lastDetail: detail.slice(0, LONGEST_DETAIL) },
});

interface Ordered {
  readonly schedule: Row<'schedules'>;
  readonly executor: Actor;
  readonly executed: Executed;
}

async function sendOn(store: Store, { schedule, executor, executed }: Ordered, carrier: Carrier): Promise<CarriedOut> {
  const { payment } = executed.before;
  const told = (outcome: CarriedOut['outcome'], detail: string) => ({
    ...{ what: schedule.ref, subject: payment.ref, outcome, detail },
  });
  if (executed.state === 'paid') return told('done', 'paid');
  const { attempt } = executed;
  if (attempt.gateway === 'manual') {
    await store.write((tx) => putLetters(tx, [payNow(payment, executor)], { ownTry: false }));
    return told('done', `reserved; ${executor.username} is asked to pay it in the app`);
  }
  if (attempt.gateway !== 'daraja') return told('done', 'reserved for the next file for the bank');
  const sent = await sendAttempt(store, attempt.id, { ...carrier.sending, holder: carrier.holder });
  if (sent.state !== 'failed') return told('done', sent.state);
  await store.write((tx) => putLetters(tx, [notPaid(payment, executor, sent.reason)], { ownTry: false }));
  return told('failed', sent.reason);
}

interface NotExecuted {
  readonly schedule: Row<'schedules'>;
  readonly paymentId: string;
  readonly executor: Actor;
  readonly error: unknown;
}

async function notExecuted(store: Store, { error, ...of }: NotExecuted, carrier: Carrier): Promise<CarriedOut> {
  const { schedule, paymentId, executor } = of;
  // What broke after the checks had passed is a failed attempt of the payment by now, and ends the schedule as well.
  const broke = !(error instanceof Problem);
  const reason = broke ? messageOf(error) : reasonOf(passing(error));
  const again = !broke && mayWorkLater(passing(error));
  return store.write(async (tx) => {
    const payment = await lockPayment(tx, paymentId);
    const fund = await lockFund(tx, payment.fundId);
    const outcome = again || broke ? 'failed' : 'refused';
    const run = again
      ? later(tx, schedule, { reason, chance: carrier.chance() })
      : ended(tx, schedule, outcome, reason);
    const kept = await recordRun(tx, { id: schedule.id, holder: carrier.holder }, run);
    if (kept === 1 && !again) {
      await recordFundEvent(tx, fund, {
        actor: executor.username,
        action: 'schedule.refused',
        subject: schedule.ref,
        origin: carrier.origin,
        payload: { payment: payment.ref, reason },
      });
      await putLetters(tx, [notPaid(payment, executor, reason)], { ownTry: false });
    }
    return { what: schedule.ref, subject: payment.ref, outcome, detail: reason };
  });
}

function later(tx: Tx, { failures }: Row<'schedules'>, { reason, chance }: { reason: string; chance: number }) {
  const wait = waitAfter(failures + 1, chance, SCHEDULE_BACKOFF);
  return {
    ...{ status: 'active', nextAt: new Date(tx.now.getTime() + wait), endedAt: null, failures: failures + 1 },
    ...{ lastOutcome: 'failed', lastDetail: reason.slice(0, LONGEST_DETAIL) },
  };
}

/** Whether it was saved is not known where the answer to COMMIT was lost: if it was, the schedule has ended with it and this ends nothing. */
const mayWorkLater = (problem: Problem): boolean => isTransient(problem) || problem.code === 'COMMIT_UNKNOWN';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A refusal with everything that fails. */
function reasonOf({ message, details }: Problem): string {
  const failing = (details.checks ?? []).filter(isFailed).map((check) => check.message);
  return [message, ...failing].join(' ');
}

const termsOf = (payment: Row<'payments'>): string[] => [
  `Payment: ${payment.ref}`,
  `Amount:  ${formatAmount(payment.amountMinor, payment.currency)}`,
  `Payee:   ${payment.payee}`,
  `To:      ${payment.destination} (${payment.method})`,
];

const payNow = (payment: Row<'payments'>, { email }: Actor): Letter => ({
  to: email,
  subject: `${payment.ref} is due: pay it now`,
  text: [
    `The time has come for which you scheduled this payment. Its money is reserved: pay it now, once, in the ${payment.method} app.`,
    '',
    ...termsOf(payment),
    '',
    `Then give its reference: treasury payment resolve ${payment.ref} --gateway-reference REFERENCE`,
    '',
  ].join('\n'),
});

const notPaid = (payment: Row<'payments'>, { email }: Actor, reason: string): Letter => ({
  to: email,
  subject: `${payment.ref} was not paid`,
  text: [
    'A payment that you scheduled was due and was not paid.',
    '',
    ...termsOf(payment),
    '',
    `Why:     ${reason}`,
    '',
    'It is not tried again by itself.',
    `To look at it: treasury payment show ${payment.ref}`,
    '',
  ].join('\n'),
});
