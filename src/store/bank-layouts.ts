import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A version of a layout of the office, with who made it. */
export interface StoredLayout {
  readonly name: string;
  readonly version: number;
  readonly body: string;
  readonly createdById: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** A version of the layout of this name, the newest unless one is said; undefined where there is none. */
export async function findLayout(tx: Tx, name: string, version: number | null): Promise<StoredLayout | undefined> {
  const { bankLayouts: all } = tx.t;
  const [found] = await layouts(tx)
    .where(and(eq(all.name, name), version === null ? undefined : eq(all.version, version)))
    .orderBy(desc(all.version))
    .limit(1);
  return found;
}

/** The newest version of every layout of the office, by name. */
export function listLayouts(tx: Tx): Promise<StoredLayout[]> {
  const { bankLayouts: all } = tx.t;
  return layouts(tx)
    .where(sql`${all.version} = (select max(n.version) from bank_layouts n where n.name = ${all.name})`)
    .orderBy(asc(all.name));
}

/** Stores a version. */
export async function insertLayout(tx: Tx, layout: Row<'bankLayouts'>): Promise<void> {
  await tx.db.insert(tx.t.bankLayouts).values(layout);
}

function layouts(tx: Tx) {
  const { bankLayouts: all, users } = tx.t;
  return tx.db
    .select({
      name: all.name,
      version: all.version,
      body: all.body,
      createdById: all.createdBy,
      createdBy: users.username,
      createdAt: all.createdAt,
    })
    .from(all)
    .innerJoin(users, eq(users.id, all.createdBy));
}
