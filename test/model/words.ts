import type { Role } from '../../src/domain/access.ts';
import type { Day, PlaceWords, PolicyWords, TermWords } from './acts.ts';
import type { Dice } from './dice.ts';
import { DAY, type Method, type Spot, type World } from './world.ts';

/** What somebody thinks of doing, as things are; what it makes is named after `id`. */
export interface Thought {
  readonly dice: Dice;
  readonly world: World;
  readonly id: number;
}

/** Words for a place: its lowest code, sometimes also those above; sometimes ones that do not lie in each other. */
export function placeWords({ dice, world }: Thought): PlaceWords & { company: string } {
  const spot: Spot = dice.chance(0.6) ? { company: 'ACME', region: null, branch: null } : dice.one(world.places);
  const other = dice.chance(0.02) ? dice.one(world.places) : spot;
  return {
    company: other.company,
    ...(spot.region === null ? {} : { region: spot.region }),
    ...(spot.branch === null ? {} : { branch: spot.branch }),
  };
}

/** Only the lowest codes, which name the place as well, half of the time. */
export const withoutCompany = (dice: Dice, { company, ...rest }: PlaceWords & { company: string }): PlaceWords =>
  Object.keys(rest).length > 0 && dice.chance(0.5) ? rest : { company, ...rest };

/** The terms of a fund. */
export function termWords({ dice }: Thought): TermWords & { reorder: number } {
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
export function editWords(thought: Thought): TermWords {
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
export function roleWords(thought: Thought): { roles: readonly Role[]; at: PlaceWords; until: number | null } {
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

/** A random policy: tiers with several approvers, limits by method, hours, and what a CFO must look at; now and then none that fits. */
export function policyWords(dice: Dice): PolicyWords {
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

/** The same with tiers that no office can have. */
export function unfit(dice: Dice, policy: PolicyWords): PolicyWords {
  const [first, ...rest] = policy.approval;
  const approval = dice.one([
    // Without an end of the tiers before it, with one of the last, with fewer approvers above, or with more roles than people.
    [{ approvers: 1 }, ...policy.approval],
    [...policy.approval.slice(0, -1), { up_to: 9000, approvers: 3 }],
    [{ up_to: 10, approvers: 4 }, ...policy.approval],
    [{ ...first, approvers: 1, roles: ['cfo', 'approver'] as const }, ...rest],
  ]);
  return { ...policy, approval };
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
