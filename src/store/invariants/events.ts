import { sql, type SQL } from 'drizzle-orm';
import { eventsOf, inSql, only, type Invariant } from './invariant.ts';

/** Things that do not have exactly one event of their making. `subject` is how the event names them. */
const madeOnce = (made: {
  id: string;
  title: string;
  table: SQL;
  subject: SQL;
  action: string;
  fund: SQL | null;
}): Invariant =>
  inSql({
    id: made.id,
    number: 10,
    title: made.title,
    query: (fundId) => sql`
      select c.subject as subject, null as currency, 1 as expected, c.events as found, ${made.action} as note from (
        select ${made.subject} as subject, coalesce(v.events, 0) as events
        from ${made.table} t left join ${eventsOf(made.action)} on v.subject = ${made.subject} where 1 = 1${made.fund === null ? sql`` : only(made.fund, fundId)}
      ) c where c.events <> 1`,
    say: (row) => `${row.subject} has ${row.found} events ${row.note}`,
  });

/** Invariant 10: what was made or decided has one event; audit verify proves those of entries and executions. */
export const EVENTS: readonly Invariant[] = [
  madeOnce({
    id: 'fund_events',
    title: 'Every fund has the event of its making',
    table: sql`funds`,
    subject: sql`t.code`,
    action: 'fund.created',
    fund: sql`t.id`,
  }),
  madeOnce({
    id: 'requisition_events',
    title: 'Every requisition has the event of its making',
    table: sql`requisitions`,
    subject: sql`t.ref`,
    action: 'requisition.created',
    fund: null,
  }),
  madeOnce({
    id: 'payment_events',
    title: 'Every payment has the event of its making',
    table: sql`payments`,
    subject: sql`t.ref`,
    action: 'payment.created',
    fund: sql`t.fund_id`,
  }),
  madeOnce({
    id: 'replenishment_events',
    title: 'Every replenishment has the event of its making',
    table: sql`replenishment_requests`,
    subject: sql`t.ref`,
    action: 'replenishment.requested',
    fund: sql`t.fund_id`,
  }),
  madeOnce({
    id: 'batch_events',
    title: 'Every batch has the event of its making',
    table: sql`batches`,
    subject: sql`t.ref`,
    action: 'batch.created',
    fund: sql`t.fund_id`,
  }),
  madeOnce({
    id: 'token_events',
    title: 'Every token has the event of its making',
    table: sql`tokens`,
    subject: sql`t.ref`,
    action: 'token.created',
    fund: null,
  }),
  madeOnce({
    id: 'schedule_events',
    title: 'Every schedule has the event of its adding',
    table: sql`schedules`,
    subject: sql`t.ref`,
    action: 'schedule.added',
    fund: null,
  }),
  madeOnce({
    id: 'webhook_events',
    title: 'Every webhook has the event of its adding',
    table: sql`webhooks`,
    subject: sql`t.ref`,
    action: 'webhook.added',
    fund: null,
  }),
  madeOnce({
    id: 'variance_events',
    title: 'Every variance has the event of its recording',
    table: sql`variance_adjustments`,
    subject: sql`t.ref`,
    action: 'variance.recorded',
    fund: sql`t.fund_id`,
  }),
  madeOnce({
    id: 'fee_rule_events',
    title: 'Every fee rule has the event of its adding',
    table: sql`fee_rules`,
    subject: sql`t.ref`,
    action: 'fee_rule.added',
    fund: sql`t.fund_id`,
  }),
  inSql({
    id: 'fee_rule_end_events',
    number: 10,
    title: 'Every fee rule that ended has the event of its end, and what is in force has none',
    query: (fundId) => sql`
      select c.ref as subject, null as currency, c.expected as expected, c.events as found, null as note from (
        select t.ref as ref, case when t.ended_at is null then 0 else 1 end as expected,
          coalesce(v.events, 0) as events
        from fee_rules t left join ${eventsOf('fee_rule.ended')} on v.subject = t.ref where 1 = 1${only(sql`t.fund_id`, fundId)}
      ) c where c.events <> c.expected`,
    say: (row) => `fee rule ${row.subject} has ${row.found} events of its end instead of ${row.expected}`,
  }),
  inSql({
    id: 'message_events',
    number: 10,
    title: 'Every message of a gateway that was settled has the event of it, and what is open has none',
    query: (fundId) => sql`
      select c.ref as subject, null as currency, c.expected as expected, c.events as found, null as note from (
        select t.ref as ref, case when t.settled_at is null then 0 else 1 end as expected,
          coalesce(v.events, 0) as events
        from gateway_messages t left join ${eventsOf('gateway_message.settled')} on v.subject = t.ref left join payment_attempts a on a.id = t.attempt_id left join payments p on p.id = a.payment_id
        where 1 = 1${only(sql`p.fund_id`, fundId)}
      ) c where c.events <> c.expected`,
    say: (row) => `message ${row.subject} has ${row.found} events of its settling instead of ${row.expected}`,
  }),
  inSql({
    id: 'variance_decision_events',
    number: 10,
    title: 'Every decision on a variance has its event, and what is pending has none',
    query: (fundId) => sql`
      select c.ref as subject, null as currency, c.expected as expected, c.events as found, c.status as note from (
        select t.ref as ref, t.status as status, case when t.status = 'pending' then 0 else 1 end as expected,
          case t.status when 'approved' then coalesce(v.approvals, 0) when 'rejected' then coalesce(v.rejections, 0)
            else coalesce(v.approvals, 0) + coalesce(v.rejections, 0) end as events
        from variance_adjustments t left join (
          select e.subject as subject, sum(case when e.action = 'variance.approved' then 1 else 0 end) as approvals,
            sum(case when e.action = 'variance.rejected' then 1 else 0 end) as rejections
          from audit_events e where e.action in ('variance.approved', 'variance.rejected') group by e.subject
        ) v on v.subject = t.ref where 1 = 1${only(sql`t.fund_id`, fundId)}
      ) c where c.events <> c.expected`,
    say: (row) => `variance ${row.subject} is ${row.note} with ${row.found} events of a decision`,
  }),
  inSql({
    id: 'approval_events',
    number: 10,
    title: 'Every decision on a requisition has its event',
    query: () => sql`
      select c.number as subject, null as currency, c.decisions as expected, c.events as found, null as note from (
        select r.number as number, coalesce(d.decisions, 0) as decisions, coalesce(v.events, 0) as events
        from requisitions r
        left join (select a.requisition_id as id, count(*) as decisions from requisition_approvals a group by a.requisition_id) d on d.id = r.id
        left join ${eventsOf('requisition.approved', 'requisition.rejected')} on v.subject = r.ref
      ) c where c.decisions <> c.events`,
    say: (row) => `${row.subject} has ${row.expected} decisions, but ${row.found} events of decisions`,
  }),
  inSql({
    id: 'totp_events',
    number: 10,
    title: 'Every app that gives codes has the event of its enrolment',
    query: () => sql`
      select c.username as subject, null as currency, c.enrolled as expected, c.events as found, null as note from (
        select u.username as username,
          (select count(*) from totp_enrolments t where t.user_id = u.id and t.confirmed_at is not null) as enrolled,
          coalesce(v.events, 0) as events
        from users u left join ${eventsOf('totp.enrolled')} on v.subject = u.username
      ) c where c.enrolled <> c.events`,
    say: (row) => `${row.subject} has enrolled ${row.expected} apps, but there are ${row.found} events of that`,
  }),
];
