import { sql } from 'drizzle-orm';
import { amount, inSql, only, type Invariant } from './invariant.ts';

/** Invariant 5 of what leaves in files: nothing is on its way to the bank but what a file says. */
export const BANK_FILES: readonly Invariant[] = [
  inSql({
    id: 'bank_file_orders',
    number: 5,
    title: 'A file for the bank has the orders that it says, from its fund and account, of the sum that it says',
    query: (fundId) => sql`
      select f.message_id as subject, f.currency as currency, f.sum_minor as expected, coalesce(w.total, 0) as found,
        coalesce(w.orders, 0) || ' of ' || f.orders as note
      from bank_files f left join (
        select o.bank_file_id as bank_file_id, count(*) as orders, max(o.number) as last, sum(p.amount_minor) as total,
          sum(case when a.gateway = 'bankfile' and a.gateway_account = g.gateway_account and a.conversation = g.message_id
            and a.sent_at is not null and p.fund_id = g.fund_id and p.currency = g.currency then 0 else 1 end) as strange
        from bank_file_orders o join bank_files g on g.id = o.bank_file_id
        join payment_attempts a on a.id = o.attempt_id join payments p on p.id = a.payment_id group by o.bank_file_id
      ) w on w.bank_file_id = f.id
      where (w.orders is null or w.orders <> f.orders or w.last <> f.orders or w.strange <> 0 or w.total <> f.sum_minor)${only(sql`f.fund_id`, fundId)}`,
    say: (row) =>
      `the file ${row.subject} has ${row.note} orders that are its own, of ${amount(row, 'found')} where ${amount(row, 'expected')} is due`,
  }),
  inSql({
    id: 'sent_in_file',
    number: 5,
    title: 'What is on its way through a file for the bank is in one',
    query: (fundId) => sql`
      select a.ref as subject, p.currency as currency, p.amount_minor as expected, null as found, p.ref as note
      from payment_attempts a join payments p on p.id = a.payment_id
      where a.gateway = 'bankfile' and (a.sent_at is not null or a.state in ('sent', 'accepted', 'unknown'))
        and not exists (select 1 from bank_file_orders o where o.attempt_id = a.id)${only(sql`p.fund_id`, fundId)}`,
    say: (row) => `attempt ${row.subject} of payment ${row.note ?? ''} counts as sent, but is in no file`,
  }),
];
