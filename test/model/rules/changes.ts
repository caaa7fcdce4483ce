import type { Role } from '../../../src/domain/access.ts';
import { check, done, refusalOf, refuse, type Verdict } from '../verdict.ts';
import { the, type Change, type Person, type Proposal, type World } from '../world.ts';
import { openFund } from './funds.ts';
import type { Judges } from './judge.ts';
import { notPaidFaults, reversalFaults, settleNotPaid } from './outcomes.ts';
import { isTaken, shutOut } from './people.ts';
import { enact, rulesOffice } from './policy.ts';
import { post } from './execution.ts';
import type { Case } from './payments.ts';
import { presentOf } from './proposing.ts';
import { ADMINS, holds, KEEPERS, knows, reaches } from './standing.ts';

const OF_PEOPLE: readonly Proposal['kind'][] = ['user.roles', 'user.contact', 'user.enable', 'user.password'];

/** Whom a change concerns: nobody decides about what is their own doing, or about themselves. */
function concernedBy(world: World, { executor, proposal: { kind, subject } }: Change): (string | null)[] {
  if (OF_PEOPLE.includes(kind)) return [subject];
  if (kind !== 'payment.not_paid' && kind !== 'payment.reverse') return [];
  const payment = the(world.payments, subject);
  return [executor, the(world.requisitions, payment.requisition).requester];
}

/** Enabled people with a role that covers where a change counts. */
const holders = (world: World, change: Change, roles: readonly Role[]): string[] =>
  [...world.people.values()]
    .filter((person) => !person.disabled && holds(world, person, roles, change.at ?? undefined))
    .map(({ name }) => name);

/** A CFO who neither proposed it nor is concerned; where there is none, two such approvers (DESIGN rule 10). */
function decidersOf(world: World, change: Change): { names: string[]; needed: number } {
  const uninvolved = (name: string): boolean => name !== change.proposer && !concernedBy(world, change).includes(name);
  const cfos = holders(world, change, ['cfo']).filter(uninvolved);
  if (cfos.length > 0) return { names: cfos, needed: 1 };
  return { names: holders(world, change, ['approver']).filter(uninvolved), needed: 2 };
}

function findChange(world: World, person: Person, id: string): Change | Verdict {
  const change = world.changes.get(id);
  if (change === undefined || (change.at !== null && !knows(world, person, change.at.company)))
    return refuse(3, `there is no change ${id}`);
  return change.at === null || reaches(world, person, change.at) ? change : refuse(5, 'out of their reach');
}

const isChange = (found: Change | Verdict): found is Change => 'proposal' in found;

/** How changes for two are confirmed and rejected. */
export const CHANGE_RULES: Judges<'change confirm' | 'change reject'> = {
  'change confirm': (world, person, deed, act) => {
    const change = findChange(world, person, deed.change);
    if (!isChange(change)) return change;
    const { names, needed } = decidersOf(world, change);
    const refusal = refusalOf([
      check(change.status === 'pending', 6, `it is ${change.status}`),
      check(change.proposer !== person.name, 5, 'they proposed it'),
      check(!concernedBy(world, change).includes(person.name), 5, 'it concerns them'),
      check(names.includes(person.name), 5, 'they are none of those who confirm it'),
      check(!change.confirmers.includes(person.name), 6, 'they have confirmed it'),
    ]);
    if (refusal !== undefined) return refusal;
    if (presentOf(world, change.proposal) !== change.before) return refuse(7, 'what it is about has moved');
    if (!deed.yes && !act.dryRun) return refuse(2, 'nobody can be asked');
    const agreed = names.filter((name) => name === person.name || change.confirmers.includes(name));
    if (agreed.length < needed) return done(() => void change.confirmers.push(person.name));
    const carried = carryOut(world, change);
    if (carried.exit !== 0) return carried;
    return done(() => {
      change.confirmers.push(person.name);
      change.status = 'confirmed';
      change.decider = person.name;
      carried.effect?.();
    });
  },
  'change reject': (world, person, deed) => {
    const change = findChange(world, person, deed.change);
    if (!isChange(change)) return change;
    const own = change.proposer === person.name;
    const refusal = refusalOf([
      check(change.status === 'pending', 6, `it is ${change.status}`),
      check(own || !concernedBy(world, change).includes(person.name), 5, 'it concerns them'),
      check(own || decidersOf(world, change).names.includes(person.name), 5, 'none of those who decide'),
    ]);
    if (refusal !== undefined) return refusal;
    return done(() => {
      change.status = 'rejected';
      change.decider = person.name;
    });
  },
};

