import type { TermWords } from '../acts.ts';
import { check, done, refusalOf, refuse } from '../verdict.ts';
import {
  hasPaid,
  minor,
  openRequest,
  type Currency,
  type Fund,
  type FundTerms,
  type NewFund,
  type World,
} from '../world.ts';
import { post } from './execution.ts';
import type { Judges } from './judge.ts';
import { findFund } from './payments.ts';
import { propose } from './proposing.ts';
import { found } from './requisitions.ts';
import { holds, isSpot, KEEPERS, placeOf } from './standing.ts';

/** Opens a fund; money that is in it is the first entry of its book. */
export function openFund(world: World, code: string, { opening, ...terms }: NewFund): void {
  const fund: Fund = { ...terms, code, balance: 0, reserved: 0, entries: 0, state: 'open' };
  world.funds.set(code, fund);
  if (opening > 0) post(world, fund, opening);
}

/** What words ask for, in minor units; what is not said is left out. */
function termsOf(words: TermWords, currency: Currency): Partial<FundTerms> {
  const terms: Partial<FundTerms> = {};
  if (words.name !== undefined) terms.name = words.name;
  if (words.reorder !== undefined) terms.reorder = minor(words.reorder, currency);
  if (words.imprest !== undefined) terms.imprest = minor(words.imprest, currency);
  if (words.threshold !== undefined) terms.threshold = minor(words.threshold, currency);
  for (const limit of ['paymentLimit', 'dailyLimit'] as const) {
    const value = words[limit];
    if (value !== undefined) terms[limit] = value === null ? null : minor(value, currency);
  }
  if (words.auto !== undefined) terms.auto = words.auto;
  return terms;
}

/** The imprest level exceeds the reorder level; both may be 0. */
const levelsFit = ({ reorder, imprest }: Pick<FundTerms, 'reorder' | 'imprest'>): boolean =>
  imprest > reorder || (reorder === 0 && imprest === 0);

/** What opens no door: name and auto-replenishment. Levels, threshold and limits do. */
const HARMLESS: readonly string[] = ['name', 'auto'];

/** How funds are opened, changed, frozen and closed. */
export const FUND_RULES: Judges<'fund create' | 'fund edit' | 'fund freeze' | 'fund unfreeze' | 'fund close'> = {
  'fund create': (world, person, deed, act) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    const { code, currency } = deed;
    const given = termsOf(deed.terms, currency);
    const reorder = given.reorder ?? 0;
    const terms: FundTerms = {
      ...{ name: code, threshold: 0, paymentLimit: null, dailyLimit: null, auto: true, imprest: 2 * reorder },
      ...given,
      reorder,
    };
    const at = placeOf(world, person, deed.at);
    if (!levelsFit(terms)) return refuse(2, 'the levels do not fit');
    if (!isSpot(at)) return at;
    if (!holds(world, person, KEEPERS, at)) return refuse(5, 'no keeper of that place');
    if (world.funds.has(code)) return refuse(7, 'the code is taken');
    const fund = { ...terms, at, currency, opening: minor(deed.opening, currency) };
    if ((fund.opening > 0 || fund.threshold > 0) && hasPaid(world))
      return propose(world, person, act, { kind: 'fund.create', subject: code, fund }, at);
    return done(() => openFund(world, code, fund));
  },
  'fund edit': (world, person, deed, act) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    if (Object.keys(deed.terms).length === 0) return refuse(2, 'nothing to change');
    const fund = findFund(world, person, deed.fund);
    if (!found(fund)) return fund;
    if (!holds(world, person, KEEPERS, fund.at)) return refuse(5, 'no keeper of this fund');
    const edit = changesOf(fund, termsOf(deed.terms, fund.currency));
    if (!levelsFit({ ...fund, ...edit })) return refuse(2, 'the levels do not fit');
    const names = Object.keys(edit);
    if (names.length === 0) return done(() => undefined);
    if (fund.state === 'closed') return refuse(7, 'the fund is closed');
    if (hasPaid(world) && names.some((name) => !HARMLESS.includes(name)))
      return propose(world, person, act, { kind: 'fund.edit', subject: fund.code, edit }, fund.at);
    return done(() => void Object.assign(fund, edit));
  },
  'fund freeze': (world, person, deed) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    const fund = findFund(world, person, deed.fund);
    if (!found(fund)) return fund;
    if (!holds(world, person, KEEPERS, fund.at)) return refuse(5, 'no keeper of this fund');
    return fund.state === 'open' ? done(() => (fund.state = 'frozen')) : refuse(7, `it is ${fund.state}`);
  },
  'fund unfreeze': (world, person, deed, act) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    const fund = findFund(world, person, deed.fund);
    if (!found(fund)) return fund;
    if (!holds(world, person, KEEPERS, fund.at)) return refuse(5, 'no keeper of this fund');
    if (fund.state !== 'frozen') return refuse(7, `it is ${fund.state}`);
    if (!hasPaid(world)) return done(() => (fund.state = 'open'));
    return propose(world, person, act, { kind: 'fund.unfreeze', subject: fund.code }, fund.at);
  },
  'fund close': (world, person, deed, act) => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    const fund = findFund(world, person, deed.fund);
    if (!found(fund)) return fund;
    if (!holds(world, person, KEEPERS, fund.at)) return refuse(5, 'no keeper of this fund');
    if (fund.state === 'closed') return refuse(7, 'it is closed');
    const open = [...world.payments.values()].filter(
      (one) => one.fund === fund.code && ['pending', 'executing', 'failed'].includes(one.status),
    );
    const refusal = refusalOf([
      check(fund.balance === 0 && fund.reserved === 0, 6, 'there is money in it'),
      check(open.length === 0, 6, 'a payment of it is open'),
      check(openRequest(world, fund.code) === undefined, 6, 'a replenishment is open'),
    ]);
    if (refusal !== undefined) return refusal;
    return deed.yes || act.dryRun ? done(() => (fund.state = 'closed')) : refuse(2, 'nobody can be asked');
  },
};

/** Those of some terms that are others than a fund has. */
const changesOf = (fund: Fund, terms: Partial<FundTerms>): Partial<FundTerms> =>
  Object.fromEntries(Object.entries(terms).filter(([name, value]) => fund[name as keyof FundTerms] !== value));
