import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import type { GatewayResult } from '../domain/gateway-result.ts';
import type { FiledAttempt } from './bank-files.ts';
import { exactSum } from './exact-sum.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A file that was written for a bank, with what people know its parts by and what became of its orders. */
export interface BankFileView {
  /** All of it but what was written. */
  readonly file: Omit<Row<'bankFiles'>, 'content'>;
  readonly fund: { readonly code: string } & Place;
  readonly creator: string;
  readonly paid: number;
  readonly failed: number;
}

/** What a bank last said of an order. */
interface SaidOfOrder {
  readonly message: Row<'gatewayMessages'>;
  readonly result: GatewayResult | null;
}

/** An order of a file with what the bank last said of it; null while it has said nothing. */
export interface ShownOrder extends FiledAttempt {
  readonly said: SaidOfOrder | null;
}

/** The id of the file that a text names: its message id, its reference or its id. */
export async function resolveBankFile(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { bankFiles, funds } = tx.t;
  const naming: Naming = {
    ...{ table: 'bankFiles', noun: 'bank file', codes: [bankFiles.messageId] },
    listCommand: 'treasury bankfile list',
  };
  const companies = withinCompanies(funds, grants);
  const theirs = companies && inArray(bankFiles.fundId, tx.db.select({ id: funds.id }).from(funds).where(companies));
  return resolveName(tx, naming, text, theirs);
}

/** One file with what is shown of it. */
export async function getBankFile(tx: Tx, id: string): Promise<BankFileView> {
  const [view] = await views(tx, eq(tx.t.bankFiles.id, id), 1);
  if (view === undefined) throw new Error(`bank file ${id} has gone`);
  return view;
}

/** Files of funds that the grants reach, newest first, with how many there are in all and their sums by currency. */
export async function listBankFiles(
  tx: Tx,
  { fundId }: { readonly fundId: string | undefined },
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: BankFileView[]; next: string | null; count: number; totals: { currency: string; sum: bigint }[] }> {
  const { bankFiles, funds } = tx.t;
  const condition = and(fundId === undefined ? undefined : eq(bankFiles.fundId, fundId), withinScope(funds, grants));
  const found = await views(tx, and(condition, afterCursor(bankFiles, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.file.createdAt, id: view.file.id })),
    page,
  );
  const totals = await tx.db
    .select({
      currency: bankFiles.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(bankFiles.sumMinor),
    })
    .from(bankFiles)
    .innerJoin(funds, eq(funds.id, bankFiles.fundId))
    .where(condition)
    .groupBy(bankFiles.currency)
    .orderBy(bankFiles.currency);
  const count = totals.reduce((all, total) => all + total.count, 0);
  return { rows: rows.map(({ view }) => view), next, count, totals };
}

/** What banks have said of the orders of a file, by attempt, oldest first. */
export async function saidOfFile(tx: Tx, bankFileId: string): Promise<ReadonlyMap<string, Row<'gatewayMessages'>[]>> {
  const { bankFileOrders: orders, gatewayMessages: messages } = tx.t;
  const rows = await tx.db
    .select({ message: messages })
    .from(orders)
    .innerJoin(messages, eq(messages.attemptId, orders.attemptId))
    .where(and(eq(orders.bankFileId, bankFileId), eq(messages.gateway, 'bankfile')))
    .orderBy(asc(messages.receivedAt), asc(messages.id));
  return Map.groupBy(
    rows.map(({ message }) => message),
    ({ attemptId }) => attemptId ?? '',
  );
}

function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<BankFileView[]> {
  const { bankFiles, bankFileOrders: orders, paymentAttempts: attempts, funds, users } = tx.t;
  const inState = (state: string) =>
    sql<number>`(select count(*) from ${orders} join ${attempts} on ${attempts.id} = ${orders.attemptId} where ${orders.bankFileId} = ${bankFiles.id} and ${attempts.state} = ${state})`.mapWith(
      Number,
    );
  const { id, ref, messageId, fundId, gatewayAccount, format, layout, layoutVersion } = bankFiles;
  const { payOn, currency, sumMinor } = bankFiles;
  return tx.db
    .select({
      file: {
        ...{ id, ref, messageId, fundId, gatewayAccount, format, layout, layoutVersion },
        ...{ payOn, currency, sumMinor },
        orders: bankFiles.orders,
        contentDigest: bankFiles.contentDigest,
        createdBy: bankFiles.createdBy,
        createdAt: bankFiles.createdAt,
      },
      fund: { code: funds.code, companyId: funds.companyId, regionId: funds.regionId, branchId: funds.branchId },
      creator: users.username,
      paid: inState('paid'),
      failed: inState('failed'),
    })
    .from(bankFiles)
    .innerJoin(funds, eq(funds.id, bankFiles.fundId))
    .innerJoin(users, eq(users.id, bankFiles.createdBy))
    .where(condition)
    .orderBy(desc(bankFiles.createdAt), desc(bankFiles.id))
    .limit(limit);
}
