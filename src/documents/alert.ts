import { alertStatus } from '../domain/alert.ts';
import type { AlertView } from '../store/alerts.ts';

/** An alert as scripts see it. */
export const alertDocument = ({ alert, fundCode, acknowledgedBy }: AlertView) => ({
  id: alert.id,
  ref: alert.ref,
  kind: alert.kind,
  subject: alert.subject,
  fund: fundCode,
  message: alert.message,
  status: alertStatus(alert),
  created_at: alert.createdAt.toISOString(),
  acknowledged_by: acknowledgedBy,
  acknowledged_at: alert.acknowledgedAt?.toISOString() ?? null,
  resolved_at: alert.resolvedAt?.toISOString() ?? null,
});
export type AlertDocument = ReturnType<typeof alertDocument>;
