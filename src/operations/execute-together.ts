import type { Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { Problem } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { lockPayments } from '../store/payment-locks.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { executeWithin, type Executed, type ExecuteRequest } from './execute-payment.ts';

/** What became of one of many: executed, or refused, which changed nothing. */
export type OneOfMany = { readonly executed: Executed } | { readonly refused: Problem };

export interface ExecuteTogether extends Pick<ExecuteRequest, 'dayAt'> {
  /** In their order, each by a transaction of its own if need be. */
  readonly paymentIds: readonly string[];
  /** Asked before each of them; with false the others are left alone. */
  readonly goOn: (before: readonly OneOfMany[]) => boolean;
}

/**
 * Executes payments one after the other in one transaction, so that one fsync saves them all: they are paid or reserved together, or
 * none is. One that is refused by its checks has written nothing and is left; whatever else goes wrong undoes all of them, and is
 * thrown. They are locked in the order of their ids, before any fund.
 */
export async function executeTogether(
  store: Store,
  executor: Actor,
  { paymentIds, dayAt, goOn }: ExecuteTogether,
): Promise<readonly OneOfMany[]> {
  requirePerson(executor);
  return store.write(async (tx) => {
    await lockPayments(tx, paymentIds);
    const done: OneOfMany[] = [];
    for (const paymentId of paymentIds) {
      if (!goOn(done)) break;
      done.push(await executeOne(tx, executor, { paymentId, gatewayReference: null, dayAt }));
    }
    return done;
  });
}

async function executeOne(tx: Tx, executor: Actor, request: ExecuteRequest): Promise<OneOfMany> {
  let passed = false;
  try {
    return { executed: await executeWithin(tx, executor, request, () => (passed = true)) };
  } catch (error) {
    if (!passed && error instanceof Problem && error.details.checks?.some(isFailed) === true) return { refused: error };
    throw error;
  }
}
