import { and, eq } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** The execution of a fund that the gateway calls this; undefined when there is none, or more than one. */
export async function findExecution(
  tx: Tx,
  fundId: string,
  reference: string,
): Promise<Row<'paymentExecutions'> | undefined> {
  const { paymentExecutions: x } = tx.t;
  const rows = await tx.db
    .select()
    .from(x)
    .where(and(eq(x.fundId, fundId), eq(x.gatewayReference, reference)))
    .limit(2);
  return rows.length === 1 ? rows[0] : undefined;
}
