import { failed, passed } from './check.ts';
import { formatAmount } from './money.ts';
import { rulesFor, type Policy } from './policy.ts';
import { percentText } from './policy-toml.ts';
import type { Check } from './problem.ts';

/** Up to where a policy takes a difference lightly: every figure that is there must hold, and the figure itself is within. */
export interface Tolerance {
  /** Of the amount before, in hundredths of a percent. */
  readonly basisPoints: number | null;
  readonly amountMinor: number | null;
}

export interface Difference {
  readonly originalMinor: number;
  readonly varianceMinor: number;
}

/** What a policy tolerates in a currency. */
export const toleranceOf = (policy: Policy, currency: string): Tolerance => ({
  basisPoints: policy.terms?.varianceBasisPoints ?? null,
  amountMinor: rulesFor(policy, currency).varianceMinor,
});

/** Whether a difference is tolerated; null where the policy says nothing. Of nothing, any difference is more than any percentage. */
export function isTolerated({ basisPoints, amountMinor }: Tolerance, difference: Difference): boolean | null {
  if (basisPoints === null && amountMinor === null) return null;
  const size = Math.abs(difference.varianceMinor);
  if (amountMinor !== null && size > amountMinor) return false;
  // Whole numbers of any length: neither side needs to fit into 53 bits.
  return (
    basisPoints === null || BigInt(size) * 10_000n <= BigInt(basisPoints) * BigInt(Math.abs(difference.originalMinor))
  );
}

/** `5 % and KES 1,000.00`. */
export const toleranceText = ({ basisPoints, amountMinor }: Tolerance, currency: string): string =>
  [
    ...(basisPoints === null ? [] : [`${percentText(basisPoints)} %`]),
    ...(amountMinor === null ? [] : [formatAmount(amountMinor, currency)]),
  ].join(' and ');

export interface ToleranceFacts {
  readonly ref: string;
  readonly policy: Policy;
  readonly currency: string;
  readonly difference: Difference;
  /** Why it is, or was, approved all the same. */
  readonly reason: string | null;
  /** How to give a reason; null where nothing is to be approved any more. */
  readonly command: string | null;
}

/** The rule about what is not tolerated: whoever approves it says why. */
export function toleranceCheck({ ref, policy, currency, difference, reason, command }: ToleranceFacts): Check {
  const tolerance = toleranceOf(policy, currency);
  const facts = {
    policy: policy.version,
    variance_minor: difference.varianceMinor,
    tolerance_percent: tolerance.basisPoints === null ? null : percentText(tolerance.basisPoints),
    tolerance_minor: tolerance.amountMinor,
  };
  const tolerated = isTolerated(tolerance, difference);
  if (tolerated === null) return passed('tolerance', `${ref}: no policy says which difference is tolerated.`, facts);
  const text = toleranceText(tolerance, currency);
  const size = formatAmount(Math.abs(difference.varianceMinor), currency);
  if (tolerated) return passed('tolerance', `${ref}: ${size} are within the tolerance of ${text}.`, facts);
  const beyond = `${ref}: ${size} are beyond the tolerance of ${text} (policy ${policy.version})`;
  return reason === null
    ? failed('tolerance', 'BEYOND_TOLERANCE', `${beyond}: say why it is approved.`, { command }, facts)
    : passed('tolerance', `${beyond}; the reason is given.`, facts);
}
