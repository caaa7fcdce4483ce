import { failed, notJudged, passed } from './check.ts';
import { LONGEST_NAME, LONGEST_PURPOSE, destinationFault, textFault } from './destination.ts';
import type { Method } from './payment.ts';
import { rulesFor, tierOf, type ApprovingRole, type Policy } from './policy.ts';
import {
  cfoAwaited,
  helps,
  isComplete,
  missingApprovals,
  type Approval,
  type MissingApprovals,
} from './policy-rules.ts';
import { missingText } from './policy-text.ts';
import type { Check, ProblemKind } from './problem.ts';

export const REQUISITION_STATUSES = ['submitted', 'approved', 'paid', 'rejected', 'cancelled'] as const;
export type RequisitionStatus = (typeof REQUISITION_STATUSES)[number];

/** Whether a text names a status of requisitions. */
export const isRequisitionStatus = (text: string): text is RequisitionStatus =>
  REQUISITION_STATUSES.some((status) => status === text);

/** The status that each act leads to, and those it may start from; the database refuses every other step. */
const ACTS = {
  approve: { from: ['submitted'], to: 'approved' },
  reject: { from: ['submitted'], to: 'rejected' },
  amend: { from: ['submitted', 'rejected', 'approved'], to: 'submitted' },
  cancel: { from: ['submitted', 'approved'], to: 'cancelled' },
} as const satisfies Record<string, { from: readonly RequisitionStatus[]; to: RequisitionStatus }>;
export type RequisitionAct = keyof typeof ACTS;

/** Whether an act is a legal step from a status. */
export const mayStep = (act: RequisitionAct, status: string): boolean =>
  (ACTS[act].from as readonly string[]).includes(status);

/** The status after an act. */
export const statusAfter = (act: RequisitionAct): RequisitionStatus => ACTS[act].to;

/** `REQ-2026-00912`: counted over the office and year. */
export const requisitionNumber = (year: number, seq: number): string => `REQ-${year}-${String(seq).padStart(5, '0')}`;

/** What somebody wants paid, tidy and normalised. */
export interface Terms {
  readonly payee: string;
  readonly amountMinor: number;
  readonly method: Method;
  readonly destination: string;
  readonly purpose: string;
  readonly category: string | null;
}

/** Everything that is wrong with the words of a wish to spend; none when they can be kept. */
export function termsFaults(
  terms: Omit<Terms, 'amountMinor' | 'method'> & { readonly method: Method | null },
): string[] {
  return [
    textFault('the payee', terms.payee, LONGEST_NAME),
    textFault('the purpose', terms.purpose, LONGEST_PURPOSE),
    terms.category === null ? null : textFault('the category', terms.category, LONGEST_NAME),
    terms.method === null ? null : destinationFault(terms.method, terms.destination),
  ].filter((fault) => fault !== null);
}

/** What an approval is given for. Its digest is kept with the approval, so that later terms cannot borrow it. */
export const approvedTerms = (
  requisition: Terms & { readonly id: string; readonly revision: number; readonly currency: string },
) => ({
  requisition: requisition.id,
  revision: requisition.revision,
  payee: requisition.payee,
  amount_minor: requisition.amountMinor,
  currency: requisition.currency,
  method: requisition.method,
  destination: requisition.destination,
  purpose: requisition.purpose,
  category: requisition.category,
});

