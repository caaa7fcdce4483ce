import { quoted } from '../quoted.ts';
import { isSameAccount } from '../statement-continuity.ts';

/** A line of a file by which it can be known whose account it is of. */
export interface SampledLine {
  readonly identity: string;
  /** What the bank or M-Pesa calls it, as references are kept. */
  readonly reference: string;
  readonly amountMinor: number;
}

/** Something of one of the company's funds, the one that was named or another. */
export interface OfSomeFund {
  readonly fundId: string;
  readonly fund: string;
  /** The statement or payment. */
  readonly ref: string;
}

export interface OtherFundFacts {
  readonly fund: { readonly id: string; readonly code: string };
  /** The account that the file says it is of. */
  readonly account: string | null;
  readonly lines: readonly SampledLine[];
  /** Accounts of the statements of other funds. */
  readonly accounts: readonly (OfSomeFund & { readonly account: string })[];
  /** Stored lines that say what one of the lines says, and payments under one of their references, of this fund and of others. */
  readonly stored: readonly (OfSomeFund & { readonly identity: string })[];
  readonly paid: readonly (OfSomeFund & { readonly reference: string; readonly amountMinor: number })[];
}

/** A fund that a file seems to be of, and what speaks for that, as a word of warning. */
export interface OtherFund {
  readonly code: string;
  readonly warning: string;
}

/**
 * The fund that a file seems to be of instead of the one that was named; null when nothing speaks for another. Funds may share an
 * account, so where anything in the file is the fund's own, nothing is said.
 */
export function otherFundOf(facts: OtherFundFacts): OtherFund | null {
  const { fund, account, accounts, lines, stored } = facts;
  const paid = facts.paid.filter(({ reference, amountMinor }) =>
    lines.some((line) => line.reference === reference && line.amountMinor === -amountMinor),
  );
  if ([...stored, ...paid].some(({ fundId }) => fundId === fund.id)) return null;
  const seems = ({ fund: code }: OfSomeFund, why: string): OtherFund => ({
    code,
    warning: `${why}: is fund ${fund.code} the right one?`,
  });
  const same = account === null ? undefined : accounts.find((one) => isSameAccount(one.account, account));
  if (same !== undefined)
    return seems(same, `account ${quoted(same.account)} is that of fund ${same.fund} (${same.ref})`);
  const [other] = stored;
  if (other !== undefined && share(stored, lines) > HALF)
    return seems(other, `lines of it came for fund ${other.fund} already (${other.ref})`);
  const [payment] = paid;
  return payment === undefined
    ? null
    : seems(payment, `${payment.reference} in it is a payment of fund ${payment.fund} (${payment.ref})`);
}

/** One line may be the same by chance on two accounts, such as a monthly fee; most of them are not. */
const HALF = 0.5;
const share = (stored: OtherFundFacts['stored'], lines: readonly SampledLine[]): number =>
  lines.filter(({ identity }) => stored.some((one) => one.identity === identity)).length / lines.length;
