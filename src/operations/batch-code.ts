import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { formatAmount } from '../domain/money.ts';
import { lockBatch } from '../store/batches.ts';
import type { Tx } from '../store/transaction.ts';
import { batchDigest } from './batch-hash.ts';
import type { CodeSubject } from './code-subject.ts';
import { batchRefusal, judgeBatch } from './judge-batch.ts';

/** The checks of a batch that no code can make good, nor its five minutes: a fund is opened again by two people. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(['status', 'segregation', 'role', 'requisition', 'fund_open']);

/** A code for all rows of a batch as their hash covers them, whatever the threshold of their fund: it is always needed. */
export const batchCode = (batchId: string): CodeSubject => ({
  of: { kind: 'batch', id: batchId },
  look: async (tx: Tx, executor: Actor) => {
    const batch = await lockBatch(tx, batchId);
    return { ref: batch.ref, fundId: batch.fundId, digest: batchDigest(batch, executor.userId) };
  },
  judge: async (tx: Tx, executor: Actor) => {
    const { batch, fund, waiting, checks } = await judgeBatch(tx, executor, { batchId, act: 'execute' });
    requireAbilityAt(executor, 'payment.execute', fund);
    const blocking = checks.filter((check) => isFailed(check) && WITHOUT_CODE.has(check.id));
    if (blocking.length > 0) throw batchRefusal(batch.ref, blocking, 'No code was sent.');
    const left = waiting.reduce((sum, { payment }) => sum + payment.amountMinor, 0);
    return {
      ref: batch.ref,
      fund,
      facts: [
        ['Payments', `${waiting.length} of ${batch.rowCount}`],
        ['To pay', formatAmount(left, batch.currency)],
        ['Total', formatAmount(batch.totalMinor, batch.currency)],
        ['Title', batch.title ?? 'none'],
        ['Hash', batch.hash],
      ],
    };
  },
});
