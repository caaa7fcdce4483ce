import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { codeNeeded } from '../domain/execution-facts.ts';
import { formatAmount } from '../domain/money.ts';
import type { CodeOf } from '../store/challenges.ts';
import { lockPayment } from '../store/payments.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { authorisationDigest, judgeExecution, refusal, type OfficeDay } from './judge-execution.ts';

/** What a code is for, as codes are sent and verified: neither knows whether it is a payment or a batch. */
export interface CodeSubject {
  readonly of: CodeOf;
  /** What a code for it authorises; locked in a transaction that writes. */
  look(tx: Tx, executor: Actor): Promise<Authorised>;
  /** Whether this person may have a code now; null when none is needed. Throws what its execution would for other reasons. */
  judge(tx: Tx, executor: Actor, dayAt: (now: Date) => OfficeDay): Promise<Sendable | null>;
}

/** One thing as its codes and their mails name it. */
export interface Authorised {
  readonly ref: string;
  readonly fundId: string;
  readonly digest: string;
}

/** What a mail says of a thing for which a code may be sent. */
export interface Sendable {
  readonly ref: string;
  readonly fund: Row<'funds'>;
  readonly facts: readonly (readonly [label: string, value: string])[];
}

/** The command that sends a code, and asks for it. */
export const otpCommand = ({ kind }: CodeOf, ref: string): string => `treasury ${kind} otp ${ref}`;

/** The checks of an execution that no code can make good, nor its five minutes: a fund is opened again by two people. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(['status', 'segregation', 'role', 'fund_open']);

/** A code for one payment: its amount, currency, destination, payee, fund and executor. */
export const paymentCode = (paymentId: string): CodeSubject => ({
  of: { kind: 'payment', id: paymentId },
  look: async (tx, executor) => {
    const payment = await lockPayment(tx, paymentId);
    return { ref: payment.ref, fundId: payment.fundId, digest: authorisationDigest(payment, executor.userId) };
  },
  judge: async (tx, executor, dayAt) => {
    const found = await judgeExecution(tx, { paymentId, executor, day: dayAt(tx.now), gatewayReference: null });
    const { payment, fund } = found.dossier;
    requireAbilityAt(executor, 'payment.execute', fund);
    const blocking = found.checks.filter((check) => isFailed(check) && WITHOUT_CODE.has(check.id));
    if (blocking.length > 0) throw refusal(payment.ref, blocking, { unchanged: 'No code was sent.' });
    if (!codeNeeded(found.facts)) return null;
    return {
      ref: payment.ref,
      fund,
      facts: [
        ['Amount', formatAmount(payment.amountMinor, payment.currency)],
        ['Payee', payment.payee],
        ['To', payment.destination],
      ],
    };
  },
});
