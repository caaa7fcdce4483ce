import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { closingChecks, requireFundStep } from '../domain/fund.ts';
import { Problem } from '../domain/problem.ts';
import {
  findOpenReplenishment,
  getFund,
  lockFund,
  openPaymentsOf,
  resolveFund,
  type FundView,
} from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { openSuspenseOf } from '../store/held-money.ts';
import { pendingVariances } from '../store/variances.ts';
import { alone } from './two-people.ts';
import { setFundState, type FundStepRequest, type FundStepTaken } from './freeze-fund.ts';

/** Judges whether a fund can be closed, before anybody is asked. Throws as `closeFund` does. */
export async function judgeClosing(store: Store, actor: Actor, fund: string): Promise<FundView> {
  return store.read(async (tx) => {
    const view = await getFund(tx, await resolveFund(tx, fund, actor.grants));
    await requireClosable(tx, actor, view.fund);
    return view;
  });
}

/** Closes an empty fund for good. Throws refused FUND_NOT_CLOSABLE with every check, or conflict ALREADY_CLOSED. */
export async function closeFund(store: Store, actor: Actor, request: FundStepRequest): Promise<FundStepTaken> {
  return store.write(async (tx) => {
    const fund = await lockFund(tx, await resolveFund(tx, request.fund, actor.grants));
    await requireClosable(tx, actor, fund);
    return setFundState(tx, alone(actor), fund, { step: 'close', reason: request.reason });
  });
}

async function requireClosable(tx: Tx, actor: Actor, fund: Row<'funds'>): Promise<void> {
  requireAbilityAt(actor, 'fund.manage', fund);
  requireFundStep(fund, 'close');
  const checks = closingChecks({
    fund,
    openPayments: await openPaymentsOf(tx, fund.id),
    openReplenishment: (await findOpenReplenishment(tx, fund.id)) ?? null,
    pendingVariances: (await pendingVariances(tx, fund.id, 'anything')).map(({ ref }) => ref),
    heldItems: await openSuspenseOf(tx, fund.id),
  });
  const failing = checks.filter((check) => check.ok === false);
  if (failing.length === 0) return;
  throw new Problem(
    'refused',
    'FUND_NOT_CLOSABLE',
    `Fund ${fund.code} cannot be closed: ${failing.length === 1 ? 'one check fails' : `${failing.length} checks fail`}.`,
    {
      unchanged: 'The fund stays as it is.',
      checks,
    },
  );
}
