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
    yield { lines: [line], entries: [entry], pass: 'external_id', score: SCORES.external_id, reasons: EXACT };
  }
  yield* rest.found;
}

/** The entries that the first pass left, ascending. Known when all lines were taken. */
export function entriesLeft(exact: ExactPass): number[] {
  const { entries } = exact.size;
  const left: number[] = [];
  for (let entry = 0; entry < entries; entry += 1) if (!exact.isMatched(entry)) left.push(entry);
  return left;
}
