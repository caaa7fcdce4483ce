import { failed, isFailed, notJudged, passed } from './check.ts';
import { settledBy, type InFlight } from './in-flight.ts';
import { addMinor, formatAmount } from './money.ts';
import type { Policy } from './policy.ts';
import type { Check, Fix, ProblemKind } from './problem.ts';
import { toleranceCheck } from './tolerance.ts';

export const VARIANCE_STATUSES = ['pending', 'approved', 'rejected'] as const;
export type VarianceStatus = (typeof VARIANCE_STATUSES)[number];

/** What a variance was found in: what was paid, or what was counted in a fund. */
export const VARIANCE_KINDS = ['payment', 'count'] as const;
export type VarianceKind = (typeof VARIANCE_KINDS)[number];

/** Whether a text names a status of variances. */
export const isVarianceStatus = (text: string): text is VarianceStatus =>
  VARIANCE_STATUSES.some((status) => status === text);

/** The kind of a variance: without a payment it is one of a count. */
export const kindOf = ({ paymentId }: { readonly paymentId: string | null }): VarianceKind =>
  paymentId === null ? 'count' : 'payment';

/** The difference between two figures, in minor units; throws integrity AMOUNT_OVERFLOW. */
export const differenceOf = ({ originalMinor, adjustedMinor }: Figures): number =>
  addMinor(adjustedMinor, -originalMinor);

/** What the adjustment entry of a variance does to its fund: more was paid, less is left; more was counted, more is there. */
export const appliedMinor = (variance: { readonly paymentId: string | null; readonly varianceMinor: number }): number =>
  kindOf(variance) === 'payment' ? -variance.varianceMinor : variance.varianceMinor;

/** The status of a requisition once a payment of it is adjusted: paid when, and only when, all of it was; what less was paid is free again. */
export function requisitionAfter(
  { status, amountMinor }: { readonly status: string; readonly amountMinor: number },
  executedMinor: number,
): string {
  const isPaid = executedMinor >= amountMinor;
  if (status === 'paid' && !isPaid) return 'approved';
  return status === 'approved' && isPaid ? 'paid' : status;
}

