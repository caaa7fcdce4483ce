import { check, done, refusalOf, refuse, type Verdict } from '../verdict.ts';
import { minor, openRequest, the, type Fund, type Person, type Replenishment, type World } from '../world.ts';
import { post, request } from './execution.ts';
import type { Judges } from './judge.ts';
import { findFund } from './payments.ts';
import { found } from './requisitions.ts';
import { CFOS, CHECKERS, holds, KEEPERS, knows, reaches } from './standing.ts';

/** The request of an id, with its fund, as this person may name it. */
function findRequest(world: World, person: Person, id: string): { request: Replenishment; fund: Fund } | Verdict {
  const one = world.replenishments.get(id);
  if (one === undefined) return refuse(3, `there is no replenishment ${id}`);
  const fund = the(world.funds, one.fund);
  return knows(world, person, fund.at.company) ? { request: one, fund } : refuse(3, `there is no replenishment ${id}`);
}

/** What an approval grants: what was asked for when that was fixed, else the way back to the imprest level now. */
const approvable = ({ fixed, requested }: Replenishment, fund: Fund): number =>
  fixed ? requested : fund.imprest - fund.balance;

/** How a fund is topped up: requested, approved and funded by three people (DESIGN rule 6). */
export const REPLENISHMENT_RULES: Judges<
  'replenish request' | 'replenish approve' | 'replenish reject' | 'replenish fund' | 'replenish check'
> = {
  'replenish request': (world, person, deed) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    if (deed.reason === null) return refuse(2, 'the reason is missing');
    const fund = findFund(world, person, deed.fund);
    if (!found(fund)) return fund;
    if (!holds(world, person, KEEPERS, fund.at)) return refuse(5, 'no keeper of this fund');
    if (fund.state === 'closed') return refuse(6, 'the fund is closed');
    if (openRequest(world, fund.code) !== undefined) return refuse(7, 'a request is open');
    if (deed.amount === null && fund.imprest <= fund.balance) return refuse(6, 'nothing is needed');
    const fixed = deed.amount === null ? null : minor(deed.amount, fund.currency);
    return done(() => request(world, fund, { requester: person.name, fixed }));
  },
  'replenish approve': (world, person, deed) => {
    if (!holds(world, person, CFOS)) return refuse(5, 'no cfo');
    const at = findRequest(world, person, deed.replenishment);
    if ('exit' in at) return at;
    const one = at.request;
    const refusal = refusalOf([
      check(one.status === 'pending', 6, `it is ${one.status}`),
      check(one.requester !== person.name, 5, 'they requested it'),
      check(holds(world, person, CFOS, at.fund.at), 5, 'no cfo of this fund'),
      check(approvable(one, at.fund) > 0, 6, 'nothing is needed'),
    ]);
    if (refusal !== undefined) return refusal;
    return done(() => {
      one.requested = one.approved = approvable(one, at.fund);
      one.approver = person.name;
      one.status = 'approved';
    });
  },
  'replenish reject': (world, person, deed) => {
    if (!holds(world, person, CFOS)) return refuse(5, 'no cfo');
    const at = findRequest(world, person, deed.replenishment);
    if ('exit' in at) return at;
    const one = at.request;
    const refusal = refusalOf([
      check(one.status === 'pending' || one.status === 'approved', 6, `it is ${one.status}`),
      check(holds(world, person, CFOS, at.fund.at), 5, 'no cfo of this fund'),
    ]);
    if (refusal !== undefined) return refusal;
    return done(() => {
      one.rejecter = person.name;
      one.status = 'rejected';
    });
  },
  'replenish fund': (world, person, deed) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    const at = findRequest(world, person, deed.replenishment);
    if ('exit' in at) return at;
    const one = at.request;
    const amount = deed.amount === null ? (one.approved ?? one.requested) : minor(deed.amount, at.fund.currency);
    const refusal = refusalOf([
      check(one.status === 'approved', 6, `it is ${one.status}`),
      check(one.requester !== person.name, 5, 'they requested it'),
      check(one.approver !== person.name, 5, 'they approved it'),
      check(holds(world, person, KEEPERS, at.fund.at), 5, 'no keeper of this fund'),
      check(one.approved === null || amount <= one.approved, 6, 'more than was approved'),
      check(!world.receivedWith.has(deed.reference), 6, 'the reference was used'),
    ]);
    if (refusal !== undefined) return refusal;
    return done(() => {
      one.funded = amount;
      one.funder = person.name;
      one.reference = deed.reference;
      one.status = 'funded';
      world.receivedWith.add(deed.reference);
      post(world, at.fund, amount);
    });
  },
  'replenish check': (world, person, deed) => {
    if (!holds(world, person, CHECKERS)) return refuse(5, 'may not check');
    if (deed.create && !holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    const named = deed.fund === null ? null : findFund(world, person, deed.fund);
    if (named !== null && !found(named)) return named;
    if (named !== null && !holds(world, person, CHECKERS, named.at)) return refuse(5, 'may not check this fund');
    const low = [...world.funds.values()].filter(
      (fund) =>
        (named === null || fund === named) &&
        fund.state === 'open' &&
        fund.balance < fund.reorder &&
        reaches(world, person, fund.at) &&
        holds(world, person, CHECKERS, fund.at),
    );
    if (low.length === 0) return done(() => undefined);
    return done(() => {
      for (const fund of deed.create ? low : [])
        if (holds(world, person, KEEPERS, fund.at) && openRequest(world, fund.code) === undefined)
          request(world, fund, { requester: null, fixed: null });
    }, 10);
  },
};
