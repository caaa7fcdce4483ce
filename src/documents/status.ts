import type { Matter } from '../domain/status.ts';
import type { OwnRole } from '../store/myself.ts';
import type { ChangeList, LockedPerson, PendingChange } from '../store/waiting.ts';
import { payingVerb } from '../domain/batch.ts';
import { stepsInFlight } from '../domain/in-flight.ts';
import type { Waiting, WaitingBatch, WaitingList } from '../store/waiting-list.ts';
import type { FundsList } from '../store/waiting-of-funds.ts';
import { maybeMoney } from './money.ts';

/** Told by fund, not one by one. */
type OfFunds = 'unmatched_lines' | 'missed_payments';

/** What `status` found (see operations/show-status.ts). */
export interface StatusFacts {
  readonly username: string;
  /** The name of the token that acts; null for a login. */
  readonly token: string | null;
  readonly roles: readonly OwnRole[];
  readonly session: { readonly idleEndsAt: Date; readonly endsAt: Date } | null;
  readonly waiting: Readonly<
    Record<Exclude<Matter, 'to_confirm' | 'changes_waiting' | 'locked_people' | OfFunds>, WaitingList>
  >;
  readonly ofFunds: Readonly<Record<OfFunds, FundsList>>;
  readonly toConfirm: ChangeList;
  readonly forOthers: ChangeList;
  readonly lockedPeople: readonly LockedPerson[];
}

/** One thing that waits. Every key is there; what a thing does not have is null. */
export interface WaitingDocument {
  /** How commands name it: a reference, a fund's code, a username; of a batch its reference, once for all its rows that wait. */
  readonly ref: string;
  /** The batch that this is, again; null when it is none. */
  readonly batch: string | null;
  /** A requisition's number, the fund of a payment, what a change is about. */
  readonly name: string | null;
  readonly amount: string | null;
  readonly amount_minor: number | null;
  readonly currency: string | null;
  /** Payee, whoever asked or proposed, or a fund's name. */
  readonly who: string | null;
  readonly since: string | null;
  /** How many it stands for, where that is told by batch or fund; of a fund with the oldest day among them, and how many days ago that is. */
  readonly count: number | null;
  readonly oldest: string | null;
  readonly age_days: number | null;
  /** What to type next about it. */
  readonly command: string;
}

export interface MatterDocument {
  /** How many in all, whatever they are told by. */
  readonly count: number;
  /** The first few, those that have waited longest. */
  readonly items: readonly WaitingDocument[];
  /** Lists them all. */
  readonly command: string;
}

export interface StatusDocument {
  readonly username: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly places: readonly { readonly role: string; readonly place: string | null; readonly until: string | null }[];
  readonly token: string | null;
  readonly session_idle_expires_at: string | null;
  readonly session_expires_at: string | null;
  readonly waiting: Readonly<Record<Matter, MatterDocument>>;
}

/** Who somebody is and what waits for them. */
export function statusDocument(facts: StatusFacts): StatusDocument {
  const { username, token, roles, session, waiting } = facts;
  const held = roles.flatMap(({ role, company, region, branch, endsAt }) =>
    role === null ? [] : [{ role, place: branch ?? region ?? company, until: endsAt?.toISOString() ?? null }],
  );
  const of = (matter: keyof StatusFacts['waiting']): MatterDocument => ({
    count: waiting[matter].count,
    items: waiting[matter].rows.map((row) =>
      'rows' in row ? batchItem(matter, row) : waitingDocument(row, COMMANDS[matter](row)),
    ),
    command: LISTS[matter],
  });
  return {
    username,
    name: roles[0]?.name ?? null,
    roles: [...new Set(held.map(({ role }) => role))],
    places: held,
    token,
    session_idle_expires_at: session?.idleEndsAt.toISOString() ?? null,
    session_expires_at: session?.endsAt.toISOString() ?? null,
    waiting: {
      in_flight: of('in_flight'),
      in_suspense: of('in_suspense'),
      to_pay: of('to_pay'),
      live_codes: of('live_codes'),
      to_retry: of('to_retry'),
      to_approve: of('to_approve'),
      to_confirm: changesDocument(facts.toConfirm, 'confirm'),
      to_approve_variance: of('to_approve_variance'),
      to_approve_replenishment: of('to_approve_replenishment'),
      to_fund: of('to_fund'),
      unmatched_lines: fundsDocument(facts.ofFunds.unmatched_lines),
      missed_payments: fundsDocument(facts.ofFunds.missed_payments),
      unbalanced_statements: of('unbalanced_statements'),
      low_funds: of('low_funds'),
      changes_waiting: changesDocument(facts.forOthers, 'show'),
      locked_people: lockedDocument(facts.lockedPeople),
    },
  };
}

