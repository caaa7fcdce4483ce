import type { GatewayResult } from '../domain/gateway-result.ts';
import { readDarajaResult } from '../domain/mpesa/daraja-result.ts';

/** Reads what a gateway said, by the gateway it came from; null when nobody can. */
export function readMessage({
  gateway,
  raw,
}: {
  readonly gateway: string;
  readonly raw: string;
}): GatewayResult | null {
  return gateway === 'daraja' ? readDarajaResult(raw) : null;
}
