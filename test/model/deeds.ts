import type { DeedOf, TypedCode, What } from './acts.ts';
import type { Dice } from './dice.ts';
import { PASSWORD, scopesOf } from './random-office.ts';
import { reachesFrom } from './rules/standing.ts';
import {
  editWords,
  placeWords,
  policyWords,
  roleWords,
  termWords,
  unfit,
  withoutCompany,
  type Thought,
} from './words.ts';
import { startOfToday, the, typed, type Fund, type Method, type Payment, type Person, type World } from './world.ts';

/** One of the things there are: mostly one in a fitting state, of those one made lately; seldom one that does not exist. */
function pick<T extends { readonly id: string }>(
  { dice }: Thought,
  things: ReadonlyMap<string, T>,
  fits: (thing: T) => boolean,
): string {
  const all = [...things.values()];
  const fitting = all.filter(fits);
  const some = dice.chance(0.85) && fitting.length > 0 ? fitting : all;
  return some.length === 0 || dice.chance(0.015) ? 'nothing' : dice.one(some.slice(-4)).id;
}

const status =
  (...wanted: readonly string[]) =>
  (thing: { readonly status: string }): boolean =>
    wanted.includes(thing.status);

/** Whether a payment waits for which there is money in an open fund. */
const isCovered =
  ({ world }: Thought) =>
  ({ status: now, fund: code, amount }: Payment): boolean => {
    const { state, balance, reserved } = the(world.funds, code);
    return now === 'pending' && state === 'open' && balance - reserved >= amount;
  };

const fundCode = ({ dice, world }: Thought, fits: (state: string) => boolean = () => true): string => {
  const funds = [...world.funds.values()];
  const [fitting, others] = [funds.filter(({ state }) => fits(state)), funds.filter(({ state }) => !fits(state))];
  const some = others.length > 0 && dice.chance(0.15) ? others : fitting;
  return some.length === 0 || dice.chance(0.01) ? 'NOFUND' : dice.one(some).code;
};

const personName = ({ dice, world }: Thought, fits: (person: Person) => boolean = () => true): string => {
  const people = [...world.people.values()];
  const fitting = people.filter(fits);
  return dice.chance(0.01) ? 'nobody' : dice.one(fitting.length > 0 && dice.chance(0.85) ? fitting : people).name;
};

/** Somebody who is not disabled, of whom admins are more often than there are of them: without one nothing goes on. */
const somebodyOrAdmin = (thought: Thought): string => {
  const onlyAdmins = thought.dice.chance(0.2);
  return personName(
    thought,
    ({ disabled, grants }) => !disabled && (!onlyAdmins || grants.some(({ role }) => role === 'admin')),
  );
};

const DESTINATIONS: Readonly<Record<Method, readonly string[]>> = {
  cash: ['Jane Wanjiru', 'Peter Otieno'],
  mpesa: ['254733000001', '254712000001', '254712000002', '254712000003', '254712000004'],
  bank: ['KCB:1234567890', 'EQUITY:99887766'],
};

const units = ({ dice, world }: Thought): number => {
  const funds = [...world.funds.values()].filter(({ currency }) => currency === 'KES');
  const edges = funds.length > 0 ? edgesOf(world, dice.one(funds)) : [];
  if (edges.length > 0 && dice.chance(0.15)) return dice.one(edges);
  return dice.weighted([
    [dice.between(1, 400), 20],
    [dice.between(400, 2500), 4],
    [0, 0.3],
  ]);
};

/** Figures at which a fund's answer changes, and a cent more: its limits, what is left of the day's, what is in it, its threshold. */
function edgesOf(world: World, fund: Fund): number[] {
  const today = [...world.payments.values()].filter(
    ({ fund: of, executedAt }) => of === fund.code && executedAt !== null && executedAt >= startOfToday(world),
  );
  const spent = today.reduce((sum, { amount }) => sum + amount, 0);
  const left = fund.dailyLimit === null ? null : fund.dailyLimit - spent;
  const figures = [left, left, left, fund.paymentLimit, fund.balance - fund.reserved, fund.threshold];
  const cent = fund.currency === 'KES' ? 1 : 0;
  return figures
    .flatMap((figure) => (figure !== null && figure > 0 && figure < 1_000_000 ? [figure, figure + cent] : []))
    .map((figure) => typed(figure, fund.currency));
}

