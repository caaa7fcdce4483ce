import { failed, passed } from '../check.ts';
import { formatAmount } from '../money.ts';
import type { Check, ProblemKind } from '../problem.ts';

/** Who matches by hand, and who could do it instead. */
export interface Reconciler {
  readonly username: string;
  readonly isRequester: boolean;
  readonly isExecutor: boolean;
  /** Whether a role that reconciles reaches the fund. */
  readonly mayHere: boolean;
  readonly others: readonly string[];
}

export interface PaymentByHand {
  readonly payment: { readonly ref: string; readonly status: string };
  readonly fundCode: string;
  readonly person: Reconciler;
  /** The reference on the statement, and the one that the payment was made with; null when none was given. */
  readonly reference: { readonly given: string; readonly executed: string } | null;
  /** The variance that waits for a CFO because a match has another amount already; null where none does. */
  readonly differing: string | null;
}

/** Whether a payment may be marked reconciled without a line, on a person's word and evidence. */
export const paymentByHandChecks = ({ payment, fundCode, person, reference, differing }: PaymentByHand): Check[] => [
  paidCheck(payment),
  ...(differing === null ? [] : [differingCheck(payment.ref, differing)]),
  segregationCheck(payment.ref, person),
  roleCheck(fundCode, person),
  ...(reference === null ? [] : [referenceCheck(payment.ref, reference)]),
];

export interface PairByHand {
  readonly currency: string;
  readonly line: {
    readonly ref: string;
    readonly amountMinor: number;
    readonly fundCode: string;
    readonly matchedBy: string | null;
    /** The statement in place of its own, when that does not have it. */
    readonly droppedBy: string | null;
  };
  readonly entry: {
    readonly ref: string;
    readonly deltaMinor: number;
    readonly fundCode: string;
    readonly matchedBy: string | null;
    /** Whether statements tell of such entries: not of openings and corrections of the book. */
    readonly onStatements: boolean;
    readonly payment: string | null;
  };
  readonly person: Reconciler;
}

/** Whether a line and an entry may be tied to each other by hand. */
export const pairChecks = ({ currency, line, entry, person }: PairByHand): Check[] => [
  line.droppedBy === null ? openCheck('line', line) : droppedCheck(line.ref, line.droppedBy),
  openCheck('entry', entry),
  entry.onStatements
    ? passed('kind', `${entry.ref} is what statements tell of.`)
    : failed(
        'kind',
        'ENTRY_NOT_ON_STATEMENTS',
        `${entry.ref} is an opening or a correction of the book; no statement tells of it.`,
        {},
      ),
  line.fundCode === entry.fundCode
    ? passed('fund', `Both are of fund ${line.fundCode}.`)
    : failed(
        'fund',
        'FUNDS_DIFFER',
        `${line.ref} is of fund ${line.fundCode}, ${entry.ref} of fund ${entry.fundCode}.`,
        {},
      ),
  amountCheck({ currency, line, entry }),
  segregationCheck(entry.payment ?? entry.ref, person),
  roleCheck(entry.fundCode, person),
];

export interface UndoByHand {
  readonly match: { readonly ref: string; readonly undoneAt: Date | null };
  readonly payment: string | null;
  /** The variance that was recorded with it and waits for a CFO. */
  readonly pendingVariance: string | null;
  readonly fundCode: string;
  readonly person: Reconciler;
}

/** Whether a match may be undone: by whoever might have made it. One with a variance that waits is parted by the CFO who rejects that. */
export const undoChecks = ({ match, payment, pendingVariance, fundCode, person }: UndoByHand): Check[] => [
  match.undoneAt === null
    ? passed('match', `${match.ref} is live.`)
    : failed('match', 'MATCH_UNDONE', `${match.ref} was undone already.`, { command: 'treasury reconcile unmatched' }),
  pendingVariance === null
    ? passed('variance', 'No variance waits on it.')
    : failed(
        'variance',
        'VARIANCE_PENDING',
        `${pendingVariance} was recorded with ${match.ref} and waits for a CFO; rejecting it undoes the match.`,
        { command: `treasury variance reject ${pendingVariance} --reason REASON` },
      ),
  segregationCheck(payment ?? match.ref, person),
  roleCheck(fundCode, person),
];

