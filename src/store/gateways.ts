import { desc, eq, sql } from 'drizzle-orm';
import { canonicalJson } from './audit-hash.ts';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

/** How a method is paid now; undefined until somebody has said so, which means by hand. */
export async function gatewayInForce(tx: Tx, method: string): Promise<Row<'gateways'> | undefined> {
  const { gateways } = tx.t;
  const [row] = await tx.db
    .select()
    .from(gateways)
    .where(eq(gateways.method, method))
    .orderBy(desc(gateways.version))
    .limit(1);
  return row;
}

/** The settings under which an attempt was made: those of its rail and account, the newest of them. */
export async function gatewayOfAccount(tx: Tx, kind: string, account: string): Promise<Row<'gateways'> | undefined> {
  const [row] = await settingsOfAccount(tx, { kind, account });
  return row;
}

const settingsOfAccount = preparedRows('gateway_of_account', (tx) => {
  const { gateways } = tx.t;
  return tx.db
    .select()
    .from(gateways)
    .where(
      sql`${gateways.kind} = ${bound(gateways.kind, 'kind')} and ${gateways.account} = ${bound(gateways.account, 'account')}`,
    )
    .orderBy(desc(gateways.version))
    .limit(1);
});

/** Stores the next version of how a method is paid. */
export async function insertGateway(
  tx: Tx,
  {
    settings,
    ...rest
  }: Pick<Row<'gateways'>, 'method' | 'kind' | 'account' | 'highestFeeMinor' | 'createdBy' | 'changeId'> & {
    readonly settings: object;
  },
): Promise<Row<'gateways'>> {
  const before = await gatewayInForce(tx, rest.method);
  const row = {
    id: newId(),
    version: (before?.version ?? 0) + 1,
    ...rest,
    body: canonicalJson(settings),
    createdAt: tx.now,
  };
  await tx.db.insert(tx.t.gateways).values(row);
  return row;
}

/** How a method is paid now; `row` is null until somebody has said so. */
export interface GatewayView {
  readonly method: 'cash' | 'mpesa' | 'bank';
  readonly row: Row<'gateways'> | null;
  readonly setBy: string | null;
}