export interface ActFacts {
  readonly act: RequisitionAct;
  readonly requisition: {
    readonly ref: string;
    readonly number: string;
    readonly status: string;
    readonly requester: string;
    readonly amountMinor: number;
    readonly currency: string;
    /** Approvals of its present terms. */
    readonly approvals: readonly Approval[];
  };
  /** The policy in force. */
  readonly policy: Policy;
  readonly actor: {
    readonly username: string;
    readonly isRequester: boolean;
    /** Whether a payment of it was, or is being, executed by them. */
    readonly isExecutor: boolean;
    /** Whether they have approved or rejected its present terms. */
    readonly hasDecided: boolean;
    /** Roles held at its place by which requisitions are approved. */
    readonly roles: readonly ApprovingRole[];
    /** Whether the role for deciding (approver, cfo) reaches the requisition's place. */
    readonly mayDecide: boolean;
    /** Whether it is held anywhere at all. */
    readonly decidesElsewhere: boolean;
  };
  /** Payments of the requisition that are not cancelled. */
  readonly payments: readonly { readonly ref: string; readonly status: string }[];
  /** Who may do it instead, and who of them is a CFO. */
  readonly others: readonly string[];
  readonly cfos: readonly string[];
}

/** How far the approval of a requisition has come. */
export interface ApprovalState {
  readonly missing: MissingApprovals;
  /** Whether a CFO must still approve, or execute the payment. */
  readonly cfoAwaited: boolean;
}

/** What a policy still asks of a requisition. */
export function approvalState(
  policy: Policy,
  { amountMinor, currency, approvals }: Pick<ActFacts['requisition'], 'amountMinor' | 'currency' | 'approvals'>,
): ApprovalState {
  const rules = rulesFor(policy, currency);
  return {
    missing: missingApprovals(tierOf(rules, amountMinor), approvals),
    cfoAwaited: cfoAwaited(rules, amountMinor, approvals),
  };
}

/** Every rule about approving, rejecting, amending or cancelling a requisition, judged in a fixed order. */
export function actChecks(facts: ActFacts): Check[] {
  const checks = [statusCheck(facts), segregationCheck(facts)];
  if (facts.act === 'approve' || facts.act === 'reject') checks.push(roleCheck(facts), onceCheck(facts));
  else checks.push(paymentsCheck(facts));
  return checks;
}

/** The kind of refusal that failing checks make: people before figures. */
export const actRefusalKind = (checks: readonly Check[]): ProblemKind =>
  checks.some((check) => check.ok === false && PEOPLE.has(check.id)) ? 'forbidden' : 'refused';

/** Checks of who acts: they come before the state of things. */
const PEOPLE: ReadonlySet<string> = new Set(['segregation', 'role', 'once']);

/** What is submitted every act may step on from. */
const NEXT_COMMAND: Readonly<Record<string, (number: string) => string>> = {
  approved: (number) => `treasury payment create --requisition ${number} --fund FUND`,
  rejected: (number) => `treasury requisition amend ${number}`,
  paid: (number) => `treasury requisition show ${number}`,
  cancelled: () => 'treasury requisition create --help',
};

function statusCheck({ act, requisition, policy }: ActFacts): Check {
  const { number, status } = requisition;
  const facts = { requisition: number, status };
  if (mayStep(act, status)) return passed('status', `${number} is ${status}.`, facts);
  if (act === 'approve' && status === 'approved' && awaitsMore(approvalState(policy, requisition)))
    return passed('status', `${number} is approved, but not as policy ${policy.version} asks.`, facts);
  const wanted = ACTS[act].from.join(' or ');
  return failed(
    'status',
    act === 'approve' || act === 'reject' ? 'REQUISITION_NOT_SUBMITTED' : 'REQUISITION_CLOSED',
    `${number} is ${status}; only what is ${wanted} can be ${PAST[act]}.`,
    { command: NEXT_COMMAND[status]?.(number) ?? null },
    facts,
  );
}

const awaitsMore = ({ missing, cfoAwaited }: ApprovalState): boolean => !isComplete(missing) || cfoAwaited;

const PAST: Readonly<Record<RequisitionAct, string>> = {
  approve: 'approved',
  reject: 'rejected',
  amend: 'amended',
  cancel: 'cancelled',
};

