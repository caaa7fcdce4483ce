import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { written } from './evidence-stories.ts';
import { type Story, type WorldMaker } from './world-maker.ts';

// The same payee, paid the same again: twins, wages, instalments; and lines that come late.

/** A line so late could be of any payment of the month before: within that, one that is missing makes the others doubtful. */
const A_MONTH = 25;
/** Without a reference, a line is the payment's up to a long weekend after it, and from the day before it. */
const LONG_WEEKEND = 5;

interface Wages {
  readonly count: number;
  /** Days from one to the next. */
  readonly gap: number;
  /** Days until the line of each; null when it never came. */
  readonly late: (place: number) => number | null;
  /** Which were never recorded. */
  readonly unrecorded?: number;
}

/** Wages of one payee, without receipts: what is decidable follows from what is missing and what is late. */
function tellWages(world: WorldMaker, { count, gap, late, unrecorded }: Wages): void {
  const base = world.entry({ externalId: null });
  world.entries.pop();
  const entries: EntryFacts[] = [];
  const lines: (LineFacts | null)[] = [];
  for (let place = 0; place < count; place += 1) {
    const make = (): EntryFacts =>
      world.entry({
        ...{ externalId: null, day: base.day + place * gap, deltaMinor: base.deltaMinor },
        ...{ payee: base.payee, destination: base.destination },
      });
    entries.push(place === unrecorded ? world.unrecorded(make) : make());
  }
  for (const [place, entry] of entries.entries()) {
    const days = late(place);
    lines.push(days === null ? null : world.mpesa(entry, { day: entry.day + days }));
  }
  const recorded = entries.filter((_, place) => place !== unrecorded);
  for (const [place, entry] of entries.entries()) {
    const line = lines[place];
    if (place === unrecorded || line === null || line === undefined) continue;
    const own = isNear(line, entry);
    const others = recorded.filter((other) => other !== entry && isNear(line, other));
    const otherLines = lines.filter((other) => other !== null && other !== line && isNear(other, entry));
    const leftEntries = recorded.filter((other) => {
      const itsLine = lines[entries.indexOf(other)];
      return other !== entry && (itsLine === null || itsLine === undefined || !isNear(itsLine, other));
    });
    const leftLines = lines.filter(
      (other, at): other is LineFacts =>
        other !== null && other !== line && (at === unrecorded || !isNear(other, entries[at] as EntryFacts)),
    );
    const isDoubtful =
      leftEntries.some((other) => isPossible(line, other)) || leftLines.some((other) => isPossible(other, entry));
    const everyDay = entries.every((one, at) => lines[at]?.day === one.day) && unrecorded === undefined;
    const isAlone = others.length === 0 && otherLines.length === 0;
    world.truth([line], [entry], { decidable: own && !isDoubtful && (isAlone || everyDay) });
  }
}

const isNear = (line: LineFacts, entry: EntryFacts): boolean =>
  line.day >= entry.day - 1 && line.day <= entry.day + LONG_WEEKEND;
const isPossible = (line: LineFacts, entry: EntryFacts): boolean =>
  line.day >= entry.day - 1 && line.day <= entry.day + A_MONTH;

const wages = (weight: number, name: string, tell: (world: WorldMaker) => Wages): Story => ({
  weight,
  name,
  tell: (world) => tellWages(world, tell(world)),
});

/** Two payments to one payee; the second so many days after the first. */
function again(world: WorldMaker, days: number, wish: Partial<EntryFacts> = {}): [EntryFacts, EntryFacts] {
  const one = world.entry({ externalId: null, ...wish });
  const other = world.entry({
    ...{ externalId: null, day: one.day + days, deltaMinor: one.deltaMinor },
    ...{ payee: one.payee, destination: one.destination },
    ...wish,
  });
  return [one, other];
}

/** A requisition that was paid in two equal parts. */
function inTwoParts(world: WorldMaker, days: number): [EntryFacts, EntryFacts] {
  const one = world.entry({ externalId: null });
  const { sharedReferences, deltaMinor, payee, destination } = one;
  const other = world.entry({
    ...{ externalId: null, day: one.day + days, sharedReferences, deltaMinor, payee, destination },
  });
  return [one, other];
}

const mentioned = (world: WorldMaker, entry: EntryFacts, day: number): LineFacts =>
  world.bank(entry, { day, description: `PAID ${written(world, entry.sharedReferences[0] ?? '')}` });