/** All differences of a currency together, each by its size, so that opposite ones do not make each other vanish. */
export function sizesByCurrency(
  variances: readonly { readonly currency: string; readonly varianceMinor: number }[],
): { currency: string; count: number; minor: number }[] {
  const sums = new Map<string, { count: number; minor: number }>();
  for (const { currency, varianceMinor } of variances) {
    const { count, minor } = sums.get(currency) ?? { count: 0, minor: 0 };
    sums.set(currency, { count: count + 1, minor: addMinor(minor, Math.abs(varianceMinor)) });
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}

interface Figures {
  readonly originalMinor: number;
  readonly adjustedMinor: number;
}

export interface FundFacts {
  readonly code: string;
  readonly currency: string;
  readonly state: string;
}

export interface PersonFacts {
  readonly userId: string;
  readonly username: string;
  /** Whether a role of theirs for this reaches the fund's place. */
  readonly mayHere: boolean;
}

export interface RecordingFacts {
  readonly fund: FundFacts;
  readonly person: PersonFacts;
  /** Usernames of those who could do it instead. */
  readonly others: readonly string[];
  /** The variance of the same payment, or the count of the same fund, that waits to be decided. */
  readonly pending: string | null;
}

export interface PaymentRecordingFacts extends RecordingFacts, Figures {
  readonly payment: { readonly ref: string; readonly status: string };
}

/** Every check of recording what was really paid: status, role, fund, what waits, amount. */
export function paymentRecordingChecks(facts: PaymentRecordingFacts): Check[] {
  const { payment, fund, originalMinor, adjustedMinor } = facts;
  const status = paidCheck('status', payment);
  return [
    status,
    roleCheck(facts, 'record differences'),
    openCheck(fund),
    pendingCheck(facts, payment.ref),
    // Of what was not paid the figures say nothing.
    isFailed(status)
      ? notJudged('amount', 'The amount is not judged of what was not paid.')
      : amountCheck(payment.ref, fund, { originalMinor, adjustedMinor }),
  ];
}

export interface CountFacts extends RecordingFacts {
  /** Payments of the fund of which the outcome is open: what they take is neither certainly there nor certainly gone. */
  readonly inFlight: readonly Pick<InFlight, 'ref' | 'carrier'>[];
}

/** Every check of recording what was counted: role, open outcomes, fund, what waits. */
export const countRecordingChecks = (facts: CountFacts): Check[] => [
  roleCheck(facts, 'record differences'),
  inFlightCheck(facts),
  openCheck(facts.fund),
  pendingCheck(facts, `fund ${facts.fund.code}`),
];

export type DecisionAct = 'approve' | 'reject';

export interface DecisionFacts {
  readonly act: DecisionAct;
  readonly variance: Figures & {
    readonly ref: string;
    readonly status: string;
    readonly recordedBy: string;
  };
  /** Null for a count. */
  readonly payment: {
    readonly ref: string;
    readonly status: string;
    readonly requesterId: string;
    readonly executorId: string | null;
  } | null;
  readonly fund: FundFacts;
  readonly person: PersonFacts;
  readonly others: readonly string[];
  /** The policy in force. */
  readonly policy: Policy;
  readonly reason: string | null;
}

/** Every check of deciding on a variance: status, segregation, role; of approving it also payment, fund and tolerance. */
export function decisionChecks(facts: DecisionFacts): Check[] {
  const { act, variance, payment, fund, policy, reason } = facts;
  const people = [undecidedCheck(facts), segregationCheck(facts), roleCheck(facts, 'decide on differences')];
  if (act === 'reject') return people;
  const varianceMinor = differenceOf(variance);
  return [
    ...people,
    ...(payment === null ? [] : [paidCheck('payment', payment)]),
    openCheck(fund),
    toleranceCheck({
      ...{ ref: variance.ref, policy, currency: fund.currency, reason },
      difference: { originalMinor: variance.originalMinor, varianceMinor },
      command: `treasury variance approve ${variance.ref} --reason TEXT`,
    }),
  ];
}

/** Which kind of refusal failing checks make: people first, then the rest. */
export const varianceRefusal = (checks: readonly Check[]): ProblemKind =>
  checks.some((check) => isFailed(check) && (check.id === 'segregation' || check.id === 'role'))
    ? 'forbidden'
    : 'refused';

function paidCheck(id: string, { ref, status }: { readonly ref: string; readonly status: string }): Check {
  const facts = { status };
  if (status === 'success' || status === 'reconciled') return passed(id, `${ref} was paid.`, facts);
  const [code, message] =
    status === 'reversed'
      ? ['PAYMENT_ALREADY_REVERSED', `${ref} was reversed; nothing of it is left to adjust.`]
      : ['PAYMENT_NOT_PAID', `${ref} is ${status}; only what was paid can differ.`];
  return failed(id, code, message, { command: `treasury payment show ${ref}` }, facts);
}

function roleCheck({ fund, person, others }: Pick<RecordingFacts, 'fund' | 'person' | 'others'>, what: string): Check {
  if (person.mayHere) return passed('role', `${person.username} may ${what} of fund ${fund.code}.`);
  return failed('role', 'OUT_OF_SCOPE', `${person.username} may not ${what} of fund ${fund.code}.`, whoElse(others));
}

function openCheck({ code, state }: FundFacts): Check {
  if (state !== 'closed') return passed('fund_open', `Fund ${code} is not closed.`);
  return failed('fund_open', 'FUND_CLOSED', `Fund ${code} is closed; nothing is posted to it any more.`, {
    command: `treasury fund show ${code}`,
  });
}

function pendingCheck({ pending }: RecordingFacts, about: string): Check {
  if (pending === null) return passed('pending', `No difference of ${about} waits.`);
  const message = `${pending} of ${about} waits already; it is decided before another is recorded.`;
  return failed('pending', 'VARIANCE_PENDING', message, { command: `treasury variance show ${pending}` });
}

function amountCheck(ref: string, { currency }: FundFacts, figures: Figures): Check {
  const { originalMinor, adjustedMinor } = figures;
  const facts = { original_minor: originalMinor, adjusted_minor: adjustedMinor };
  const original = formatAmount(originalMinor, currency);
  if (adjustedMinor !== originalMinor) {
    const variance = formatAmount(differenceOf(figures), currency);
    return passed('amount', `${ref} stands at ${original}; that is a difference of ${variance}.`, facts);
  }
  return failed(
    'amount',
    'AMOUNT_UNCHANGED',
    `${ref} stands at ${original} already; that is no difference.`,
    { command: `treasury payment show ${ref}` },
    facts,
  );
}

function inFlightCheck({ fund, inFlight }: CountFacts): Check {
  const facts = { in_flight: inFlight.length };
  const [first] = inFlight;
  if (first === undefined) return passed('in_flight', `No outcome of fund ${fund.code} is open.`, facts);
  const named = inFlight.length === 1 ? first.ref : `${first.ref} and ${inFlight.length - 1} more`;
  const message = `The outcome of ${named} is open: nobody can say whether that money is still in fund ${fund.code}.`;
  return failed(
    'in_flight',
    'PAYMENTS_IN_FLIGHT',
    message,
    { command: settledBy({ ...first, fund: fund.code }) },
    facts,
  );
}

function undecidedCheck({ variance: { ref, status } }: DecisionFacts): Check {
  if (status === 'pending') return passed('status', `${ref} is pending.`, { status });
  const message = `${ref} is ${status}, not pending.`;
  return failed('status', 'VARIANCE_NOT_PENDING', message, { command: `treasury variance show ${ref}` }, { status });
}

function segregationCheck({ act, variance, payment, person, others }: DecisionFacts): Check {
  const faults: { code: string; did: string }[] = [];
  if (person.userId === variance.recordedBy) faults.push({ code: 'APPROVER_IS_RECORDER', did: 'recorded it' });
  if (person.userId === payment?.requesterId)
    faults.push({ code: 'APPROVER_IS_REQUESTER', did: `requested ${payment.ref}` });
  if (person.userId === payment?.executorId)
    faults.push({ code: 'APPROVER_IS_EXECUTOR', did: `executed ${payment.ref}` });
  const [first] = faults;
  if (first === undefined)
    return passed('segregation', `${variance.ref}: ${person.username} neither recorded, requested nor executed it.`);
  const did = faults.map((fault) => fault.did).join(' and ');
  return failed(
    'segregation',
    first.code,
    `${variance.ref}: ${person.username} ${did}, and may not ${act} it.`,
    whoElse(others),
    { codes: faults.map(({ code }) => code).join(' ') },
  );
}

/** Whom to ask; where nobody is left, the office needs another CFO. */
const whoElse = (others: readonly string[]): Partial<Fix> =>
  others.length > 0 ? { who: others } : { command: 'treasury user role USERNAME --role cfo' };
