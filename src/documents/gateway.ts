import type { GatewayView } from '../store/gateways.ts';
import { money } from './money.ts';

/** How a method is paid, as scripts see it; `missing` names the secrets that this machine lacks for it. */
export const gatewayDocument = ({ method, row, setBy }: GatewayView, missing: readonly string[]) => ({
  method,
  kind: row?.kind ?? (method === 'cash' ? 'cash' : 'manual'),
  version: row?.version ?? 0,
  account: row === null || row.account === '' ? null : row.account,
  ...money('highest_fee', row?.highestFeeMinor ?? 0, 'KES'),
  currency: 'KES',
  settings: row === null ? {} : (JSON.parse(row.body) as Record<string, string | number | null>),
  missing,
  set_by: setBy,
  set_at: row?.createdAt.toISOString() ?? null,
});
export type GatewayDocument = ReturnType<typeof gatewayDocument>;
