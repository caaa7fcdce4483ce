import { sql } from 'drizzle-orm';
import { approvalsFault, cfoFault, judged } from '../../domain/policy-checks.ts';
import type { PolicyCase } from '../../domain/policy-rules.ts';
import type { Policy } from '../../domain/policy.ts';
import { allPolicies } from '../policies.ts';
import {
  approvalsThen,
  executedPayments,
  replayedFunds,
  rolesThrough,
  type ReplayedPayment,
} from '../policy-replay.ts';
import { sha256Hex } from '../sha256.ts';
import type { Row } from '../tables.ts';
import type { Tx } from '../transaction.ts';
import { inSql, MOST_BROKEN, type Broken, type Invariant } from './invariant.ts';

/** Invariants 4, 7 and 10 of the policy: its versions, and that what was paid was approved as they ask. */
export const POLICIES: readonly Invariant[] = [
  inSql({
    id: 'policy_of_decision',
    number: 7,
    title: 'Every decision was made under a policy that there is',
    query: () => sql`
      select d.subject as subject, null as currency, null as expected, d.version as found, null as note from (
        select a.ref as subject, a.policy_version as version from payment_attempts a
        union all
        select r.number as subject, y.policy_version as version from requisition_approvals y join requisitions r on r.id = y.requisition_id
      ) d where d.version <> 0 and not exists (select 1 from policies p where p.version = d.version)`,
    say: (row) => `${row.subject} was decided under policy ${row.found}, which is missing`,
  }),
  inSql({
    id: 'policy_versions',
    number: 7,
    title: 'Versions of the policy follow each other from 1, each set by two people once the office had paid',
    query: () => sql`
      select p.version || '' as subject, null as currency, p.version as expected, v.place as found, null as note
      from policies p join (select q.version as version, row_number() over (order by q.version) as place from policies q) v on v.version = p.version
      left join changes c on c.id = p.change_id
      where p.version <> v.place
        or (p.change_id is not null and (c.kind is distinct from 'policy.set' or c.status is distinct from 'confirmed' or c.proposed_by is distinct from p.created_by))
        or (p.change_id is null and exists (select 1 from payment_executions x where x.created_at < p.created_at))`,
    say: (row) => `policy ${row.subject} is out of its place or was set by one person alone`,
  }),
  {
    id: 'policy_bodies',
    number: 10,
    title: 'Every version of the policy says what the event of its setting vouches for',
    find: findAltered,
  },
  {
    id: 'approved_as_asked',
    number: 4,
    title: 'What was paid was approved as the policy of its time asked',
    find: findUnapproved,
  },
];

async function findAltered(tx: Tx): Promise<Broken[]> {
  const { policies, auditEvents: events } = tx.t;
  const versions = await tx.db
    .select({ version: policies.version, body: policies.body, digest: policies.digest })
    .from(policies);
  const vouched = await tx.db
    .select({ body: events.body })
    .from(events)
    .where(sql`${events.action} = 'policy.set'`);
  const fits = ({ version, body, digest }: (typeof versions)[number]): boolean =>
    sha256Hex(body) === digest &&
    vouched.filter(
      (event) => event.body.includes(`"digest":"${digest}"`) && event.body.includes(`"version_after":${version}`),
    ).length === 1;
  return versions
    .filter((one) => !fits(one))
    .map(({ version }) => ({
      subject: `policy ${version}`,
      message: `policy ${version} is not what was set`,
      facts: { version },
    }));
}

/** Looks at every payment, page by page: also without a policy one approver at least approved what was paid. */
async function findUnapproved(tx: Tx, fundId: string | null): Promise<Broken[]> {
  const policies = await allPolicies(tx);
  const [funds, rolesThen] = [await replayedFunds(tx), await rolesThrough(tx)];
  const broken: Broken[] = [];
  for await (const page of executedPayments(tx, new Date(0), null)) {
    for (const payment of page) {
      const [fund, policy] = [funds.get(payment.fundId), policies.get(payment.policyVersion)];
      if (fund === undefined || policy === undefined || (fundId !== null && fund.id !== fundId)) continue;
      const facts = caseOf(payment, fund, rolesThen);
      const fault = faultOf(policy, facts);
      if (fault !== null) broken.push({ subject: payment.ref, message: fault, facts: { policy: policy.version } });
      if (broken.length > MOST_BROKEN) return broken;
    }
  }
  return broken;
}

function faultOf(policy: Policy, facts: PolicyCase): string | null {
  const one = judged(policy, facts);
  const fault = approvalsFault(one) ?? cfoFault(one);
  return fault === null ? null : fault.replace(/[.]$/, '');
}

/** What approvals are judged of; time, sums and codes do not matter to them. */
const caseOf = (
  payment: ReplayedPayment,
  fund: Row<'funds'>,
  rolesThen: Awaited<ReturnType<typeof rolesThrough>>,
): PolicyCase => ({
  requisition: {
    number: payment.requisitionNumber,
    amountMinor: payment.requisitionMinor,
    approvals: approvalsThen(payment, rolesThen),
  },
  payment: { ...payment, method: 'cash' },
  fund,
  executorIsCfo: rolesThen(payment.executorId, payment.decidedAt, fund).includes('cfo'),
  time: { weekday: 'mon', minute: 0 },
  paidTodayByMethodMinor: 0,
  paidToDestinationMinor: 0,
});
