import { eq, sql, type SQL } from 'drizzle-orm';
import { rowsMeant } from './naming.ts';
import { PREFIXES, type Referable } from './references.ts';
import type { Tx } from './transaction.ts';

/**
 * What events call the thing that a text names. They know a fund by its code, a person by the username, an execution and an attempt
 * by their payment, an entry by what it was posted for, and everything else by its reference.
 */
export async function subjectsNamed(tx: Tx, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const find of [numbered, vouched, ...REFERABLE.map((table) => meant(table))])
    found.push(...(await find(tx, text)));
  return found;
}

/** The usernames of the people whom an id or a reference, or the beginning of one, can mean. */
export const usernamesMeant = (tx: Tx, text: string): Promise<string[]> => meant('users')(tx, text);

type Finding = (tx: Tx, text: string) => Promise<string[]>;

// Object.keys knows no more than that these are texts.
const REFERABLE = Object.keys(PREFIXES) as Referable[];

const numbered: Finding = async (tx, text) => {
  const { requisitions } = tx.t;
  const condition = eq(requisitions.number, text.toUpperCase());
  return namesOf(await tx.db.select({ name: requisitions.ref }).from(requisitions).where(condition));
};

const vouched: Finding = (tx, text) => executed(tx, eq(tx.t.paymentExecutions.voucherNumber, text.toUpperCase()));

const meant =
  (table: Referable): Finding =>
  async (tx, text) => {
    const condition = rowsMeant(tx, table, text);
    return condition === undefined ? [] : (BY_ANOTHER_NAME[table] ?? byReference(table))(tx, condition);
  };

type Naming = (tx: Tx, condition: SQL) => Promise<string[]>;

const byReference =
  (table: Referable): Naming =>
  async (tx, condition) =>
    namesOf(await tx.db.select({ name: tx.t[table].ref }).from(tx.t[table]).where(condition));

const executed: Naming = async (tx, condition) => {
  const { paymentExecutions, payments } = tx.t;
  const paid = tx.db.select({ name: payments.ref }).from(paymentExecutions);
  return namesOf(await paid.innerJoin(payments, eq(payments.id, paymentExecutions.paymentId)).where(condition));
};

const posted: Naming = async (tx, condition) => {
  const { ledgerEntries: entries, payments, replenishmentRequests, varianceAdjustments, funds } = tx.t;
  const found = await tx.db
    .select({
      name: sql<string>`coalesce(${varianceAdjustments.ref}, ${payments.ref}, ${replenishmentRequests.ref}, ${funds.code})`,
    })
    .from(entries)
    .innerJoin(funds, eq(funds.id, entries.fundId))
    .leftJoin(payments, eq(payments.id, entries.paymentId))
    .leftJoin(replenishmentRequests, eq(replenishmentRequests.id, entries.replenishmentId))
    .leftJoin(varianceAdjustments, eq(varianceAdjustments.entryId, entries.id))
    .where(condition);
  return namesOf(found);
};

const BY_ANOTHER_NAME: Readonly<Partial<Record<Referable, Naming>>> = {
  users: async ({ db, t: { users } }, condition) =>
    namesOf(await db.select({ name: users.username }).from(users).where(condition)),
  funds: async ({ db, t: { funds } }, condition) =>
    namesOf(await db.select({ name: funds.code }).from(funds).where(condition)),
  paymentExecutions: executed,
  paymentAttempts: async ({ db, t: { paymentAttempts, payments } }, condition) => {
    const tried = db.select({ name: payments.ref }).from(paymentAttempts);
    return namesOf(await tried.innerJoin(payments, eq(payments.id, paymentAttempts.paymentId)).where(condition));
  },
  ledgerEntries: posted,
};

const namesOf = (rows: readonly { readonly name: string }[]): string[] => rows.map(({ name }) => name);
