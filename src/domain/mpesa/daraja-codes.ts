/** What a code of a result says became of an order. */
export type ResultClass = 'paid' | 'failed' | 'unknown';

export interface ResultCode {
  readonly class: ResultClass;
  /** Whether whatever is sent after it would fail as well. */
  readonly stops: boolean;
}

const failed = (stops = false): ResultCode => ({ class: 'failed', stops });

/**
 * Result codes of B2C payments (Daraja portal, August 2026; 0, 1 and 2 were seen in production). Whatever does not stand here, and
 * what the sources call ambiguous (15 duplicate detected, 17 internal failure, 26 too busy), is unknown: it is asked about, never failed.
 */
export const B2C_RESULTS: ReadonlyMap<string, ResultCode> = new Map([
  ['0', { class: 'paid', stops: false }],
  // The balance of the utility account is insufficient.
  ['1', failed()],
  // Below the smallest and above the largest amount of a transaction, and the limits of the receiver.
  ['2', failed()],
  ['3', failed()],
  ['4', failed()],
  ['8', failed()],
  ['11', failed(true)],
  ['21', failed(true)],
  // The initiator information is invalid: retries lock the user.
  ['2001', failed(true)],
  ['2006', failed(true)],
  ['2028', failed(true)],
  ['2040', failed()],
  ['8006', failed(true)],
  ['SFC_IC0003', failed()],
]);

/** What a result code of a B2C payment means. */
export const b2cResult = (code: string): ResultCode => B2C_RESULTS.get(code) ?? { class: 'unknown', stops: false };

/** States of a transaction as Transaction Status tells them. */
export const TRANSACTION_STATES: ReadonlyMap<string, 'paid' | 'failed' | 'in_progress'> = new Map([
  ['completed', 'paid'],
  ['cancelled', 'failed'],
  ['declined', 'failed'],
  ['expired', 'failed'],
  ['initiated', 'in_progress'],
  ['authorized', 'in_progress'],
  ['pending authorized', 'in_progress'],
]);

/** How a call that Daraja turns away is to be understood. */
export type ErrorClass = 'token' | 'rejected' | 'stops' | 'busy' | 'unknown';

/**
 * Errors of a call (Daraja portal and portal copies of 2026). 500.002.1001 is `Duplicate OriginatorConversationID` as well as any
 * internal trouble: the first attempt may have paid. What does not stand here is unknown.
 */
export const CALL_ERRORS: ReadonlyMap<string, ErrorClass> = new Map([
  ['401.002.01', 'token'],
  ['404.001.03', 'token'],
  ['400.003.01', 'token'],
  ['400.002.02', 'rejected'],
  ['400.002.05', 'rejected'],
  ['400.003.02', 'rejected'],
  ['404.001.04', 'stops'],
  ['404.001.01', 'stops'],
  ['404.002.01', 'stops'],
  ['405.001', 'stops'],
  ['500.003.02', 'busy'],
  ['500.003.03', 'busy'],
  ['500.002.1001', 'unknown'],
  ['500.001.1001', 'unknown'],
  ['500.003.1001', 'unknown'],
]);

/** What an error code of a call means. */
export const callError = (code: string): ErrorClass => CALL_ERRORS.get(code) ?? 'unknown';
