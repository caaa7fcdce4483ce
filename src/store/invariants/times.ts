import { and, eq, sql, type SQL } from 'drizzle-orm';
import { OFFICE_CHAIN } from '../audit-chain.ts';
import type { Tx } from '../transaction.ts';
import { inSql, type Invariant } from './invariant.ts';

/** Every chain that there should be. */
const CHAINS: SQL = sql`(select 'office' as chain union all select 'fund:' || f.code from funds f)`;

/** Invariant 7 along the audit chains. */
export const TIMES: readonly Invariant[] = [
  inSql({
    id: 'chain_times',
    number: 7,
    title: 'Times along an audit chain run backwards only where a clock was accepted',
    query: () => sql`
      select c.chain || '/' || c.seq as subject, null as currency, null as expected, null as found, c.at as note from (
        select e.chain as chain, e.seq as seq, e.action as action, e.at as at,
          lag(e.at) over (partition by e.chain order by e.seq) as before
        from audit_events e
      ) c where c.at < c.before and c.action <> 'clock.accepted'`,
    say: (row) => `event ${row.subject} of ${row.note} is older than the one before it`,
  }),
  inSql({
    id: 'clocks_accepted',
    number: 7,
    title: 'Every clock that was accepted has its event in every chain there was',
    query: () => sql`
      select h.chain as subject, null as currency, c.clocks as expected, h.events as found, null as note from (
        select h.chain as chain, coalesce(v.events, 0) as events
        from ${CHAINS} h left join (select e.chain as chain, count(*) as events from audit_events e where e.action = 'clock.accepted' group by e.chain) v on v.chain = h.chain
      ) h, (select count(*) as clocks from clock_acceptances) c
      where h.events > c.clocks or (h.chain = 'office' and h.events <> c.clocks)`,
    say: (row) => `chain ${row.subject} tells of ${row.found} accepted clocks, of ${row.expected}`,
  }),
  {
    id: 'head_times',
    number: 7,
    title: 'The time of every head is that of its event',
    find: async (tx) =>
      (await headsWithTimes(tx)).flatMap(({ chain, headAt, eventAt }) =>
        (headAt?.toISOString() ?? null) === eventAt
          ? []
          : [
              {
                subject: chain,
                message: `the head of ${chain} is not as old as its event of ${eventAt ?? 'no time'}`,
                facts: {},
              },
            ],
      ),
  },
];

/** When each head happened as its chain's owner keeps it, and as its event says. */
async function headsWithTimes(tx: Tx): Promise<{ chain: string; headAt: Date | null; eventAt: string | null }[]> {
  const { office, funds, auditEvents: events } = tx.t;
  const offices = await tx.db
    .select({ chain: sql<string>`'office'`, headAt: office.headAt, eventAt: events.at })
    .from(office)
    .leftJoin(events, and(eq(events.chain, OFFICE_CHAIN), eq(events.seq, office.headSeq)));
  const ofFunds = await tx.db
    .select({ chain: sql<string>`'fund:' || ${funds.code}`, headAt: funds.headAt, eventAt: events.at })
    .from(funds)
    .leftJoin(events, and(sql`${events.chain} = 'fund:' || ${funds.code}`, eq(events.seq, funds.headSeq)));
  return [...offices, ...ofFunds];
}
