import type { Role } from '../../src/domain/access.ts';
import type { Currency, Method } from './world.ts';

/** Codes of a place as somebody types them. */
export interface PlaceWords {
  readonly company?: string;
  readonly region?: string;
  readonly branch?: string;
}

/** A fund's terms as somebody types them, in whole units; a limit of null is none. */
export interface TermWords {
  readonly name?: string;
  readonly reorder?: number;
  readonly imprest?: number;
  readonly threshold?: number;
  readonly paymentLimit?: number | null;
  readonly dailyLimit?: number | null;
  readonly auto?: boolean;
}

export type ApprovingRole = 'approver' | 'cfo';
export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A policy file, in whole shillings; it is handed over as JSON. */
export interface PolicyWords {
  readonly approval: readonly {
    readonly up_to?: number;
    readonly approvers: number;
    readonly roles?: readonly ApprovingRole[];
  }[];
  readonly cfo?: { readonly above: number };
  readonly limits?: { readonly [M in Method]?: { readonly per_payment?: number; readonly per_day?: number } };
  readonly otp?: { readonly above?: number } & { readonly [M in Method]?: number };
  readonly hours?: readonly {
    readonly methods?: readonly Method[];
    readonly days: readonly Day[];
    /** `08:00` */
    readonly from: string;
    readonly to: string;
  }[];
}

/** Which code somebody types: the newest or an older one that was mailed for a payment to a person, or one that nobody was sent. */
export interface TypedCode {
  readonly payment: string;
  readonly person: string;
  readonly back: number;
}

/** What somebody does. Things are named by the act that made them (`q12`, `p14`, `r15`, `c16`); amounts are whole units. */
export type Deed =
  | { readonly what: 'login'; readonly password: string }
  | {
      readonly what: 'requisition create';
      readonly amount: number;
      readonly method: Method;
      readonly to: string;
      readonly at: PlaceWords;
      readonly currency: Currency;
    }
  | { readonly what: 'requisition approve'; readonly requisition: string }
  | { readonly what: 'requisition reject'; readonly requisition: string; readonly reason: string | null }
  | {
      readonly what: 'requisition amend';
      readonly requisition: string;
      readonly amount: number | null;
      readonly to: string | null;
    }
  | { readonly what: 'requisition cancel'; readonly requisition: string }
  | {
      readonly what: 'payment create';
      readonly requisition: string;
      readonly fund: string;
      readonly amount: number | null;
      readonly maxTries: number | null;
    }
  | { readonly what: 'payment otp --send'; readonly payment: string }
  | { readonly what: 'payment otp --verify'; readonly payment: string; readonly code: TypedCode | null }
  | {
      readonly what: 'payment execute';
      readonly payment: string;
      readonly reference: string | null;
      readonly yes: boolean;
    }
  | { readonly what: 'payment explain'; readonly payment: string }
  | { readonly what: 'payment resolve'; readonly payment: string; readonly reference: string }
  | { readonly what: 'payment resolve --not-paid'; readonly payment: string; readonly yes: boolean }
  | { readonly what: 'payment retry'; readonly payment: string }
  | { readonly what: 'payment cancel'; readonly payment: string }
  | {
      readonly what: 'payment reverse';
      readonly payment: string;
      readonly reason: string | null;
      readonly reference: string | null;
      readonly yes: boolean;
    }
  | {
      readonly what: 'fund create';
      readonly code: string;
      readonly at: PlaceWords & { readonly company: string };
      readonly currency: Currency;
      readonly opening: number;
      readonly terms: TermWords & { readonly reorder: number };
    }
  | { readonly what: 'fund edit'; readonly fund: string; readonly terms: TermWords }
  | { readonly what: 'fund freeze'; readonly fund: string }
  | { readonly what: 'fund unfreeze'; readonly fund: string }
  | { readonly what: 'fund close'; readonly fund: string; readonly yes: boolean }
  | {
      readonly what: 'replenish request';
      readonly fund: string;
      readonly amount: number | null;
      readonly reason: string | null;
    }
  | { readonly what: 'replenish approve'; readonly replenishment: string }
  | { readonly what: 'replenish reject'; readonly replenishment: string }
  | {
      readonly what: 'replenish fund';
      readonly replenishment: string;
      readonly reference: string;
      readonly amount: number | null;
    }
  | { readonly what: 'replenish check'; readonly fund: string | null; readonly create: boolean }
  | {
      readonly what: 'user add';
      readonly name: string;
      readonly email: string;
      readonly phone: string | null;
      readonly password: string;
      readonly roles: readonly Role[];
      readonly at: PlaceWords;
      readonly until: number | null;
    }
  | {
      readonly what: 'user role';
      readonly name: string;
      readonly roles: readonly Role[];
      readonly at: PlaceWords;
      readonly until: number | null;
    }
  | { readonly what: 'user edit'; readonly name: string; readonly email: string | null; readonly phone: string | null }
  | { readonly what: 'user password'; readonly name: string; readonly password: string }
  | { readonly what: 'user password (own)'; readonly current: string; readonly password: string }
  | { readonly what: 'user disable'; readonly name: string }
  | { readonly what: 'user enable'; readonly name: string }
  | { readonly what: 'user unlock'; readonly name: string }
  | {
      readonly what: 'token create';
      readonly password: string;
      readonly scopes: readonly string[];
      readonly hours: number;
    }
  | { readonly what: 'token revoke'; readonly name: string }
  | { readonly what: 'policy set'; readonly policy: PolicyWords; readonly reason: string | null }
  | { readonly what: 'change confirm'; readonly change: string; readonly yes: boolean }
  | { readonly what: 'change reject'; readonly change: string };

export type What = Deed['what'];
export type DeedOf<W extends What> = Extract<Deed, { what: W }>;

/** One command: by whom, when, and whether it is only rehearsed. */
export interface Act {
  /** Its place in the sequence as it was made: what it makes is named after it, also when others are left out. */
  readonly id: number;
  readonly by: string;
  /** Milliseconds after the office was set up, so that leaving others out changes no deadline. */
  readonly at: number;
  readonly dryRun: boolean;
  /** Whether their token does it, as a script would, instead of they themselves. */
  readonly token: boolean;
  readonly deed: Deed;
}
