import { formatAmount } from './money.ts';
import { METHODS } from './payment.ts';
import { readPolicy } from './policy-file.ts';
import { policyLines } from './policy-lines.ts';
import type { Policy, PolicyTerms } from './policy.ts';

const MOST_NAMED = 10;

/** What to warn of when a policy without any rule comes in the place of one that has some: all that ends, by name. */
export function rulesThatEnd({ version, terms: before }: Policy, terms: PolicyTerms): string[] {
  const { terms: open } = readPolicy({}, terms.currency);
  if (before === null || open === null) return [];
  const openValues = new Set(policyLines(open).map(({ value }) => value));
  const ruled = (some: PolicyTerms) => policyLines(some).filter(({ value }) => !openValues.has(value));
  const ended = ruled(before);
  if (ruled(terms).length > 0 || ended.length === 0) return [];
  const named = ended.slice(0, MOST_NAMED).map(({ label, value }) => `${label} (${value})`);
  const more = ended.length > named.length ? ` and ${ended.length - named.length} more` : '';
  return [`It has no rules: all of policy ${version} end with it: ${named.join(', ')}${more}.`];
}

/** What to warn of where a single payment within its own limit can exceed that of a day: each method and currency of it. */
export const narrowDays = (terms: PolicyTerms): string[] =>
  Object.entries(terms.money).flatMap(([currency, { limits }]) =>
    METHODS.flatMap((method) => {
      const { perPaymentMinor, perDayMinor } = limits[method];
      if (perPaymentMinor === null || perDayMinor === null || perPaymentMinor <= perDayMinor) return [];
      const money = (minor: number) => formatAmount(minor, currency);
      return [
        `By ${method} it allows ${money(perPaymentMinor)} at once, but only ${money(perDayMinor)} a day: no payment above that can be made.`,
      ];
    }),
  );
