import type { ExactPass } from './exact-pass.ts';
import { SCORES, type Found, type Reason } from './facts.ts';
import type { Rest } from './match-rest.ts';

const EXACT: readonly Reason[] = ['same_external_id', 'same_amount'];

/** Everything that is certain: what the first pass took, in the order of the lines, then what the others found. */
export function* everythingFound(exact: ExactPass, rest: Pick<Rest, 'found'>): Iterable<Found> {
  const { lines } = exact.size;
  for (let line = 0; line < lines; line += 1) {
    const entry = exact.entryOf(line);
    if (entry === null) continue;
    yield exactly(line, entry);
  }
  yield* rest.found;
}

/** What was found that somebody is to see; how many more the first pass found is only counted. */
export interface Notable {
  readonly found: readonly Found[];
  readonly others: number;
}

/** The same, of the first pass only what is of these entries. */
export function notablyFound(
  exact: ExactPass,
  rest: Pick<Rest, 'found'>,
  isNotable: (entry: number) => boolean,
): Notable {
  const { lines } = exact.size;
  const found: Found[] = [];
  let others = 0;
  for (let line = 0; line < lines; line += 1) {
    const entry = exact.entryOf(line);
    if (entry === null) continue;
    if (isNotable(entry)) found.push(exactly(line, entry));
    else others += 1;
  }
  return { found: [...found, ...rest.found], others };
}

const exactly = (line: number, entry: number): Found => ({
  ...{ lines: [line], entries: [entry], pass: 'external_id', score: SCORES.external_id, reasons: EXACT },
});

/** The entries that the first pass left, ascending. Known when all lines were taken. */
export function entriesLeft(exact: ExactPass): number[] {
  const { entries } = exact.size;
  const left: number[] = [];
  for (let entry = 0; entry < entries; entry += 1) if (!exact.isMatched(entry)) left.push(entry);
  return left;
}
