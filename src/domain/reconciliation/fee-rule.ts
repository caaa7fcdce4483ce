import { textFault, tidyText } from '../destination.ts';
import { quoted } from '../quoted.ts';

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

export const FEE_RULE_STATUSES = ['live', 'ended'] as const;
export type FeeRuleStatus = (typeof FEE_RULE_STATUSES)[number];

/** Whether a text names a status of fee rules. */
export const isFeeRuleStatus = (text: string): text is FeeRuleStatus =>
  FEE_RULE_STATUSES.some((status) => status === text);

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
/** Less would be found in the text of almost any line. */
const SHORTEST_TEXT = 3;
const LONGEST_TEXT = 100;

/** Everything that is wrong with what a rule is called and what it looks for; `contains` is null for fees within a payment's line. */
export function feeRuleFaults({
  name,
  contains,
}: {
  readonly name: string;
  readonly contains: string | null;
}): string[] {
  const faults: string[] = [];
  // Without an underscore it is never taken for a reference.
  if (!NAME.test(name)) {
    faults.push(
      `the name ${quoted(name)} must have 1 to 40 small letters, digits and hyphens, a letter or digit first`,
    );
  }
  if (contains === null) return faults;
  const text = tidyText(contains);
  const fault = textFault('the text that a charge contains', text, LONGEST_TEXT);
  if (fault !== null) faults.push(fault);
  else if (text.replaceAll(/[^\p{L}\p{N}]/gu, '').length < SHORTEST_TEXT)
    faults.push(
      `the text that a charge contains has fewer than ${SHORTEST_TEXT} letters and digits: too many lines have it`,
    );
  return faults;
}

/** The most that a tariff allows for a payment; without one to go by, the most that it allows at all. Minor units. */
export function feeCap(tariff: readonly TariffStep[], paidMinor: number | null): number {
  if (paidMinor === null) return tariff.reduce((most, step) => Math.max(most, step.feeMinor), 0);
  return tariff.find(({ upToMinor }) => upToMinor === null || paidMinor <= upToMinor)?.feeMinor ?? 0;
}

/** A payment as far as its fees go; both in positive minor units. */
export interface PaidFor {
  readonly paidMinor: number;
  /** Fees of it that are in the book already: with them the tariff is used up to that part. */
  readonly feesMinor: number;
}

/** The rule under which a charge that has its own line may be booked: its text fits and it is within the tariff; the first by name. */
export const ruleForCharge = (
  rules: readonly FeeRule[],
  charge: { readonly description: string; readonly amountMinor: number },
  payment: PaidFor | null,
): FeeRule | null =>
  rules.find(
    ({ contains, tariff }) =>
      contains !== '' &&
      charge.amountMinor < 0 &&
      charge.description.toLowerCase().includes(contains.toLowerCase()) &&
      (payment?.feesMinor ?? 0) - charge.amountMinor <= feeCap(tariff, payment?.paidMinor ?? null),
  ) ?? null;

/** The rule under which a line may hold so much more than its payment; the first by name. */
export const ruleForFeeWithin = (
  rules: readonly FeeRule[],
  feeMinor: number,
  { paidMinor, feesMinor }: PaidFor,
): FeeRule | null =>
  rules.find(({ contains, tariff }) => contains === '' && feesMinor + feeMinor <= feeCap(tariff, paidMinor)) ?? null;
