import { sql } from 'drizzle-orm';
import { backwards } from '../disowned.ts';
import { amount, eventsOf, inSql, only, type Invariant } from './invariant.ts';

/** Invariants 3, 4, 6 and 10 of batches: their rows, their people, and the codes by which they were paid. */
export const BATCHES: readonly Invariant[] = [
  inSql({
    id: 'batch_rows',
    number: 3,
    title: 'A batch has its rows and their total, each a requisition of its maker in its currency',
    query: (fundId) => sql`
      select b.ref as subject, b.currency as currency, b.total_minor as expected, coalesce(w.total, 0) as found,
        coalesce(w.items, 0) || ' of ' || b.row_count as note
      from batches b left join (
        select i.batch_id as batch_id, count(*) as items, max(i.seq) as last,
          sum(case when r.revision = 1 then r.amount_minor else 0 end) as total,
          sum(case when r.revision = 1 then 0 else 1 end) as amended,
          sum(case when r.requested_by = o.created_by and r.currency = o.currency then 0 else 1 end) as strange
        from batch_items i join batches o on o.id = i.batch_id join requisitions r on r.id = i.requisition_id group by i.batch_id
      ) w on w.batch_id = b.id
      where (w.items is null or w.items <> b.row_count or w.last <> b.row_count or w.strange <> 0
        or (w.amended = 0 and w.total <> b.total_minor))${only(sql`b.fund_id`, fundId)}`,
    say: (row) =>
      `batch ${row.subject} has ${row.note} rows that are its own, of ${amount(row, 'found')} where ${amount(row, 'expected')} is due`,
  }),
  inSql({
    id: 'batch_payments',
    number: 3,
    title:
      "A row's payment is of its requisition and from the fund of its batch, and what is approved has one for each row",
    query: (fundId) => sql`
      select b.ref as subject, b.currency as currency, p.amount_minor as expected, null as found, p.ref as note
      from batch_items i join batches b on b.id = i.batch_id
      left join batch_payments l on l.item_id = i.id left join payments p on p.id = l.payment_id
      where ((l.item_id is not null and (p.id is null or p.requisition_id <> i.requisition_id or p.fund_id <> b.fund_id or p.currency <> b.currency))
        or (l.item_id is null and b.status in ('approved', 'executing')))${only(sql`b.fund_id`, fundId)}`,
    say: (row) =>
      `a row of batch ${row.subject} has ${row.note === null ? 'no payment' : `the strange payment ${row.note}`}`,
  }),
  inSql({
    id: 'batch_people',
    number: 4,
    title: 'Whoever used the code of a batch neither made nor approved it',
    query: (fundId) => sql`
      select b.ref as subject, null as currency, null as expected, null as found, u.username as note
      from batch_challenges c join batches b on b.id = c.batch_id join users u on u.id = c.executor_id
      where c.consumed_at is not null and (c.executor_id = b.created_by or exists (
        select 1 from batch_items i join requisition_approvals a on a.requisition_id = i.requisition_id
        where i.batch_id = b.id and a.approver_id = c.executor_id))${only(sql`b.fund_id`, fundId)}`,
    say: (row) => `${row.note} executed batch ${row.subject} and also made or approved it`,
  }),
  inSql({
    id: 'batch_codes',
    number: 6,
    title: 'A batch was begun by a code that was verified, in time and before five wrong tries, and only then',
    query: (fundId) => sql`
      select b.ref as subject, null as currency, null as expected, null as found, b.status as note
      from batches b left join batch_challenges c on c.batch_id = b.id and c.consumed_at is not null
      where ((b.status = 'executing' and c.id is null) or (b.status in ('submitted', 'approved') and c.id is not null)
        or (c.id is not null and (c.verified_at is null or c.sent_at is null or c.consumed_at > c.expires_at or c.failures >= 5
          or ${backwards(sql`c.consumed_at`, sql`c.verified_at`)})))${only(sql`b.fund_id`, fundId)}`,
    say: (row) => `batch ${row.subject} is ${row.note}, which does not agree with its code`,
  }),
  inSql({
    id: 'batch_row_codes',
    number: 6,
    title: 'What the code of a batch gave went to its own payments and its own executor, once it was used',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, null as expected, null as found, b.ref as note
      from otp_challenges o join payments p on p.id = o.payment_id
      left join batch_challenges c on c.id = o.batch_challenge_id left join batches b on b.id = c.batch_id
      left join batch_payments l on l.payment_id = o.payment_id left join batch_items i on i.id = l.item_id
      where ((o.channel = 'batch') <> (o.batch_challenge_id is not null) or (o.channel = 'batch' and (c.id is null
        or c.consumed_at is null or c.executor_id <> o.executor_id or o.verified_at is distinct from c.verified_at
        or ${backwards(sql`o.created_at`, sql`c.consumed_at`)} or i.batch_id is distinct from c.batch_id)))
        ${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `the code of batch ${row.note ?? 'none'} was not good for payment ${row.subject}`,
  }),
  inSql({
    id: 'batch_start_events',
    number: 10,
    title: 'Every use of the code of a batch has its event',
    query: (fundId) => sql`
      select c.ref as subject, null as currency, c.uses as expected, c.events as found, null as note from (
        select b.ref as ref,
          (select count(*) from batch_challenges h where h.batch_id = b.id and h.consumed_at is not null) as uses,
          coalesce(v.events, 0) as events
        from batches b left join ${eventsOf('batch.begun')} on v.subject = b.ref where 1 = 1${only(sql`b.fund_id`, fundId)}
      ) c where c.events <> c.uses`,
    say: (row) => `batch ${row.subject} was begun ${row.expected} times, with ${row.found} events of it`,
  }),
];
