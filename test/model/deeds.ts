import type { Role } from '../../src/domain/access.ts';
import type { Day, DeedOf, PlaceWords, PolicyWords, TermWords, TypedCode, What } from './acts.ts';
import type { Dice } from './dice.ts';
import { PASSWORD } from './random-office.ts';
import { DAY, startOfToday, typed, type Fund, type Method, type Person, type Spot, type World } from './world.ts';

/** What somebody thinks of doing, as things are; what it makes is named after `id`. */
export interface Thought {
  readonly dice: Dice;
  readonly world: World;
  readonly id: number;
}

/** One of the things there are: mostly one in a fitting state, of those one made lately; seldom one that does not exist. */
function pick<T extends { readonly id: string }>(
  { dice }: Thought,
  things: ReadonlyMap<string, T>,
  fits: (thing: T) => boolean,
): string {
  const all = [...things.values()];
  const fitting = all.filter(fits);
  const some = dice.chance(0.85) && fitting.length > 0 ? fitting : all;
  return some.length === 0 || dice.chance(0.01) ? 'nothing' : dice.one(some.slice(-4)).id;
}

const status =
  (...wanted: readonly string[]) =>
  (thing: { readonly status: string }): boolean =>
    wanted.includes(thing.status);

const fundCode = ({ dice, world }: Thought, fits: (state: string) => boolean = () => true): string => {
  const funds = [...world.funds.values()];
  const some = dice.chance(0.85) ? funds.filter(({ state }) => fits(state)) : funds;
  return some.length === 0 || dice.chance(0.01) ? 'NOFUND' : dice.one(some).code;
};

const personName = ({ dice, world }: Thought, fits: (person: Person) => boolean = () => true): string => {
  const people = [...world.people.values()];
  const fitting = people.filter(fits);
  return dice.chance(0.01) ? 'nobody' : dice.one(fitting.length > 0 && dice.chance(0.85) ? fitting : people).name;
};

/** Words for a place: its lowest code, sometimes also those above; sometimes ones that do not lie in each other. */
function placeWords({ dice, world }: Thought): PlaceWords & { company: string } {
  const spot: Spot = dice.chance(0.6) ? { company: 'ACME', region: null, branch: null } : dice.one(world.places);
  const other = dice.chance(0.02) ? dice.one(world.places) : spot;
  return {
    company: other.company,
    ...(spot.region === null ? {} : { region: spot.region }),
    ...(spot.branch === null ? {} : { branch: spot.branch }),
  };
}

const withoutCompany = (dice: Dice, { company, ...rest }: PlaceWords & { company: string }): PlaceWords =>
  Object.keys(rest).length > 0 && dice.chance(0.5) ? rest : { company, ...rest };

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
  return old.length > 0 && dice.chance(0.06) ? dice.one(old) : `REF${id}X${dice.below(10)}`;
};

const yes = (dice: Dice): boolean => dice.chance(0.97);

const reason = (dice: Dice): string | null => (dice.chance(0.96) ? 'because' : null);

function termWords({ dice }: Thought): TermWords & { reorder: number } {
  const reorder = dice.one([0, 200, 1000, 3000]);
  return {
    reorder,
    ...(dice.chance(0.7)
      ? {
          imprest: dice.weighted([
            [reorder, 1],
            [reorder + 500, 4],
            [9000, 6],
          ]),
        }
      : {}),
    ...(dice.chance(0.6) ? { threshold: dice.one([0, 200, 500, 1500]) } : {}),
    ...(dice.chance(0.2) ? { paymentLimit: dice.one([300, 800, 2000]) } : {}),
    ...(dice.chance(0.35) ? { dailyLimit: dice.one([700, 1500, 3000]) } : {}),
    ...(dice.chance(0.15) ? { auto: false } : {}),
  };
}

/** What an edit changes: one or two of a fund's terms. */
function editWords(thought: Thought): TermWords {
  const { dice } = thought;
  if (dice.chance(0.02)) return {};
  const all: TermWords = {
    ...termWords(thought),
    ...{ name: dice.one(['Petty', 'Main']), paymentLimit: dice.one([null, 300, 1200]), auto: dice.chance(0.5) },
    ...{ dailyLimit: dice.one([null, 1000, 3000]), threshold: dice.one([0, 300, 1000]) },
  };
  const names = Object.keys(all) as (keyof TermWords)[];
  const chosen = new Set([dice.one(names), dice.one(names)]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => chosen.has(name as keyof TermWords)));
}

