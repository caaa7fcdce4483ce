import { isCurrency } from './currency.ts';
import { formatAmount, parseAmount } from './money.ts';
import { codeFault, nameFault } from './people.ts';
import { Problem, type Check } from './problem.ts';
import { quoted } from './quoted.ts';

/** What a fund is told to do, in minor units of its currency. */
export interface FundTerms {
  readonly name: string;
  readonly reorderLevelMinor: number;
  readonly imprestLevelMinor: number;
  readonly otpThresholdMinor: number;
  /** Null is no limit. */
  readonly paymentLimitMinor: number | null;
  readonly dailyLimitMinor: number | null;
  readonly autoReplenish: boolean;
}

/** A new fund as people type it. */
export interface FundDraft {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly opening: string;
  readonly reorderLevel: string;
  readonly imprestLevel?: string | undefined;
  readonly otpThreshold?: string | undefined;
  readonly paymentLimit?: string | undefined;
  readonly dailyLimit?: string | undefined;
  readonly autoReplenish: boolean;
}

/** What shall change, as people type it; what is absent stays. A limit of `none` is taken away. */
export interface FundEdit {
  readonly name?: string | undefined;
  readonly reorderLevel?: string | undefined;
  readonly imprestLevel?: string | undefined;
  readonly otpThreshold?: string | undefined;
  readonly paymentLimit?: string | undefined;
  readonly dailyLimit?: string | undefined;
  /** `on` or `off`. */
  readonly autoReplenish?: string | undefined;
}

/** Terms that can be kept, or everything that is wrong with them. */
export type Read<Terms> =
  | { readonly terms: Terms; readonly faults: readonly [] }
  | { readonly terms: null; readonly faults: readonly string[] };

/** Reads a new fund. The imprest level is twice the reorder level unless said, the OTP threshold 0: every payment. */
export function readFundDraft(draft: FundDraft): Read<FundTerms & { readonly openingMinor: number }> {
  const faults = [codeFault('the fund', draft.code), nameFault('the name', draft.name)].filter(
    (fault) => fault !== null,
  );
  if (!isCurrency(draft.currency)) {
    return {
      terms: null,
      faults: [...faults, `${quoted(draft.currency)} is not a currency; write three capitals, such as KES`],
    };
  }
  const read = amountReader(draft.currency, faults);
  const openingMinor = read('--opening', draft.opening, { zero: true });
  const reorderLevelMinor = read('--reorder-level', draft.reorderLevel, { zero: true });
  const imprestLevelMinor =
    draft.imprestLevel === undefined
      ? 2 * reorderLevelMinor
      : read('--imprest-level', draft.imprestLevel, { zero: true });
  const terms = {
    name: draft.name.trim(),
    openingMinor,
    reorderLevelMinor,
    imprestLevelMinor,
    otpThresholdMinor:
      draft.otpThreshold === undefined ? 0 : read('--otp-threshold', draft.otpThreshold, { zero: true }),
    paymentLimitMinor: draft.paymentLimit === undefined ? null : read('--payment-limit', draft.paymentLimit),
    dailyLimitMinor: draft.dailyLimit === undefined ? null : read('--daily-limit', draft.dailyLimit),
    autoReplenish: draft.autoReplenish,
  };
  const levels = levelFault(terms, draft.currency);
  if (levels !== null) faults.push(levels);
  return faults.length > 0 ? { terms: null, faults } : { terms, faults: [] };
}

/** Reads what shall change in a fund: its terms afterwards. */
export function readFundEdit(present: FundTerms & { readonly currency: string }, edit: FundEdit): Read<FundTerms> {
  const faults: string[] = [];
  const read = amountReader(present.currency, faults);
  const level = (flag: string, text: string | undefined, now: number) =>
    text === undefined ? now : read(flag, text, { zero: true });
  const limit = (flag: string, text: string | undefined, now: number | null) =>
    text === undefined ? now : text === 'none' ? null : read(flag, text);
  const name = edit.name === undefined ? null : nameFault('the name', edit.name);
  if (name !== null) faults.push(name);
  const terms: FundTerms = {
    name: edit.name === undefined ? present.name : edit.name.trim(),
    reorderLevelMinor: level('--reorder-level', edit.reorderLevel, present.reorderLevelMinor),
    imprestLevelMinor: level('--imprest-level', edit.imprestLevel, present.imprestLevelMinor),
    otpThresholdMinor: level('--otp-threshold', edit.otpThreshold, present.otpThresholdMinor),
    paymentLimitMinor: limit('--payment-limit', edit.paymentLimit, present.paymentLimitMinor),
    dailyLimitMinor: limit('--daily-limit', edit.dailyLimit, present.dailyLimitMinor),
    autoReplenish: edit.autoReplenish === undefined ? present.autoReplenish : edit.autoReplenish === 'on',
  };
  if (edit.autoReplenish !== undefined && !['on', 'off'].includes(edit.autoReplenish)) {
    faults.push(`--auto-replenish is on or off, not ${quoted(edit.autoReplenish)}`);
  }
  const levels = levelFault(terms, present.currency);
  if (levels !== null) faults.push(levels);
  return faults.length > 0 ? { terms: null, faults } : { terms, faults: [] };
}

