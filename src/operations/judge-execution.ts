import type { Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { executionChecks, refusalKind } from '../domain/execution-checks.ts';
import { NOBODY, type ExecutionFacts } from '../domain/execution-facts.ts';
import { SPLITTING_WINDOW_MS } from '../domain/otp.ts';
import { isMethod, type Method } from '../domain/payment.ts';
import { weekdayOf } from '../domain/policy.ts';
import {
  BANKFILE_LIMITS,
  darajaLimits,
  isRail,
  orderFault,
  type DarajaSettings,
  type RailInForce,
} from '../domain/rail.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { approvalsOf } from '../store/approvals.ts';
import { rowDigest } from '../store/audit-chain.ts';
import { findLiveAttempt, lockDossier, type Dossier } from '../store/execution-facts.ts';
import { findHolders, findPeopleWhoMay } from '../store/payers.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

export interface ExecutionCase {
  readonly dossier: Dossier;
  readonly facts: ExecutionFacts;
  readonly checks: readonly Check[];
}

/** An instant in the office's zone: when its day began, the date, the year, and the minutes that clocks show since midnight. */
export interface OfficeDay {
  readonly start: Date;
  readonly date: string;
  readonly year: number;
  readonly minute: number;
}

export interface ExecutionQuestion {
  readonly paymentId: string;
  readonly executor: Actor;
  readonly day: OfficeDay;
  readonly gatewayReference: string | null;
  /** For what was scheduled: the code that was used then, null when none was needed. */
  readonly scheduled?: { readonly challenge: Row<'otpChallenges'> | null };
}

/** What a code authorises: one payment's amount, currency, destination, payee, fund and executor. */
export const authorisationDigest = (payment: Row<'payments'>, executorId: string): string =>
  rowDigest({
    payment: payment.id,
    amount: payment.amountMinor,
    currency: payment.currency,
    destination: payment.destination,
    payee: payment.payee,
    fund: payment.fundId,
    executor: executorId,
  });

/** SHA-256 of what a gateway is asked to pay, so that a repeated request can be told from another one. */
export const requestHash = (payment: Row<'payments'>): string =>
  rowDigest({
    amount: payment.amountMinor,
    currency: payment.currency,
    method: payment.method,
    destination: payment.destination,
    payee: payment.payee,
  });

/** Locks everything that decides and judges it: every check, passed and failed. */
export async function judgeExecution(tx: Tx, question: ExecutionQuestion): Promise<ExecutionCase> {
  const locked = await lockDossier(tx, {
    paymentId: question.paymentId,
    executorId: question.executor.userId,
    dayStart: question.day.start,
    splittingStart: new Date(tx.now.getTime() - SPLITTING_WINDOW_MS),
    gatewayReference: question.gatewayReference,
  });
  const { scheduled } = question;
  const dossier = scheduled === undefined ? locked : { ...locked, challenge: scheduled.challenge };
  // Asked for only of what is refused for it.
  const carrier = dossier.payment.status === 'executing' ? await findLiveAttempt(tx, dossier.payment.id) : undefined;
  const facts = { ...factsOf(tx.now, dossier, question), carrier: carrier ?? null };
  const checks = executionChecks(facts);
  if (!checks.some(isFailed)) return { dossier, facts, checks };
  const others = await whoElse(tx, facts, dossier);
  return { dossier, facts, checks: executionChecks({ ...facts, others }) };
}

/** The method of a payment or requisition. Throws when the database holds another, which it refuses. */
export function methodOf({ ref, method }: Pick<Row<'payments'>, 'ref' | 'method'>): Method {
  if (!isMethod(method)) throw new Error(`${ref} has the unknown method ${method}`);
  return method;
}

function factsOf(
  now: Date,
  dossier: Dossier,
  { executor, day, gatewayReference, scheduled }: ExecutionQuestion,
): Omit<ExecutionFacts, 'carrier'> {
  const { payment, requisition, fund, figures } = dossier;
  const rail = railFor(dossier, gatewayReference);
  return {
    now,
    payment: { ...payment, method: methodOf(payment), voucher: figures.voucher },
    requisition: {
      ...requisition,
      termsAgree:
        requisition.payee === payment.payee &&
        requisition.method === payment.method &&
        requisition.destination === payment.destination &&
        requisition.currency === payment.currency,
      committedMinor: figures.committedMinor,
      approverIds: decidersOf(dossier, 'approved'),
      rejecterIds: decidersOf(dossier, 'rejected'),
      approvals: approvalsOf(dossier.approvals, requisition.revision),
    },
    fund,
    executor: {
      userId: executor.userId,
      username: executor.username,
      phone: dossier.executorPhone,
      grants: dossier.executorGrants,
    },
    policy: dossier.policy,
    time: { weekday: weekdayOf(day.date), minute: day.minute },
    paidTodayMinor: figures.paidTodayMinor,
    paidTodayByMethodMinor: figures.paidTodayByMethodMinor,
    paidToDestinationMinor: figures.paidToDestinationMinor,
    highestFeeMinor: rail?.highestFeeMinor ?? 0,
    railFault: rail === null || !WAITING.has(payment.status) ? null : orderFault(rail, payment),
    held: figures.heldAs === null ? null : { ref: figures.heldAs, open: figures.heldOpen === true },
    challenge: dossier.challenge,
    ...(scheduled === undefined ? {} : { scheduled: true }),
    // Only compared with a code's.
    digest: dossier.challenge === null ? '' : authorisationDigest(payment, executor.userId),
    others: NOBODY,
  };
}

const WAITING: ReadonlySet<string> = new Set(['pending', 'failed']);

/** The rail that will carry a payment: none for cash, nor for what somebody has paid by hand already. */
export function railFor({ figures }: Pick<Dossier, 'figures'>, gatewayReference: string | null): RailInForce | null {
  const { rail, railAccount, railBody, railFeeMinor } = figures;
  if (rail === null || railAccount === null || railBody === null || gatewayReference !== null) return null;
  if (!isRail(rail)) return null;
  const limits = rail === 'daraja' ? darajaLimits(JSON.parse(railBody) as DarajaSettings) : BANKFILE_LIMITS;
  return { kind: rail, account: railAccount, highestFeeMinor: railFeeMinor, limits };
}

const decidersOf = ({ approvals }: Dossier, decision: 'approved' | 'rejected'): string[] =>
  approvals.filter((approval) => approval.decision === decision).map((approval) => approval.approverId);

/** Who could execute it, approve it further, or act on it as a CFO: none of them requested it or has decided on it. */
async function whoElse(tx: Tx, { executor }: ExecutionFacts, dossier: Dossier): Promise<ExecutionFacts['others']> {
  const { payment, requisition, fund } = dossier;
  const excluded = new Set([payment.requesterId, ...dossier.approvals.map(({ approverId }) => approverId)]);
  const named = (people: readonly { id: string; username: string }[]): string[] =>
    people.filter((person) => !excluded.has(person.id)).map((person) => person.username);
  const toExecute = named(await findPeopleWhoMay(tx, 'payment.execute', fund));
  if (dossier.policy.version === 0) return { ...NOBODY, toExecute };
  const toApprove = named(await findPeopleWhoMay(tx, 'requisition.approve', requisition));
  return {
    toExecute,
    // Whoever is about to execute it would lose that by approving.
    toApprove: toApprove.filter((username) => username !== executor.username),
    cfos: named(await findHolders(tx, ['cfo'], fund)),
  };
}

/** The refusal that a case's failing checks make; `verb` says what did not happen. */
export function refusal(
  ref: string,
  checks: readonly Check[],
  { unchanged = 'Nothing was paid; the payment is as it was.', everyCheck = false } = {},
): Problem {
  const failing = checks.filter(isFailed);
  const count = failing.length === 1 ? 'one check fails' : `${failing.length} checks fail`;
  const fix = wayOn(failing);
  return new Problem(refusalKind(checks), 'PAYMENT_NOT_EXECUTABLE', `${ref} cannot be executed: ${count}.`, {
    unchanged,
    checks,
    everyCheck,
    ...(fix === null ? {} : { fix }),
  });
}

/** What to do first: of the checks that decide the exit code, the first with a person to ask or a command to type. */
function wayOn(failing: readonly Check[]): string | null {
  // Nobody is sent for a code for what must not be paid.
  const held = failing.find(({ id }) => id === 'suspense');
  if (held !== undefined) return held.fix?.command ?? null;
  const kind = refusalKind(failing);
  for (const { fix } of failing.filter((check) => refusalKind([check]) === kind)) {
    if (fix?.command) return fix.command;
    if (fix !== null && fix.who.length > 0) return `ask ${fix.who.join(', ')}`;
  }
  return null;
}
