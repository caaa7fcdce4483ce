import { batchTerms } from '../domain/batch.ts';
import { rowDigest } from '../store/audit-chain.ts';
import type { Row } from '../store/tables.ts';
import { methodOf } from './judge-execution.ts';

interface HashedRow {
  readonly item: Pick<Row<'batchItems'>, 'line' | 'document'>;
  readonly requisition: Row<'requisitions'>;
}

/** SHA-256 over the canonical rows of a batch as they are now: whoever approves it or gives a code for it means exactly these. */
export const batchHash = (
  { fundId, currency }: Pick<Row<'batches'>, 'fundId' | 'currency'>,
  rows: readonly HashedRow[],
): string =>
  rowDigest(
    batchTerms({
      fundId,
      currency,
      rows: rows.map(({ item, requisition }) => ({
        ...requisition,
        requisitionId: requisition.id,
        method: methodOf(requisition),
        line: item.line,
        document: item.document,
      })),
    }),
  );

/** What the code of a batch authorises: its rows by their hash, their number, their total, the fund and the executor. */
export const batchDigest = (batch: Row<'batches'>, executorId: string): string =>
  rowDigest({
    batch: batch.id,
    hash: batch.hash,
    count: batch.rowCount,
    total: batch.totalMinor,
    currency: batch.currency,
    fund: batch.fundId,
    executor: executorId,
  });
