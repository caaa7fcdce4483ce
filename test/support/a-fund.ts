import type { Actor } from '../../src/domain/access.ts';
import { Problem } from '../../src/domain/problem.ts';
import { createFund, type CreateFundRequest, type CreatedFund } from '../../src/operations/create-fund.ts';
import { postEntry, type NewEntry, type Posted } from '../../src/operations/post-entry.ts';
import { lockFund } from '../../src/store/funds.ts';
import { done } from './changes.ts';
import type { Store } from '../../src/store/store.ts';

type Wish = Partial<CreateFundRequest['draft']> & CreateFundRequest['place'] & { currency?: string | null };

let funds = 0;

/** A request for a fund of ACME with KES 10,000.00, low below 2,000.00, filled to 10,000.00; only what matters is said. */
export const aFundWish = ({
  currency = null,
  company = 'ACME',
  region,
  branch,
  ...draft
}: Wish = {}): CreateFundRequest => ({
  draft: {
    code: `F${(funds += 1)}`,
    name: 'Some fund',
    opening: '10,000',
    reorderLevel: '2,000',
    imprestLevel: '10,000',
    autoReplenish: true,
    ...draft,
  },
  place: { company, region, branch },
  currency,
});

/** Opens such a fund. */
export const aFund = (store: Store, actor: Actor, change: Wish = {}): Promise<CreatedFund> =>
  done(createFund(store, actor, aFundWish(change)));

/** Posts an entry to a fund, as some operation would. */
export const post = (store: Store, actor: Actor, fundId: string, entry: Partial<NewEntry>): Promise<Posted> =>
  store.write(async (tx) =>
    postEntry(
      tx,
      await lockFund(tx, fundId),
      { type: 'debit', kind: 'fee', amountMinor: 100, description: 'some entry', createdBy: actor.userId, ...entry },
      { actor: actor.username, action: 'test.posted', subject: fundId },
    ),
  );

/** The Problem that work ends with. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw new Error(`no Problem, but ${String(error)}`, { cause: error });
}

/** What the database itself said to work that it refused. */
export async function rootOf(work: Promise<unknown>): Promise<string> {
  let error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  while (error instanceof Error && error.cause instanceof Error) error = error.cause;
  return error instanceof Error ? error.message : `nothing was refused: ${String(error)}`;
}
