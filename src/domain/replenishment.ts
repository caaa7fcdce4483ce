import { belowReorderLevel, replenishmentAmount } from './ledger.ts';
import { formatAmount } from './money.ts';
import type { Check, ProblemKind } from './problem.ts';

export const REPLENISHMENT_STATUSES = ['pending', 'approved', 'funded', 'rejected'] as const;
export type ReplenishmentStatus = (typeof REPLENISHMENT_STATUSES)[number];

/** Whether a text names a status of replenishments. */
export const isReplenishmentStatus = (text: string): text is ReplenishmentStatus =>
  REPLENISHMENT_STATUSES.some((status) => status === text);

/** Whether an entry that left a fund like this raises a request: open, allowed to, and strictly below its reorder level. */
export const raisesReplenishment = (fund: {
  state: string;
  autoReplenish: boolean;
  balanceMinor: number;
  reorderLevelMinor: number;
}): boolean => fund.autoReplenish && fund.state === 'open' && belowReorderLevel(fund);

export interface RequestFacts {
  readonly ref: string;
  readonly status: string;
  readonly requestedMinor: number;
  readonly approvedMinor: number | null;
  readonly amountFixed: boolean;
  readonly requestedBy: string | null;
  readonly approvedBy: string | null;
}

export interface FundFacts {
  readonly code: string;
  readonly currency: string;
  readonly balanceMinor: number;
  readonly imprestLevelMinor: number;
}

export interface PersonFacts {
  readonly userId: string;
  readonly username: string;
  /** Whether a role of theirs for this reaches the fund's place. */
  readonly mayHere: boolean;
}

export interface ApprovalFacts {
  readonly request: RequestFacts;
  readonly fund: FundFacts;
  readonly person: PersonFacts;
  /** Usernames of those who could do it instead. */
  readonly others: readonly string[];
}

/** What an approval grants, in minor units: what was asked for when that is fixed, else the way back to the imprest level now. */
export const approvableMinor = (
  request: Pick<RequestFacts, 'amountFixed' | 'requestedMinor'>,
  fund: FundFacts,
): number => (request.amountFixed ? request.requestedMinor : replenishmentAmount(fund));

/** Every check of approving a request, passed and failed: status, segregation, role, amount. */
export function approvalChecks({ request, fund, person, others }: ApprovalFacts): Check[] {
  const amountMinor = approvableMinor(request, fund);
  const money = (minor: number) => formatAmount(minor, fund.currency);
  const needed = amountMinor > 0;
  const status = statusCheck(request, ['pending'], 'REPLENISHMENT_NOT_PENDING');
  return [
    status,
    personDiffers({
      person,
      others,
      code: 'APPROVER_IS_REQUESTER',
      otherId: request.requestedBy,
      did: 'requested it',
      will: 'approve',
    }),
    roleCheck(person, others),
    {
      id: 'amount',
      // Of a request that is decided the figures say nothing.
      ok: status.ok ? needed : null,
      code: needed || !status.ok ? null : 'NOTHING_NEEDED',
      message: needed
        ? `${money(amountMinor)} are needed.`
        : `Fund ${fund.code} holds ${money(fund.balanceMinor)}; its imprest level is ${money(fund.imprestLevelMinor)}.`,
      fix: needed || !status.ok ? null : { command: `treasury replenish reject ${request.ref}`, who: [] },
      facts: {
        balance_minor: fund.balanceMinor,
        imprest_level_minor: fund.imprestLevelMinor,
        amount_minor: amountMinor,
      },
    },
  ];
}

/** Every check of rejecting a request: status, role. */
export const rejectionChecks = ({ request, person, others }: Omit<ApprovalFacts, 'fund'>): Check[] => [
  statusCheck(request, ['pending', 'approved'], 'REPLENISHMENT_CLOSED'),
  roleCheck(person, others),
];

