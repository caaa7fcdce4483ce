import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { requireFundStep, type FundStep } from '../domain/fund.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getFund, lockFund, resolveFund, updateFund, type FundView } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

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
  takeStep(store, actor, { ...request, step: 'freeze' });

/** Lets a frozen fund pay again. Throws conflict NOT_FROZEN or FUND_CLOSED. */
export const unfreezeFund = (store: Store, actor: Actor, request: FundStepRequest): Promise<FundStepTaken> =>
  takeStep(store, actor, { ...request, step: 'unfreeze' });

async function takeStep(
  store: Store,
  actor: Actor,
  request: FundStepRequest & { step: 'freeze' | 'unfreeze' },
): Promise<FundStepTaken> {
  return store.write(async (tx) => {
    const fund = await lockFund(tx, await resolveFund(tx, request.fund, actor.grants));
    requireAbilityAt(actor, 'fund.manage', fund);
    requireFundStep(fund, request.step);
    return setFundState(tx, actor, fund, request);
  });
}

const STATES = { freeze: 'frozen', unfreeze: 'open', close: 'closed' } as const;
const ACTIONS = { freeze: 'fund.frozen', unfreeze: 'fund.unfrozen', close: 'fund.closed' } as const;

/** Moves a locked fund to the state of a step that has been judged, as one event. */
export async function setFundState(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  { step, reason }: { step: FundStep; reason: string | null },
): Promise<FundStepTaken> {
  const before = await getFund(tx, fund.id);
  const state = STATES[step];
  await updateFund(tx, fund.id, { state });
  await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: ACTIONS[step],
    subject: fund.code,
    origin: actor.origin,
    payload: { before: { state: fund.state }, after: { state }, reason },
  });
  return { before, after: await getFund(tx, fund.id) };
}
