import { sql, type SQL } from 'drizzle-orm';
import { backwards, disowned } from '../disowned.ts';
import { inSql, only, type Invariant } from './invariant.ts';

/** Whether somebody held one of some roles at an instant, where the thing stands. */
export const held = (person: SQL, roles: SQL, at: SQL, place: SQL): SQL => sql`exists (
  select 1 from role_grants g
  where g.user_id = ${person} and g.role in ${roles} and (g.granted_at <= ${at} or ${disowned(sql`g.granted_at`)}) and (g.revoked_at is null or g.revoked_at >= ${at}) and (g.ends_at is null or g.ends_at > ${at})
    and (g.company_id is null or g.company_id = ${place}.company_id)
    and (g.region_id is null or g.region_id = ${place}.region_id)
    and (g.branch_id is null or g.branch_id = ${place}.branch_id))`;

const PAYERS = sql`('cashier', 'treasurer', 'cfo')`;
const APPROVERS = sql`('approver', 'cfo')`;

/** Invariants 4, 6, 7 and 8: who did what, with which code, when. */
export const PEOPLE: readonly Invariant[] = [
  inSql({
    id: 'segregation',
    number: 4,
    title: 'Executor, requester and approvers are different people',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, null as expected, null as found, u.username as note
      from payments p join requisitions r on r.id = p.requisition_id join users u on u.id = p.executor_id
      left join payment_executions x on x.payment_id = p.id
      where (p.executor_id = r.requested_by or p.executor_id = p.requester_id or x.executor_id = r.requested_by
        or exists (select 1 from requisition_approvals a where a.requisition_id = r.id and (a.approver_id = p.executor_id or a.approver_id = x.executor_id)))
        ${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `${row.note} executed payment ${row.subject} and also requested or approved it`,
  }),
  inSql({
    id: 'approver_is_another',
    number: 4,
    title: 'Nobody decided on their own requisition, and what is approved has an approval of its terms',
    query: () => sql`
      select r.number as subject, null as currency, null as expected, null as found, case when o.id is null then 'none' else 'own' end as note
      from requisitions r left join requisition_approvals o on o.requisition_id = r.id and o.approver_id = r.requested_by
      where o.id is not null or (r.status in ('approved', 'paid') and not exists (
        select 1 from requisition_approvals a where a.requisition_id = r.id and a.revision = r.revision and a.decision = 'approved'))`,
    say: (row) =>
      row.note === 'own'
        ? `the requester of ${row.subject} decided on it`
        : `${row.subject} has no approval of its present terms`,
  }),
  inSql({
    id: 'executor_role',
    number: 4,
    title: 'Whoever executed held the role at that time',
    query: (fundId) => sql`
      select x.ref as subject, null as currency, null as expected, null as found, u.username as note
      from payment_executions x join payment_attempts a on a.id = x.attempt_id join funds f on f.id = x.fund_id join users u on u.id = x.executor_id
      where not ${held(sql`x.executor_id`, PAYERS, sql`a.created_at`, sql`f`)}${only(sql`x.fund_id`, fundId)}`,
    say: (row) => `${row.note} was no cashier, treasurer or cfo of its fund when executing ${row.subject}`,
  }),
  inSql({
    id: 'approver_role',
    number: 4,
    title: 'Whoever approved held the role at that time',
    query: () => sql`
      select r.number as subject, null as currency, null as expected, null as found, u.username as note
      from requisition_approvals a join requisitions r on r.id = a.requisition_id join users u on u.id = a.approver_id
      where not ${held(sql`a.approver_id`, APPROVERS, sql`a.created_at`, sql`r`)}`,
    say: (row) => `${row.note} was no approver or cfo there when deciding on ${row.subject}`,
  }),
  inSql({
    id: 'requester_role',
    number: 4,
    title: 'Whoever requested held the role at that time',
    query: () => sql`
      select r.number as subject, null as currency, null as expected, null as found, u.username as note
      from requisitions r join users u on u.id = r.requested_by
      where not ${held(sql`r.requested_by`, sql`('requester')`, sql`r.created_at`, sql`r`)}`,
    say: (row) => `${row.note} was no requester there when submitting ${row.subject}`,
  }),
  inSql({
    id: 'codes',
    number: 6,
    title: 'A used code was verified, in time, before five wrong tries, by its executor, once',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, null as expected, c.failures as found, null as note
      from otp_challenges c join payments p on p.id = c.payment_id
      where c.consumed_at is not null and (c.verified_at is null or c.verified_at > c.consumed_at or c.consumed_at > c.expires_at
        or c.failures >= 5 or c.voided_at is not null or c.sent_at is null
        or (select count(*) from payment_attempts a where a.challenge_id = c.id and a.payment_id = c.payment_id and a.executor_id = c.executor_id)
          + (select count(*) from schedules s where s.challenge_id = c.id and s.payment_id = c.payment_id and s.created_by = c.executor_id
            and not exists (select 1 from payment_attempts a where a.challenge_id = c.id)) <> 1)
        ${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `the code that payment ${row.subject} used was not good for it`,
  }),
  inSql({
    id: 'code_of_attempt',
    number: 6,
    title: 'What needed a code used one',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, null as expected, null as found, a.ref as note
      from payment_attempts a join payments p on p.id = a.payment_id left join otp_challenges c on c.id = a.challenge_id
      left join payment_executions x on x.attempt_id = a.id
      where ((a.challenge_id is not null and (c.id is null or c.consumed_at is null or c.payment_id <> a.payment_id or c.executor_id <> a.executor_id))
        or (x.id is not null and x.challenge_id is distinct from a.challenge_id)
        or (x.id is not null and p.otp_required and x.challenge_id is null)
        or (x.challenge_id is not null and (x.otp_verified_at is null or x.otp_verified_at <> c.verified_at or x.otp_verified_by <> x.executor_id)))
        ${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `attempt ${row.note} of payment ${row.subject} does not agree with its code`,
  }),
  inSql({
    id: 'times',
    number: 7,
    title: 'Times along a payment never run backwards',
    query: (fundId) => sql`
      select p.ref as subject, null as currency, null as expected, null as found, r.number as note
      from payments p join requisitions r on r.id = p.requisition_id
      left join payment_attempts a on a.payment_id = p.id left join payment_executions x on x.attempt_id = a.id
      where (${backwards(sql`p.created_at`, sql`r.created_at`)} or ${backwards(sql`a.created_at`, sql`p.created_at`)}
        or ${backwards(sql`a.sent_at`, sql`a.created_at`)} or ${backwards(sql`a.closed_at`, sql`a.created_at`)}
        or ${backwards(sql`a.closed_at`, sql`a.sent_at`)} or ${backwards(sql`x.created_at`, sql`a.created_at`)})${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `the times of payment ${row.subject} of ${row.note} run backwards`,
  }),
  inSql({
    id: 'entry_times',
    number: 7,
    title: "Times along a fund's book never run backwards",
    query: (fundId) => sql`
      select c.ref as subject, null as currency, null as expected, null as found, null as note from (
        select e.ref as ref, e.created_at as at, lag(e.created_at) over (partition by e.fund_id order by e.seq) as before
        from ledger_entries e where 1 = 1${only(sql`e.fund_id`, fundId)}
      ) c where ${backwards(sql`c.at`, sql`c.before`)}`,
    say: (row) => `entry ${row.subject} is older than the one before it`,
  }),
  inSql({
    id: 'replenishments',
    number: 8,
    title: 'A replenishment is credited once, at most as approved, by three different people',
    query: (fundId) => sql`
      select q.ref as subject, f.currency as currency, q.approved_minor as expected, q.funded_minor as found, q.status as note
      from replenishment_requests q join funds f on f.id = q.fund_id left join (
        select e.replenishment_id as replenishment_id, e.fund_id as fund_id, count(*) as credits, sum(e.amount_minor) as total
        from ledger_entries e where e.kind = 'replenishment' and e.type = 'credit' group by e.replenishment_id, e.fund_id
      ) c on c.replenishment_id = q.id and c.fund_id = q.fund_id
      where ((q.status = 'funded' and (coalesce(c.credits, 0) <> 1 or c.total <> q.funded_minor
          or q.funded_minor > q.approved_minor or q.approved_by is null or q.funded_by is null or q.reference is null))
        or (q.status <> 'funded' and coalesce(c.credits, 0) <> 0)
        or q.approved_by = q.requested_by or q.funded_by = q.approved_by or q.funded_by = q.requested_by)${only(sql`q.fund_id`, fundId)}`,
    say: (row) => `replenishment ${row.subject} is ${row.note}, its people, approval and credit do not agree`,
  }),
  inSql({
    id: 'one_open_replenishment',
    number: 8,
    title: 'A fund has at most one open replenishment',
    query: (fundId) => sql`
      select f.code as subject, null as currency, 1 as expected, count(*) as found, null as note
      from replenishment_requests q join funds f on f.id = q.fund_id
      where q.status in ('pending', 'approved')${only(sql`q.fund_id`, fundId)} group by f.code having count(*) > 1`,
    say: (row) => `fund ${row.subject} has ${row.found} open replenishments`,
  }),
];
