import { asc, eq, sql } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { withinPreparedScope } from './scope.ts';
import { preparedRows, type RowsQuery, type Tx } from './transaction.ts';
import { ask, counted, limit, nobodys, placeOf, type Ask, type Waiting, type WaitingList } from './waiting-list.ts';

const held: Ask = preparedRows('open_suspense', (tx): RowsQuery<Waiting> => {
  const { suspenseItems: items, paymentAttempts: attempts, payments, funds } = tx.t;
  return (
    tx.db
      .select({
        ...{ ref: items.ref, name: funds.code, amountMinor: items.amountMinor, currency: items.currency },
        ...{ who: payments.payee, since: items.createdAt, mine: nobodys(), count: counted(), ...placeOf(funds) },
      })
      .from(items)
      .innerJoin(attempts, eq(attempts.id, items.attemptId))
      .innerJoin(payments, eq(payments.id, attempts.paymentId))
      .innerJoin(funds, eq(funds.id, items.fundId))
      // As the index of open items is written.
      .where(sql`${items.status} = 'open' and ${withinPreparedScope(funds)}`)
      .orderBy(asc(items.createdAt), asc(items.id))
      .limit(limit())
  );
});

/** Money that left without a debit and that nobody has settled. */
export const itemsInSuspense = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  ask(tx, held, grants, userId);
