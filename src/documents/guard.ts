import type { SeenGuards } from '../domain/seen-guards.ts';

export interface GuardDocument {
  readonly clock: {
    readonly verdict: 'right' | 'behind' | 'ahead';
    readonly now: string;
    readonly newest_event: string | null;
    readonly off_by_ms: number | null;
  };
  readonly heads_directory: string;
  readonly heads: readonly {
    readonly chain: string;
    readonly seq: number;
    readonly hash: string;
    readonly verdict: 'present' | 'missing' | 'accepted';
    readonly present_seq: number | null;
  }[];
}

/** What the guards of the office see: this machine's clock, and the heads that it keeps beside the pepper. */
export const guardDocument = ({ clock, heads }: SeenGuards, headsDirectory: string): GuardDocument => ({
  clock: {
    verdict: clock.verdict,
    now: clock.clock.toISOString(),
    newest_event: clock.newestAt?.toISOString() ?? null,
    off_by_ms: clock.newestAt === null ? null : clock.clock.getTime() - clock.newestAt.getTime(),
  },
  heads_directory: headsDirectory,
  heads: heads.map(({ chain, seq, hash, verdict, presentSeq }) => ({
    ...{ chain, seq, hash, verdict },
    present_seq: presentSeq,
  })),
});
