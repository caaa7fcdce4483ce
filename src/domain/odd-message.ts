import type { GatewayResult } from './gateway-result.ts';

/** What came of a gateway's message that fits nothing: it is about no order of ours, or contradicts one. */
export const ODD_OUTCOMES = ['unmatched', 'contradicts'] as const;

/** Whether somebody has to look at what came of a message. */
export const isOdd = (outcome: string): boolean => ODD_OUTCOMES.some((odd) => odd === outcome);

/**
 * Whether putting a message away could hide money that left or stayed: unless it is about no order of ours, can be read, and says for
 * certain that nothing was paid. `says` is null where nobody can read it.
 */
export const couldHideMoney = ({
  outcome,
  says,
}: {
  readonly outcome: string;
  readonly says: GatewayResult['outcome'] | null;
}): boolean => outcome !== 'unmatched' || (says !== 'failed' && says !== 'absent');
