import { advice, fine, type Finding } from '../domain/finding.ts';
import { oddMessages, waitingMessages } from '../store/gateway-messages.ts';
import type { Store } from '../store/store.ts';
import { suspenseViews } from '../store/suspense.ts';

/** Shown of each kind at most. */
const MOST = 20;
/** What is applied by whoever has just received it. */
const AT_ONCE_MS = 5 * 60 * 1000;

/** What gateways said that nobody has dealt with, and money that left although nobody was debited. */
export async function examineGateways(store: Store, now: Date): Promise<Finding[]> {
  const { waiting, odd, held } = await store.read(async (tx) => ({
    waiting: await waitingMessages(tx, MOST),
    odd: await oddMessages(tx, MOST),
    held: await suspenseViews(tx, { settled: false }),
  }));
  const late = waiting.filter(({ receivedAt }) => now.getTime() - receivedAt.getTime() > AT_ONCE_MS);
  return [
    late.length === 0
      ? fine('inbox', 'Everything that gateways said was applied.')
      : advice('inbox', `Kept and not applied: ${late.map(({ ref }) => ref).join(', ')}.`, 'treasury payment resolve'),
    odd.length === 0
      ? fine('contradictions', 'Nothing that gateways said contradicts the books.')
      : advice(
          'contradictions',
          `Fits no order, or contradicts one: ${odd.map(({ ref, detail }) => `${ref} (${detail ?? ''})`).join(', ')}.`,
          'treasury gateway message list; compare with the statement, then treasury gateway message settle REF --reason T',
        ),
    held.length === 0
      ? fine('suspense', 'No money left without a debit.')
      : advice(
          'suspense',
          `Left without a debit: ${held.map(({ item, payment }) => `${item.ref} of ${payment}`).join(', ')}.`,
          'treasury suspense list',
        ),
  ];
}
