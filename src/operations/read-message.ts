import type { GatewayResult } from '../domain/gateway-result.ts';
import { readDarajaAnswer, readDarajaResult } from '../domain/mpesa/daraja-result.ts';
import type { Row } from '../store/tables.ts';
import { readFiledResult } from './filed-result.ts';

/** Reads what a gateway said, by the gateway and the way it came; null when nobody can. */
export function readMessage({
  gateway,
  source,
  raw,
}: Pick<Row<'gatewayMessages'>, 'gateway' | 'source' | 'raw'>): GatewayResult | null {
  if (gateway === 'bankfile') return readFiledResult(raw);
  if (gateway !== 'daraja') return null;
  return source === 'query' ? readDarajaAnswer(raw) : readDarajaResult(raw);
}
