import { sql } from 'drizzle-orm';
import { backwards } from '../disowned.ts';
import { amount, inSql, only, type Invariant } from './invariant.ts';
import { held } from './people.ts';

/** What the entry of a variance is: minus the difference for a payment, plus for a count. */
const APPLIED = sql`(case when v.payment_id is null then v.variance_minor else -v.variance_minor end)`;

/** Invariant 8 of variances: who recorded and decided, and that what was approved was applied once. */
export const VARIANCES: readonly Invariant[] = [
  inSql({
    id: 'variance_people',
    number: 8,
    title: 'Nobody decides on a variance that they recorded, nor on one of a payment that they requested or executed',
    query: (fundId) => sql`
      select v.ref as subject, null as currency, null as expected, null as found, u.username as note
      from variance_adjustments v join users u on u.id = v.decided_by left join payments p on p.id = v.payment_id
      where (v.decided_by = v.recorded_by or v.decided_by = p.requester_id or v.decided_by = p.executor_id)${only(sql`v.fund_id`, fundId)}`,
    say: (row) =>
      `${row.note} decided on variance ${row.subject} and recorded it, or requested or executed its payment`,
  }),
  inSql({
    id: 'variance_roles',
    number: 8,
    title: 'Who recorded a variance was a treasurer or CFO then, who decided on it a CFO',
    query: (fundId) => sql`
      select v.ref as subject, null as currency, null as expected, null as found, f.code as note
      from variance_adjustments v join funds f on f.id = v.fund_id
      where (not ${held(sql`v.recorded_by`, sql`('treasurer', 'cfo')`, sql`v.created_at`, sql`f`)}
        or (v.decided_by is not null and not ${held(sql`v.decided_by`, sql`('cfo')`, sql`v.decided_at`, sql`f`)}))${only(sql`v.fund_id`, fundId)}`,
    say: (row) => `variance ${row.subject} was recorded or decided by who had no role for it at fund ${row.note}`,
  }),
  inSql({
    id: 'variance_applied',
    number: 8,
    title: 'An approved variance has the one entry of its difference, any other none',
    query: (fundId) => sql`
      select v.ref as subject, f.currency as currency, case when v.status = 'approved' then ${APPLIED} else 0 end as expected,
        coalesce(e.amount_minor, 0) as found, v.status as note
      from variance_adjustments v join funds f on f.id = v.fund_id left join ledger_entries e on e.id = v.entry_id
      where ((v.status = 'approved' and (e.id is null or e.kind <> 'variance' or e.type <> 'adjustment' or e.fund_id <> v.fund_id
          or e.payment_id is distinct from v.payment_id or e.amount_minor <> ${APPLIED}))
        or (v.status <> 'approved' and v.entry_id is not null))${only(sql`v.fund_id`, fundId)}`,
    say: (row) =>
      `variance ${row.subject} is ${row.note} and adjusted its fund by ${amount(row, 'found')} where ${amount(row, 'expected')} is due`,
  }),
  inSql({
    id: 'variance_entries',
    number: 8,
    title: 'Every adjustment of kind variance belongs to one approved variance',
    query: (fundId) => sql`
      select e.ref as subject, f.currency as currency, 1 as expected, e.amount_minor as found, null as note
      from ledger_entries e join funds f on f.id = e.fund_id
      where e.kind = 'variance' and (
        select count(*) from variance_adjustments v where v.entry_id = e.id and v.status = 'approved'
      ) <> 1${only(sql`e.fund_id`, fundId)}`,
    say: (row) => `entry ${row.subject} of ${amount(row, 'found')} belongs to no approved variance`,
  }),
  inSql({
    id: 'one_pending_variance',
    number: 8,
    title: 'At most one variance of a payment, and one count of a fund, waits',
    query: (fundId) => sql`
      select coalesce(p.ref, f.code) as subject, null as currency, 1 as expected, count(*) as found, null as note
      from variance_adjustments v join funds f on f.id = v.fund_id left join payments p on p.id = v.payment_id
      where v.status = 'pending'${only(sql`v.fund_id`, fundId)}
      group by f.code, p.ref having count(*) > 1`,
    say: (row) => `${row.found} variances of ${row.subject} wait`,
  }),
  inSql({
    id: 'variance_figures',
    number: 8,
    title: 'A variance of a payment begins where its amount or another adjustment of it ended, and none is below zero',
    query: (fundId) => sql`
      select v.ref as subject, f.currency as currency, p.amount_minor as expected, v.original_minor as found, p.ref as note
      from variance_adjustments v join funds f on f.id = v.fund_id left join payments p on p.id = v.payment_id
      where (v.adjusted_minor < 0 or v.variance_minor <> v.adjusted_minor - v.original_minor
        or (v.payment_id is not null and (p.id is null or p.fund_id <> v.fund_id or (v.original_minor <> p.amount_minor and not exists (
          select 1 from variance_adjustments o
          where o.payment_id = v.payment_id and o.id <> v.id and o.status = 'approved' and o.adjusted_minor = v.original_minor)))))${only(sql`v.fund_id`, fundId)}`,
    say: (row) =>
      `variance ${row.subject} of ${row.note ?? 'a count'} begins at ${amount(row, 'found')}, its payment is of ${amount(row, 'expected')}`,
  }),
  inSql({
    id: 'variance_of_paid',
    number: 8,
    title: 'Only what was paid is adjusted, and what was taken back stands at its amount',
    query: (fundId) => sql`
      select p.ref as subject, p.currency as currency, 0 as expected, s.total as found, p.status as note
      from payments p join (
        select v.payment_id as payment_id, sum(case when v.status = 'approved' then v.variance_minor else 0 end) as total,
          sum(case when v.status = 'pending' then 1 else 0 end) as waiting
        from variance_adjustments v where v.payment_id is not null group by v.payment_id
      ) s on s.payment_id = p.id
      where p.status not in ('success', 'reconciled') and (p.status <> 'reversed' or s.total <> 0 or s.waiting <> 0)${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `payment ${row.subject} is ${row.note} and adjusted by ${amount(row, 'found')}`,
  }),
  inSql({
    id: 'variance_times',
    number: 7,
    title: 'No variance is decided before it was recorded',
    query: (fundId) => sql`
      select v.ref as subject, null as currency, null as expected, null as found, null as note
      from variance_adjustments v where ${backwards(sql`v.decided_at`, sql`v.created_at`)}${only(sql`v.fund_id`, fundId)}`,
    say: (row) => `variance ${row.subject} was decided before it was recorded`,
  }),
];