/** References of money that went out or came in: mostly new ones. */
export const reference = ({ dice, id }: Thought, used: ReadonlySet<string>): string => {
  const old = [...used].map((text) => text.replace(/^.*:/, ''));
  return old.length > 0 && dice.chance(0.1) ? dice.one(old) : `REF${id}X${dice.below(10)}`;
};

const yes = (dice: Dice): boolean => dice.chance(0.94);

const reason = (dice: Dice): string | null => (dice.chance(0.96) ? 'because' : null);

/** Which code is typed: the newest of this person, seldom an older one, that of another, or one nobody was sent. */
export function codeFor({ dice, world }: Thought, payment: string): TypedCode | null {
  const mailed = world.codes.filter((code) => code.payment === payment);
  const last = mailed.at(-1);
  const kind = dice.weighted([
    ['own', 16],
    ['older', 1],
    ['another', 1.2],
    ['none', 1.6],
  ] as const);
  if (kind === 'none' || last === undefined) return null;
  const { payment: of, person } = kind === 'another' ? dice.one(world.codes) : last;
  return { payment: of, person, back: kind === 'older' ? 1 : 0 };
}

/** Whether somebody has a code that could still be used. */
const hasCode =
  ({ world }: Thought) =>
  ({ name }: Person): boolean =>
    world.codes.some((code) => code.person === name && !code.used && !code.void);

