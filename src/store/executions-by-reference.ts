import { and, eq, inArray } from 'drizzle-orm';
import { gatewayAccountOf, gatewayOf, METHODS } from '../domain/payment.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

const AT_ONCE = 300;

/** The executions of a fund that a gateway calls by one of these references, written as they are kept. */
export async function executionsUnder(
  tx: Tx,
  fund: Pick<Row<'funds'>, 'id' | 'code'>,
  references: readonly string[],
): Promise<Row<'paymentExecutions'>[]> {
  const { paymentExecutions: x } = tx.t;
  const found: Row<'paymentExecutions'>[] = [];
  for (let at = 0; at < references.length; at += AT_ONCE) {
    found.push(
      ...(await tx.db
        .select()
        .from(x)
        .where(
          and(
            // With all that the index begins with: by the reference alone every execution would be looked at.
            inArray(x.gateway, [...new Set(METHODS.map(gatewayOf))]),
            inArray(
              x.gatewayAccount,
              METHODS.map((method) => gatewayAccountOf(method, fund.code)),
            ),
            inArray(x.gatewayReference, references.slice(at, at + AT_ONCE)),
            eq(x.fundId, fund.id),
          ),
        )),
    );
  }
  return found;
}
