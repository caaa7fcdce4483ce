import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { readFundEdit, type FundEdit } from '../domain/fund.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getFund, lockFund, resolveFund, updateFund, type FundView } from '../store/funds.ts';
import type { Store } from '../store/store.ts';

/** Audit names of what an edit may change, by column. */
const EDITABLE = {
  name: 'name',
  reorderLevelMinor: 'reorder_level_minor',
  imprestLevelMinor: 'imprest_level_minor',
  otpThresholdMinor: 'otp_threshold_minor',
  paymentLimitMinor: 'payment_limit_minor',
  dailyLimitMinor: 'daily_limit_minor',
  autoReplenish: 'auto_replenish',
} as const;
type Editable = keyof typeof EDITABLE;
// Object.keys forgets the names that the line above fixes.
const FIELDS = Object.keys(EDITABLE) as Editable[];

export interface EditedFund {
  readonly before: FundView;
  readonly after: FundView;
  /** Columns that are different now; none when the fund was like this already. */
  readonly changed: readonly Editable[];
}

/** Changes a fund's name, levels, threshold or limits. Throws usage FUND_INVALID with everything that is wrong, conflict FUND_CLOSED. */
export async function editFund(
  store: Store,
  actor: Actor,
  request: { fund: string; edit: FundEdit; reason: string | null },
): Promise<EditedFund> {
  return store.write(async (tx) => {
    const fund = await lockFund(tx, await resolveFund(tx, request.fund, actor.grants));
    requireAbilityAt(actor, 'fund.manage', fund);
    const before = await getFund(tx, fund.id);
    const { terms, faults } = readFundEdit(fund, request.edit);
    if (terms === null) {
      const wrong = faults.length === 1 ? faults[0] : `${faults.length} faults`;
      throw usage('FUND_INVALID', `Fund ${fund.code} cannot be changed like this: ${wrong}.`, {
        unchanged: 'Nothing was changed.',
        fix: 'treasury fund edit --help',
        faults,
      });
    }
    const changed = FIELDS.filter((field) => terms[field] !== fund[field]);
    if (changed.length === 0) return { before, after: before, changed };
    if (fund.state === 'closed') throw closed(fund.code);
    await updateFund(tx, fund.id, terms);
    const figures = (of: typeof terms) => Object.fromEntries(changed.map((field) => [EDITABLE[field], of[field]]));
    await recordFundEvent(tx, fund, {
      actor: actor.username,
      action: 'fund.edited',
      subject: fund.code,
      origin: actor.origin,
      payload: { before: figures(fund), after: figures(terms), reason: request.reason },
    });
    return { before, after: await getFund(tx, fund.id), changed };
  });
}

const closed = (code: string) =>
  new Problem('conflict', 'FUND_CLOSED', `Fund ${code} is closed.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury fund show ${code}`,
    retryable: false,
  });
