import { sql } from 'drizzle-orm';
import { amount, inSql, only, type Invariant } from './invariant.ts';

const NOTHING = sql`null as currency, null as expected, null as found`;

/** Invariant 9: what statements and books explain of each other. */
export const MATCHES: readonly Invariant[] = [
  inSql({
    id: 'matched_once',
    number: 9,
    title: 'Every statement line and every entry has at most one live match',
    query: (fundId) => sql`
      select t.ref as subject, ${NOTHING}, t.side as note from (
        select l.ref as ref, 'line' as side, l.fund_id as fund_id, m.reconciliation_id as run, m.group_seq as grp
        from matches m join statement_lines l on l.id = m.line_id where m.undone_at is null
        union select e.ref, 'entry', e.fund_id, m.reconciliation_id, m.group_seq
        from matches m join ledger_entries e on e.id = m.entry_id where m.undone_at is null
      ) t where 1 = 1${only(sql`t.fund_id`, fundId)} group by t.ref, t.side having count(*) > 1`,
    say: (row) => `${row.note ?? ''} ${row.subject} has more than one live match`,
  }),
  inSql({
    id: 'reconciled_by_match',
    number: 9,
    title: 'A payment is reconciled exactly when its debit has a live match',
    query: (fundId) => sql`
      select p.ref as subject, ${NOTHING}, p.status as note
      from payments p join ledger_entries e on e.payment_id = p.id and e.kind = 'payment'
      where ((p.status = 'reconciled' and not exists (select 1 from matches m where m.entry_id = e.id and m.undone_at is null))
        or (p.status = 'success' and exists (select 1 from matches m where m.entry_id = e.id and m.undone_at is null and m.pass <> 'amount_differs')))${only(sql`p.fund_id`, fundId)}`,
    say: (row) =>
      row.note === 'reconciled'
        ? `payment ${row.subject} is reconciled, but nothing explains it`
        : `payment ${row.subject} is explained, but not reconciled`,
  }),
  inSql({
    id: 'match_sums',
    number: 9,
    title: 'What was matched comes to the same on both sides, but for differences that wait or were approved',
    query: (fundId) => sql`
      select t.ref as subject, f.currency as currency, t.lines as expected, t.entries as found, null as note
      from (
        select min(m.ref) as ref, r.fund_id as fund_id, m.pass as pass,
          (select sum(l.amount_minor) from statement_lines l where l.id in (select g.line_id from matches g where g.reconciliation_id = m.reconciliation_id and g.group_seq = m.group_seq)) as lines,
          (select sum(case e.type when 'debit' then -e.amount_minor else e.amount_minor end) from ledger_entries e where e.id in (select g.entry_id from matches g where g.reconciliation_id = m.reconciliation_id and g.group_seq = m.group_seq)) as entries
        from matches m join reconciliations r on r.id = m.reconciliation_id
        where m.undone_at is null and m.line_id is not null and m.pass <> 'amount_differs'
        group by r.fund_id, m.pass, m.reconciliation_id, m.group_seq
      ) t join funds f on f.id = t.fund_id
      where t.lines <> t.entries${only(sql`t.fund_id`, fundId)}`,
    say: (row) => `match ${row.subject} has lines of ${amount(row, 'expected')} and entries of ${amount(row, 'found')}`,
  }),
  inSql({
    id: 'run_counts',
    number: 9,
    title: 'Every reconciliation has the matches that it counts',
    query: (fundId) => sql`
      select r.ref as subject, null as currency, r.matches as expected, count(distinct m.group_seq) as found, null as note
      from reconciliations r left join matches m on m.reconciliation_id = r.id
      where 1 = 1${only(sql`r.fund_id`, fundId)} group by r.id, r.ref, r.matches having count(distinct m.group_seq) <> r.matches`,
    say: (row) => `reconciliation ${row.subject} counts ${row.expected} matches, but has ${row.found}`,
  }),
  inSql({
    id: 'statement_lines',
    number: 9,
    title: 'Every statement has the lines that it counts as new',
    query: (fundId) => sql`
      select s.ref as subject, null as currency, s.new_lines as expected, count(l.id) as found, null as note
      from statements s left join statement_lines l on l.statement_id = s.id
      where 1 = 1${only(sql`s.fund_id`, fundId)} group by s.id, s.ref, s.new_lines having count(l.id) <> s.new_lines`,
    say: (row) => `statement ${row.subject} counts ${row.expected} new lines, but has ${row.found}`,
  }),
  inSql({
    id: 'open_lines',
    number: 9,
    title: 'Exactly the lines that nothing explains are known to be open, but for those that were replaced',
    query: (fundId) => sql`
      select l.ref as subject, ${NOTHING}, case when m.id is null then 'open' else 'explained' end as note
      from statement_lines l left join open_lines o on o.line_id = l.id
        left join matches m on m.line_id = l.id and m.line_part = 1 and m.undone_at is null
      where ((m.id is null and (o.line_id is null or (o.closed_at is not null and o.replaced_by is null)))
        or (m.id is not null and o.line_id is not null and o.closed_at is null))${only(sql`l.fund_id`, fundId)}`,
    say: (row) =>
      row.note === 'open'
        ? `line ${row.subject} is explained by nothing, but not known to be open`
        : `line ${row.subject} is explained, but still said to be open`,
  }),
  inSql({
    id: 'matcher_differs',
    number: 4,
    title: 'Nobody matched what they requested or executed',
    query: (fundId) => sql`
      select m.ref as subject, ${NOTHING}, u.username as note
      from matches m join ledger_entries e on e.id = m.entry_id join payments p on p.id = e.payment_id join users u on u.id = m.matched_by
      where (m.matched_by = p.executor_id or m.matched_by = p.requester_id)${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `match ${row.subject} was made by ${row.note ?? ''}, who requested or executed its payment`,
  }),
];
