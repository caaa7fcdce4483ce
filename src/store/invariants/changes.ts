import { sql } from 'drizzle-orm';
import { disowned } from '../disowned.ts';
import { amount, inSql, only, type Invariant } from './invariant.ts';

/** Invariants 3, 4 and 10 of what two people did: who confirmed, what came back, and that it was recorded. */
export const CHANGES: readonly Invariant[] = [
  inSql({
    id: 'two_people',
    number: 4,
    title:
      'What was confirmed was confirmed by somebody who neither proposed it nor is its subject, and pending is undecided',
    query: () => sql`
      select c.ref as subject, null as currency, null as expected, null as found, c.status as note
      from changes c
      where exists (select 1 from change_confirmations x where x.change_id = c.id and (x.user_id = c.proposed_by or x.user_id = c.subject_user_id))
        or (c.status = 'confirmed' and not exists (select 1 from change_confirmations x where x.change_id = c.id and x.user_id = c.decided_by))
        or (c.status = 'pending' and c.decided_by is not null)`,
    say: (row) => `change ${row.subject} is ${row.note} without a second person`,
  }),
  inSql({
    id: 'confirmer_role',
    number: 4,
    title: 'Whoever confirmed was a CFO there, or one of two approvers',
    query: () => sql`
      select c.ref as subject, null as currency, null as expected, null as found, c.status as note
      from changes c
      where c.status = 'confirmed' and not exists (
        select 1 from change_confirmations x join role_grants g on g.user_id = x.user_id
        where x.change_id = c.id and g.role = 'cfo' and (g.granted_at <= x.created_at or ${disowned(sql`g.granted_at`)})
          and (g.revoked_at is null or g.revoked_at >= x.created_at) and (g.ends_at is null or g.ends_at > x.created_at)
          and (c.company_id is null or g.company_id is null or (g.company_id = c.company_id
            and (g.region_id is null or g.region_id = c.region_id) and (g.branch_id is null or g.branch_id = c.branch_id))))
        and (
          select count(distinct x.user_id) from change_confirmations x join role_grants g on g.user_id = x.user_id
          where x.change_id = c.id and g.role = 'approver' and (g.granted_at <= x.created_at or ${disowned(sql`g.granted_at`)})
            and (g.revoked_at is null or g.revoked_at >= x.created_at) and (g.ends_at is null or g.ends_at > x.created_at)
            and (c.company_id is null or g.company_id is null or (g.company_id = c.company_id
              and (g.region_id is null or g.region_id = c.region_id) and (g.branch_id is null or g.branch_id = c.branch_id)))
        ) < 2`,
    say: (row) => `change ${row.subject} was confirmed by neither a CFO nor two approvers of its place`,
  }),
  inSql({
    id: 'fee_rule_by_cfo',
    number: 4,
    title: 'Every fee rule is what a CFO other than its author confirmed',
    query: (fundId) => sql`
      select r.ref as subject, null as currency, null as expected, null as found, c.ref as note
      from fee_rules r join funds f on f.id = r.fund_id left join changes c on c.id = r.change_id
      where (c.kind is distinct from 'fee_rule.add' or c.status <> 'confirmed' or c.proposed_by <> r.created_by
        or c.subject <> f.code || '/' || r.name or not exists (
          select 1 from change_confirmations x join role_grants g on g.user_id = x.user_id
          where x.change_id = c.id and x.user_id <> r.created_by and g.role = 'cfo' and (g.granted_at <= x.created_at or ${disowned(sql`g.granted_at`)})
            and (g.revoked_at is null or g.revoked_at >= x.created_at) and (g.ends_at is null or g.ends_at > x.created_at)
            and (g.company_id is null or (g.company_id = f.company_id and (g.region_id is null or g.region_id = f.region_id)
              and (g.branch_id is null or g.branch_id = f.branch_id)))))${only(sql`r.fund_id`, fundId)}`,
    say: (row) => `fee rule ${row.subject} is not what a CFO confirmed with change ${row.note ?? 'none'}`,
  }),
  inSql({
    id: 'reversal_links',
    number: 3,
    title: 'A reversal ties the debit of its payment to one credit of it, on a change that two people made',
    query: (fundId) => sql`
      select p.ref as subject, p.currency as currency, d.amount_minor as expected, k.amount_minor as found, c.ref as note
      from payments p left join payment_reversals v on v.payment_id = p.id
      left join ledger_entries d on d.id = v.debit_id left join ledger_entries k on k.id = v.credit_id left join changes c on c.id = v.change_id
      where ((p.status = 'reversed' and v.id is null) or (v.id is not null and (p.status <> 'reversed'
        or d.kind <> 'payment' or d.payment_id <> p.id or k.kind <> 'reversal' or k.payment_id <> p.id or k.reverses_id is distinct from d.id
        or k.amount_minor <> d.amount_minor or c.kind <> 'payment.reverse' or c.subject <> p.ref or c.status <> 'confirmed')))${only(sql`p.fund_id`, fundId)}`,
    say: (row) =>
      `the reversal of payment ${row.subject} credits ${amount(row, 'found')} for ${amount(row, 'expected')}, on change ${row.note ?? 'none'}`,
  }),
  inSql({
    id: 'change_events',
    number: 10,
    title: 'Every change has the event of its proposal and, once decided, of its decision',
    query: () => sql`
      select c.ref as subject, null as currency, c.expected as expected, c.events as found, null as note from (
        select t.ref as ref, case when t.status = 'pending' then 1 else 2 end as expected,
          (select count(*) from audit_events e where e.subject = t.ref and (e.action = 'change.proposed' or e.action = 'change.' || t.status)) as events
        from changes t
      ) c where c.events <> c.expected`,
    say: (row) =>
      `change ${row.subject} has ${row.found} events of its proposal and decision instead of ${row.expected}`,
  }),
];
