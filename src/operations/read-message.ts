import type { GatewayResult } from '../domain/gateway-result.ts';
import { readDarajaAnswer, readDarajaResult } from '../domain/mpesa/daraja-result.ts';
import type { Row } from '../store/tables.ts';

/** Reads what a gateway said, by the gateway and the way it came; null when nobody can. */
export function readMessage({
  gateway,
  source,
  raw,
}: Pick<Row<'gatewayMessages'>, 'gateway' | 'source' | 'raw'>): GatewayResult | null {
  if (gateway !== 'daraja') return null;
  return source === 'query' ? readDarajaAnswer(raw) : readDarajaResult(raw);
}
