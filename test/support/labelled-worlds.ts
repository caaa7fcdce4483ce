import type { EntryFacts, LineFacts } from '../../src/domain/reconciliation/facts.ts';
import type { FeeRule } from '../../src/domain/reconciliation/fee-rule.ts';
import { seededRandom } from './seeded-random.ts';
import { amountStories } from './worlds/amount-stories.ts';
import { evidenceStories } from './worlds/evidence-stories.ts';
import { seriesStories } from './worlds/series-stories.ts';
import { trapStories } from './worlds/trap-stories.ts';
import { WorldMaker, type Chance, type Truth } from './worlds/world-maker.ts';

// Payments and statements whose truth is known, with all that goes wrong between them: duplicates, missing rows, fees, mistyped and cut
// references, equal amounts, twins, wages, namesakes, sums, late lines and shuffled order.

export interface World {
  readonly lines: readonly LineFacts[];
  readonly entries: readonly EntryFacts[];
  readonly truths: readonly Truth[];
  readonly rules: readonly FeeRule[];
}

/** Fees that are taken within the payment's line. */
const RULES: readonly FeeRule[] = [
  { ref: 'fee_within', name: 'within', contains: '', tariff: [{ upToMinor: null, feeMinor: 5000 }] },
];

const STORIES = [...evidenceStories, ...amountStories, ...seriesStories, ...trapStories];
const ALL = STORIES.reduce((sum, { weight }) => sum + weight, 0);

/** A world with about so many lines; the same seed makes the same world. */
export function labelledWorld(seed: number, size: number): World {
  const random = seededRandom(seed);
  const maker = new WorldMaker(random);
  while (maker.lines.length < size) {
    let at = random.below(ALL);
    const story = STORIES.find(({ weight }) => {
      at -= weight;
      return at < 0;
    });
    if (story !== undefined) maker.tell(story);
  }
  return shuffled({ lines: maker.lines, entries: maker.entries, truths: maker.truths, rules: RULES }, random);
}

/** The same world with its lines in another order. */
function shuffled(world: World, random: Chance): World {
  const order = world.lines.map((_, at) => at);
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  const places = new Int32Array(order.length);
  order.forEach((old, now) => (places[old] = now));
  return {
    ...world,
    lines: order.map((old, now) => ({ ...(world.lines[old] as LineFacts), index: now })),
    truths: world.truths.map((truth) => ({ ...truth, lines: truth.lines.map((line) => places[line] as number) })),
  };
}
