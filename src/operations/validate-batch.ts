import { isFailed } from '../domain/check.ts';
import type { Actor } from '../domain/access.ts';
import { formatAmount } from '../domain/money.ts';
import { availableMinor } from '../domain/ledger.ts';
import { creationChecks } from '../domain/payment.ts';
import type { Check } from '../domain/problem.ts';
import { batchRows, type BatchRow } from '../store/batches.ts';
import { getFund } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { batchHash } from './batch-hash.ts';
import { readableBatch } from './find-batch.ts';
import { flagsIn } from './flag-payees.ts';
import { judgeExecution, type OfficeDay } from './judge-execution.ts';

/** One thing that is wrong with a row now; without a row, with the whole batch. */
export interface BatchProblem {
  readonly row: BatchRow | null;
  readonly check: Pick<Check, 'id' | 'code' | 'message' | 'fix'>;
}

export interface ValidatedBatch {
  readonly batch: Row<'batches'>;
  readonly problems: readonly BatchProblem[];
  /** What somebody should look at before they approve or pay; it refuses nothing. */
  readonly flags: readonly string[];
}

export interface ValidateRequest {
  readonly batch: string;
  readonly dayAt: (now: Date) => OfficeDay;
}

/** What depends on who pays, and on their code, is no problem of a row. */
const OF_THE_EXECUTOR: ReadonlySet<string> = new Set(['segregation', 'role', 'otp', 'otp_expiry']);

/** Every problem of every row as things stand now: what approving or paying it would be refused for, whoever does it. */
export const validateBatch = (store: Store, actor: Actor, request: ValidateRequest): Promise<ValidatedBatch> =>
  store.read(async (tx) => {
    await tx.guard.judge(tx);
    const { batch } = await readableBatch(tx, actor, request.batch);
    const rows = await batchRows(tx, batch.id);
    const { fund } = await getFund(tx, batch.fundId);
    const problems: BatchProblem[] = batchHash(batch, rows) === batch.hash ? [] : [changed(batch)];
    const flags: string[] = [];
    let leftMinor = availableMinor(fund);
    for (const row of rows) {
      const judged = await judgeRow(tx, actor, { row, fund, day: request.dayAt(tx.now) });
      const checks = judged.filter(
        (check) => isFailed(check) && !OF_THE_EXECUTOR.has(check.id) && check.id !== 'balance',
      );
      problems.push(...checks.map((check) => ({ row, check })));
      if (!isOpen(row)) continue;
      if (row.requisition.amountMinor > leftMinor) problems.push({ row, check: tooLittle(fund, row, leftMinor) });
      leftMinor -= row.requisition.amountMinor;
      flags.push(...(await flagsIn(tx, row.requisition)).map(({ message }) => `Line ${row.item.line}: ${message}`));
    }
    await tx.guard.settled();
    return { batch, problems, flags };
  });

/** Whether its money has not left yet. */
const isOpen = ({ payment, requisition }: BatchRow): boolean =>
  payment === null
    ? requisition.status === 'submitted' || requisition.status === 'approved'
    : payment.status === 'pending' || payment.status === 'failed';

interface Judging {
  readonly row: BatchRow;
  readonly fund: Row<'funds'>;
  readonly day: OfficeDay;
}

const LEFT: ReadonlySet<string> = new Set(['success', 'reconciled', 'reversed', 'cancelled']);

async function judgeRow(tx: Tx, executor: Actor, { row, fund, day }: Judging): Promise<readonly Check[]> {
  const { payment, requisition } = row;
  if (payment !== null)
    return LEFT.has(payment.status)
      ? []
      : (await judgeExecution(tx, { paymentId: payment.id, executor, day, gatewayReference: null })).checks;
  // What is submitted is to be approved yet, which is no problem.
  const status = requisition.status === 'submitted' ? 'approved' : requisition.status;
  return creationChecks({
    requisition: { ...requisition, status },
    fund,
    amountMinor: requisition.amountMinor,
    committedMinor: 0,
  });
}

const changed = (batch: Row<'batches'>): BatchProblem => ({
  row: null,
  check: {
    id: 'requisition',
    code: 'BATCH_CHANGED',
    message: `The rows of ${batch.ref} no longer say what they said.`,
    fix: { command: `treasury batch cancel ${batch.ref}`, who: [] },
  },
});

const tooLittle = (fund: Row<'funds'>, { requisition }: BatchRow, leftMinor: number): BatchProblem['check'] => {
  const money = (minor: number): string => formatAmount(minor, fund.currency);
  return {
    id: 'balance',
    code: 'INSUFFICIENT_FUNDS',
    message: `Fund ${fund.code} has ${money(Math.max(0, leftMinor))} left after the rows before; this one needs ${money(requisition.amountMinor)}.`,
    fix: { command: `treasury replenish request ${fund.code} --reason REASON`, who: [] },
  };
};
