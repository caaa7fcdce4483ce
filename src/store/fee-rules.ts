import { aliasedTable as alias, and, asc, desc, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { Grant, Place } from '../domain/access.ts';
import type { FeeRule, FeeRuleStatus, TariffStep } from '../domain/reconciliation/fee-rule.ts';
import { resolveName } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** The fee rules of a fund that are in force, by name. */
export async function liveFeeRules(tx: Tx, fundId: string): Promise<FeeRule[]> {
  const { feeRules: r } = tx.t;
  const rows = await tx.db
    .select()
    .from(r)
    .where(and(eq(r.fundId, fundId), isNull(r.endedAt)))
    .orderBy(asc(r.name));
  return rows.map(({ ref, name, contains, tariff }) => ({ ref, name, contains, tariff: tariffIn(tariff) }));
}

/** A tariff as it is kept: only the tool writes them, as a list of steps. */
export const tariffIn = (text: string): TariffStep[] => JSON.parse(text) as TariffStep[];

/** The rule of this name that is in force for a fund. */
export async function findLiveFeeRule(tx: Tx, fundId: string, name: string): Promise<Row<'feeRules'> | undefined> {
  const { feeRules: r } = tx.t;
  const [row] = await tx.db
    .select()
    .from(r)
    .where(and(eq(r.fundId, fundId), eq(r.name, name), isNull(r.endedAt)));
  return row;
}

/**
 * The id of the fee rule that a name, reference or id names, of one fund or of the companies of the grants. Of rules with one name
 * that of the fund which is in force counts. Throws not found or ambiguous.
 */
export async function resolveFeeRule(
  tx: Tx,
  text: string,
  { fundId, grants }: { readonly fundId: string | null; readonly grants: readonly Grant[] },
): Promise<string> {
  const { funds, feeRules: r } = tx.t;
  const live = fundId === null ? undefined : await findLiveFeeRule(tx, fundId, text.trim());
  if (live !== undefined) return live.id;
  const companies = withinCompanies(funds, grants);
  const theirs = companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${r.fundId} and ${companies})`;
  const listCommand = 'treasury reconcile fee list';
  return resolveName(
    tx,
    { table: 'feeRules', noun: 'fee rule', codes: [r.name], listCommand },
    text,
    and(theirs, fundId === null ? undefined : eq(r.fundId, fundId)),
  );
}

/** Stores a rule that was confirmed. */
export async function insertFeeRule(tx: Tx, rule: Row<'feeRules'>): Promise<void> {
  await tx.db.insert(tx.t.feeRules).values(rule);
}

/** Ends a rule that is in force; the database keeps everything else as it was confirmed. */
export async function endFeeRule(tx: Tx, id: string, endedBy: string): Promise<void> {
  const { feeRules: r } = tx.t;
  await tx.db.update(r).set({ endedAt: tx.now, endedBy }).where(eq(r.id, id));
}

/** A rule with the names that people know its parts by. */
export interface FeeRuleView {
  readonly rule: Row<'feeRules'>;
  readonly fund: { readonly code: string; readonly currency: string } & Place;
  readonly changeRef: string;
  readonly proposedBy: string;
  readonly confirmedBy: string | null;
  readonly endedBy: string | null;
}

export interface FeeRuleFilter {
  readonly fundId?: string | undefined;
  readonly status?: FeeRuleStatus | undefined;
}

/** Rules of funds that the grants reach, newest first, and how many there are in all. */
export async function listFeeRules(
  tx: Tx,
  filter: FeeRuleFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: FeeRuleView[]; next: string | null; count: number }> {
  const { funds, feeRules: r } = tx.t;
  const condition = and(
    filter.fundId === undefined ? undefined : eq(r.fundId, filter.fundId),
    filter.status === undefined ? undefined : filter.status === 'live' ? isNull(r.endedAt) : isNotNull(r.endedAt),
    withinScope(funds, grants),
  );
  const found = await views(tx, and(condition, afterCursor(r, page.after)), rowsToAsk(page));
  const cut = cutPage(
    found.map((view) => ({ view, createdAt: view.rule.createdAt, id: view.rule.id })),
    page,
  );
  const [total] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(r)
    .innerJoin(funds, eq(funds.id, r.fundId))
    .where(condition);
  return { rows: cut.rows.map(({ view }) => view), next: cut.next, count: total?.count ?? 0 };
}

/** One rule with everything that is shown of it. */
export async function getFeeRule(tx: Tx, id: string): Promise<FeeRuleView> {
  const [view] = await views(tx, eq(tx.t.feeRules.id, id), 1);
  if (view === undefined) throw new Error(`fee rule ${id} has gone`);
  return view;
}

async function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<FeeRuleView[]> {
  const { changes, funds, users, feeRules: r } = tx.t;
  const [author, confirmer, ender] = [alias(users, 'author'), alias(users, 'confirmer'), alias(users, 'ender')];
  return tx.db
    .select({
      rule: r,
      fund: {
        code: funds.code,
        currency: funds.currency,
        companyId: funds.companyId,
        regionId: funds.regionId,
        branchId: funds.branchId,
      },
      changeRef: changes.ref,
      proposedBy: author.username,
      confirmedBy: confirmer.username,
      endedBy: ender.username,
    })
    .from(r)
    .innerJoin(funds, eq(funds.id, r.fundId))
    .innerJoin(changes, eq(changes.id, r.changeId))
    .innerJoin(author, eq(author.id, r.createdBy))
    .leftJoin(confirmer, eq(confirmer.id, changes.decidedBy))
    .leftJoin(ender, eq(ender.id, r.endedBy))
    .where(condition)
    .orderBy(desc(r.createdAt), desc(r.id))
    .limit(limit);
}
