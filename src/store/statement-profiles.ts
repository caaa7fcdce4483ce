import { asc, eq, type SQL } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A column profile of the office, with who made it. */
export interface StoredProfile {
  readonly name: string;
  readonly body: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** The profile of this name. */
export const findProfile = async (tx: Tx, name: string): Promise<StoredProfile | undefined> =>
  (await profiles(tx, eq(tx.t.statementProfiles.name, name)))[0];

/** Every profile of the office, by name. */
export const listProfiles = (tx: Tx): Promise<StoredProfile[]> => profiles(tx);

/** Stores a new profile. */
export async function insertProfile(tx: Tx, profile: Row<'statementProfiles'>): Promise<void> {
  await tx.db.insert(tx.t.statementProfiles).values(profile);
}

function profiles(tx: Tx, condition?: SQL): Promise<StoredProfile[]> {
  const { statementProfiles: all, users } = tx.t;
  return tx.db
    .select({ name: all.name, body: all.body, createdBy: users.username, createdAt: all.createdAt })
    .from(all)
    .innerJoin(users, eq(users.id, all.createdBy))
    .where(condition)
    .orderBy(asc(all.name));
}