const LISTS: Readonly<Record<keyof StatusFacts['waiting'], string>> = {
  in_flight: 'treasury payment list --status executing',
  in_suspense: 'treasury suspense list',
  to_pay: 'treasury payment list --ready',
  live_codes: 'treasury payment list --status pending',
  to_retry: 'treasury payment list --status failed',
  to_approve: 'treasury requisition list --status submitted',
  to_approve_variance: 'treasury variance list --status pending',
  to_approve_replenishment: 'treasury replenish list --status pending',
  to_fund: 'treasury replenish list --status approved',
  unbalanced_statements: 'treasury statement list --unbalanced',
  low_funds: 'treasury fund list --low',
};

const COMMANDS: Readonly<Record<keyof StatusFacts['waiting'], (row: Waiting) => string>> = {
  // Who looks after it but has not executed it sees first what is known.
  in_flight: ({ ref, name, mine, gateway, state }) => {
    const [first] = gateway && state ? stepsInFlight({ ref, fund: name, carrier: { gateway, state } }) : [];
    return mine === true && first !== undefined ? first : `treasury payment show ${ref}`;
  },
  in_suspense: () => 'treasury suspense list',
  to_pay: ({ ref }) => `treasury payment execute ${ref}`,
  live_codes: ({ ref }) => `treasury payment execute ${ref}`,
  to_retry: ({ ref }) => `treasury payment retry ${ref}`,
  to_approve: ({ name }) => `treasury requisition approve ${name}`,
  to_approve_variance: ({ ref }) => `treasury variance approve ${ref}`,
  to_approve_replenishment: ({ ref }) => `treasury replenish approve ${ref}`,
  to_fund: ({ ref }) => `treasury replenish fund ${ref} --reference BANKREF`,
  unbalanced_statements: ({ name }) => `treasury statement list --unbalanced --fund ${name}`,
  low_funds: ({ name }) => `treasury fund show ${name}`,
};

const NO_AGE = { oldest: null, age_days: null };
const BY_ITSELF = { batch: null, count: null, ...NO_AGE };

const fundsDocument = ({ count, rows }: FundsList): MatterDocument => ({
  count,
  items: rows.map((row) => ({
    ref: row.ref,
    batch: null,
    name: row.code,
    ...maybeMoney('amount', row.sumMinor, row.currency),
    ...{ currency: row.currency, who: null, since: null },
    ...{ count: row.count, oldest: row.oldest, age_days: row.ageDays },
    command: `treasury reconcile unmatched --fund ${row.code}`,
  })),
  command: 'treasury reconcile status',
});

const waitingDocument = (row: Waiting, command: string): WaitingDocument => ({
  ref: row.ref,
  name: row.name,
  ...maybeMoney('amount', row.amountMinor, row.currency),
  currency: row.currency,
  who: row.who,
  since: row.since.toISOString(),
  ...BY_ITSELF,
  command,
});

/** Rows of a batch are told as one, with the one command that is next for all of them. */
const batchItem = (matter: keyof StatusFacts['waiting'], row: WaitingBatch): WaitingDocument => ({
  ...waitingDocument(row, `treasury batch ${batchVerb(matter, row)} ${row.ref}`),
  batch: row.ref,
  count: row.rows,
});

function batchVerb(matter: keyof StatusFacts['waiting'], row: WaitingBatch): string {
  if (matter === 'to_approve') return 'approve';
  // What is in flight or has failed is looked at first: it is settled, or tried again, payment by payment.
  return matter === 'to_pay' ? payingVerb(row) : 'show';
}

const WITHOUT_AMOUNT = { amount: null, amount_minor: null, currency: null };

const changesDocument = ({ count, rows }: ChangeList, verb: 'confirm' | 'show'): MatterDocument => ({
  count,
  items: rows.map((change: PendingChange) => ({
    ref: change.ref,
    name: `${change.kind} of ${change.subject}`,
    ...WITHOUT_AMOUNT,
    who: change.proposer,
    since: change.createdAt.toISOString(),
    ...BY_ITSELF,
    command: `treasury change ${verb} ${change.ref}`,
  })),
  command: 'treasury change list --status pending',
});

const lockedDocument = (people: readonly LockedPerson[]): MatterDocument => ({
  count: people[0]?.count ?? 0,
  items: people.map(({ username, since }) => ({
    ref: username,
    name: since === null ? 'login' : 'codes',
    ...WITHOUT_AMOUNT,
    who: null,
    since: since?.toISOString() ?? null,
    ...BY_ITSELF,
    command: `treasury user unlock ${username}`,
  })),
  command: 'treasury user list --status active',
});
