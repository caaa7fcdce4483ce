import type { Role } from '../../src/domain/access.ts';
import type { ApprovingRole, PolicyWords } from './acts.ts';

// The office as the model sees it: plain objects, money in minor units, instants in milliseconds. Nothing here is shared
// with the rules of src/domain but the names of roles, methods and states.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A place by its codes; a company, a region of it or a branch. */
export interface Spot {
  readonly company: string;
  readonly region: string | null;
  readonly branch: string | null;
}

/** A role at a place; null is the whole office. */
export interface Grant {
  readonly role: Role;
  readonly at: Spot | null;
  /** From this instant on it counts no more; null never ends by itself. */
  readonly until: number | null;
}

export interface Person {
  readonly name: string;
  email: string;
  phone: string | null;
  displayName: string;
  password: string;
  disabled: boolean;
  grants: Grant[];
  session: { readonly openedAt: number; lastUsedAt: number } | null;
  /** What they have made for cron, which uses the newest. */
  readonly tokens: Token[];
  failedLogins: number;
  /** No login before it is over. */
  lockedUntil: number | null;
  /** Wrong codes of one day of UTC, and whether they were too many. */
  wrongCodes: { day: number; count: number };
  codesLocked: boolean;
}

/** Its last instant is `endsAt`. */
export interface Token {
  readonly scopes: readonly string[];
  readonly endsAt: number;
  revoked: boolean;
}

/** What a fund is told to do. */
export interface FundTerms {
  name: string;
  reorder: number;
  imprest: number;
  threshold: number;
  paymentLimit: number | null;
  dailyLimit: number | null;
  auto: boolean;
}

export interface Fund extends FundTerms {
  readonly code: string;
  readonly at: Spot;
  readonly currency: Currency;
  balance: number;
  reserved: number;
  entries: number;
  state: 'open' | 'frozen' | 'closed';
}

export type Currency = 'KES' | 'UGX';
export type Method = 'mpesa' | 'bank' | 'cash';

export interface Requisition {
  /** `q12`: made by act 12. */
  readonly id: string;
  readonly requester: string;
  readonly at: Spot;
  readonly currency: Currency;
  amount: number;
  method: Method;
  to: string;
  status: 'submitted' | 'approved' | 'paid' | 'rejected' | 'cancelled';
  revision: number;
  readonly decisions: Decision[];
}

export interface Decision {
  readonly by: string;
  readonly approved: boolean;
  readonly revision: number;
  /** In which roles: those held at its place when deciding. */
  readonly as: readonly ApprovingRole[];
}

export interface Payment {
  readonly id: string;
  readonly requisition: string;
  readonly fund: string;
  readonly amount: number;
  readonly method: Method;
  readonly to: string;
  readonly maxTries: number;
  status: 'pending' | 'executing' | 'success' | 'failed' | 'cancelled' | 'reversed';
  executor: string | null;
  /** Whether it was executed with a code. */
  withCode: boolean;
  failedTries: number;
  executedAt: number | null;
  /** The requisition's revision that must be approved before this money is free again. */
  reversedInRevision: number | null;
}

/** A one-time code that was mailed. */
export interface Code {
  readonly payment: string;
  readonly person: string;
  readonly sentAt: number;
  wrongTries: number;
  verified: boolean;
  used: boolean;
  void: boolean;
}

export interface Replenishment {
  readonly id: string;
  readonly fund: string;
  /** The how-manieth of its fund it is, counted from 0. */
  readonly ordinal: number;
  requested: number;
  readonly fixed: boolean;
  readonly requester: string | null;
  approved: number | null;
  approver: string | null;
  rejecter: string | null;
  funded: number | null;
  funder: string | null;
  reference: string | null;
  status: 'pending' | 'approved' | 'funded' | 'rejected';
}

