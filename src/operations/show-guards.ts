import { judgeClock } from '../domain/clock.ts';
import type { SeenGuards, SeenHead } from '../domain/seen-guards.ts';
import { ALL_FUNDS } from '../domain/kept-head.ts';
import { newestEventAt } from '../store/guard-questions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';

/** Looks at this machine's clock and at the heads that it keeps; refuses nothing. */
export const lookAtGuards = (store: Store): Promise<SeenGuards> =>
  store.read(async (tx) => {
    await tx.guard.look(tx);
    const { clock } = tx.guard;
    const newestAt = await newestEventAt(tx);
    return { clock: { clock, newestAt, verdict: judgeClock({ clock, newestAt }) }, heads: await seenHeads(tx) };
  });

async function seenHeads(tx: Tx): Promise<SeenHead[]> {
  const lost = await tx.guard.lostHeads(tx);
  const missing = await tx.guard.missingHeads(tx);
  const kept = [...tx.guard.keptHeads()].filter(([chain]) => chain !== ALL_FUNDS);
  return kept
    .map(([chain, head]): SeenHead => {
      const gone = lost.find((one) => one.chain === chain);
      const verdict =
        gone === undefined ? 'present' : missing.some((one) => one.chain === chain) ? 'missing' : 'accepted';
      return { chain, ...head, verdict, presentSeq: gone?.presentSeq ?? null };
    })
    .toSorted((one, other) => Number(one.chain > other.chain) - Number(one.chain < other.chain));
}
