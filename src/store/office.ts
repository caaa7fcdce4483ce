import { asc, eq } from 'drizzle-orm';
import { Problem } from '../domain/problem.ts';
import { GENESIS, OFFICE_CHAIN } from './audit-chain.ts';
import type { Row } from './tables.ts';
import { lock, preparedRows, type Tx } from './transaction.ts';

export interface OfficeSettings {
  readonly currency: string;
  readonly timezone: string;
  readonly mailUrl: string;
  readonly mailFrom: string;
  readonly pepperFingerprint: string;
}

const OFFICE_ID = 'office';

/** The office's row, or undefined before `init`. */
export async function findOffice(tx: Tx): Promise<Row<'office'> | undefined> {
  const [row] = await tx.db.select().from(tx.t.office);
  return row;
}

/** The office's row. Throws OFFICE_NOT_SET_UP (3) before `init`. */
export async function getOffice(tx: Tx): Promise<Row<'office'>> {
  return (await findOffice(tx)) ?? notSetUp();
}

/** The office's zone and currency, which most commands need and nothing else of it. Throws OFFICE_NOT_SET_UP (3). */
export async function getOfficeZone(tx: Tx): Promise<Pick<Row<'office'>, 'timezone' | 'currency'>> {
  const [row] = await officeZone(tx);
  return row ?? notSetUp();
}

const officeZone = preparedRows('office_zone', ({ db, t: { office } }) =>
  db.select({ timezone: office.timezone, currency: office.currency }).from(office),
);

/**
 * The office's row, locked. Whoever changes people, places or settings takes this lock first, so that "is this code free"
 * and "is there another admin" stay true until the commit.
 */
export async function lockOffice(tx: Tx): Promise<Row<'office'>> {
  const [row] = await lock(tx, tx.db.select().from(tx.t.office), tx.t.office);
  if (row === undefined) notSetUp();
  tx.guard.see(tx, OFFICE_CHAIN, row);
  return row;
}

/** Changes settings of the office; the caller holds its lock. */
export async function updateOffice(
  tx: Tx,
  change: Partial<Pick<Row<'office'>, 'mailUrl' | 'mailFrom' | 'timezone' | 'pepperFingerprint' | 'pepperReplacedAt'>>,
): Promise<void> {
  await tx.db.update(tx.t.office).set(change).where(eq(tx.t.office.id, OFFICE_ID));
}

/**
 * Adds the one row of the office, with an empty audit chain and requisition numbers from 1. Answers false, and adds nothing,
 * when somebody else has just set the office up.
 */
export async function insertOffice(tx: Tx, settings: OfficeSettings): Promise<boolean> {
  const counters = {
    requisitionYear: tx.now.getUTCFullYear(),
    requisitionSeq: 0,
    headSeq: 0,
    headHash: GENESIS,
    headAt: null,
  };
  const added = await tx.db
    .insert(tx.t.office)
    .values({ id: OFFICE_ID, ...settings, ...counters, createdAt: tx.now, pepperReplacedAt: null })
    .onConflictDoNothing()
    .returning({ id: tx.t.office.id });
  return added.length > 0;
}

/** The office with the names of its first company and first admin; undefined before `init`. */
export async function findOfficeSetUp(
  tx: Tx,
): Promise<{ office: Row<'office'>; company: string | null; admin: string | null } | undefined> {
  const { companies, users, roleGrants } = tx.t;
  const office = await findOffice(tx);
  if (office === undefined) return undefined;
  const [company] = await tx.db.select({ code: companies.code }).from(companies).orderBy(asc(companies.id)).limit(1);
  const [admin] = await tx.db
    .select({ username: users.username })
    .from(roleGrants)
    .innerJoin(users, eq(users.id, roleGrants.userId))
    .where(eq(roleGrants.role, 'admin'))
    .orderBy(asc(roleGrants.id))
    .limit(1);
  return { office, company: company?.code ?? null, admin: admin?.username ?? null };
}

function notSetUp(): never {
  throw new Problem('not_found', 'OFFICE_NOT_SET_UP', 'This database holds no office yet.', {
    unchanged: 'Nothing was changed.',
    fix: 'treasury init --help',
  });
}
