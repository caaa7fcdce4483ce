import { sql } from 'drizzle-orm';
import { amount, inSql, only, type Invariant } from './invariant.ts';

const DELTA = sql`(case e.type when 'debit' then -e.amount_minor else e.amount_minor end)`;
const LIVE = sql`('reserved', 'sent', 'accepted', 'unknown')`;

/** Invariants 1, 2 and 12: balances, entries, reservations and vouchers. */
export const BOOKS: readonly Invariant[] = [
  inSql({
    id: 'balance',
    number: 1,
    title: "Every fund's balance is the sum of its entries",
    query: (fundId) => sql`
      select f.code as subject, f.currency as currency, coalesce(s.total, 0) as expected, f.balance_minor as found, null as note
      from funds f left join (
        select e.fund_id as fund_id, sum(${DELTA}) as total from ledger_entries e where 1 = 1${only(sql`e.fund_id`, fundId)} group by e.fund_id
      ) s on s.fund_id = f.id
      where f.balance_minor <> coalesce(s.total, 0)${only(sql`f.id`, fundId)}`,
    say: (row) =>
      `fund ${row.subject} holds ${amount(row, 'found')}, but its entries come to ${amount(row, 'expected')}`,
  }),
  inSql({
    id: 'running_balance',
    number: 1,
    title: 'Every entry follows the one before it, in number and balance',
    query: (fundId) => sql`
      select c.ref as subject, c.currency as currency,
        case when c.seq <> c.expected_seq then c.expected_seq else c.expected_balance end as expected,
        case when c.seq <> c.expected_seq then c.seq else c.balance end as found,
        case when c.seq <> c.expected_seq then 'number' else 'balance' end as note
      from (
        select e.ref as ref, f.currency as currency, e.seq as seq, e.balance_after_minor as balance,
          coalesce(lag(e.seq) over w, 0) + 1 as expected_seq,
          coalesce(lag(e.balance_after_minor) over w, 0) + ${DELTA} as expected_balance
        from ledger_entries e join funds f on f.id = e.fund_id where 1 = 1${only(sql`e.fund_id`, fundId)}
        window w as (partition by e.fund_id order by e.seq)
      ) c where c.seq <> c.expected_seq or c.balance <> c.expected_balance`,
    say: (row) =>
      row.note === 'number'
        ? `entry ${row.subject} has number ${row.found} where ${row.expected} should be`
        : `entry ${row.subject} leaves ${amount(row, 'found')}, but should leave ${amount(row, 'expected')}`,
  }),
  inSql({
    id: 'entry_count',
    number: 1,
    title: 'Every fund has as many entries as it counts',
    query: (fundId) => sql`
      select f.code as subject, null as currency, f.entry_seq as expected, coalesce(s.entries, 0) as found, null as note
      from funds f left join (
        select e.fund_id as fund_id, count(*) as entries from ledger_entries e where 1 = 1${only(sql`e.fund_id`, fundId)} group by e.fund_id
      ) s on s.fund_id = f.id
      where f.entry_seq <> coalesce(s.entries, 0)${only(sql`f.id`, fundId)}`,
    say: (row) => `fund ${row.subject} counts ${row.expected} entries, but has ${row.found}`,
  }),
  inSql({
    id: 'totals',
    number: 1,
    title: 'The running totals are the sums of the entries',
    query: (fundId) => sql`
      select f.code || ' ' || u.type || ' ' || u.kind as subject, f.currency as currency, sum(u.entries) as expected, sum(u.total) as found, null as note
      from (
        select e.fund_id as fund_id, e.type as type, e.kind as kind, count(*) as entries, sum(e.amount_minor) as total
        from ledger_entries e where 1 = 1${only(sql`e.fund_id`, fundId)} group by e.fund_id, e.type, e.kind
        union all
        select t.fund_id, t.type, t.kind, -t.entries, -t.amount_minor from ledger_totals t where 1 = 1${only(sql`t.fund_id`, fundId)}
      ) u join funds f on f.id = u.fund_id
      group by f.code, f.currency, u.type, u.kind having sum(u.entries) <> 0 or sum(u.total) <> 0`,
    say: (row) =>
      `the entries of ${row.subject} are ${row.expected} more than their running total, by ${amount(row, 'found')}`,
  }),
  inSql({
    id: 'not_overdrawn',
    number: 1,
    title: 'No payment took its fund below zero',
    // What had been sent before it was settled had its money reserved: other facts may have moved the balance meanwhile.
    query: (fundId) => sql`
      select e.ref as subject, f.currency as currency, 0 as expected, e.balance_after_minor as found, null as note
      from ledger_entries e join funds f on f.id = e.fund_id
      left join payment_executions x on x.id = e.execution_id left join payment_attempts a on a.id = x.attempt_id
      where e.kind in ('payment', 'transfer') and e.type = 'debit' and e.balance_after_minor < 0 and a.sent_at is null${only(sql`e.fund_id`, fundId)}`,
    say: (row) => `entry ${row.subject} left ${amount(row, 'found')}`,
  }),
  inSql({
    id: 'reserved',
    number: 2,
    title: 'Reserved money is what open attempts reserve',
    query: (fundId) => sql`
      select f.code as subject, f.currency as currency, coalesce(s.total, 0) as expected, f.reserved_minor as found, null as note
      from funds f left join (
        select p.fund_id as fund_id, sum(a.reserved_minor) as total
        from payment_attempts a join payments p on p.id = a.payment_id where a.state in ${LIVE} group by p.fund_id
      ) s on s.fund_id = f.id
      where (f.reserved_minor <> coalesce(s.total, 0) or f.reserved_minor < 0)${only(sql`f.id`, fundId)}`,
    say: (row) =>
      `fund ${row.subject} reserves ${amount(row, 'found')}, but its open attempts come to ${amount(row, 'expected')}`,
  }),
  inSql({
    id: 'vouchers',
    number: 12,
    title: 'Voucher numbers have no gaps',
    query: (fundId) => sql`
      select c.voucher as subject, null as currency, c.place as expected, null as found,
        'PV-' || c.code || '-' || c.year || '-' || case when c.place < 100000 then substr('0000' || c.place, length('0000' || c.place) - 4) else '' || c.place end as note
      from (
        select v.code as code, v.voucher as voucher, substr(v.rest, 1, 4) as year,
          row_number() over (partition by v.code, substr(v.rest, 1, 4) order by length(v.voucher), v.voucher) as place
        from (
          select f.code as code, x.voucher_number as voucher, substr(x.voucher_number, length(f.code) + 5) as rest
          from payment_executions x join funds f on f.id = x.fund_id where 1 = 1${only(sql`x.fund_id`, fundId)}
        ) v
      ) c
      where c.voucher <> 'PV-' || c.code || '-' || c.year || '-' || case when c.place < 100000 then substr('0000' || c.place, length('0000' || c.place) - 4) else '' || c.place end`,
    say: (row) => `voucher ${row.subject} stands where ${row.note} should`,
  }),
  inSql({
    id: 'voucher_count',
    number: 12,
    title: 'Every fund counts its vouchers',
    query: (fundId) => sql`
      select f.code as subject, null as currency, f.voucher_seq as expected, count(x.id) as found, null as note
      from funds f left join payment_executions x
        on x.fund_id = f.id and substr(x.voucher_number, 1, length(f.code) + 9) = 'PV-' || f.code || '-' || f.voucher_year || '-'
      where 1 = 1${only(sql`f.id`, fundId)}
      group by f.id, f.code, f.voucher_seq having count(x.id) <> f.voucher_seq`,
    say: (row) => `fund ${row.subject} counts ${row.expected} vouchers of its year, but has ${row.found}`,
  }),
  inSql({
    id: 'amounts',
    number: 12,
    title: 'Amounts are what they may be: positive, adjustments never zero',
    query: (fundId) => sql`
      select e.ref as subject, f.currency as currency, null as expected, e.amount_minor as found, e.type as note
      from ledger_entries e join funds f on f.id = e.fund_id
      where ((e.type in ('debit', 'credit') and e.amount_minor not between 1 and 9007199254740991)
        or (e.type = 'adjustment' and (e.amount_minor = 0 or e.amount_minor not between -9007199254740991 and 9007199254740991))
        or e.type not in ('debit', 'credit', 'adjustment'))${only(sql`e.fund_id`, fundId)}`,
    say: (row) => `${row.note} ${row.subject} is of ${amount(row, 'found')}`,
  }),
];
