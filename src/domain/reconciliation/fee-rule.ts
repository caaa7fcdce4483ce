/** One step of a tariff: for amounts up to and with this, so much at most. */
export interface TariffStep {
  /** Null in the last step only: it has no end. */
  readonly upToMinor: number | null;
  readonly feeMinor: number;
}

/** A charge that two people agreed to book without asking again. */
export interface FeeRule {
  readonly ref: string;
  readonly name: string;
  /** What the text of a charge's own line contains; empty for fees that are taken within the payment's line. */
  readonly contains: string;
  /** Contiguous, in rising order. */
  readonly tariff: readonly TariffStep[];
}

/** The most that a tariff allows for a payment; without one to go by, the most that it allows at all. Minor units. */
export function feeCap(tariff: readonly TariffStep[], paidMinor: number | null): number {
  if (paidMinor === null) return tariff.reduce((most, step) => Math.max(most, step.feeMinor), 0);
  return tariff.find(({ upToMinor }) => upToMinor === null || paidMinor <= upToMinor)?.feeMinor ?? 0;
}

/** The rule under which a charge that has its own line may be booked: its text fits and it is within the tariff; the first by name. */
export const ruleForCharge = (
  rules: readonly FeeRule[],
  charge: { readonly description: string; readonly amountMinor: number },
  paidMinor: number | null,
): FeeRule | null =>
  rules.find(
    ({ contains, tariff }) =>
      contains !== '' &&
      charge.amountMinor < 0 &&
      charge.description.toLowerCase().includes(contains.toLowerCase()) &&
      -charge.amountMinor <= feeCap(tariff, paidMinor),
  ) ?? null;

/** The rule under which a line may hold so much more than its payment; the first by name. */
export const ruleForFeeWithin = (rules: readonly FeeRule[], feeMinor: number, paidMinor: number): FeeRule | null =>
  rules.find(({ contains, tariff }) => contains === '' && feeMinor <= feeCap(tariff, paidMinor)) ?? null;
