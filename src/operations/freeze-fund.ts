import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { requireFundStep, type FundStep } from '../domain/fund.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getFund, lockFund, resolveFund, updateFund, type FundView } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface FundStepRequest {
  readonly fund: string;
  readonly reason: string | null;
}

export interface FundStepTaken {
  readonly before: FundView;
  readonly after: FundView;
}

/** Stops a fund from paying; money may still come in. Throws conflict ALREADY_FROZEN or FUND_CLOSED. */
export const freezeFund = (store: Store, actor: Actor, request: FundStepRequest): Promise<FundStepTaken> =>
  store.write(async (tx) => {
    const fund = await lockForStep(tx, actor, request.fund, 'freeze');
    return setFundState(tx, alone(actor), fund, { step: 'freeze', reason: request.reason });
  });

/** Lets a frozen fund pay again: a change for two once the office has paid. Throws conflict NOT_FROZEN or FUND_CLOSED. */
export const unfreezeFund = (store: Store, actor: Actor, request: FundStepRequest): Promise<FundStepTaken | Proposed> =>
  store.write(async (tx) => {
    const fund = await lockForStep(tx, actor, request.fund, 'unfreeze');
    const { reason } = request;
    if (!(await needsTwo(tx))) return setFundState(tx, alone(actor), fund, { step: 'unfreeze', reason });
    return propose(tx, actor, {
      kind: unfreezing,
      subject: fund.code,
      subjectUserId: null,
      place: fund,
      before: { status: fund.state },
      after: { status: STATES.unfreeze },
      payload: { fund_id: fund.id },
      reason,
    });
  });

export const unfreezing: ChangeKind = {
  kind: 'fund.unfreeze',
  ofPerson: false,
  present: async (tx, change) => ({ status: (await lockFund(tx, fundOf(change))).state }),
  apply: async (tx, authority, change) => {
    const fund = await lockForStep(tx, authority.actor, fundOf(change), 'unfreeze');
    await setFundState(tx, authority, fund, { step: 'unfreeze', reason: change.reason });
    return { lines: [], next: [`treasury fund show ${fund.code}`] };
  },
};

const fundOf = (change: Row<'changes'>): string => payloadOf<{ fund_id: string }>(change).fund_id;

async function lockForStep(tx: Tx, actor: Actor, named: string, step: FundStep): Promise<Row<'funds'>> {
  const fund = await lockFund(tx, await resolveFund(tx, named, actor.grants));
  requireAbilityAt(actor, 'fund.manage', fund);
  requireFundStep(fund, step);
  return fund;
}

const STATES = { freeze: 'frozen', unfreeze: 'open', close: 'closed' } as const;
const ACTIONS = { freeze: 'fund.frozen', unfreeze: 'fund.unfrozen', close: 'fund.closed' } as const;

/** Moves a locked fund to the state of a step that has been judged, as one event. */
export async function setFundState(
  tx: Tx,
  authority: Authority,
  fund: Row<'funds'>,
  { step, reason }: { step: FundStep; reason: string | null },
): Promise<FundStepTaken> {
  const before = await getFund(tx, fund.id);
  const state = STATES[step];
  await updateFund(tx, fund.id, { state });
  const payload = { before: { state: fund.state }, after: { state }, reason };
  await recordFundEvent(tx, fund, happeningBy(authority, { action: ACTIONS[step], subject: fund.code, payload }));
  return { before, after: await getFund(tx, fund.id) };
}
