import type { Row } from '../../../src/store/tables.ts';
import type { Tx } from '../../../src/store/transaction.ts';

/** What the database holds of an office. */
export interface Rows {
  readonly users: readonly Row<'users'>[];
  readonly grants: readonly Row<'roleGrants'>[];
  readonly funds: readonly Row<'funds'>[];
  readonly requisitions: readonly Row<'requisitions'>[];
  readonly approvals: readonly Row<'requisitionApprovals'>[];
  readonly payments: readonly Row<'payments'>[];
  readonly attempts: readonly Row<'paymentAttempts'>[];
  readonly executions: readonly Row<'paymentExecutions'>[];
  readonly replenishments: readonly Row<'replenishmentRequests'>[];
  readonly tokens: readonly Row<'tokens'>[];
  readonly policies: readonly Row<'policies'>[];
  readonly changes: readonly Row<'changes'>[];
  readonly confirmations: readonly Row<'changeConfirmations'>[];
  username(id: string): string;
  placeCode(id: string): string;
}

/** Reads it all. */
export async function readRows({ db, t }: Tx): Promise<Rows> {
  const users = await db.select().from(t.users);
  const places = [
    ...(await db.select().from(t.companies)),
    ...(await db.select().from(t.regions)),
    ...(await db.select().from(t.branches)),
  ];
  const requests = t.replenishmentRequests;
  return {
    users,
    grants: await db.select().from(t.roleGrants),
    funds: await db.select().from(t.funds),
    requisitions: await db.select().from(t.requisitions),
    approvals: await db.select().from(t.requisitionApprovals),
    payments: await db.select().from(t.payments),
    attempts: await db.select().from(t.paymentAttempts),
    executions: await db.select().from(t.paymentExecutions),
    replenishments: await db.select().from(requests).orderBy(requests.createdAt, requests.id),
    tokens: await db.select().from(t.tokens),
    policies: await db.select().from(t.policies),
    changes: await db.select().from(t.changes),
    confirmations: await db.select().from(t.changeConfirmations),
    username: (id) => users.find((user) => user.id === id)?.username ?? id,
    placeCode: (id) => places.find((place) => place.id === id)?.code ?? id,
  };
}
