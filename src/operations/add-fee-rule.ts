import { requireAbility, requireAbilityAt, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { tidyText } from '../domain/destination.ts';
import { Problem, usage } from '../domain/problem.ts';
import { feeRuleFaults, type TariffStep } from '../domain/reconciliation/fee-rule.ts';
import {
  readTariff,
  stepsIn,
  stepsOfRows,
  tariffInvalid,
  tariffOddities,
  tariffWords,
  type WrittenStep,
} from '../domain/reconciliation/tariff.ts';
import { requirePerson } from '../domain/token.ts';
import { sentence } from '../domain/sentence.ts';
import { canonicalJson, recordFundEvent } from '../store/audit-chain.ts';
import { findLiveFeeRule, insertFeeRule } from '../store/fee-rules.ts';
import { lockFund, resolveFund } from '../store/funds.ts';
import { newIdentity } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { csvLines } from './csv-lines.ts';
import { usableReason } from './decide-requisition.ts';
import {
  happeningBy,
  payloadOf,
  propose,
  type Applied,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface FeeRuleWish {
  readonly name: string;
  readonly fund: string;
  /** What the text of a charge contains; null for fees that are taken within the payment's line. */
  readonly contains: string | null;
  /** Steps in one text, or a CSV file of them. */
  readonly tariff: { readonly text: string } | { readonly file: string };
  readonly reason: string | null;
}

/**
 * Proposes a rule by which fees are booked; it always takes two people, and a CFO is the other one. By a treasurer or CFO. Throws
 * forbidden, usage FEE_RULE_INVALID or TARIFF_INVALID with everything that is wrong, conflict FEE_RULE_EXISTS or FUND_CLOSED.
 */
export async function proposeFeeRule(
  store: Store,
  actor: Actor,
  wish: FeeRuleWish,
): Promise<{ readonly answer: Proposed; readonly warnings: readonly string[] }> {
  requireAbility(actor, 'reconcile.run');
  requirePerson(actor);
  const reason = usableReason(wish.reason);
  const terms = usableTerms(wish);
  const steps = await writtenSteps(wish.tariff);
  return store.write(async (tx) => {
    const fund = await lockForRule(tx, actor, await resolveFund(tx, wish.fund, actor.grants));
    const tariff = readTariff(steps, fund.currency);
    const live = await findLiveFeeRule(tx, fund.id, terms.name);
    if (live !== undefined) throw exists(fund, live);
    const answer = await propose(tx, actor, {
      kind: feeRuleAddition,
      // One name waits at most once for each fund.
      subject: `${fund.code}/${terms.name}`,
      subjectUserId: null,
      place: fund,
      before: NO_RULE,
      after: shownRule(fund, { ...terms, tariff }),
      payload: { fund_id: fund.id, ...terms, tariff },
      reason,
    });
    return { answer, warnings: tariffOddities(tariff, fund.currency) };
  });
}

interface Terms {
  readonly name: string;
  /** Empty for fees within the payment's line. */
  readonly contains: string;
}

function usableTerms({ name, contains }: FeeRuleWish): Terms {
  const faults = feeRuleFaults({ name, contains });
  if (faults.length === 0) return { name, contains: contains === null ? '' : tidyText(contains) };
  throw usage(
    'FEE_RULE_INVALID',
    faults.length === 1
      ? `This is no fee rule: ${sentence(faults[0])}`
      : `This is no fee rule: ${faults.length} faults.`,
    { unchanged: 'Nothing was proposed.', fix: 'treasury reconcile fee add --help', faults },
  );
}

const writtenSteps = async (tariff: FeeRuleWish['tariff']): Promise<WrittenStep[]> =>
  'text' in tariff ? stepsIn(tariff.text) : stepsOfRows(await csvLines(tariff.file, (fault) => tariffInvalid([fault])));

async function lockForRule(tx: Tx, actor: Actor, fundId: string): Promise<Row<'funds'>> {
  const fund = await lockFund(tx, fundId);
  requireAbilityAt(actor, 'reconcile.run', fund);
  if (fund.state !== 'closed') return fund;
  throw new Problem('conflict', 'FUND_CLOSED', `Fund ${fund.code} is closed.`, {
    unchanged: 'Nothing was changed or proposed.',
    fix: 'treasury fund list',
    retryable: false,
  });
}

const exists = ({ code }: Row<'funds'>, { name, ref }: Row<'feeRules'>): Problem =>
  new Problem('conflict', 'FEE_RULE_EXISTS', `Fund ${code} has a fee rule ${name} already, ${ref}; it never changes.`, {
    unchanged: 'Nothing was proposed.',
    fix: `treasury reconcile fee end ${name} --fund ${code} --reason REASON, or give another name`,
    retryable: false,
  });

const NO_RULE: Shown = {};

function shownRule(fund: Row<'funds'>, { name, contains, tariff }: Terms & { tariff: readonly TariffStep[] }): Shown {
  return {
    fund: fund.code,
    name,
    books: contains === '' ? 'what a line holds beyond its payment' : 'charges with a line of their own',
    ...(contains === '' ? {} : { contains }),
    tariff: tariffWords(tariff, fund.currency),
  };
}

interface RulePayload extends Terms {
  readonly fund_id: string;
  readonly tariff: readonly TariffStep[];
}

export const feeRuleAddition: ChangeKind = {
  kind: 'fee_rule.add',
  ofPerson: false,
  cfoOnly: true,
  present: async (tx, change) => {
    const { fund_id: fundId, name } = payloadOf<RulePayload>(change);
    const fund = await lockFund(tx, fundId);
    const live = await findLiveFeeRule(tx, fund.id, name);
    return live === undefined ? NO_RULE : { name: live.ref };
  },
  apply: addRule,
};

async function addRule(tx: Tx, authority: Authority, change: Row<'changes'>): Promise<Applied> {
  const { fund_id: fundId, name, contains, tariff } = payloadOf<RulePayload>(change);
  const fund = await lockForRule(tx, authority.actor, fundId);
  const rule: Row<'feeRules'> = {
    ...(await newIdentity(tx, 'feeRules')),
    ...{ fundId: fund.id, name, contains, tariff: canonicalJson(tariff), changeId: change.id },
    ...{ createdBy: authority.actor.userId, createdAt: tx.now, endedAt: null, endedBy: null },
  };
  await insertFeeRule(tx, rule);
  const payload = { fund: fund.code, name, contains, tariff, currency: fund.currency, reason: change.reason };
  await recordFundEvent(tx, fund, happeningBy(authority, { action: 'fee_rule.added', subject: rule.ref, payload }));
  return {
    lines: [`The rule ${name} (${rule.ref}) is in force for fund ${fund.code}.`],
    next: [`treasury reconcile fee show ${name} --fund ${fund.code}`],
  };
}