export const seriesStories: readonly Story[] = [
  {
    weight: 8,
    name: 'paid twice on one day',
    tell: (world) => {
      const [one, other] = again(world, 0);
      const twins = `twins ${one.index}`;
      const day = one.day + world.late();
      world.truth([world.mpesa(one, { day })], [one], { twins });
      world.truth([world.mpesa(other, { day })], [other], { twins });
    },
  },
  {
    weight: 8,
    name: 'paid again the next day, both lines a day late',
    tell: (world) => {
      for (const entry of again(world, 1)) {
        world.truth([world.mpesa(entry, { day: entry.day + 1 })], [entry], { decidable: false });
      }
    },
  },
  {
    weight: 5,
    name: 'paid twice on one day, and one line came',
    tell: (world) => {
      const [one] = again(world, 0);
      world.truth([world.mpesa(one)], [one], { decidable: false });
    },
  },
  wages(4, 'weekly wages', (world) => ({ count: world.between(4, 13), gap: 7, late: () => world.late() })),
  wages(3, 'weekly wages, one line missing', (world) => {
    const [count, missing] = [world.between(4, 13), world.below(4)];
    return { count, gap: 7, late: (place) => (place === missing ? null : world.below(5)) };
  }),
  wages(3, 'weekly wages, one unrecorded', (world) => ({
    ...{ count: world.between(4, 13), gap: 7, late: () => world.below(5), unrecorded: world.below(4) },
  })),
  wages(4, 'weekly wages, one line weeks late', (world) => {
    const late = world.below(4);
    return {
      count: world.between(4, 13),
      gap: 7,
      late: (place) => (place === late ? world.between(6, 24) : world.below(5)),
    };
  }),
  wages(3, 'weekly wages, one line a week late and the next missing', (world) => {
    const late = world.below(3);
    const daysOf = (place: number): number | null =>
      place === late ? world.between(6, 12) : place === late + 1 ? null : world.below(5);
    return { count: world.between(4, 9), gap: 7, late: daysOf };
  }),
  wages(3, 'daily wages on their days', (world) => ({ count: world.between(3, 20), gap: 1, late: () => 0 })),
  wages(2, 'daily wages, some days late', (world) => ({
    count: world.between(3, 20),
    gap: 1,
    late: () => world.below(3),
  })),
  wages(2, 'daily wages, one line missing', (world) => {
    const missing = world.below(3);
    return { count: world.between(3, 20), gap: 1, late: (place) => (place === missing ? null : 0) };
  }),
  wages(2, 'daily wages, one line missing and the next ones late', (world) => ({
    ...{ count: world.between(3, 9), gap: 1, late: (place: number) => (place === 0 ? null : world.below(2)) },
  })),
  wages(2, 'wages twice a week on their days', (world) => ({ count: world.between(4, 12), gap: 3, late: () => 0 })),
  wages(2, 'wages twice a week, one line missing', (world) => {
    const missing = world.below(3);
    return { count: world.between(4, 12), gap: 3, late: (place) => (place === missing ? null : 0) };
  }),
  wages(3, 'wages each month', (world) => ({ count: 3, gap: 30, late: () => world.late() })),
  wages(3, 'wages each month, one line missing', (world) => {
    const missing = world.below(3);
    return { count: 3, gap: 30, late: (place) => (place === missing ? null : world.below(5)) };
  }),
  {
    weight: 8,
    name: 'a requisition in two equal parts on one day',
    tell: (world) => {
      const [one, other] = inTwoParts(world, 0);
      const twins = `twins ${one.index}`;
      world.truth([mentioned(world, one, one.day)], [one], { twins });
      world.truth([mentioned(world, other, one.day)], [other], { twins });
    },
  },
  {
    weight: 8,
    name: 'a requisition in two equal parts, weeks apart',
    tell: (world) => {
      const parts = inTwoParts(world, world.between(8, 40));
      for (const part of parts) world.truth([mentioned(world, part, part.day + world.late())], [part]);
    },
  },
  {
    weight: 5,
    name: 'a requisition in two equal parts, days apart, lines late',
    tell: (world) => {
      const parts = inTwoParts(world, world.between(1, 3));
      for (const part of parts) world.truth([mentioned(world, part, part.day + 1)], [part], { decidable: false });
    },
  },
  {
    weight: 5,
    name: 'a requisition in two equal parts, the first line missing',
    tell: (world) => {
      const [, other] = inTwoParts(world, world.between(0, 20));
      world.truth([mentioned(world, other, other.day + world.below(5))], [other], { decidable: false });
    },
  },
  {
    weight: 15,
    name: 'a line weeks late, without a reference',
    tell: (world) => {
      const entry = world.entry({ externalId: null });
      world.truth([world.mpesa(entry, { day: entry.day + world.between(6, 24) })], [entry], { decidable: false });
    },
  },
];
