import type { TotpView } from '../store/totp.ts';

/** Whether somebody's codes come from an app. */
export interface TotpDocument {
  readonly enrolled: boolean;
  readonly since: string | null;
  readonly recovery_codes_left: number;
}

/** The part of a person that says where their codes come from. */
export const totpDocument = (totp: TotpView | null): TotpDocument => ({
  enrolled: totp !== null,
  since: totp?.since.toISOString() ?? null,
  recovery_codes_left: totp?.recoveryCodesLeft ?? 0,
});

export interface EnrolmentDocument extends TotpDocument {
  readonly user: string;
  readonly state: 'none' | 'pending' | 'enrolled';
  /** Base 32 and the same as a URI, to their owner and once: while the enrolment waits for its first code. */
  readonly secret: string | null;
  readonly uri: string | null;
  /** Until when the first code is taken. */
  readonly expires_at: string | null;
  /** To their owner and once: when they were made. */
  readonly recovery_codes: readonly string[] | null;
}

/** What `user totp` answers; the secrets are what the caller has just made, else null. */
export const enrolmentDocument = (
  user: string,
  totp: TotpView | null,
  made: {
    pending?: { secret: string; uri: string; expiresAt: Date };
    recoveryCodes?: readonly string[];
  } = {},
): EnrolmentDocument => ({
  user,
  state: made.pending !== undefined ? 'pending' : totp === null ? 'none' : 'enrolled',
  ...totpDocument(totp),
  secret: made.pending?.secret ?? null,
  uri: made.pending?.uri ?? null,
  expires_at: made.pending?.expiresAt.toISOString() ?? null,
  recovery_codes: made.recoveryCodes ?? null,
});
