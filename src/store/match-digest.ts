import { createHash } from 'node:crypto';

/** What was tied together at once: lines and entries, of which one side has one member. */
export interface DigestedGroup {
  readonly pass: string;
  /** Empty for what a person's word alone explains. */
  readonly lineIds: readonly string[];
  readonly entryIds: readonly string[];
}

/** SHA-256 in hex over everything that a run of matching tied together, in its order; the run's event carries it. */
export function matchesDigest(groups: Iterable<DigestedGroup>): string {
  const hash = createHash('sha256');
  for (const { pass, lineIds, entryIds } of groups) {
    hash.update(`${pass} ${lineIds.length === 0 ? '-' : lineIds.join(',')} ${entryIds.join(',')}\n`);
  }
  return hash.digest('hex');
}
