import { ExactPass } from '../../src/domain/reconciliation/exact-pass.ts';
import type { EntryFacts, Found, LineFacts } from '../../src/domain/reconciliation/facts.ts';
import type { FeeRule } from '../../src/domain/reconciliation/fee-rule.ts';
import { matchRest, type Rest } from '../../src/domain/reconciliation/match-rest.ts';
import { entriesLeft, everythingFound } from '../../src/domain/reconciliation/matching.ts';
import type { World } from './labelled-worlds.ts';
import type { Truth } from './worlds/world-maker.ts';

/** Matches everything at once, as the tool does it piece by piece. */
export function matchAll(
  lines: readonly LineFacts[],
  entries: readonly EntryFacts[],
  rules: readonly FeeRule[],
): { readonly found: readonly Found[]; readonly rest: Rest } {
  const exact = new ExactPass();
  for (const entry of entries) exact.addEntry(entry);
  const left = lines.filter((line) => !exact.takeLine(line));
  const contested = new Set(exact.contested());
  const others = lines.filter(({ index }) => contested.has(index));
  const rest = matchRest(
    [...left, ...others].toSorted((a, b) => a.index - b.index),
    entriesLeft(exact).flatMap((at) => entries[at] ?? []),
    rules,
  );
  return { found: [...everythingFound(exact, rest)], rest };
}

export interface Judgement {
  readonly matched: number;
  /** Matches that are not what happened. */
  readonly wrong: readonly Found[];
  /** Decidable truths, and those of them that were found. */
  readonly decidable: number;
  readonly recalled: number;
  readonly missed: readonly Truth[];
  /** Differences of amount that happened, and were found. */
  readonly differing: number;
  readonly differencesFound: number;
  readonly differencesWrong: number;
}

/** Holds what was found against what happened; twins may stand for each other. */
export function judge(world: World, found: readonly Found[], rest: Rest): Judgement {
  const twins = new Map<string, string>();
  for (const truth of world.truths) {
    if (truth.twins === null) continue;
    twins.set(`line ${truth.lines[0]}`, truth.twins);
    twins.set(`entry ${truth.entries[0]}`, truth.twins);
  }
  const keyOf = (lines: readonly number[], entries: readonly number[]): string => {
    const twin = lines.length === 1 && entries.length === 1 ? twins.get(`line ${lines[0]}`) : undefined;
    if (twin !== undefined && twins.get(`entry ${entries[0]}`) === twin) return twin;
    return `${lines.toSorted((a, b) => a - b).join()} = ${entries.toSorted((a, b) => a - b).join()}`;
  };
  const happened = new Set(
    world.truths.filter(({ differs }) => !differs).map((truth) => keyOf(truth.lines, truth.entries)),
  );
  const differed = new Set(
    world.truths.filter(({ differs }) => differs).map((truth) => keyOf(truth.lines, truth.entries)),
  );
  const keys = new Map(found.map((one) => [keyOf(one.lines, one.entries), one]));
  const decidable = world.truths.filter((truth) => truth.decidable && !truth.differs);
  const missed = decidable.filter((truth) => !keys.has(keyOf(truth.lines, truth.entries)));
  const differences = rest.differs.map(({ line, entry }) => keyOf([line.index], [entry.index]));
  return {
    matched: found.length,
    wrong: found.filter((one) => !happened.has(keyOf(one.lines, one.entries))),
    decidable: decidable.length,
    recalled: decidable.length - missed.length,
    missed,
    differing: differed.size,
    differencesFound: differences.filter((key) => differed.has(key)).length,
    differencesWrong: differences.filter((key) => !differed.has(key)).length,
  };
}
