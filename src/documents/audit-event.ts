import type { AuditEventRow } from '../store/audit-log.ts';

/** One link of an audit chain as scripts see it; a body that is not what the tool wrote is shown as it is. */
export function auditEventDocument(row: AuditEventRow) {
  const body = parsed(row.body);
  return {
    chain: row.chain,
    seq: row.seq,
    at: row.at,
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    ip_address: textOf(body['ip_address']),
    user_agent: textOf(body['user_agent']),
    payload: body['payload'] ?? null,
    previous_hash: row.previousHash,
    hash: row.hash,
  };
}

export type AuditEventDocument = ReturnType<typeof auditEventDocument>;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : { payload: value };
  } catch {
    return { payload: body };
  }
}
