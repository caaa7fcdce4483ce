import { TextDigest } from './text-digest.ts';

/** What was tied together at once: lines and entries, of which one side has one member. */
export interface DigestedGroup {
  readonly pass: string;
  /** Empty for what a person's word alone explains. */
  readonly lineIds: readonly string[];
  readonly entryIds: readonly string[];
}

/** SHA-256 in hex over everything that a run of matching tied together, in its order; the run's event carries it. */
export function matchesDigest(groups: Iterable<DigestedGroup>): string {
  const digest = new TextDigest();
  for (const { pass, lineIds, entryIds } of groups)
    digest.add(`${pass} ${lineIds.length === 0 ? '-' : lineIds.join(',')} ${entryIds.join(',')}\n`);
  return digest.hex();
}