/** The kind of refusal that failing checks make: people before the state of things. */
export const byHandRefusalKind = (checks: readonly Check[]): ProblemKind =>
  checks.some(({ ok, id }) => ok === false && (id === 'segregation' || id === 'role')) ? 'forbidden' : 'refused';

function paidCheck({ ref, status }: PaymentByHand['payment']): Check {
  const fix = { command: `treasury payment show ${ref}` };
  if (status === 'success') return passed('status', `${ref} was paid.`, { status });
  if (status === 'reconciled')
    return failed('status', 'PAYMENT_RECONCILED', `${ref} is reconciled already.`, fix, { status });
  return failed('status', 'PAYMENT_NOT_PAID', `${ref} is ${status}; only what was paid can be reconciled.`, fix, {
    status,
  });
}

const differingCheck = (ref: string, variance: string): Check =>
  failed('variance', 'VARIANCE_PENDING', `${ref} is matched with another amount; ${variance} waits for a CFO.`, {
    command: `treasury variance show ${variance}`,
  });

function segregationCheck(what: string, person: Reconciler): Check {
  const refuse = (code: string, did: string): Check =>
    failed('segregation', code, `${person.username} ${did} ${what} and may not reconcile it.`, { who: person.others });
  if (person.isExecutor) return refuse('RECONCILER_IS_EXECUTOR', 'executed');
  if (person.isRequester) return refuse('RECONCILER_IS_REQUESTER', 'requested');
  return passed('segregation', `${person.username} neither requested nor executed it.`);
}

const roleCheck = (fundCode: string, { username, mayHere, others }: Reconciler): Check =>
  mayHere
    ? passed('role', `${username} may reconcile fund ${fundCode}.`)
    : failed('role', 'ROLE_MISSING', `${username} is no treasurer or cfo of fund ${fundCode}.`, { who: others });

const referenceCheck = (ref: string, { given, executed }: { given: string; executed: string }): Check =>
  given === executed
    ? passed('reference', `${ref} was paid under ${executed}.`)
    : failed('reference', 'REFERENCE_DIFFERS', `${ref} was paid under ${executed}, not under ${given}.`, {
        command: `treasury payment show ${ref}`,
      });

const openCheck = (id: 'line' | 'entry', { ref, matchedBy }: { ref: string; matchedBy: string | null }): Check =>
  matchedBy === null
    ? passed(id, `Nothing explains ${ref} yet.`)
    : failed(id, id === 'line' ? 'LINE_MATCHED' : 'ENTRY_MATCHED', `${ref} is matched already, by ${matchedBy}.`, {
        command: `treasury reconcile undo ${matchedBy}`,
      });

const droppedCheck = (ref: string, droppedBy: string): Check =>
  failed('line', 'LINE_DROPPED', `${ref} is of a statement in whose place ${droppedBy} came, which does not have it.`, {
    command: `treasury statement show ${droppedBy}`,
  });

function amountCheck({ currency, line, entry }: Pick<PairByHand, 'currency' | 'line' | 'entry'>): Check {
  const money = (minor: number): string => formatAmount(minor, currency);
  if (line.amountMinor === entry.deltaMinor) return passed('amount', `Both are ${money(line.amountMinor)}.`);
  const message = `${line.ref} is ${money(line.amountMinor)}, ${entry.ref} is ${money(entry.deltaMinor)}.`;
  const command =
    entry.payment === null
      ? `treasury ledger show ${entry.ref}`
      : `treasury variance record ${entry.payment} --adjusted ${money(Math.abs(line.amountMinor)).replace(/^\S+ /, '')} --reason REASON`;
  return failed('amount', 'AMOUNTS_DIFFER', message, { command });
}
