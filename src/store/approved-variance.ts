import { sql, type SQL } from 'drizzle-orm';

/** What the approved variances of a payment come to, in minor units: it was paid at its amount and this. */
export const approvedVariance = (paymentId: SQL): SQL =>
  sql`coalesce((select sum(a.variance_minor) from variance_adjustments a where a.payment_id = ${paymentId} and a.status = 'approved'), 0)`;