export interface FundingFacts extends ApprovalFacts {
  readonly amountMinor: number;
  readonly reference: string;
  /** The request that was funded under this reference before. */
  readonly referenceUsedBy: string | null;
}

/** Every check of funding a request: status, both segregations, role, amount, reference. */
export function fundingChecks(facts: FundingFacts): Check[] {
  const { request, fund, person, others, amountMinor, reference, referenceUsedBy } = facts;
  const money = (minor: number) => formatAmount(minor, fund.currency);
  const approved = request.approvedMinor;
  const tooMuch = approved !== null && amountMinor > approved;
  return [
    statusCheck(request, ['approved'], 'REPLENISHMENT_NOT_APPROVED'),
    personDiffers({
      person,
      others,
      code: 'FUNDER_IS_REQUESTER',
      otherId: request.requestedBy,
      did: 'requested it',
      will: 'fund',
    }),
    personDiffers({
      person,
      others,
      code: 'FUNDER_IS_APPROVER',
      otherId: request.approvedBy,
      did: 'approved it',
      will: 'fund',
    }),
    roleCheck(person, others),
    {
      id: 'amount',
      // Before the approval there is no figure to compare with.
      ok: approved === null ? null : !tooMuch,
      code: tooMuch ? 'AMOUNT_EXCEEDED' : null,
      message:
        approved === null
          ? 'No amount was approved.'
          : `${money(approved)} were approved; ${money(amountMinor)} ${tooMuch ? 'are more' : 'are not more'}.`,
      fix: tooMuch ? { command: `treasury replenish fund ${request.ref} --reference ${reference}`, who: [] } : null,
      facts: { approved_minor: approved, amount_minor: amountMinor },
    },
    {
      id: 'reference',
      ok: referenceUsedBy === null,
      code: referenceUsedBy === null ? null : 'REFERENCE_USED',
      message:
        referenceUsedBy === null
          ? `Reference ${reference} is new.`
          : `Reference ${reference} has already funded ${referenceUsedBy}; a reference is used once.`,
      fix: referenceUsedBy === null ? null : { command: `treasury replenish show ${referenceUsedBy}`, who: [] },
      facts: { reference },
    },
  ];
}

/** Which kind of refusal failing checks make: people first, then the rest. */
export const replenishmentRefusal = (checks: readonly Check[]): ProblemKind =>
  checks.some((check) => check.ok === false && (check.id === 'segregation' || check.id === 'role'))
    ? 'forbidden'
    : 'refused';

function statusCheck(request: RequestFacts, wanted: readonly ReplenishmentStatus[], code: string): Check {
  const ok = wanted.some((status) => status === request.status);
  return {
    id: 'status',
    ok,
    code: ok ? null : code,
    message: ok
      ? `${request.ref} is ${request.status}.`
      : `${request.ref} is ${request.status}, not ${wanted.join(' or ')}.`,
    fix: ok ? null : { command: `treasury replenish show ${request.ref}`, who: [] },
    facts: { status: request.status },
  };
}

interface Segregation {
  readonly person: PersonFacts;
  readonly others: readonly string[];
  readonly code: string;
  readonly otherId: string | null;
  readonly did: string;
  readonly will: string;
}

function personDiffers({ person, others, code, otherId, did, will }: Segregation): Check {
  const ok = person.userId !== otherId;
  return {
    id: 'segregation',
    ok,
    code: ok ? null : code,
    message: ok ? `${person.username} is not the one who ${did}.` : `${person.username} ${did} and may not ${will} it.`,
    fix: ok ? null : { command: null, who: others },
    facts: {},
  };
}

const roleCheck = (person: PersonFacts, others: readonly string[]): Check => ({
  id: 'role',
  ok: person.mayHere,
  code: person.mayHere ? null : 'OUT_OF_SCOPE',
  message: person.mayHere
    ? `${person.username} holds the role at this place.`
    : `${person.username} holds no role for this at the fund's place.`,
  fix: person.mayHere ? null : { command: null, who: others },
  facts: {},
});
