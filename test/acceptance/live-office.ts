import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { inject } from 'vitest';
import { tokenHashOf } from '../../src/operations/authenticate.ts';
import { newId } from '../../src/store/references.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { aBenchOffice } from '../bench/an-office.ts';
import { createDatabase, dropDatabase } from '../support/postgres-server.ts';
import { actorOf, aPerson } from '../support/people.ts';
import { treasury, type ToolRun } from '../support/tool.ts';
import { scratchDirectory } from '../support/scratch.ts';

export interface LiveOffice {
  readonly home: string;
  readonly url: string;
  readonly store: Store;
  readonly fundId: string;
  /** References of pending payments, all of the same amount and from one fund. */
  readonly payments: readonly string[];
  /** Runs the built tool as a person who is logged in. */
  as(person: 'carol' | 'faith', args: readonly string[]): Promise<ToolRun>;
  environment(person: 'carol' | 'faith'): Record<string, string>;
  close(): Promise<void>;
}

/** An office in a database of its own, with one fund that holds money for some of its payments. */
export async function aLiveOffice(dialect: Dialect, size: { payments: number; moneyFor: number }): Promise<LiveOffice> {
  const home = scratchDirectory('treasury-live-');
  const url =
    dialect === 'sqlite' ? `sqlite:${join(home, 'treasury.db')}` : await createDatabase(inject('postgresUrl'));
  const office = await aBenchOffice(url, {
    funds: 1,
    payments: size.payments,
    amountMinor: 12_500,
    opening: `${size.moneyFor * 125}`,
  });
  const store = await openStore(url, { clock: () => new Date(), connections: 4 });
  await addAuditor(store);
  for (const person of ['carol', 'faith']) await logInWithoutPassword(store, person, join(home, 'sessions', person));
  const environment = (person: string) => ({
    TREASURY_DATABASE_URL: url,
    TREASURY_SESSION_FILE: join(home, 'sessions', person),
  });
  const payments = await store.read(async (tx) => {
    const rows = await tx.db
      .select({ ref: tx.t.payments.ref })
      .from(tx.t.payments)
      .orderBy(tx.t.payments.createdAt, tx.t.payments.id);
    return rows.map((row) => row.ref);
  });
  const [fundId] = office.fundIds;
  if (fundId === undefined) throw new Error('the office has no fund');
  return {
    home,
    url,
    store,
    fundId,
    payments,
    environment,
    as: (person, args) => treasury([...args], { home, env: environment(person) }),
    close: async () => {
      await store.close();
      if (dialect === 'postgres') await dropDatabase(inject('postgresUrl'), new URL(url).pathname.slice(1));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function addAuditor(store: Store): Promise<void> {
  const admin = await actorOf(store, 'root-admin');
  await aPerson(store, admin, 'faith', { roles: 'auditor' });
}

/** A session as `login` makes it; the password is not what these tests are about. */
async function logInWithoutPassword(store: Store, person: string, file: string): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  await store.write(async (tx) => {
    const [user] = await tx.db.select().from(tx.t.users).where(eq(tx.t.users.username, person));
    if (user === undefined) throw new Error(`${person} does not exist`);
    await tx.db.insert(tx.t.sessions).values({
      id: newId(),
      userId: user.id,
      tokenHash: tokenHashOf(token),
      createdAt: tx.now,
      lastUsedAt: tx.now,
      expiresAt: new Date(tx.now.getTime() + 12 * 3_600_000),
      revokedAt: null,
      origin: 'test',
    });
  });
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(file, token, { mode: 0o600 });
}