/** What somebody proposed; `subject` is a username, a fund's code or a payment. */
export type Proposal =
  | { readonly kind: 'user.roles'; readonly subject: string; readonly grants: readonly Grant[] }
  | {
      readonly kind: 'user.contact';
      readonly subject: string;
      readonly contact: Pick<Person, 'email' | 'phone' | 'displayName'>;
    }
  | { readonly kind: 'user.enable'; readonly subject: string }
  | { readonly kind: 'user.password'; readonly subject: string; readonly password: string }
  | { readonly kind: 'fund.create'; readonly subject: string; readonly fund: NewFund }
  | { readonly kind: 'fund.edit'; readonly subject: string; readonly edit: Partial<FundTerms> }
  | { readonly kind: 'fund.unfreeze'; readonly subject: string }
  | { readonly kind: 'policy.set'; readonly subject: 'policy'; readonly policy: PolicyWords }
  | { readonly kind: 'payment.not_paid'; readonly subject: string }
  | { readonly kind: 'payment.reverse'; readonly subject: string; readonly reference: string | null };

export type NewFund = FundTerms & { readonly at: Spot; readonly currency: Currency; readonly opening: number };

export interface Change {
  readonly id: string;
  readonly proposal: Proposal;
  readonly proposer: string;
  /** Where it counts; null is the whole office. */
  readonly at: Spot | null;
  /** What it is about as it was when it was proposed. */
  readonly before: string;
  /** Who had executed the payment that it is about, when it was proposed. */
  readonly executor: string | null;
  readonly confirmers: string[];
  status: 'pending' | 'confirmed' | 'rejected';
  decider: string | null;
}

export interface World {
  now: number;
  /** How far the office's clocks are ahead of UTC, always. */
  readonly ahead: number;
  readonly places: readonly Spot[];
  /** The policy in force; version 0 is none. */
  policy: { readonly version: number; readonly words: PolicyWords | null };
  readonly people: Map<string, Person>;
  readonly funds: Map<string, Fund>;
  readonly requisitions: Map<string, Requisition>;
  readonly payments: Map<string, Payment>;
  readonly codes: Code[];
  readonly replenishments: Map<string, Replenishment>;
  readonly changes: Map<string, Change>;
  /** Gateway references that stand on an execution, with their method before them: `mpesa:REF1`. */
  readonly paidWith: Set<string>;
  /** Bank references under which money came in: of replenishments and reversals. */
  readonly receivedWith: Set<string>;
}

/** Whether the office has ever paid: from then on what opens doors takes two people (DESIGN rule 10). */
export const hasPaid = ({ payments }: World): boolean =>
  [...payments.values()].some(({ status }) => status === 'success' || status === 'reversed');

/** When the day began that it is now where the office is. */
export const startOfToday = ({ now, ahead }: World): number => Math.floor((now + ahead) / DAY) * DAY - ahead;

/** The instant that a day is over where the office is; days are counted from 1970. */
export const endOfDay = ({ ahead }: World, day: number): number => (day + 1) * DAY - ahead;

/** The thing of an id, which exists. */
export function the<T>(things: ReadonlyMap<string, T>, id: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw new Error(`the model has no ${id}`);
  return thing;
}

/** The open request of a fund; there is at most one. */
export const openRequest = (world: World, fund: string): Replenishment | undefined =>
  [...world.replenishments.values()].find(
    (one) => one.fund === fund && (one.status === 'pending' || one.status === 'approved'),
  );

const DECIMALS: Readonly<Record<Currency, number>> = { KES: 2, UGX: 0 };

/** Whether this is an amount to pay: more than 0, with no more decimals than the currency has. */
export const isAmount = (units: number, currency: Currency): boolean =>
  units > 0 && Number.isInteger(Number((units * 10 ** DECIMALS[currency]).toFixed(6)));

/** Units of a currency, as somebody types them, in its minor units. */
export const minor = (units: number, currency: Currency): number => Math.round(units * 10 ** DECIMALS[currency]);

/** Minor units as somebody types them. */
export const typed = (amount: number, currency: Currency): number => amount / 10 ** DECIMALS[currency];
