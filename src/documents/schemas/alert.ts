import { z } from 'zod';
import { ALERT_KINDS, ALERT_STATUSES } from '../../domain/alert.ts';

const instant = z.iso.datetime({ precision: 3 });

/** `alert ack`, and each item of `alert list`. */
export const alertSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('alr_'),
  kind: z.enum(ALERT_KINDS),
  subject: z.string(),
  fund: z.string(),
  message: z.string(),
  status: z.enum(ALERT_STATUSES),
  created_at: instant,
  acknowledged_by: z.string().nullable(),
  acknowledged_at: instant.nullable(),
  resolved_at: instant.nullable(),
});
