import { mayAnywhere, mayAt, requireAbility, roleMissing, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { MOST_POLICY_BYTES, readPolicy } from '../domain/policy-file.ts';
import { policyShown } from '../domain/policy-lines.ts';
import { narrowDays, rulesThatEnd } from '../domain/policy-warnings.ts';
import type { Policy, PolicyTerms } from '../domain/policy.ts';
import { Problem, usage } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { sentence } from '../domain/sentence.ts';
import { quantity } from '../domain/quantity.ts';
import { faultsInPlace, parseDocument, type WrittenDocument } from '../gateways/written-document.ts';
import { canonicalJson, recordOfficeEvent } from '../store/audit-chain.ts';
import { getOfficeZone } from '../store/office.ts';
import { findHolders } from '../store/payers.ts';
import { getUser } from '../store/people.ts';
import { allCompanies } from '../store/places.ts';
import {
  findPolicyView,
  getPolicy,
  insertPolicy,
  lockAllFunds,
  unnamedCurrencies,
  type PolicyView,
} from '../store/policies.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { activeWebhooks, skipToNow } from '../store/webhooks.ts';
import { usableReason } from './decide-requisition.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

/** A policy that is in force now. `changed` is false when it was so before. */
export interface PolicySet {
  readonly before: Policy;
  readonly view: PolicyView;
  readonly changed: boolean;
}

/** What became of a policy file, and what is odd about it without being wrong. */
export interface PolicyAnswer {
  readonly answer: PolicySet | Proposed;
  readonly warnings: readonly string[];
}

/**
 * Makes a policy file the next version of the office's policy: a change for two once the office has paid. Throws usage
 * POLICY_INVALID with everything that is wrong in it; forbidden for anyone but an admin or a CFO of all companies.
 */
export async function setPolicy(
  store: Store,
  actor: Actor,
  request: { readonly text: string; readonly reason: string },
): Promise<PolicyAnswer> {
  requireAbility(actor, 'policy.manage');
  const reason = usableReason(request.reason);
  const parsed = await parsePolicy(request.text);
  return store.write(async (tx) => {
    // Nothing is paid while the policy changes: funds first, as everybody else who also needs the office's lock.
    await lockAllFunds(tx);
    await requireWholeOffice(tx, actor);
    const { currency } = await getOfficeZone(tx);
    const terms = usableTerms(parsed, currency);
    const before = await getPolicy(tx);
    const warnings = [...rulesThatEnd(before, terms), ...(await oddities(tx, terms))];
    if (before.terms !== null && canonicalJson(before.terms) === canonicalJson(terms))
      return { answer: { before, view: await viewOf(tx), changed: false }, warnings };
    const answer = (await needsTwo(tx))
      ? await proposePolicy(tx, actor, { before, terms, reason })
      : await applyPolicy(tx, alone(actor), { before, terms, reason });
    return { answer, warnings };
  });
}

/** Parses a policy file. Nothing at all is none: a file that was cut off or emptied by mistake would end every rule. */
export async function parsePolicy(text: string): Promise<WrittenDocument> {
  const parsed = await parseDocument(text, MOST_POLICY_BYTES);
  if ('fault' in parsed || text.trimStart().startsWith('{')) return parsed;
  const { document } = parsed;
  const empty = typeof document === 'object' && document !== null && Object.keys(document).length === 0;
  return empty ? { fault: 'the file says nothing. A file of {} alone ends every rule' } : parsed;
}

/** The terms of a policy file for an office of this currency. Throws usage POLICY_INVALID with every fault and where it stands. */
export function usableTerms(parsed: WrittenDocument, currency: string): PolicyTerms {
  if ('fault' in parsed) throw invalid([parsed.fault]);
  const { terms, faults } = readPolicy(parsed.document, currency);
  if (terms !== null) return terms;
  throw invalid(faultsInPlace(faults, parsed.lineOf));
}

const invalid = (faults: readonly string[]): Problem =>
  usage(
    'POLICY_INVALID',
    faults.length === 1 ? `This is no policy: ${sentence(faults[0])}` : `This is no policy: ${faults.length} faults.`,
    { unchanged: 'Nothing was changed.', fix: 'treasury policy set --help', faults },
  );

interface NextPolicy {
  readonly before: Policy;
  readonly terms: PolicyTerms;
  readonly reason: string | null;
}

const shown = ({ version, terms }: Policy): Shown => ({ version, ...policyShown(terms) });
const nextOf = ({ before, terms }: NextPolicy): Policy => ({ version: before.version + 1, terms });

const proposePolicy = (tx: Tx, actor: Actor, next: NextPolicy): Promise<Proposed> =>
  propose(tx, actor, {
    kind: policyChange,
    subject: 'policy',
    subjectUserId: null,
    place: null,
    before: shown(next.before),
    after: shown(nextOf(next)),
    payload: { terms: next.terms },
    reason: next.reason,
  });

export const policyChange: ChangeKind = {
  kind: 'policy.set',
  ofPerson: false,
  present: async (tx) => {
    await lockAllFunds(tx);
    return shown(await getPolicy(tx));
  },
  apply: async (tx, authority, change) => {
    await requireWholeOffice(tx, authority.actor);
    const { terms } = payloadOf<{ terms: PolicyTerms }>(change);
    const { view } = await applyPolicy(tx, authority, { before: await getPolicy(tx), terms, reason: change.reason });
    return { lines: [`Policy ${view.policy.version} is in force.`], next: ['treasury policy show'] };
  },
};

async function applyPolicy(tx: Tx, authority: Authority, next: NextPolicy): Promise<PolicySet> {
  const { before, terms, reason } = next;
  // Nobody is told of what was before it said so.
  if (terms.notify !== undefined && before.terms?.notify === undefined && (await activeWebhooks(tx)).length === 0)
    await skipToNow(tx);
  const policy: Row<'policies'> = await insertPolicy(tx, {
    terms,
    reason,
    createdBy: authority.actor.userId,
    changeId: authority.confirmed?.change.id ?? null,
  });
  await recordOfficeEvent(
    tx,
    happeningBy(authority, {
      action: 'policy.set',
      subject: 'policy',
      payload: {
        version_before: before.version,
        version_after: policy.version,
        digest: policy.digest,
        before: policyShown(before.terms),
        after: policyShown(terms),
        reason,
      },
    }),
  );
  return { before, view: await viewOf(tx), changed: true };
}

async function viewOf(tx: Tx): Promise<PolicyView> {
  const view = await findPolicyView(tx, null);
  if (view === undefined) throw new Error('the policy has gone');
  return view;
}

/** A policy rules the whole office: an admin sets it, or a CFO of every company. */
async function requireWholeOffice(tx: Tx, actor: Actor): Promise<void> {
  requirePerson(actor);
  const { user, grants } = await getUser(tx, actor.userId);
  const now = user.disabledAt === null ? grants : [];
  if (!mayAnywhere({ grants: now }, 'policy.manage')) throw roleMissing(actor.username, 'policy.manage');
  const beyond = (await allCompanies(tx)).filter(
    ({ id }) => !mayAt({ grants: now }, 'policy.manage', { companyId: id, regionId: null, branchId: null }),
  );
  if (beyond.length === 0) return;
  throw new Problem(
    'forbidden',
    'OUT_OF_SCOPE',
    `The policy rules the whole office; ${actor.username}'s role does not reach ${beyond.map(({ code }) => code).join(', ')}.`,
    { unchanged: 'Nothing was changed.', fix: 'ask an admin, or a CFO of every company' },
  );
}

/** What makes a policy hard to live with: too few people for it, limits that cannot be used, or currencies of funds that it does not name. */
async function oddities(tx: Tx, terms: PolicyTerms): Promise<string[]> {
  const cfos = (await findHolders(tx, ['cfo'], null)).length;
  const approvers = (await findHolders(tx, ['approver', 'cfo'], null)).length;
  const tiers = Object.values(terms.money).flatMap(({ approval }) => approval);
  const most = Math.max(...tiers.map((tier) => tier.approvers));
  const mostCfos = Math.max(...tiers.map(({ roles }) => roles.filter((role) => role === 'cfo').length));
  const unnamed = await unnamedCurrencies(tx, terms);
  return [
    ...(most > approvers
      ? [`It asks for up to ${most} approvers; ${quantity(approvers, 'person', 'people')} can approve.`]
      : []),
    ...(mostCfos > cfos ? [`It asks for up to ${mostCfos} CFOs among the approvers; there are ${cfos}.`] : []),
    ...narrowDays(terms),
    ...(unnamed.length > 0
      ? [
          `It says nothing about ${unnamed.join(', ')}, which funds hold: there its strictest rules count at any amount.`,
        ]
      : []),
  ];
}