function segregationCheck({ act, requisition, actor, others }: ActFacts): Check {
  const facts = { requester: requisition.requester };
  const fail = (code: string, message: string, who: readonly string[]): Check =>
    failed('segregation', code, message, { who }, facts);
  if (act === 'amend') {
    return actor.isRequester
      ? passed('segregation', `${actor.username} requested it.`, facts)
      : fail('NOT_THE_REQUESTER', `Only ${requisition.requester}, who requested it, may amend it.`, [
          requisition.requester,
        ]);
  }
  if (act === 'cancel') {
    return actor.isRequester || actor.mayDecide
      ? passed('segregation', `${actor.username} may cancel it.`, facts)
      : fail('NOT_THE_REQUESTER', `Only ${requisition.requester}, who requested it, or an approver may cancel it.`, [
          requisition.requester,
          ...others,
        ]);
  }
  if (actor.isRequester)
    return fail('APPROVER_IS_REQUESTER', `${actor.username} requested it; somebody else decides.`, others);
  return actor.isExecutor
    ? fail('APPROVER_IS_EXECUTOR', `${actor.username} executed a payment of it; somebody else decides.`, others)
    : passed('segregation', `${actor.username} did not request it.`, facts);
}

function roleCheck(facts: ActFacts): Check {
  const { act, actor, others } = facts;
  if (!actor.mayDecide) {
    return actor.decidesElsewhere
      ? failed('role', 'OUT_OF_SCOPE', `${actor.username} decides elsewhere, but not at this place.`, { who: others })
      : failed('role', 'ROLE_MISSING', `${actor.username} is not an approver or cfo.`, { who: others });
  }
  return (
    (act === 'approve' && !actor.hasDecided ? inVain(facts) : null) ??
    passed('role', `${actor.username} may decide at this place.`)
  );
}

/** An approval that brings a requisition no nearer to what the policy asks is not given. */
function inVain({ requisition, policy, actor, others, cfos }: ActFacts): Check | null {
  const state = approvalState(policy, requisition);
  if (!awaitsMore(state) || helps(state, actor.roles)) return null;
  const wanted = isComplete(state.missing) ? 'the approval of a cfo' : missingText(state.missing);
  const message = `${requisition.number} still needs ${wanted}; ${actor.username} is none.`;
  const known = { policy: policy.version };
  return state.cfoAwaited || state.missing.roles.includes('cfo')
    ? failed('role', 'CFO_REQUIRED', message, { who: cfos }, known)
    : failed('role', 'APPROVER_REQUIRED', message, { who: others }, known);
}

function onceCheck(facts: ActFacts): Check {
  const { actor, requisition, others } = facts;
  if (statusCheck(facts).ok === false) return notJudged('once', 'It waits for nobody.');
  if (!actor.hasDecided) return passed('once', `${actor.username} has not decided on these terms before.`);
  const message = `${actor.username} has decided on these terms of ${requisition.number} already; somebody else decides.`;
  return failed('once', 'DECIDED_ALREADY', message, { who: others });
}

/** Payments of which the outcome is still to come; an amendment is held up by executed ones too. */
const OPEN = new Set(['pending', 'executing', 'failed']);

function paymentsCheck({ act, requisition, payments }: ActFacts): Check {
  const inTheWay = act === 'amend' ? payments : payments.filter((payment) => OPEN.has(payment.status));
  const facts = { payments: inTheWay.length };
  const [first] = inTheWay;
  if (first === undefined) return passed('payments', 'No payment stands in the way.', facts);
  const named = inTheWay.map((payment) => `${payment.ref} (${payment.status})`).join(', ');
  return failed(
    'payments',
    act === 'amend' ? 'REQUISITION_HAS_PAYMENTS' : 'PAYMENT_OPEN',
    `${requisition.number} has ${inTheWay.length === 1 ? 'a payment' : 'payments'}: ${named}.`,
    {
      command: OPEN.has(first.status) ? `treasury payment cancel ${first.ref}` : 'treasury requisition create --help',
    },
    facts,
  );
}
