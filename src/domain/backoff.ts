/** How long to wait before something that failed is tried again. */
export interface Backoff {
  /** The wait after the first failure, in milliseconds; each further one doubles it. */
  readonly firstMs: number;
  /** No wait is longer. */
  readonly longestMs: number;
}

/**
 * Milliseconds until the next try after so many failures in a row (1 or more): half of the wait is certain and half is chance
 * (0 <= chance < 1), so that many who failed together do not come back together.
 */
export function waitAfter(failures: number, chance: number, { firstMs, longestMs }: Backoff): number {
  const full = Math.min(firstMs * 2 ** Math.max(failures - 1, 0), longestMs);
  return Math.floor(full / 2 + (full / 2) * chance);
}
