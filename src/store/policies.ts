import { desc, eq, ne, sql } from 'drizzle-orm';
import { limitsDays, NO_POLICY, type Policy, type PolicyTerms } from '../domain/policy.ts';
import { canonicalJson } from './audit-hash.ts';
import { sha256Hex } from './sha256.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** The newest policy as fields of any select: a read of its own would be one more statement. */
export const newestPolicy = () => ({
  policyVersion: sql<number | null>`(select max(version) from policies)`.mapWith(Number),
  policyBody: sql<string | null>`(select body from policies order by version desc limit 1)`,
});

/** The policy that was read last: its text is parsed once. */
let parsed: { readonly version: number; readonly body: string; readonly policy: Policy } | null = null;

/** A policy as it is stored. */
export function policyFrom(version: number | null, body: string | null): Policy {
  if (version === null || body === null) return NO_POLICY;
  if (parsed === null || parsed.version !== version || parsed.body !== body)
    parsed = { version, body, policy: { version, terms: JSON.parse(body) as PolicyTerms } };
  return parsed.policy;
}

/** The policy in force. */
export async function getPolicy(tx: Tx): Promise<Policy> {
  const { policies } = tx.t;
  const [row] = await tx.db
    .select({ version: policies.version, body: policies.body })
    .from(policies)
    .orderBy(desc(policies.version))
    .limit(1);
  return row === undefined ? NO_POLICY : policyFrom(row.version, row.body);
}

/** Every policy by its version, and none at all as version 0. */
export async function allPolicies(tx: Tx): Promise<ReadonlyMap<number, Policy>> {
  const { policies } = tx.t;
  const rows = await tx.db.select({ version: policies.version, body: policies.body }).from(policies);
  const all = new Map<number, Policy>([[0, NO_POLICY]]);
  for (const { version, body } of rows) all.set(version, { version, terms: JSON.parse(body) as PolicyTerms });
  return all;
}

/** The policy of a version. Throws for one that is missing, which the database refuses. */
export function versionOf(policies: ReadonlyMap<number, Policy>, version: number): Policy {
  const policy = policies.get(version);
  if (policy === undefined) throw new Error(`policy ${version} is missing`);
  return policy;
}

/** A version of the policy with who made it. */
export interface PolicyView {
  readonly policy: Row<'policies'>;
  readonly createdBy: string;
  /** The change that two people made it by. */
  readonly change: { readonly ref: string; readonly confirmedBy: string } | null;
}

/** A version of the policy, or the newest; undefined when there is none. */
export async function findPolicyView(tx: Tx, version: number | null): Promise<PolicyView | undefined> {
  const { policies, users, changes } = tx.t;
  const [row] = await tx.db
    .select({
      policy: policies,
      createdBy: users.username,
      changeRef: changes.ref,
      confirmedBy: sql<string | null>`(select u.username from users u where u.id = ${sql`changes.decided_by`})`,
    })
    .from(policies)
    .innerJoin(users, eq(users.id, policies.createdBy))
    .leftJoin(changes, eq(changes.id, policies.changeId))
    .where(version === null ? undefined : eq(policies.version, version))
    .orderBy(desc(policies.version))
    .limit(1);
  if (row === undefined) return undefined;
  const { policy, createdBy, changeRef, confirmedBy } = row;
  return {
    policy,
    createdBy,
    change: changeRef === null || confirmedBy === null ? null : { ref: changeRef, confirmedBy },
  };
}

/** Waits until no payment is being executed and lets none begin before the commit: each is judged by the newest policy. */
export async function lockAllFunds(tx: Tx): Promise<void> {
  const { funds } = tx.t;
  await lock(tx, tx.db.select({ id: funds.id }).from(funds).orderBy(funds.id), funds);
}

/** Stores the next version. The caller holds the locks of all funds. */
export async function insertPolicy(
  tx: Tx,
  { terms, ...rest }: { terms: PolicyTerms } & Pick<Row<'policies'>, 'reason' | 'createdBy' | 'changeId'>,
): Promise<Row<'policies'>> {
  const body = canonicalJson(terms);
  const { version } = await getPolicy(tx);
  const row = {
    version: version + 1,
    body,
    digest: sha256Hex(body),
    limitsDays: limitsDays(terms),
    ...rest,
    createdAt: tx.now,
  };
  await tx.db.insert(tx.t.policies).values(row);
  return row;
}

/** Currencies of funds that are not closed and that a policy says nothing about. */
export async function unnamedCurrencies(tx: Tx, terms: PolicyTerms): Promise<string[]> {
  const { funds } = tx.t;
  const rows = await tx.db
    .selectDistinct({ currency: funds.currency })
    .from(funds)
    .where(ne(funds.state, 'closed'))
    .orderBy(funds.currency);
  return rows.map(({ currency }) => currency).filter((currency) => terms.money[currency] === undefined);
}