/** What is wrong with two levels, or null. The way back to the imprest level must lead above the reorder level. */
function levelFault(
  terms: Pick<FundTerms, 'reorderLevelMinor' | 'imprestLevelMinor'>,
  currency: string,
): string | null {
  const { reorderLevelMinor: reorder, imprestLevelMinor: imprest } = terms;
  // What could not be read has been said already.
  if (Number.isNaN(reorder) || Number.isNaN(imprest) || imprest > reorder) {
    return Number.isSafeInteger(imprest) || Number.isNaN(imprest)
      ? null
      : 'twice the reorder level is more than can be kept: give --imprest-level';
  }
  if (reorder === 0 && imprest === 0) return null;
  return `the imprest level ${formatAmount(imprest, currency)} must be more than the reorder level ${formatAmount(reorder, currency)}`;
}

/** Reads amounts one after another; NaN for what is not one, with the reason among the faults. */
function amountReader(
  currency: string,
  faults: string[],
): (flag: string, text: string, options?: { zero: boolean }) => number {
  return (flag, text, options = { zero: false }) => {
    try {
      return parseAmount(text, currency, options);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push(`${flag}: ${error.message}`);
      return Number.NaN;
    }
  };
}

export type FundStep = 'freeze' | 'unfreeze' | 'close';

/** Refuses (exit 7) a step that a fund's state does not allow: it has been done already, or the fund is closed. */
export function requireFundStep(fund: { readonly code: string; readonly state: string }, step: FundStep): void {
  if (fund.state === 'closed') {
    throw inState(step === 'close' ? 'ALREADY_CLOSED' : 'FUND_CLOSED', `Fund ${fund.code} is closed.`, fund.code);
  }
  if (step === 'freeze' && fund.state === 'frozen')
    throw inState('ALREADY_FROZEN', `Fund ${fund.code} is frozen already.`, fund.code);
  if (step === 'unfreeze' && fund.state !== 'frozen')
    throw inState('NOT_FROZEN', `Fund ${fund.code} is not frozen.`, fund.code);
}

const inState = (code: string, message: string, fund: string): Problem =>
  new Problem('conflict', code, message, {
    unchanged: 'Nothing was changed.',
    fix: `treasury fund show ${fund}`,
    retryable: false,
  });

export interface ClosingFacts {
  readonly fund: {
    readonly code: string;
    readonly currency: string;
    readonly balanceMinor: number;
    readonly reservedMinor: number;
  };
  readonly openPayments: readonly { readonly ref: string; readonly status: string }[];
  readonly openReplenishment: { readonly ref: string; readonly status: string } | null;
  /** References of its variances that wait to be decided. */
  readonly pendingVariances: readonly string[];
  /** References of money that left without a debit, and of which nobody has said what becomes of it. */
  readonly heldItems: readonly string[];
}

/** Every check of closing a fund, passed and failed: nothing in it, nothing under way. */
export function closingChecks({
  fund,
  openPayments,
  openReplenishment,
  pendingVariances,
  heldItems,
}: ClosingFacts): Check[] {
  const money = (minor: number) => formatAmount(minor, fund.currency);
  const named = openPayments.map((payment) => `${payment.ref} (${payment.status})`);
  const [first] = openPayments;
  return [
    closingCheck('balance', fund.balanceMinor === 0, 'BALANCE_LEFT', {
      good: 'Its balance is 0.',
      bad: `Fund ${fund.code} still holds ${money(fund.balanceMinor)}.`,
      command: null,
      facts: { balance_minor: fund.balanceMinor },
    }),
    closingCheck('reserved', fund.reservedMinor === 0, 'MONEY_RESERVED', {
      good: 'Nothing is reserved.',
      bad: `${money(fund.reservedMinor)} are reserved for payments under way.`,
      command: `treasury payment list --fund ${fund.code} --status executing`,
      facts: { reserved_minor: fund.reservedMinor },
    }),
    closingCheck('payments', openPayments.length === 0, 'PAYMENTS_OPEN', {
      good: 'No payment is open.',
      bad: `${openPayments.length} of its payments ${openPayments.length === 1 ? 'is' : 'are'} not finished: ${listed(named)}.`,
      command: `treasury payment cancel ${first?.ref ?? ''}`,
      facts: { open_payments: openPayments.length },
    }),
    closingCheck('replenishments', openReplenishment === null, 'REPLENISHMENT_OPEN', {
      good: 'No replenishment is open.',
      bad: `Replenishment ${openReplenishment?.ref ?? ''} is ${openReplenishment?.status ?? ''}.`,
      command: `treasury replenish reject ${openReplenishment?.ref ?? ''}`,
      facts: { replenishment: openReplenishment?.ref ?? null },
    }),
    closingCheck('variances', pendingVariances.length === 0, 'VARIANCE_PENDING', {
      good: 'No variance is pending.',
      bad: `Of its variances ${listed(pendingVariances)} ${pendingVariances.length === 1 ? 'waits' : 'wait'} to be decided.`,
      command: `treasury variance show ${pendingVariances[0] ?? ''}`,
      facts: { pending_variances: pendingVariances.length },
    }),
    closingCheck('suspense', heldItems.length === 0, 'SUSPENSE_OPEN', {
      good: 'No money is held in suspense.',
      bad: `Money that left without a debit is held as ${listed(heldItems)}.`,
      command: `treasury suspense settle ${heldItems[0] ?? ''} --reason REASON`,
      facts: { held_in_suspense: heldItems.length },
    }),
  ];
}

interface ClosingText {
  readonly good: string;
  readonly bad: string;
  readonly command: string | null;
  readonly facts: Check['facts'];
}

const closingCheck = (id: string, ok: boolean, code: string, { good, bad, command, facts }: ClosingText): Check => ({
  id,
  ok,
  code: ok ? null : code,
  message: ok ? good : bad,
  fix: ok ? null : { command, who: [] },
  facts,
});

/** At most five names of a list that may be long. */
const listed = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