const ROLE_SETS: readonly (readonly [readonly Role[], number])[] = [
  ...([['requester'], ['approver'], ['cashier'], ['treasurer'], ['cfo']] as const).map((one) => [one, 4] as const),
  ...(
    [
      ['requester', 'cashier'],
      ['approver', 'cashier'],
      ['cfo', 'requester'],
    ] as const
  ).map((one) => [one, 3] as const),
  ...([['admin'], ['auditor']] as const).map((one) => [one, 0.7] as const),
  [['admin', 'cashier'], 0.3],
];

/** Roles at a place, a third of them for a few days. */
function roleWords(thought: Thought): { roles: readonly Role[]; at: PlaceWords; until: number | null } {
  const { dice, world } = thought;
  const roles = dice.weighted(ROLE_SETS);
  const today = Math.floor((world.now + world.ahead) / DAY);
  const until = dice.chance(0.35)
    ? today +
      dice.weighted([
        [0, 5],
        [1, 3],
        [3, 2],
        [-1, 0.4],
      ])
    : null;
  if (roles.includes('admin') && dice.chance(0.9)) return { roles, at: {}, until: null };
  return { roles, at: dice.chance(0.1) ? {} : withoutCompany(dice, placeWords(thought)), until };
}

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

/** A random policy: tiers with several approvers, limits by method, hours, and what a CFO must look at; now and then none that fits. */
function policyWords(dice: Dice): PolicyWords {
  const figures = [100, 300, 900].slice(dice.below(3), 2 + dice.below(2));
  const tiers: PolicyWords['approval'][number][] = [];
  for (const up_to of [...figures, null]) {
    const approvers = Math.max(
      tiers.at(-1)?.approvers ?? 1,
      dice.weighted([
        [1, 6],
        [2, 3],
        [3, 0.5],
      ]),
    );
    const before = tiers.at(-1)?.roles ?? [];
    const more = before.length < approvers && dice.chance(0.2) ? [dice.one(['cfo', 'approver'] as const)] : [];
    const roles = dice.chance(0.04) ? [] : [...before, ...more];
    tiers.push({
      ...(up_to === null && dice.chance(0.98) ? {} : { up_to: up_to ?? 5000 }),
      approvers,
      ...(roles.length > 0 ? { roles } : {}),
    });
  }
  const method = dice.one(['mpesa', 'bank', 'cash'] as const);
  const limit = dice.weighted([
    [{ per_payment: dice.one([200, 500]) }, 2],
    [{ per_day: dice.one([400, 900, 2000]) }, 2],
    [{ per_payment: 500, per_day: 1500 }, 1],
  ]);
  return {
    approval: tiers,
    ...(dice.chance(0.3) ? { cfo: { above: dice.one([0, 300, 1000]) } } : {}),
    ...(dice.chance(0.4) ? { limits: { [method]: limit } } : {}),
    ...(dice.chance(0.4) ? { otp: dice.chance(0.5) ? { above: dice.one([0, 150]) } : { [method]: 100 } } : {}),
    ...(dice.chance(0.35) ? { hours: hoursWords(dice, method) } : {}),
  };
}

/** Windows in which payments are made: of one method, of all others, or of both. */
function hoursWords(dice: Dice, method: Method): NonNullable<PolicyWords['hours']> {
  const days: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const most = days.slice(0, dice.between(4, 7));
  const own = { methods: [method], days: most, from: '06:30', to: dice.one(['12:00', '18:15', '24:00']) };
  const all = {
    days: dice.chance(0.8) ? days : most,
    from: dice.one(['00:00', '08:00']),
    to: dice.one(['17:00', '24:00']),
  };
  return dice.weighted([
    [[own], 2],
    [[all], 1],
    [[own, all], 1],
  ]);
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
    const code = fundCode(thought, (state) => state !== 'closed');
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
    payment: pick(thought, thought.world.payments, status('pending')),
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
    const payment = pick(thought, world.payments, dice.chance(0.5) && given.length > 0 ? ready : status('pending'));
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
    const empty = [...thought.world.funds.values()].filter(({ balance, state }) => balance === 0 && state !== 'closed');
    const fund = empty.length > 0 && thought.dice.chance(0.7) ? thought.dice.one(empty).code : fundCode(thought);
    return { what: 'fund close', fund, yes: yes(thought.dice) };
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
  'user role': (thought) => ({ what: 'user role', name: personName(thought), ...roleWords(thought) }),
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
  'user disable': (thought) => ({ what: 'user disable', name: personName(thought, ({ disabled }) => !disabled) }),
  'user enable': (thought) => ({ what: 'user enable', name: personName(thought, ({ disabled }) => disabled) }),
  'user unlock': (thought) => ({ what: 'user unlock', name: personName(thought, ({ codesLocked }) => codesLocked) }),
  'policy set': ({ dice, world }) => ({
    what: 'policy set',
    policy: dice.chance(0.05) && world.policy.words !== null ? world.policy.words : policyWords(dice),
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
