import { failed, passed } from './check.ts';
import { decimalOf, formatAmount } from './money.ts';
import type { Check, ProblemKind } from './problem.ts';

export interface ReversalFacts {
  readonly payment: {
    readonly ref: string;
    readonly status: string;
    readonly amountMinor: number;
    readonly currency: string;
    /** Its amount with its approved variances. */
    readonly adjustedMinor: number;
  };
  /** A variance of it that waits. */
  readonly pendingVariance: string | null;
  readonly fund: { readonly code: string; readonly state: string };
  readonly person: {
    readonly username: string;
    readonly isRequester: boolean;
    readonly isExecutor: boolean;
    /** Whether a role that reverses reaches the fund. */
    readonly mayHere: boolean;
  };
  /** Who may propose it instead. */
  readonly others: readonly string[];
  /** What the money came back with, and what this reference stands on already; null when nothing. */
  readonly reference: { readonly text: string; readonly usedFor: string | null } | null;
}

/** Every rule about reversing a payment, judged in a fixed order. The whole amount comes back; fees stay spent. */
export const reversalChecks = (facts: ReversalFacts): Check[] => [
  statusCheck(facts),
  segregationCheck(facts),
  roleCheck(facts),
  fundCheck(facts),
  varianceCheck(facts),
  ...(facts.reference === null ? [] : [referenceCheck(facts.reference)]),
];

/** The kind of refusal that failing checks make: people before the state of things. */
export const reversalRefusalKind = (checks: readonly Check[]): ProblemKind =>
  checks.some((check) => check.ok === false && (check.id === 'segregation' || check.id === 'role'))
    ? 'forbidden'
    : 'refused';

function statusCheck({ payment: { ref, status } }: ReversalFacts): Check {
  if (status === 'success' || status === 'reconciled') return passed('status', `${ref} was paid.`, { status });
  const message =
    status === 'reversed' ? `${ref} was reversed already.` : `${ref} is ${status}; only what was paid can be reversed.`;
  const code = status === 'reversed' ? 'PAYMENT_ALREADY_REVERSED' : 'PAYMENT_NOT_PAID';
  return failed('status', code, message, { command: `treasury payment show ${ref}` }, { status });
}

function segregationCheck({ payment, person, others }: ReversalFacts): Check {
  const { username } = person;
  const refuse = (code: string, did: string): Check =>
    failed('segregation', code, `${username} ${did} ${payment.ref} and may not reverse it.`, { who: others });
  if (person.isRequester) return refuse('REVERSER_IS_REQUESTER', 'requested');
  if (person.isExecutor) return refuse('REVERSER_IS_EXECUTOR', 'executed');
  return passed('segregation', `${username} neither requested nor executed it.`);
}

function roleCheck({ fund, person, others }: ReversalFacts): Check {
  if (person.mayHere) return passed('role', `${person.username} may reverse payments of fund ${fund.code}.`);
  const message = `${person.username} is no treasurer or cfo of fund ${fund.code}.`;
  return failed('role', 'ROLE_MISSING', message, { who: others });
}

function fundCheck({ fund }: ReversalFacts): Check {
  if (fund.state !== 'closed') return passed('fund_open', `Fund ${fund.code} is not closed.`);
  return failed('fund_open', 'FUND_CLOSED', `Fund ${fund.code} is closed; nothing can come back to it.`, {
    command: 'treasury fund list',
  });
}

/** The whole amount comes back, so the books must say that all of it, and no more, was paid. */
function varianceCheck({ payment, pendingVariance }: ReversalFacts): Check {
  const { ref, amountMinor, adjustedMinor, currency } = payment;
  const facts = { adjusted_minor: adjustedMinor };
  if (pendingVariance !== null) {
    const message = `${pendingVariance} of ${ref} waits; it is decided before the payment is taken back.`;
    return failed('variance', 'VARIANCE_PENDING', message, { command: `treasury variance show ${pendingVariance}` });
  }
  if (adjustedMinor === amountMinor) return passed('variance', `${ref} was paid with its amount.`, facts);
  const [amount, adjusted] = [formatAmount(amountMinor, currency), formatAmount(adjustedMinor, currency)];
  const message = `${ref} of ${amount} was adjusted to ${adjusted}; a reversal credits ${amount}. Adjust it back first.`;
  const command = `treasury variance record ${ref} --adjusted ${decimalOf(amountMinor, currency)} --reason TEXT`;
  return failed('variance', 'PAYMENT_ADJUSTED', message, { command }, facts);
}

function referenceCheck({ text, usedFor }: NonNullable<ReversalFacts['reference']>): Check {
  if (usedFor === null) return passed('reference', `Reference ${text} is new.`);
  const message = `Reference ${text} stands on ${usedFor} already; a reference is used once.`;
  return failed('reference', 'REFERENCE_USED', message, { command: 'treasury ledger list' });
}
