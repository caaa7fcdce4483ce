import { findAttemptByToken, lockAttempt, moveAttempt } from '../store/attempts.ts';
import { concludeMessage, keepMessage, lockMessage } from '../store/gateway-messages.ts';
import { lockPaymentsOfAttempts } from '../store/payment-locks.ts';
import { sha256Hex } from '../store/sha256.ts';
import { allAtOnce, sharedWrites } from '../store/shared-writes.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { applyEvidence, applyLocked, type Applied, type Reader } from './receive-evidence.ts';

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
export const keepReport = (store: Store, report: Reported): Promise<Row<'gatewayMessages'>> =>
  store.write((tx) => keepWithin(tx, report));

/** So many reports are kept by one transaction at most. */
const KEPT_TOGETHER = 50;
/** A report that is applied posts a payment: as many together as a person at the counter does not notice. */
const APPLIED_TOGETHER = 10;

/** The same for who takes many: those that come together are saved together, and each is answered once it is saved. */
export const reportsKeeper = (store: Store): ((report: Reported) => Promise<Row<'gatewayMessages'>>) =>
  sharedWrites(store, KEPT_TOGETHER, (tx, reports: readonly Reported[]) =>
    allAtOnce(reports, (report) => keepWithin(tx, report)),
  );

async function keepWithin(tx: Tx, { token, about, body, remote }: Reported): Promise<Row<'gatewayMessages'>> {
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

/** The same as `applyReport` for who takes many: what waits is applied together, in the order in which it came. */
export const reportsApplier = (store: Store, reader: Reader): ((message: Row<'gatewayMessages'>) => Promise<Applied>) =>
  sharedWrites(store, APPLIED_TOGETHER, async (tx, messages: readonly Row<'gatewayMessages'>[]) => {
    await lockPaymentsOfAttempts(
      tx,
      messages.flatMap(({ attemptId }) => attemptId ?? []),
    );
    const applied: Applied[] = [];
    for (const { id } of messages) applied.push(await applyLocked(tx, id, reader));
    return applied;
  });

/** Applies a report that was kept. */
export const applyReport = (store: Store, message: Row<'gatewayMessages'>, reader: Reader): Promise<Applied> =>
  applyEvidence(store, message.id, reader);
