import { findAttemptByToken, lockAttempt, moveAttempt } from '../store/attempts.ts';
import { concludeMessage, keepMessage, lockMessage } from '../store/gateway-messages.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { applyEvidence, type Applied, type Reader } from './receive-evidence.ts';

/** Something that was reported to an address; `token` is null for one that was given to nobody. */
export interface Reported {
  readonly token: string | null;
  readonly about: 'result' | 'answer' | 'late';
  readonly body: string;
  readonly remote: string;
}

/** Whether results of some order are reported under this token. */
export const isResultToken = async (store: Store, token: string): Promise<boolean> =>
  (await store.read((tx) => findAttemptByToken(tx, token))) !== undefined;

/**
 * Keeps a report as it came, once however often it comes: from then on it is not lost. What timed out in the gateway's queue proves
 * nothing: it is only kept, and asked about at the next opportunity.
 */
export async function keepReport(
  store: Store,
  { token, about, body, remote }: Reported,
): Promise<Row<'gatewayMessages'>> {
  return store.write(async (tx) => {
    const attempt = token === null ? undefined : await findAttemptByToken(tx, token);
    const { message, known } = await keepMessage(tx, {
      gateway: attempt?.gateway ?? 'daraja',
      source: about === 'answer' ? 'query' : 'callback',
      // The same answer to a later question is another message: what proved nothing then may prove something now.
      externalId: sha256Hex(`${token ?? ''} ${about} ${attempt?.looks ?? 0} ${body}`),
      attemptId: attempt?.id ?? null,
      raw: body,
      remote,
    });
    if (about !== 'late' || attempt === undefined || known) return message;
    return noteLate(tx, message, attempt);
  });
}

async function noteLate(
  tx: Tx,
  message: Row<'gatewayMessages'>,
  { id }: Row<'paymentAttempts'>,
): Promise<Row<'gatewayMessages'>> {
  const said = { outcome: 'noted', detail: "it timed out in the gateway's queue", attemptId: id };
  await concludeMessage(tx, message.id, said);
  const { attempt } = await lockAttempt(tx, id);
  if (attempt.state === 'accepted' || attempt.state === 'unknown')
    await moveAttempt(tx, { ...attempt, was: attempt.state, nextLookAt: tx.now });
  return lockMessage(tx, message.id);
}

/** Applies a report that was kept. */
export const applyReport = (store: Store, message: Row<'gatewayMessages'>, reader: Reader): Promise<Applied> =>
  applyEvidence(store, message.id, reader);
