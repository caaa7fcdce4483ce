import type { GatewayResult } from '../domain/gateway-result.ts';
import { canonicalJson } from '../store/audit-hash.ts';

/** What a bank's report says of one order, as the inbox keeps it beside the report itself. */
export const filedResult = (result: GatewayResult, report: { readonly sha256: string; readonly id: string | null }) =>
  canonicalJson({ report, result: { ...result } });

/** What such a message says; null for one that has no result, such as the report itself. */
export function readFiledResult(raw: string): GatewayResult | null {
  if (!raw.startsWith('{')) return null;
  const { result } = JSON.parse(raw) as { readonly result?: GatewayResult };
  return result ?? null;
}
