import { gatewayInForce, type GatewayView } from '../store/gateways.ts';
import { getUserRow } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';

const METHODS = ['cash', 'mpesa', 'bank'] as const;

/** How each method is paid now. */
export const showGateways = (store: Store): Promise<GatewayView[]> =>
  store.read(async (tx) => {
    const views: GatewayView[] = [];
    for (const method of METHODS) views.push(await gatewayView(tx, method));
    return views;
  });

/** How one method is paid now. */
export async function gatewayView(tx: Tx, method: GatewayView['method']): Promise<GatewayView> {
  const row = (await gatewayInForce(tx, method)) ?? null;
  return { method, row, setBy: row === null ? null : (await getUserRow(tx, row.createdBy)).username };
}
