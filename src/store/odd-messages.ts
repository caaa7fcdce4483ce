import { aliasedTable as alias, and, desc, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { ODD_OUTCOMES } from '../domain/odd-message.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

const NAMING: Naming = {
  table: 'gatewayMessages',
  noun: 'gateway message',
  codes: [],
  listCommand: 'treasury gateway message list --all',
};

/** What a gateway said, with what people know it by. */
export interface MessageView {
  readonly message: Row<'gatewayMessages'>;
  /** The payment and the fund that it is about; null where it is about no order of ours. */
  readonly payment: string | null;
  readonly fundId: string | null;
  readonly settledBy: string | null;
  /** Who confirmed that, where it took two. */
  readonly confirmedBy: string | null;
}

/** The id of the message that a text names: of the companies of the grants, or about no order at all. */
export async function resolveMessage(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { gatewayMessages: messages, paymentAttempts: attempts, payments, funds } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies &&
    inArray(
      messages.attemptId,
      tx.db
        .select({ id: attempts.id })
        .from(attempts)
        .innerJoin(payments, eq(payments.id, attempts.paymentId))
        .innerJoin(funds, eq(funds.id, payments.fundId))
        .where(companies),
    );
  return resolveName(tx, NAMING, text, theirs && or(isNull(messages.attemptId), theirs));
}

/** Messages with their names, in no order. */
export const messageViews = (tx: Tx, ids: readonly string[]): Promise<MessageView[]> =>
  views(tx, inArray(tx.t.gatewayMessages.id, [...ids]), ids.length);

/** What gateways said that nobody has settled, newest first, of funds that the grants reach and of none; with `all` everything. */
export async function listMessages(
  tx: Tx,
  { all }: { readonly all: boolean },
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: MessageView[]; next: string | null; count: number }> {
  const { gatewayMessages: messages, funds } = tx.t;
  const reached = withinScope(funds, grants);
  const condition = and(
    all ? undefined : and(isNull(messages.settledAt), inArray(messages.outcome, [...ODD_OUTCOMES])),
    reached && or(isNull(messages.attemptId), reached),
  );
  const columns = { createdAt: messages.receivedAt, id: messages.id };
  const found = await views(tx, and(condition, afterCursor(columns, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.message.receivedAt, id: view.message.id })),
    page,
  );
  return { rows: rows.map(({ view }) => view), next, count: await countOf(tx, condition) };
}

async function countOf(tx: Tx, condition: SQL | undefined): Promise<number> {
  const { gatewayMessages: messages, paymentAttempts: attempts, payments, funds } = tx.t;
  const [total] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(messages)
    .leftJoin(attempts, eq(attempts.id, messages.attemptId))
    .leftJoin(payments, eq(payments.id, attempts.paymentId))
    .leftJoin(funds, eq(funds.id, payments.fundId))
    .where(condition);
  return total?.count ?? 0;
}

function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<MessageView[]> {
  const { gatewayMessages: messages, paymentAttempts: attempts, payments, funds, users, changes } = tx.t;
  const confirmers = alias(users, 'confirmers');
  return tx.db
    .select({
      message: messages,
      payment: payments.ref,
      fundId: funds.id,
      settledBy: users.username,
      confirmedBy: confirmers.username,
    })
    .from(messages)
    .leftJoin(attempts, eq(attempts.id, messages.attemptId))
    .leftJoin(payments, eq(payments.id, attempts.paymentId))
    .leftJoin(funds, eq(funds.id, payments.fundId))
    .leftJoin(users, eq(users.id, messages.settledBy))
    .leftJoin(changes, eq(changes.id, messages.settledChangeId))
    .leftJoin(confirmers, eq(confirmers.id, changes.decidedBy))
    .where(condition)
    .orderBy(desc(messages.receivedAt), desc(messages.id))
    .limit(limit);
}
