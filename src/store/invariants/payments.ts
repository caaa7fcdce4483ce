import { sql } from 'drizzle-orm';
import { approvedSince } from '../approved-since.ts';
import { approvedVariance } from '../approved-variance.ts';
import { amount, inSql, only, type Invariant } from './invariant.ts';

const PAID = sql`('success', 'reconciled', 'reversed')`;
const LIVE = sql`('reserved', 'sent', 'accepted', 'unknown')`;

/** Invariant 3: executions, debits and terms. */
export const PAYMENTS: readonly Invariant[] = [
  inSql({
    id: 'paid_once',
    number: 3,
    title: 'A payment that succeeded has one execution and one debit of its amount, any other has none',
    query: (fundId) => sql`
      select p.ref as subject, p.currency as currency, case when p.status in ${PAID} then p.amount_minor else 0 end as expected,
        coalesce(d.total, 0) as found, p.status || ', ' || coalesce(d.debits, 0) || ' debits, ' || case when x.id is null then 'no execution' else 'an execution' end as note
      from payments p left join payment_executions x on x.payment_id = p.id left join (
        select e.payment_id as payment_id, count(*) as debits, sum(e.amount_minor) as total
        from ledger_entries e where e.kind = 'payment' group by e.payment_id
      ) d on d.payment_id = p.id
      where ((p.status in ${PAID} and (x.id is null or coalesce(d.debits, 0) <> 1 or d.total <> p.amount_minor))
        or (p.status not in ${PAID} and (x.id is not null or coalesce(d.debits, 0) <> 0)))${only(sql`p.fund_id`, fundId)}`,
    say: (row) =>
      `payment ${row.subject} (${row.note}) debited ${amount(row, 'found')} where ${amount(row, 'expected')} is due`,
  }),
  inSql({
    id: 'debit_has_execution',
    number: 3,
    title: 'Every payment debit belongs to the execution of its payment',
    query: (fundId) => sql`
      select e.ref as subject, f.currency as currency, x.amount_minor as expected, e.amount_minor as found, x.ref as note
      from ledger_entries e join funds f on f.id = e.fund_id left join payment_executions x on x.id = e.execution_id
      where e.kind = 'payment' and (x.id is null or e.payment_id is null or x.payment_id <> e.payment_id or x.fund_id <> e.fund_id
        or x.amount_minor <> e.amount_minor or e.type <> 'debit')${only(sql`e.fund_id`, fundId)}`,
    say: (row) => `entry ${row.subject} of ${amount(row, 'found')} does not agree with ${row.note ?? 'any execution'}`,
  }),
  inSql({
    id: 'execution_terms',
    number: 3,
    title: 'Every execution has the terms of its payment',
    query: (fundId) => sql`
      select x.ref as subject, x.currency as currency, p.amount_minor as expected, x.amount_minor as found, p.ref as note
      from payment_executions x left join payments p on p.id = x.payment_id
      where (p.id is null or p.amount_minor <> x.amount_minor or p.currency <> x.currency or p.fund_id <> x.fund_id
        or p.requester_id <> x.requester_id or p.executor_id is distinct from x.executor_id)${only(sql`x.fund_id`, fundId)}`,
    say: (row) =>
      `execution ${row.subject} of ${amount(row, 'found')} does not agree with payment ${row.note ?? 'none'} of ${amount(row, 'expected')}`,
  }),
  inSql({
    id: 'reversed_once',
    number: 3,
    title: 'A reversed payment has one credit of its amount, any other has none',
    query: (fundId) => sql`
      select p.ref as subject, p.currency as currency, case when p.status = 'reversed' then p.amount_minor else 0 end as expected,
        coalesce(r.total, 0) as found, p.status as note
      from payments p left join (
        select e.payment_id as payment_id, count(*) as credits, sum(e.amount_minor) as total
        from ledger_entries e where e.kind = 'reversal' and e.type = 'credit' group by e.payment_id
      ) r on r.payment_id = p.id
      where ((p.status = 'reversed' and (coalesce(r.credits, 0) <> 1 or r.total <> p.amount_minor))
        or (p.status <> 'reversed' and coalesce(r.credits, 0) <> 0))${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `payment ${row.subject} is ${row.note}, with ${amount(row, 'found')} credited back`,
  }),
  inSql({
    id: 'terms',
    number: 3,
    title: "A payment's terms and fund are those of its requisition",
    query: (fundId) => sql`
      select p.ref as subject, p.currency as currency, r.amount_minor as expected, p.amount_minor as found, r.number as note
      from payments p join requisitions r on r.id = p.requisition_id join funds f on f.id = p.fund_id
      where p.status <> 'cancelled' and (p.payee <> r.payee or p.method <> r.method or p.destination <> r.destination
        or p.currency <> r.currency or p.currency <> f.currency or p.requester_id <> r.requested_by or p.amount_minor > r.amount_minor
        or f.company_id <> r.company_id
        or (f.region_id is not null and f.region_id is distinct from r.region_id)
        or (f.branch_id is not null and f.branch_id is distinct from r.branch_id))${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `payment ${row.subject} does not have the terms of ${row.note}`,
  }),
  inSql({
    id: 'requisition_sum',
    number: 3,
    title: "A requisition's payments come to no more than was approved",
    // Less was paid frees the rest; more was paid is a fact that nobody ordered.
    query: (fundId) => sql`
      select r.number as subject, r.currency as currency, r.amount_minor as expected, s.total as found, null as note
      from requisitions r join (
        select p.requisition_id as requisition_id, sum(p.amount_minor + coalesce((
          select sum(v.variance_minor) from variance_adjustments v where v.payment_id = p.id and v.status = 'approved' and v.variance_minor < 0
        ), 0)) as total from payments p
        where p.status <> 'cancelled' and not (p.status = 'reversed' and ${approvedSince(sql`p.id`)}) group by p.requisition_id
      ) s on s.requisition_id = r.id
      where s.total > r.amount_minor${fundId === null ? sql`` : sql` and exists (select 1 from payments q where q.requisition_id = r.id and q.fund_id = ${fundId})`}`,
    say: (row) =>
      `the payments of ${row.subject} come to ${amount(row, 'found')}; approved are ${amount(row, 'expected')}`,
  }),
  inSql({
    id: 'requisition_paid',
    number: 3,
    title: 'A requisition is paid when all of it was, and not before',
    query: (fundId) => sql`
      select r.number as subject, r.currency as currency, r.amount_minor as expected, coalesce(s.total, 0) as found, r.status as note
      from requisitions r left join (
        select p.requisition_id as requisition_id, sum(p.amount_minor + ${approvedVariance(sql`p.id`)}) as total from payments p where p.status in ('success', 'reconciled') group by p.requisition_id
      ) s on s.requisition_id = r.id
      where ((r.status = 'paid' and coalesce(s.total, 0) < r.amount_minor)
        or (r.status in ('submitted', 'rejected') and coalesce(s.total, 0) > 0 and not exists (
          select 1 from payments v where v.requisition_id = r.id and v.status = 'reversed')))
        ${fundId === null ? sql`` : sql` and exists (select 1 from payments q where q.requisition_id = r.id and q.fund_id = ${fundId})`}`,
    say: (row) => `${row.subject} is ${row.note}, with ${amount(row, 'found')} of ${amount(row, 'expected')} paid`,
  }),
  inSql({
    id: 'one_live_attempt',
    number: 5,
    title: 'A payment is executing while, and only while, one attempt of it is open',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, case when p.status = 'executing' then 1 else 0 end as expected, coalesce(l.attempts, 0) as found, p.status as note
      from payments p left join (
        select a.payment_id as payment_id, count(*) as attempts from payment_attempts a where a.state in ${LIVE} group by a.payment_id
      ) l on l.payment_id = p.id
      where coalesce(l.attempts, 0) <> case when p.status = 'executing' then 1 else 0 end${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `payment ${row.subject} is ${row.note} with ${row.found} open attempts`,
  }),
  inSql({
    id: 'attempt_numbers',
    number: 5,
    title: 'Attempts are numbered from 1, and failed ones are counted',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, p.retry_count as expected, sum(case when a.state = 'failed' then 1 else 0 end) as found,
        min(a.number) || ' to ' || max(a.number) || ', ' || count(*) as note
      from payments p join payment_attempts a on a.payment_id = p.id where 1 = 1${only(sql`p.fund_id`, fundId)}
      group by p.id, p.ref, p.retry_count
      having min(a.number) <> 1 or max(a.number) <> count(*) or sum(case when a.state = 'failed' then 1 else 0 end) <> p.retry_count`,
    say: (row) =>
      `payment ${row.subject} counts ${row.expected} failed attempts and has ${row.found}; numbers ${row.note}`,
  }),
  inSql({
    id: 'scheduled_once',
    number: 5,
    title: 'A schedule that is done has ordered an attempt of its payment, for its person, when it was due',
    query: (fundId) => sql`
      select s.ref as subject, null as currency, 1 as expected, 0 as found, p.ref as note
      from schedules s join payments p on p.id = s.payment_id
      where s.status = 'done' and not exists (select 1 from payment_attempts a where a.payment_id = s.payment_id
        and a.executor_id = s.created_by and a.created_at = s.ended_at and a.created_at >= s.due_at)${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `schedule ${row.subject} is done, and payment ${row.note} has no attempt of it`,
  }),
  inSql({
    id: 'idempotency_keys',
    number: 5,
    title: 'A key at a gateway is used once, ever',
    query: () => sql`
      select a.idempotency_key as subject, null as currency, 1 as expected, count(*) as found, null as note
      from payment_attempts a group by a.idempotency_key having count(*) > 1`,
    say: (row) => `key ${row.subject} was used ${row.found} times`,
  }),
];
