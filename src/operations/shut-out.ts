import { voidOpenCodes } from '../store/people.ts';
import { revokeSessions } from '../store/sessions.ts';
import { revokeTokens } from '../store/tokens.ts';
import type { Tx } from '../store/transaction.ts';

/** What of a person's ended, as events tell it. */
export interface ShutOut {
  readonly sessions_ended: number;
  readonly tokens_ended: number;
  readonly codes_voided: number;
}

/** Ends everything with which somebody could act as a person from before: sessions, tokens, and codes that were sent. */
export const shutOut = async (tx: Tx, userId: string): Promise<ShutOut> => ({
  sessions_ended: await revokeSessions(tx, userId),
  tokens_ended: await revokeTokens(tx, userId),
  codes_voided: await voidOpenCodes(tx, userId),
});
