import { expect, test } from 'vitest';
import { judge, matchAll } from '../../support/judged-matching.ts';
import { labelledWorld } from '../../support/labelled-worlds.ts';
import { cases } from '../../support/seed.ts';

const SEEDS = [1, 2, 3, 4, 5];
const LINES = cases(10_000);

test.each(SEEDS)('world %i: not one match is wrong, and what the evidence decides is found', (seed) => {
  const world = labelledWorld(seed, LINES);
  const { found, rest } = matchAll(world.lines, world.entries, world.rules);
  const judged = judge(world, found, rest);
  expect(judged.wrong).toEqual([]);
  expect(judged.differencesWrong).toBe(0);
  expect(judged.matched).toBeGreaterThan(LINES * 0.7);
  expect(judged.recalled / judged.decidable).toBeGreaterThanOrEqual(0.98);
  expect(judged.differencesFound).toBe(judged.differing);
});
