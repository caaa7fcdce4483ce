import { sql, type SQL } from 'drizzle-orm';
import { CLOCK_TOLERANCE_MS } from '../../domain/clock.ts';
import type { Tx } from '../transaction.ts';
import { inSql, only, type Invariant } from './invariant.ts';

/** What was done to things, as their rows have it and as its events tell it. */
interface Told {
  readonly id: string;
  readonly title: string;
  /** How a sentence calls one, and what was done to it. */
  readonly noun: string;
  /** Selects `subject, actor_id, at, what, action` of each time it was done, as the rows have it; `at` is null where they do not say. */
  readonly rows: (tx: Tx, fundId: string | null) => SQL;
  readonly actions: readonly string[];
  /** What else of an event's payload the rows repeat, by its keys; the row's `what` has them in this order. */
  readonly says: readonly string[];
}

/** An instant of a row as events write it. */
const written = (tx: Tx, at: SQL): SQL =>
  tx.dialect === 'sqlite'
    ? sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${at} / 1000.0, 'unixepoch')`
    : sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** An instant of a row, and one as an event writes it, in milliseconds. */
const rowTime = (tx: Tx, at: SQL): SQL => (tx.dialect === 'sqlite' ? at : sql`extract(epoch from ${at}) * 1000`);
const eventTime = (tx: Tx, at: SQL): SQL =>
  tx.dialect === 'sqlite'
    ? sql`cast(round(unixepoch(${at}, 'subsec') * 1000) as integer)`
    : sql`extract(epoch from cast(${at} as timestamptz)) * 1000`;

/** Whether an instant of a row is that of something else, in milliseconds, as far as clocks may differ. */
const near = (tx: Tx, at: SQL, ms: SQL): SQL => sql`abs(${rowTime(tx, at)} - ${ms}) <= ${CLOCK_TOLERANCE_MS}`;

/** One value of an event's payload as text, by its path: `after.requested_minor`. Empty when there is none. */
const payload = (tx: Tx, path: string): SQL =>
  tx.dialect === 'sqlite'
    ? sql`coalesce(cast(json_extract(e.body, ${`$.payload.${path}`}) as text), '')`
    : sql`coalesce(e.body::jsonb #>> ${`{payload,${path.replaceAll('.', ',')}}`}, '')`;

/** Values as one text, a line for each. */
const lines = (values: readonly SQL[]): SQL =>
  values.length === 0 ? sql`''` : sql.join([...values], sql` || ${'\n'} || `);

/** The value of a column as text; empty for null. */
const text = (column: SQL): SQL => sql`coalesce(cast(${column} as text), '')`;

/**
 * Rows and events tell the same: each time that one has and the other lacks is found, so that nobody can change who did it, when, or
 * what it was, nor take the row away whose event stands in the chain. What a machine writes before it has waited for a fund may be
 * as much older than its event as clocks of machines differ.
 */
const toldAlike = ({ id, title, noun, rows, actions, says }: Told): Invariant =>
  inSql({
    id,
    number: 10,
    title,
    query: (fundId, tx) => sql`
      select k.subject as subject, null as currency, null as expected, sum(k.times) as found,
        k.action || ' by ' || k.actor || ' of ' || min(k.at) as note from (
        select r.subject as subject, coalesce(u.username, 'system') as actor, ${written(tx, sql`r.at`)} as at, ${rowTime(tx, sql`r.at`)} as ms,
          r.action as action, r.what as what, 1 as times
        from (${rows(tx, fundId)}) r left join users u on u.id = r.actor_id
        union all
        select e.subject, e.actor, e.at, ${eventTime(tx, sql`e.at`)}, e.action, ${lines(says.map((path) => payload(tx, path)))}, -1
        from audit_events e where e.action in (${sql.join(
          actions.map((action) => sql`${action}`),
          sql`, `,
        )})${fundId === null ? sql`` : sql` and e.chain = (select 'fund:' || f.code from funds f where f.id = ${fundId})`}
      ) k group by k.subject, k.action, k.actor, k.what
      having sum(k.times) <> 0 or (count(k.ms) = count(*) and abs(sum(k.ms * k.times)) > ${CLOCK_TOLERANCE_MS} * count(*))`,
    say: (row) =>
      (row.found ?? 0) >= 0
        ? `${noun} ${row.subject} has ${row.note}, of which its events do not tell so`
        : `the event ${row.note} tells of ${noun} ${row.subject} what is not there`,
  });

/** Invariant 10: by whom, when and on what terms a thing was made or decided is what its event says. */
export const TOLD: readonly Invariant[] = [
  toldAlike({
    id: 'approvals_told',
    title: 'Decisions on requisitions are by whom, when and on the terms that their events say',
    noun: 'requisition',
    actions: ['requisition.approved', 'requisition.rejected'],
    says: ['terms_digest'],
    rows: () => sql`
      select r.ref as subject, a.approver_id as actor_id, a.created_at as at, a.terms_digest as what, 'requisition.' || a.decision as action
      from requisition_approvals a join requisitions r on r.id = a.requisition_id`,
  }),
  toldAlike({
    id: 'requisitions_told',
    title: 'Requisitions are by whom and of when their events say',
    noun: 'requisition',
    actions: ['requisition.created'],
    says: ['number'],
    rows: () => sql`
      select r.ref as subject, r.requested_by as actor_id, r.created_at as at, r.number as what, 'requisition.created' as action
      from requisitions r`,
  }),
  toldAlike({
    id: 'payments_told',
    title: 'Payments are by whom, of when and on the terms that their events say',
    noun: 'payment',
    actions: ['payment.created'],
    says: ['requisition', 'amount_minor', 'currency', 'method', 'destination', 'payee'],
    rows: (_, fundId) => sql`
      select p.ref as subject, p.created_by as actor_id, p.created_at as at,
        ${lines([sql`coalesce(r.ref, '')`, text(sql`p.amount_minor`), sql`p.currency`, sql`p.method`, sql`p.destination`, sql`p.payee`])} as what,
        'payment.created' as action
      from payments p left join requisitions r on r.id = p.requisition_id where 1 = 1${only(sql`p.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'variances_told',
    title: 'Variances are recorded and decided by whom, when and with the figures that their events say',
    noun: 'variance',
    actions: ['variance.recorded', 'variance.approved', 'variance.rejected'],
    says: ['variance_minor'],
    rows: (_, fundId) => sql`
      select v.ref as subject, v.recorded_by as actor_id, v.created_at as at, ${text(sql`v.variance_minor`)} as what, 'variance.recorded' as action
      from variance_adjustments v where 1 = 1${only(sql`v.fund_id`, fundId)}
      union all
      select v.ref, v.decided_by, v.decided_at, ${text(sql`v.variance_minor`)}, 'variance.' || v.status
      from variance_adjustments v where v.status <> 'pending'${only(sql`v.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'replenishments_told',
    title: 'Replenishments are requested by whom, when and of the amount that their events say',
    noun: 'replenishment',
    actions: ['replenishment.requested'],
    says: ['requested_minor'],
    // An approval changes the amount of a request that did not fix it, and its event says what it was before. What a fund asks for by
    // itself is nobody's request, whoever did what made it do so. Events are found by what they are about, of which there are few.
    rows: (tx, fundId) => sql`
      select q.ref as subject, q.created_at as at, 'replenishment.requested' as action,
        coalesce(q.requested_by, (select w.id from audit_events e join users w on w.username = e.actor where e.subject = q.ref and e.action || '' = 'replenishment.requested')) as actor_id,
        case when q.approved_by is null then ${text(sql`q.requested_minor`)}
          else (select ${payload(tx, 'before.requested_minor')} from audit_events e where e.subject = q.ref and e.action || '' = 'replenishment.approved') end as what
      from replenishment_requests q where 1 = 1${only(sql`q.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'replenishment_decisions_told',
    title: 'Replenishments are approved and rejected by whom, when and up to what their events say',
    noun: 'replenishment',
    actions: ['replenishment.approved', 'replenishment.rejected'],
    says: ['after.requested_minor'],
    // What is rejected after its approval keeps who approved it, but no longer when.
    rows: (_, fundId) => sql`
      select q.ref as subject, q.approved_by as actor_id, case when q.status <> 'rejected' then q.decided_at end as at,
        ${text(sql`q.approved_minor`)} as what, 'replenishment.approved' as action
      from replenishment_requests q where q.approved_by is not null${only(sql`q.fund_id`, fundId)}
      union all
      select q.ref, q.rejected_by, q.decided_at, '', 'replenishment.rejected'
      from replenishment_requests q where q.status = 'rejected'${only(sql`q.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'replenishment_fundings_told',
    title: 'Replenishments are funded by whom, when, with what and under the reference that their events say',
    noun: 'replenishment',
    actions: ['replenishment.funded'],
    says: ['approved_minor', 'funded_minor', 'reference'],
    rows: (_, fundId) => sql`
      select q.ref as subject, q.funded_by as actor_id, q.funded_at as at,
        ${lines([text(sql`q.approved_minor`), text(sql`q.funded_minor`), text(sql`q.reference`)])} as what, 'replenishment.funded' as action
      from replenishment_requests q where q.status = 'funded'${only(sql`q.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'runs_told',
    title: 'Reconciliations are by whom and of when their events say',
    noun: 'reconciliation',
    actions: ['statement.reconciled'],
    says: ['matches_digest'],
    rows: (_, fundId) => sql`
      select r.ref as subject, r.created_by as actor_id, r.created_at as at, r.digest as what, 'statement.reconciled' as action
      from reconciliations r where r.mode <> 'hand'${only(sql`r.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'suspense_told',
    title: 'Money in suspense is of the amount and under the reference that the event of its opening says',
    noun: 'suspense item',
    actions: ['suspense.opened'],
    says: ['amount_minor', 'gateway_reference'],
    rows: (_, fundId) => sql`
      select s.ref as subject, cast(null as uuid) as actor_id, s.created_at as at, ${lines([text(sql`s.amount_minor`), text(sql`s.gateway_reference`)])} as what,
        'suspense.opened' as action
      from suspense_items s where 1 = 1${only(sql`s.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'suspense_settled_told',
    title: 'Money in suspense is settled by whom, when and for the amount that the event of it says',
    noun: 'suspense item',
    actions: ['suspense.settled'],
    says: ['amount_minor', 'proposed_by'],
    rows: (_, fundId) => sql`
      select s.ref as subject, s.confirmed_by as actor_id, s.settled_at as at, ${lines([text(sql`s.amount_minor`), sql`coalesce(b.username, '')`])} as what,
        'suspense.settled' as action
      from suspense_items s left join users b on b.id = s.settled_by where s.settled_at is not null${only(sql`s.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'changes_told',
    title: 'Changes are proposed by whom, when and of the kind that their events say',
    noun: 'change',
    actions: ['change.proposed'],
    says: ['kind', 'about'],
    rows: () => sql`
      select c.ref as subject, c.proposed_by as actor_id, c.created_at as at, ${lines([sql`c.kind`, sql`c.subject`])} as what, 'change.proposed' as action
      from changes c`,
  }),
  toldAlike({
    id: 'change_decisions_told',
    title: 'Changes are decided by whom and when their events say',
    noun: 'change',
    actions: ['change.confirmed', 'change.rejected'],
    says: ['kind', 'about'],
    // With a clock that is accepted, time begins anew between the decision and its event.
    rows: () => sql`
      select c.ref as subject, c.decided_by as actor_id, case when c.kind <> 'guard.clock' then c.decided_at end as at, ${lines([sql`c.kind`, sql`c.subject`])} as what, 'change.' || c.status as action
      from changes c where c.status <> 'pending'`,
  }),
  toldAlike({
    id: 'bank_files_told',
    title: 'Files for the bank are by whom, of when and with the content that their events say',
    noun: 'bank file',
    actions: ['bankfile.exported'],
    says: ['sha256', 'orders', 'sum_minor'],
    rows: (_, fundId) => sql`
      select f.ref as subject, f.created_by as actor_id, f.created_at as at,
        ${lines([sql`f.content_digest`, text(sql`f.orders`), text(sql`f.sum_minor`)])} as what, 'bankfile.exported' as action
      from bank_files f where 1 = 1${only(sql`f.fund_id`, fundId)}`,
  }),
  toldAlike({
    id: 'batches_told',
    title: 'Batches are by whom and of when their events say',
    noun: 'batch',
    actions: ['batch.created'],
    says: ['hash'],
    rows: (_, fundId) => sql`
      select b.ref as subject, b.created_by as actor_id, b.created_at as at, b.hash as what, 'batch.created' as action
      from batches b where 1 = 1${only(sql`b.fund_id`, fundId)}`,
  }),
  inSql({
    id: 'undone_told',
    number: 10,
    title: 'Matches are undone by whom and when an event says, and what an event undid is undone',
    // The rejection of a variance undoes the match that it was recorded with, and has one event for both.
    query: (fundId, tx) => sql`
      select m.ref as subject, null as currency, null as expected, null as found, 'undone' as note
      from matches m join reconciliations r on r.id = m.reconciliation_id left join users u on u.id = m.undone_by
      left join (select e.actor as actor, ${eventTime(tx, sql`e.at`)} as ms, e.body as body from audit_events e where e.action = 'match.undone') v
        on v.actor = u.username and ${near(tx, sql`m.undone_at`, sql`v.ms`)} and v.body like '%"' || m.ref || '"%'
      where m.undone_at is not null and v.ms is null and not exists (
        select 1 from variance_adjustments w join matches o on o.id = w.match_id
        where o.reconciliation_id = m.reconciliation_id and o.group_seq = m.group_seq and w.status = 'rejected'
          and w.decided_by = m.undone_by and ${near(tx, sql`m.undone_at`, rowTime(tx, sql`w.decided_at`))})${only(sql`r.fund_id`, fundId)}
      union all
      select e.subject, null, null, null, 'live'
      from audit_events e left join matches m on m.ref = e.subject left join reconciliations r on r.id = m.reconciliation_id
      where e.action = 'match.undone' and m.undone_at is null${only(sql`r.fund_id`, fundId)}`,
    say: (row) =>
      row.note === 'live'
        ? `match ${row.subject} is not undone, as the event of it says`
        : `match ${row.subject} is undone, but not as any event says`,
  }),
];