/** One random command of each kind, about things that there are: mostly in a fitting state, sometimes not. */
export const DEEDS: { readonly [W in What]: (thought: Thought) => DeedOf<W> } = {
  login: ({ dice }) => ({ what: 'login', password: dice.chance(0.6) ? PASSWORD : 'wrong horse battery' }),
  'requisition create': (thought) => {
    const { dice } = thought;
    const method = dice.weighted([
      ['cash', 5],
      ['mpesa', 3],
      ['bank', 2],
    ] as const);
    const at = dice.chance(0.06) ? {} : withoutCompany(dice, placeWords(thought));
    const currency = dice.chance(0.04) ? 'UGX' : 'KES';
    return {
      what: 'requisition create',
      amount: units(thought),
      method,
      to: dice.one(DESTINATIONS[method]),
      at,
      currency,
    };
  },
  'requisition approve': (thought) => ({
    what: 'requisition approve',
    requisition: pick(thought, thought.world.requisitions, status('submitted')),
  }),
  'requisition reject': (thought) => ({
    what: 'requisition reject',
    requisition: pick(thought, thought.world.requisitions, status('submitted')),
    reason: reason(thought.dice),
  }),
  'requisition amend': (thought) => {
    const { dice, world } = thought;
    const requisition = pick(thought, world.requisitions, status('submitted', 'approved', 'rejected'));
    const method = world.requisitions.get(requisition)?.method ?? 'cash';
    const what = 'requisition amend' as const;
    if (dice.chance(0.04)) return { what, requisition, amount: null, to: null };
    if (dice.chance(0.3)) return { what, requisition, amount: null, to: dice.one(DESTINATIONS[method]) };
    return { what, requisition, amount: dice.between(1, 900), to: null };
  },
  'requisition cancel': (thought) => ({
    what: 'requisition cancel',
    requisition: pick(thought, thought.world.requisitions, status('submitted', 'approved')),
  }),
  'payment create': (thought) => {
    const { dice, world } = thought;
    const requisition = pick(thought, world.requisitions, status('approved'));
    const wish = world.requisitions.get(requisition);
    const all = wish === undefined ? 1 : typed(wish.amount, wish.currency);
    const near = [...world.funds.values()].filter(
      ({ at, currency, state }) =>
        state === 'open' && wish !== undefined && currency === wish.currency && reachesFrom(at, wish.at),
    );
    const code =
      near.length > 0 && dice.chance(0.7) ? dice.one(near).code : fundCode(thought, (state) => state !== 'closed');
    const fund = world.funds.get(code);
    const half = Math.max(1, Math.floor(all / 2));
    const edges = (fund === undefined ? [] : edgesOf(world, fund)).filter((edge) => edge <= all);
    const amount = dice.weighted([
      [null, 6],
      [half, 2],
      [edges.length > 0 ? dice.one(edges) : half, 3],
      [all, 1],
      [all + 1, 0.5],
    ] as const);
    return { what: 'payment create', requisition, fund: code, amount, maxTries: dice.chance(0.2) ? 1 : null };
  },
  'payment otp --send': (thought) => ({
    what: 'payment otp --send',
    payment: pick(thought, thought.world.payments, thought.dice.chance(0.6) ? isCovered(thought) : status('pending')),
  }),
  'payment otp --verify': (thought) => {
    const { world } = thought;
    const waiting = world.codes.filter((code) => !code.void && !code.used && !code.verified);
    const payment = pick(thought, world.payments, ({ id }) => waiting.some((code) => code.payment === id));
    return { what: 'payment otp --verify', payment, code: codeFor(thought, payment) };
  },
  'payment execute': (thought) => {
    const { dice, world } = thought;
    const given = world.codes.filter((code) => !code.void && !code.used && code.verified);
    const ready = ({ id }: { id: string }): boolean => given.some(({ payment }) => payment === id);
    const fits = dice.weighted([
      [given.length > 0 ? ready : isCovered(thought), 5],
      [isCovered(thought), 2],
      [status('pending'), 3],
    ]);
    const payment = pick(thought, world.payments, fits);
    const manual = world.payments.get(payment)?.method !== 'cash';
    const said = dice.chance(manual ? 0.55 : 0.03) ? reference(thought, world.paidWith) : null;
    return { what: 'payment execute', payment, reference: said, yes: yes(dice) || said !== null };
  },
  'payment explain': (thought) => ({
    what: 'payment explain',
    payment: pick(thought, thought.world.payments, status('pending', 'failed')),
  }),
  'payment resolve': (thought) => ({
    what: 'payment resolve',
    payment: pick(thought, thought.world.payments, status('executing')),
    reference: reference(thought, thought.world.paidWith),
  }),
  'payment resolve --not-paid': (thought) => ({
    what: 'payment resolve --not-paid',
    payment: pick(thought, thought.world.payments, status('executing')),
    yes: yes(thought.dice),
  }),
  'payment retry': (thought) => ({
    what: 'payment retry',
    payment: pick(thought, thought.world.payments, status('failed')),
  }),
  'payment cancel': (thought) => ({
    what: 'payment cancel',
    payment: pick(thought, thought.world.payments, status('pending', 'failed')),
  }),
  'payment reverse': (thought) => ({
    what: 'payment reverse',
    payment: pick(thought, thought.world.payments, status('success')),
    reason: reason(thought.dice),
    reference: thought.dice.chance(0.6) ? reference(thought, thought.world.receivedWith) : null,
    yes: yes(thought.dice),
  }),
  'fund create': (thought) => ({
    what: 'fund create',
    code: thought.dice.chance(0.03) ? fundCode(thought) : `F${thought.id}`,
    at: placeWords(thought),
    currency: thought.dice.chance(0.06) ? 'UGX' : 'KES',
    opening: thought.dice.weighted([
      [0, 1],
      [300, 1],
      [3000, 3],
      [9000, 4],
    ]),
    terms: termWords(thought),
  }),
  'fund edit': (thought) => ({
    what: 'fund edit',
    fund: fundCode(thought, (state) => state !== 'closed'),
    terms: editWords(thought),
  }),
  'fund freeze': (thought) => ({ what: 'fund freeze', fund: fundCode(thought, (state) => state === 'open') }),
  'fund unfreeze': (thought) => ({ what: 'fund unfreeze', fund: fundCode(thought, (state) => state === 'frozen') }),
  'fund close': (thought) => {
    // Funds without money are few, and most of them have been closed.
    const empty = [...thought.world.funds.values()].filter(({ balance }) => balance === 0);
    const fund = empty.length > 0 && thought.dice.chance(0.75) ? thought.dice.one(empty).code : fundCode(thought);
    return { what: 'fund close', fund, yes: thought.dice.chance(0.7) };
  },
  'replenish request': (thought) => ({
    what: 'replenish request',
    fund: fundCode(thought, (state) => state !== 'closed'),
    amount: thought.dice.chance(0.4) ? thought.dice.between(100, 900) : null,
    reason: reason(thought.dice),
  }),
  'replenish approve': (thought) => ({
    what: 'replenish approve',
    replenishment: pick(thought, thought.world.replenishments, status('pending')),
  }),
  'replenish reject': (thought) => ({
    what: 'replenish reject',
    replenishment: pick(thought, thought.world.replenishments, status('pending', 'approved')),
  }),
  'replenish fund': (thought) => {
    const { dice, world } = thought;
    const replenishment = pick(thought, world.replenishments, status('approved'));
    const amount = dice.chance(0.3) ? dice.between(1, 800) : null;
    return { what: 'replenish fund', replenishment, reference: reference(thought, world.receivedWith), amount };
  },
  'replenish check': (thought) => ({
    what: 'replenish check',
    fund: thought.dice.chance(0.4) ? fundCode(thought) : null,
    create: thought.dice.chance(0.5),
  }),
  'user add': (thought) => {
    const { dice, id } = thought;
    const name = dice.chance(0.08) ? personName(thought) : `new${id}`;
    const phone = dice.chance(0.2) ? dice.one(DESTINATIONS.mpesa) : null;
    return { what: 'user add', name, email: `${name}@acme.example`, phone, password: PASSWORD, ...roleWords(thought) };
  },
  'user role': (thought) => ({ what: 'user role', name: somebodyOrAdmin(thought), ...roleWords(thought) }),
  'user edit': (thought) => {
    const { dice, id } = thought;
    const name = personName(thought, hasCode(thought));
    if (dice.chance(0.04)) return { what: 'user edit', name, email: null, phone: null };
    if (dice.chance(0.5))
      return { what: 'user edit', name, email: `${dice.chance(0.1) ? 'amina' : `box${id}`}@acme.example`, phone: null };
    return { what: 'user edit', name, email: null, phone: dice.one([...DESTINATIONS.mpesa, 'none']) };
  },
  'user password': (thought) => ({
    what: 'user password',
    name: personName(thought, hasCode(thought)),
    password: thought.dice.one([PASSWORD, 'another horse battery']),
  }),
  'user password (own)': ({ dice }) => ({
    what: 'user password (own)',
    current: dice.chance(0.7) ? PASSWORD : 'wrong horse battery',
    password: dice.one([PASSWORD, 'another horse battery']),
  }),
  'user disable': (thought) => ({ what: 'user disable', name: somebodyOrAdmin(thought) }),
  'user enable': (thought) => ({ what: 'user enable', name: personName(thought, ({ disabled }) => disabled) }),
  'user unlock': (thought) => ({ what: 'user unlock', name: personName(thought, ({ codesLocked }) => codesLocked) }),
  'token create': ({ dice }) => ({
    what: 'token create',
    password: dice.chance(0.8) ? PASSWORD : 'wrong horse battery',
    scopes: dice.chance(0.06) ? ['payment:execute'] : scopesOf(dice),
    hours: dice.one([1, 2, 24, 2160]),
  }),
  'token revoke': (thought) => ({
    what: 'token revoke',
    name: personName(thought, ({ tokens }) => tokens.some(({ revoked }) => !revoked)),
  }),
  'policy set': ({ dice, world }) => ({
    what: 'policy set',
    policy: dice.weighted([
      [policyWords(dice), 15],
      [unfit(dice, policyWords(dice)), 2],
      [world.policy.words ?? policyWords(dice), 1],
    ]),
    reason: reason(dice),
  }),
  'change confirm': (thought) => ({
    what: 'change confirm',
    change: pick(thought, thought.world.changes, status('pending')),
    yes: yes(thought.dice),
  }),
  'change reject': (thought) => ({
    what: 'change reject',
    change: pick(thought, thought.world.changes, status('pending')),
  }),
};
