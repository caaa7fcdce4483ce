import { sql, type SQL } from 'drizzle-orm';

/** Whether the requisition of a reversed payment has been approved again since: only then is its money free. */
export const approvedSince = (paymentId: SQL): SQL => sql`exists (
  select 1 from payment_reversals v join payments w on w.id = v.payment_id
  join requisition_approvals y on y.requisition_id = w.requisition_id and y.decision = 'approved' and y.revision >= v.revision
  where v.payment_id = ${paymentId})`;
