import type { Actor } from '../domain/access.ts';
import type { BatchFacts } from '../domain/batch-checks.ts';
import { isFailed } from '../domain/check.ts';
import { batchDeadline } from '../domain/otp.ts';
import { requirePerson } from '../domain/token.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { consumeBatchCode, insertRowCodes, paymentsWithRowCode, updateBatch } from '../store/batches.ts';
import { newId } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { requireEachOnce } from './guarded-writes.ts';
import { authorisationDigest } from './judge-execution.ts';
import { batchRefusal, judgeBatch, type BatchCase, type WaitingRow } from './judge-batch.ts';

export interface StartRequest {
  readonly batchId: string;
  readonly act: BatchFacts['act'];
}

/** A batch that may be paid now by this person, with the rows that wait. */
export interface StartedBatch {
  readonly ref: string;
  readonly before: string;
  readonly waiting: readonly WaitingRow[];
}

/**
 * Begins a batch: uses its code up and gives each row that waits a code of its own for 24 hours, in one transaction; or goes on with it
 * within that time. Throws BATCH_NOT_EXECUTABLE with all checks: then nothing is used up.
 */
export async function startBatch(store: Store, executor: Actor, request: StartRequest): Promise<StartedBatch> {
  requirePerson(executor);
  return store.write(async (tx) => {
    const found = await judgeBatch(tx, executor, request);
    const { batch, fund, waiting, checks } = found;
    if (checks.some(isFailed)) throw batchRefusal(batch.ref, checks);
    const authority = await authorityOf(tx, found, request);
    await giveRowCodes(tx, executor, found, authority);
    if (batch.status !== 'executing') await updateBatch(tx, batch.id, { status: 'executing' });
    await recordFundEvent(tx, fund, {
      actor: executor.username,
      action: request.act === 'execute' ? 'batch.begun' : 'batch.resumed',
      subject: batch.ref,
      origin: executor.origin,
      payload: {
        before: batch.status,
        hash: batch.hash,
        rows: waiting.length,
        amount_minor: waiting.reduce((sum, { payment }) => sum + payment.amountMinor, 0),
        currency: batch.currency,
        until: batchDeadline(authority.usedAt),
      },
    });
    return { ref: batch.ref, before: batch.status, waiting };
  });
}

/** The code of the batch by which its rows are paid, used up now or before. */
interface Authority {
  readonly challengeId: string;
  readonly usedAt: Date;
  readonly verifiedAt: Date | null;
  readonly sentAt: Date | null;
}

async function authorityOf(tx: Tx, { code, begun }: BatchCase, { act }: StartRequest): Promise<Authority> {
  const used = act === 'execute' ? code : begun;
  // The checks have passed, so there is one.
  if (used === null) throw new Error('a batch without a code');
  if ('usedAt' in used) return used;
  requireEachOnce([await consumeBatchCode(tx, used.id)]);
  return { challengeId: used.id, usedAt: tx.now, verifiedAt: used.verifiedAt, sentAt: used.sentAt };
}

/** No hash reads like this, so no code matches it. */
const NO_HASH = 'batch';

/** A row that failed for certain, and was made pending again, gets another; one whose code was made void does not. */
async function giveRowCodes(tx: Tx, executor: Actor, { waiting }: BatchCase, authority: Authority): Promise<void> {
  const held = await paymentsWithRowCode(tx, authority.challengeId);
  const without = waiting.filter(({ payment }) => !held.has(payment.id));
  await insertRowCodes(
    tx,
    without.map(({ payment }) => ({
      id: newId(),
      paymentId: payment.id,
      executorId: executor.userId,
      digest: authorisationDigest(payment, executor.userId),
      codeHash: NO_HASH,
      failures: 0,
      createdAt: tx.now,
      sentAt: authority.sentAt,
      expiresAt: batchDeadline(authority.usedAt),
      verifiedAt: authority.verifiedAt,
      consumedAt: null,
      voidedAt: null,
      channel: 'batch',
      batchChallengeId: authority.challengeId,
    })),
  );
}
