import { and, eq, inArray, isNotNull, ne } from 'drizzle-orm';
import { METHODS, gatewayAccountOf } from '../domain/payment.ts';
import { RAILS } from '../domain/rail.ts';
import type { OfSomeFund } from '../domain/reconciliation/other-fund.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

type OfFund = Pick<Row<'funds'>, 'id' | 'companyId'>;

/** The accounts that statements of the company's other funds are of, with a statement of each. */
export async function accountsBeside(tx: Tx, { id, companyId }: OfFund): Promise<(OfSomeFund & { account: string })[]> {
  const { statements: s, funds } = tx.t;
  const rows = await tx.db
    .select({ fundId: s.fundId, fund: funds.code, ref: s.ref, account: s.account })
    .from(s)
    .innerJoin(funds, eq(funds.id, s.fundId))
    .where(and(eq(funds.companyId, companyId), ne(s.fundId, id), isNotNull(s.account)))
    .orderBy(s.createdAt, s.id);
  return rows.flatMap(({ account, ...row }) => (account === null ? [] : [{ ...row, account }]));
}

/** Lines of the company's funds that say what one of these says. */
export async function linesLike(
  tx: Tx,
  { companyId }: OfFund,
  identities: readonly string[],
): Promise<(OfSomeFund & { identity: string })[]> {
  if (identities.length === 0) return [];
  const { statementLines: l, statements: s, funds } = tx.t;
  const ofCompany = tx.db.select({ id: funds.id }).from(funds).where(eq(funds.companyId, companyId));
  return tx.db
    .select({ fundId: l.fundId, fund: funds.code, ref: s.ref, identity: l.identity })
    .from(l)
    .innerJoin(s, eq(s.id, l.statementId))
    .innerJoin(funds, eq(funds.id, l.fundId))
    .where(and(inArray(l.fundId, ofCompany), inArray(l.identity, [...identities])))
    .orderBy(s.createdAt, s.id, l.seq);
}

/** What the company's funds paid under these references, written as they are kept; amounts in minor units. */
export async function paidUnder(
  tx: Tx,
  { companyId }: OfFund,
  references: readonly string[],
): Promise<(OfSomeFund & { reference: string; amountMinor: number })[]> {
  if (references.length === 0) return [];
  const { paymentExecutions: x, payments, funds, gateways } = tx.t;
  const accounts = await tx.db.selectDistinct({ account: gateways.account }).from(gateways);
  const rows = await tx.db
    .select({
      ...{ fundId: x.fundId, fund: funds.code, ref: payments.ref },
      ...{ reference: x.gatewayReference, amountMinor: x.amountMinor },
    })
    .from(x)
    .innerJoin(payments, eq(payments.id, x.paymentId))
    .innerJoin(funds, eq(funds.id, x.fundId))
    .where(
      and(
        // With all that the index begins with: by the reference alone every execution would be looked at.
        inArray(x.gateway, ['manual', ...RAILS]),
        inArray(x.gatewayAccount, [...WITH_ACCOUNT, ...accounts.map(({ account }) => account)]),
        inArray(x.gatewayReference, [...references]),
        eq(funds.companyId, companyId),
      ),
    )
    .orderBy(x.createdAt, x.id);
  return rows.flatMap(({ reference, ...row }) => (reference === null ? [] : [{ ...row, reference }]));
}

/** What is not cash goes to an account that is the same for all funds. */
const WITH_ACCOUNT = METHODS.filter((method) => method !== 'cash').map((method) => gatewayAccountOf(method, ''));
