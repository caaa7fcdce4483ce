import type { Actor } from '../domain/access.ts';
import { rowState, tallyOf } from '../domain/batch.ts';
import { batchChecks, batchRefusalKind, type BatchFacts } from '../domain/batch-checks.ts';
import { isFailed } from '../domain/check.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { batchDeciders, batchRows, lockBatch, newestStart, type BatchRow, type BatchStart } from '../store/batches.ts';
import { lockNewestChallenge, type Challenge } from '../store/challenges.ts';
import { lockFund } from '../store/funds.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { batchDigest, batchHash } from './batch-hash.ts';

/** A batch that somebody wants to pay, with everything that decides, locked. */
export interface BatchCase {
  readonly batch: Row<'batches'>;
  readonly fund: Row<'funds'>;
  readonly rows: readonly BatchRow[];
  /** Rows that wait to be paid, each with its payment. */
  readonly waiting: readonly WaitingRow[];
  /** The executor's newest code. */
  readonly code: Challenge | null;
  readonly begun: BatchStart | null;
  readonly checks: readonly Check[];
}

export type WaitingRow = BatchRow & { readonly payment: Row<'payments'> };

/** Locks a batch, then its fund, and judges whether a person may execute or resume it: every check, passed and failed. */
export async function judgeBatch(
  tx: Tx,
  executor: Actor,
  { batchId, act }: { readonly batchId: string; readonly act: BatchFacts['act'] },
): Promise<BatchCase> {
  const batch = await lockBatch(tx, batchId);
  const fund = await lockFund(tx, batch.fundId);
  const rows = await batchRows(tx, batch.id);
  const waiting = rows.flatMap((row) =>
    row.payment !== null && row.payment.status === 'pending' ? [{ ...row, payment: row.payment }] : [],
  );
  const code = (await lockNewestChallenge(tx, { kind: 'batch', id: batch.id }, executor.userId)) ?? null;
  const begun = await newestStart(tx, batch.id);
  const deciders = await batchDeciders(tx, batch.id);
  const facts: BatchFacts = {
    act,
    now: tx.now,
    batch: { ...batch, hashNow: batchHash(batch, rows) },
    fund,
    executor,
    deciderIds: deciders.map(({ id }) => id),
    waiting: waiting.map(({ item, payment }) => ({ ...payment, line: item.line })),
    tally: tallyOf(rows.map(({ payment, requisition }) => rowState(payment?.status ?? null, requisition.status))),
    code,
    digest: batchDigest(batch, executor.userId),
    begun: begun === null ? null : { by: begun.executor, at: begun.usedAt, voided: begun.voidedAt !== null },
    others: [],
  };
  const checks = batchChecks(facts);
  if (!checks.some(isFailed)) return { batch, fund, rows, waiting, code, begun, checks };
  const excluded = new Set([batch.createdBy, executor.userId, ...facts.deciderIds]);
  const others = (await findPeopleWhoMay(tx, 'payment.execute', fund)).filter(({ id }) => !excluded.has(id));
  const named = batchChecks({ ...facts, others: others.map(({ username }) => username) });
  return { batch, fund, rows, waiting, code, begun, checks: named };
}

/** Every check of executing or resuming a batch now as this person, without locking or changing anything; under the same guards. */
export const lookAtBatch = (
  store: Store,
  executor: Actor,
  question: { readonly batchId: string; readonly act: BatchFacts['act'] },
): Promise<BatchCase> =>
  store.read(async (tx) => {
    await tx.guard.judge(tx);
    const found = await judgeBatch(tx, executor, question);
    await tx.guard.settled();
    return found;
  });

/** The refusal that failing checks of a batch make. */
export function batchRefusal(ref: string, checks: readonly Check[], unchanged = 'Nothing was paid.'): Problem {
  const failing = checks.filter(isFailed);
  const kind = batchRefusalKind(failing);
  const count = failing.length === 1 ? 'one check fails' : `${failing.length} checks fail`;
  const first = failing.find(({ fix }) => typeof fix?.command === 'string' || (fix?.who.length ?? 0) > 0)?.fix;
  const fix = first?.command ?? (first === undefined || first === null ? null : `ask ${first.who.join(', ')}`);
  return new Problem(kind, 'BATCH_NOT_EXECUTABLE', `${ref} cannot be executed: ${count}.`, {
    unchanged: `${unchanged} The batch is as it was.`,
    checks,
    ...(fix === null ? {} : { fix }),
  });
}
