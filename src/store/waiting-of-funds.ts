import { asc, eq, sql } from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import { withinPreparedScope } from './scope.ts';
import { preparedRows, type RowsQuery, type Tx } from './transaction.ts';
import {
  ask,
  counted,
  limit,
  nobodys,
  placeOf,
  rowsOfFunds,
  type Ask,
  type Waiting,
  type WaitingList,
} from './waiting-list.ts';

/** How much of a fund waits to be explained. */
export interface OpenOfFund extends Place {
  readonly ref: string;
  readonly code: string;
  readonly currency: string;
  readonly count: number;
  readonly sumMinor: number;
  /** The oldest day; of payments, the day that they are counted for. */
  readonly day: string;
  /** The last day that statements of the fund tell of. */
  readonly statementsTo: string | null;
}

/** How much of one fund waits to be explained. */
export interface OpenFund extends Pick<OpenOfFund, 'ref' | 'code' | 'currency' | 'count' | 'sumMinor'> {
  /** The oldest day, and how many days ago that is in the office's zone. */
  readonly oldest: string;
  readonly ageDays: number;
}

/** The first few funds, those with the oldest first, and how much there is in all. */
export interface FundsList {
  readonly count: number;
  readonly rows: readonly OpenFund[];
}

const fundFields = ({ t: { funds } }: Tx) => {
  const { ref, code, currency, companyId, regionId, branchId } = funds;
  return { ref, code, currency, companyId, regionId, branchId };
};
const countedRows = () => sql<number>`count(*)`.mapWith(Number);

const lines = preparedRows('open_lines_of_funds', (tx): RowsQuery<OpenOfFund> => {
  const { openLines: o, funds } = tx.t;
  const oldest = sql<string>`min(${sql`${o.bookedOn}`})`;
  return (
    tx.db
      .select({
        ...{ ...fundFields(tx), count: countedRows(), day: oldest, statementsTo: sql<string | null>`null` },
        sumMinor: sql<number>`sum(${sql`${o.amountMinor}`})`.mapWith(Number),
      })
      .from(o)
      .innerJoin(funds, eq(funds.id, o.fundId))
      // As the index of open lines is written.
      .where(sql`${o.closedAt} is null and ${withinPreparedScope(funds)}`)
      .groupBy(funds.id)
      .orderBy(asc(oldest), asc(funds.code))
  );
});

/** Lines of statements that nothing explains, by fund, the oldest first. */
export const openLinesByFund = (tx: Tx, grants: readonly Grant[]): Promise<OpenOfFund[]> =>
  rowsOfFunds(tx, lines, grants);

const payments = preparedRows('unreconciled_of_funds', (tx): RowsQuery<OpenOfFund> => {
  const { payments: p, ledgerEntries: e, funds } = tx.t;
  return (
    tx.db
      .select({
        ...{ ...fundFields(tx), count: countedRows(), day: e.valueDate },
        sumMinor: sql<number>`sum(${sql`${p.amountMinor}`})`.mapWith(Number),
        statementsTo: sql<
          string | null
        >`(${sql`select max(s.to_day) from statements s where s.fund_id = ${funds.id}`})`,
      })
      .from(p)
      .innerJoin(funds, eq(funds.id, p.fundId))
      // Each payment has one debit, which its own index finds.
      .innerJoin(e, sql`${e.paymentId} = ${p.id} and ${e.kind} = 'payment'`)
      .where(
        // What status and fund say stands in one index, and most funds that are never reconciled have many such payments.
        sql`${p.status} = 'success' and ${p.fundId} in (select s.fund_id from statements s) and not exists (select 1 from matches m where m.entry_id = ${e.id} and m.undone_at is null) and ${withinPreparedScope(funds)}`,
      )
      .groupBy(funds.id, e.valueDate)
      .orderBy(asc(e.valueDate), asc(funds.code))
  );
});

/** Payments of funds that have statements which none of them shows, by fund and value date, the oldest first. */
export const unreconciledByDay = (tx: Tx, grants: readonly Grant[]): Promise<OpenOfFund[]> =>
  rowsOfFunds(tx, payments, grants);

const faulty: Ask = preparedRows('faulty_statements', (tx): RowsQuery<Waiting> => {
  const { statements, funds } = tx.t;
  const { id, ref, fileName, createdAt } = statements;
  return (
    tx.db
      .select({
        ...{ ref, name: funds.code, amountMinor: sql<number | null>`null`, currency: funds.currency },
        ...{ who: sql<string>`coalesce(${fileName}, 'standard input')`, since: createdAt },
        ...{ mine: nobodys(), count: counted(), ...placeOf(funds) },
      })
      .from(statements)
      .innerJoin(funds, eq(funds.id, statements.fundId))
      // As its index is written.
      .where(sql`${statements.faults} <> '[]' and ${statements.replacedBy} is null and ${withinPreparedScope(funds)}`)
      .orderBy(asc(createdAt), asc(id))
      .limit(limit())
  );
});

/** Statements that were taken with faults, and in whose place no whole one has come. */
export const statementsToReplace = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  ask(tx, faulty, grants, userId);
