import type { Act } from '../acts.ts';
import { refuse, type Verdict } from '../verdict.ts';
import { the, type Change, type Person, type Proposal, type Spot, type World } from '../world.ts';
import { liveGrants } from './standing.ts';

/** An act that opens doors becomes a change that waits; one of a kind for one thing at a time (7). */
export function propose(world: World, person: Person, act: Act, proposal: Proposal, at: Spot | null): Verdict {
  const waiting = [...world.changes.values()].some(
    (one) =>
      one.status === 'pending' && one.proposal.kind === proposal.kind && one.proposal.subject === proposal.subject,
  );
  if (waiting) return refuse(7, 'such a change is pending already');
  const change: Change = {
    ...{ id: `c${act.id}`, proposal, proposer: person.name, at, before: presentOf(world, proposal) },
    ...{ executor: executorOf(world, proposal), confirmers: [], status: 'pending', decider: null },
  };
  return { exit: 0, why: 'proposed', proposed: true, effect: () => void world.changes.set(change.id, change) };
}

/** Whose execution a proposal is about; they stay concerned when the payment is tried again by somebody else. */
const executorOf = (world: World, { kind, subject }: Proposal): string | null =>
  kind === 'payment.not_paid' || kind === 'payment.reverse' ? the(world.payments, subject).executor : null;

/** What a proposal is about, as it is now: when it has moved, nothing is confirmed (7). */
export const presentOf = (world: World, proposal: Proposal): string => JSON.stringify(aboutOf(world, proposal));

function aboutOf(world: World, proposal: Proposal): unknown {
  const { kind, subject } = proposal;
  switch (kind) {
    case 'user.roles':
      return liveGrants(world, the(world.people, subject));
    case 'user.contact': {
      const { email, phone, displayName } = the(world.people, subject);
      return { email, phone, displayName };
    }
    case 'user.enable': {
      const person = the(world.people, subject);
      return { disabled: person.disabled, roles: liveGrants(world, person).map(({ role }) => role) };
    }
    case 'user.password':
      return the(world.people, subject).password;
    case 'fund.create':
      return world.funds.has(subject);
    case 'fund.edit': {
      const fund = the(world.funds, subject);
      // Only what would change counts.
      const names = Object.keys(proposal.edit) as (keyof typeof proposal.edit)[];
      return names.map((name) => fund[name]);
    }
    case 'policy.set':
      return world.policy;
    case 'fund.unfreeze':
      return the(world.funds, subject).state;
    case 'payment.not_paid':
    case 'payment.reverse': {
      const { status, failedTries } = the(world.payments, subject);
      return { status, failedTries };
    }
  }
}
