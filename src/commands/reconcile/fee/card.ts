import { formatAmount, formatDecimal } from '../../../domain/money.ts';
import type { FeeRuleDocument } from '../../../documents/fee-rule.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import type { CardLine } from '../../command.ts';

/** A fee rule as people read it, with every step of its tariff. */
export function feeRuleCard(rule: FeeRuleDocument, zone: string): CardLine[] {
  const { ended_by: endedBy, ended_at: endedAt } = rule;
  return [
    { label: 'Fee rule', value: rule.name },
    { label: 'Reference', value: rule.ref },
    { label: 'Fund', value: rule.fund },
    { label: 'Books', value: booksWords(rule) },
    ...rule.tariff.map(({ up_to: upTo, at_most: atMost }, at) => ({
      label: at === 0 ? 'Tariff' : '',
      value: `${stepWords(rule, upTo, at)}: at most ${formatDecimal(atMost, rule.currency)}`,
    })),
    { label: 'Status', value: rule.status },
    { label: 'Proposed by', value: rule.proposed_by },
    { label: 'Confirmed by', value: `${rule.confirmed_by ?? 'nobody'} (${rule.change})` },
    { label: 'In force since', value: formatInstant(new Date(rule.created_at), zone), kind: 'time' },
    ...(endedAt === null || endedBy === null
      ? []
      : [{ label: 'Ended', value: `${formatInstant(new Date(endedAt), zone)} by ${endedBy}` }]),
  ];
}

/** What a rule books, in words. */
export const booksWords = ({ contains }: Pick<FeeRuleDocument, 'contains'>): string =>
  contains === null ? 'what a line holds beyond its payment' : `charges that say ${contains}`;

const stepWords = ({ currency }: FeeRuleDocument, upTo: string | null, at: number): string => {
  if (upTo !== null) return `up to ${formatDecimal(upTo, currency)}`;
  return at === 0 ? 'any amount' : 'above';
};

/** The most that a rule allows for any payment, in minor units. */
export const mostMinor = ({ tariff }: Pick<FeeRuleDocument, 'tariff'>): number =>
  tariff.reduce((most, { at_most_minor: minor }) => Math.max(most, minor), 0);

/** The same for people. */
export const mostOf = (rule: FeeRuleDocument): string => formatAmount(mostMinor(rule), rule.currency);
