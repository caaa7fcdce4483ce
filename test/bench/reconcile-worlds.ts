import { judge, matchAll } from '../support/judged-matching.ts';
import { labelledWorld, type World } from '../support/labelled-worlds.ts';
import { printFigure } from './floor.ts';

const LINES = Number(process.env['LINES'] ?? 10_000);
const SEED = Number(process.env['SEED'] ?? 1);
const LEAST_RECALL = 0.98;
const MOST_SHOWN = 5;

/**
 * A world of payments and lines whose truth is known: how many automatic matches are right, how much of what the evidence decides is
 * found, and how many lines a second that takes, beside looking each identifier up in a Map. Fails when a match is wrong or too few are found.
 */
export function measureWorlds(): void {
  const world = labelledWorld(SEED, LINES);
  // The first rows of a process are compiled while they run.
  if (LINES <= 100_000) matchAll(world.lines, world.entries, world.rules);
  const start = performance.now();
  const { found, rest } = matchAll(world.lines, world.entries, world.rules);
  const rate = ratePerSecond(world, start);
  const judged = judge(world, found, rest);
  const precision = (judged.matched - judged.wrong.length) / judged.matched;
  const recall = judged.recalled / judged.decidable;
  const where = `${world.lines.length.toLocaleString('en')} lines, seed ${SEED}`;
  const shared = { database: null, runs: 1 };
  const one = { floor: 1, goal: 1 };
  printFigure({
    ...{
      ...shared,
      ...one,
      name: `precision of automatic matches: ${judged.wrong.length} wrong of ${judged.matched}, ${where}`,
    },
    ...{ value: precision, ratio: precision, limit: 1 },
  });
  printFigure({
    ...{
      ...shared,
      ...one,
      name: `recall of what the evidence decides: ${judged.recalled} of ${judged.decidable}, ${where}`,
    },
    ...{ value: recall, ratio: recall, limit: LEAST_RECALL },
  });
  const floor = lookUpRate(world);
  printFigure({
    ...{ ...shared, name: `rows a second matched / looked up in a Map by their identifier, ${where}` },
    ...{ value: rate, floor, ratio: rate / floor, limit: null, goal: null },
  });
  for (const wrong of judged.wrong.slice(0, MOST_SHOWN)) process.stderr.write(`wrong: ${told(world, wrong)}\n`);
  for (const missed of judged.missed.slice(0, MOST_SHOWN))
    process.stderr.write(`missed: ${missed.story}: ${told(world, missed)}\n`);
  if (judged.wrong.length > 0 || judged.differencesWrong > 0 || recall < LEAST_RECALL) process.exitCode = 1;
}

const ratePerSecond = ({ lines }: World, start: number): number => (lines.length * 1000) / (performance.now() - start);

function lookUpRate(world: World): number {
  const start = performance.now();
  const byIdentifier = new Map(world.entries.map((entry) => [entry.externalId, entry]));
  const same = world.lines.filter((line) => byIdentifier.get(line.externalId)?.deltaMinor === line.amountMinor);
  if (same.length === 0) throw new Error('no line has an identifier');
  return ratePerSecond(world, start);
}

const told = (
  world: World,
  { lines, entries }: { readonly lines: readonly number[]; readonly entries: readonly number[] },
): string =>
  JSON.stringify({
    lines: lines.map((line) => world.lines[line]),
    entries: entries.map((entry) => world.entries[entry]),
  });
