import { sql, type SQL } from 'drizzle-orm';

/** What the approved variances of a payment come to, in minor units: it was paid at its amount and this. */
export const approvedVariance = (paymentId: SQL): SQL =>
  sql`coalesce((select sum(a.variance_minor) from variance_adjustments a where a.payment_id = ${paymentId} and a.status = 'approved'), 0)`;

/**
 * What the approved variances come to of payments `o` that were executed since an instant and fulfil a condition. A variance is never
 * recorded before its payment was executed, so only those since then are looked at: a day or week has few, whatever it paid.
 */
export const variancesSince = (since: SQL, condition: SQL): SQL =>
  sql`coalesce((select sum(a.variance_minor) from variance_adjustments a cross join payments o where a.created_at >= ${since} and a.status = 'approved' and o.id = a.payment_id and o.executed_at >= ${since} and ${condition}), 0)`;
