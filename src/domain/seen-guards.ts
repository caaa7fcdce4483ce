import type { ClockVerdict } from './clock.ts';
import type { KeptHead } from './kept-head.ts';

/** A head that this machine keeps, and whether the database has it; `accepted` when a CFO accepted it as lost. */
export interface SeenHead extends KeptHead {
  readonly chain: string;
  readonly verdict: 'present' | 'missing' | 'accepted';
  /** The last link that the database has of the chain, where that one is not there. */
  readonly presentSeq: number | null;
}

/** What the guards of the office see at this moment. */
export interface SeenGuards {
  readonly clock: { readonly clock: Date; readonly newestAt: Date | null; readonly verdict: ClockVerdict };
  readonly heads: readonly SeenHead[];
}
