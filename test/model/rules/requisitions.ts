import { check, done, refusalOf, refuse, type Verdict } from '../verdict.ts';
import { isAmount, minor, type Fund, type Payment, type Person, type Requisition, type World } from '../world.ts';
import type { Judges } from './judge.ts';
import { awaitsMore, helps, isApproved } from './policy.ts';
import { APPROVERS, holds, isSpot, knows, liveGrants, placeOf, reaches, REQUESTERS } from './standing.ts';

/** A requisition's payments that are not cancelled. */
export const livePayments = (world: World, requisition: Requisition): Payment[] =>
  [...world.payments.values()].filter((one) => one.requisition === requisition.id && one.status !== 'cancelled');

/** Whether the money of a payment counts as spent of its requisition: a reversed one's until it is approved again. */
const commits = (requisition: Requisition, { reversedInRevision }: Payment): boolean =>
  reversedInRevision === null ||
  !requisition.decisions.some(({ approved, revision }) => approved && revision >= reversedInRevision);

/** What the payments of a requisition come to (DESIGN section 3, the sum rule). */
export const committed = (world: World, requisition: Requisition): number =>
  livePayments(world, requisition)
    .filter((payment) => commits(requisition, payment))
    .reduce((sum, { amount }) => sum + amount, 0);

/** Whoever decided on a requisition, in whatever revision and whichever way: they may not pay it (rules 1 and 9). */
export const decided = ({ decisions }: Requisition, person: Person): boolean =>
  decisions.some(({ by }) => by === person.name);

/** Whether a person carried out a payment of a requisition; rule 9 keeps executing and approving apart in both directions. */
const executed = (world: World, requisition: Requisition, person: Person): boolean =>
  livePayments(world, requisition).some(
    ({ executor, status }) => executor === person.name && ['executing', 'success', 'reversed'].includes(status),
  );

/** The requisition of an id as this person may name it. */
export function findRequisition(world: World, person: Person, id: string): Requisition | Verdict {
  const requisition = world.requisitions.get(id);
  return requisition !== undefined && knows(world, person, requisition.at.company)
    ? requisition
    : refuse(3, `there is no requisition ${id}`);
}

/** Whether a thing was found, and not the refusal of its name. */
export const found = <T extends Requisition | Payment | Fund>(thing: T | Verdict): thing is T => !('exit' in thing);

/** What approving and rejecting are judged by alike. */
function decide(world: World, person: Person, id: string, approved: boolean): Verdict {
  const requisition = findRequisition(world, person, id);
  if (!found(requisition)) return requisition;
  const { status, revision } = requisition;
  const as = (['approver', 'cfo'] as const).filter((role) => holds(world, person, [role], requisition.at));
  const awaits = awaitsMore(world, requisition);
  // What was approved under a looser policy may need more approvals.
  const waits = status === 'submitted' || (approved && status === 'approved' && awaits);
  const before = requisition.decisions.some((one) => one.by === person.name && one.revision === revision);
  const refusal = refusalOf([
    check(waits, 6, `it is ${status}`),
    check(requisition.requester !== person.name, 5, 'they requested it'),
    check(!executed(world, requisition, person), 5, 'they executed a payment of it'),
    check(as.length > 0, 5, 'no approver there'),
    check(!(waits && before), 5, 'they have decided on these terms'),
    check(!approved || before || !awaits || helps(world, requisition, as), 5, 'another role is asked for'),
  ]);
  if (refusal !== undefined) return refusal;
  return done(() => {
    requisition.decisions.push({ by: person.name, approved, revision, as });
    if (!approved) requisition.status = 'rejected';
    else if (isApproved(world, requisition)) requisition.status = 'approved';
  });
}

/** How requisitions are made, decided, amended and cancelled. */
export const REQUISITION_RULES: Judges<
  'requisition create' | 'requisition approve' | 'requisition reject' | 'requisition amend' | 'requisition cancel'
> = {
  'requisition create': (world, person, deed, act) => {
    if (!holds(world, person, REQUESTERS)) return refuse(5, 'no requester');
    if (!isAmount(deed.amount, deed.currency)) return refuse(2, 'no amount of this currency');
    const at = Object.keys(deed.at).length === 0 ? onlyPlace(world, person) : placeOf(world, person, deed.at);
    if (!isSpot(at)) return at;
    if (!holds(world, person, REQUESTERS, at)) return refuse(5, 'no requester there');
    return done(() => {
      world.requisitions.set(`q${act.id}`, {
        ...{ id: `q${act.id}`, requester: person.name, at, currency: deed.currency, method: deed.method, to: deed.to },
        ...{ amount: minor(deed.amount, deed.currency), status: 'submitted', revision: 1, decisions: [] },
      });
    });
  },
  'requisition approve': (world, person, deed) =>
    holds(world, person, APPROVERS) ? decide(world, person, deed.requisition, true) : refuse(5, 'no approver'),
  'requisition reject': (world, person, deed) => {
    if (!holds(world, person, APPROVERS)) return refuse(5, 'no approver');
    if (deed.reason === null) return refuse(2, 'the reason is missing');
    return decide(world, person, deed.requisition, false);
  },
  'requisition amend': (world, person, deed) => {
    if (!holds(world, person, REQUESTERS)) return refuse(5, 'no requester');
    if (deed.amount === null && deed.to === null) return refuse(2, 'nothing to change');
    const requisition = findRequisition(world, person, deed.requisition);
    if (!found(requisition)) return requisition;
    const refusal = refusalOf([
      check(['submitted', 'approved', 'rejected'].includes(requisition.status), 6, `it is ${requisition.status}`),
      check(requisition.requester === person.name, 5, 'they did not request it'),
      check(holds(world, person, REQUESTERS, requisition.at), 5, 'no requester there'),
      check(livePayments(world, requisition).length === 0, 6, 'it has payments'),
    ]);
    if (refusal !== undefined) return refusal;
    if (deed.amount !== null && !isAmount(deed.amount, requisition.currency))
      return refuse(2, 'no amount of this currency');
    return done(() => {
      if (deed.amount !== null) requisition.amount = minor(deed.amount, requisition.currency);
      if (deed.to !== null) requisition.to = deed.to;
      requisition.status = 'submitted';
      requisition.revision += 1;
    });
  },
  'requisition cancel': (world, person, deed) => {
    const requisition = findRequisition(world, person, deed.requisition);
    if (!found(requisition)) return requisition;
    const open = livePayments(world, requisition).filter(({ status }) =>
      ['pending', 'executing', 'failed'].includes(status),
    );
    const theirs = requisition.requester === person.name || holds(world, person, APPROVERS, requisition.at);
    const refusal = refusalOf([
      check(['submitted', 'approved'].includes(requisition.status), 6, `it is ${requisition.status}`),
      check(theirs && reaches(world, person, requisition.at), 5, 'neither its requester nor an approver there'),
      check(open.length === 0, 6, 'a payment of it is open'),
    ]);
    return refusal ?? done(() => (requisition.status = 'cancelled'));
  },
};

/** Without a place, the only one at which somebody is a requester. */
function onlyPlace(world: World, person: Person) {
  const spots = liveGrants(world, person).filter(({ role }) => role === 'requester');
  const [only] = spots;
  return spots.length === 1 && only !== undefined && only.at !== null ? only.at : refuse(2, 'the place is missing');
}