/** Does what was confirmed, under the roles that its proposer holds now; none when they are disabled. */
function carryOut(world: World, change: Change): Verdict {
  const { proposal, at } = change;
  const proposer = { ...the(world.people, change.proposer) };
  if (proposer.disabled) proposer.grants = [];
  const ofPeople = OF_PEOPLE.includes(proposal.kind);
  if (ofPeople && !holds(world, proposer, ADMINS)) return refuse(5, 'its proposer is no admin any more');
  if (proposal.kind === 'policy.set' && !rulesOffice(world, proposer))
    return refuse(5, 'its proposer does not rule the whole office any more');
  if (!ofPeople && at !== null && !holds(world, proposer, KEEPERS, at))
    return refuse(5, 'its proposer is no keeper of that place any more');
  switch (proposal.kind) {
    case 'user.roles':
    case 'user.contact':
    case 'user.enable':
    case 'user.password':
      return changePerson(world, the(world.people, proposal.subject), proposal);
    case 'fund.create':
      return done(() => openFund(world, proposal.subject, proposal.fund));
    case 'fund.edit': {
      const fund = the(world.funds, proposal.subject);
      if (fund.state === 'closed') return refuse(7, 'the fund is closed');
      return done(() => void Object.assign(fund, proposal.edit));
    }
    case 'policy.set':
      return done(() => enact(world, proposal.policy));
    case 'fund.unfreeze': {
      const fund = the(world.funds, proposal.subject);
      return done(() => (fund.state = 'open'));
    }
    case 'payment.not_paid': {
      const found = caseOf(world, proposal.subject);
      return refusalOf(notPaidFaults(world, proposer, found)) ?? done(() => settleNotPaid(found));
    }
    case 'payment.reverse': {
      const found = caseOf(world, proposal.subject);
      const { reference } = proposal;
      return (
        refusalOf(reversalFaults(world, proposer, found, reference)) ?? done(() => reverse(world, found, reference))
      );
    }
  }
}

/** What is changed about a person is also the end of their sessions and codes. */
function changePerson(world: World, person: Person, proposal: Extract<Proposal, { kind: `user.${string}` }>): Verdict {
  const { kind } = proposal;
  if (kind === 'user.roles' && proposal.grants.some(({ until }) => until !== null && until <= world.now))
    return refuse(7, 'the roles would have ended');
  if (kind === 'user.contact' && isTaken(world, person, proposal.contact)) return refuse(7, 'somebody has it');
  return done(() => {
    if (kind === 'user.roles') person.grants = [...proposal.grants];
    if (kind === 'user.contact') Object.assign(person, proposal.contact);
    if (kind === 'user.enable') person.disabled = false;
    if (kind === 'user.password') person.password = proposal.password;
    shutOut(world, person);
  });
}

function caseOf(world: World, id: string): Case {
  const payment = the(world.payments, id);
  return {
    payment,
    fund: the(world.funds, payment.fund),
    requisition: the(world.requisitions, payment.requisition),
  };
}

/** The whole amount comes back, and the requisition waits to be approved again; one that was cancelled stays so. */
function reverse(world: World, { payment, fund, requisition }: Case, reference: string | null): void {
  payment.status = 'reversed';
  payment.reversedInRevision = requisition.revision + 1;
  if (requisition.status !== 'cancelled') {
    requisition.status = 'submitted';
    requisition.revision += 1;
  }
  if (reference !== null) world.receivedWith.add(reference);
  post(world, fund, payment.amount);
}
