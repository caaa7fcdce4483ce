import { mayAt, type Actor } from '../domain/access.ts';
import { identifierKey } from '../domain/reconciliation/evidence.ts';
import { ruleForCharge } from '../domain/reconciliation/fee-rule.ts';
import type { ToldEntry } from '../domain/reconciliation/outcome.ts';
import { findExecution } from '../store/executions-by-reference.ts';
import { liveFeeRules } from '../store/fee-rules.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { MatchedItems } from './match-open-items.ts';
import { postEntry } from './post-entry.ts';

/** A charge on a statement that a confirmed rule lets us book. */
export interface FeeToBook {
  readonly line: number;
  /** Positive minor units. */
  readonly amountMinor: number;
  /** Reference of the rule. */
  readonly rule: string;
  readonly paymentId: string | null;
  readonly executionId: string | null;
  readonly valueDate: string;
}

/** A fee that is in the book now. */
export interface PostedFee {
  readonly entryId: string;
  readonly told: ToldEntry;
}

/** The charges among the open lines that rules allow: within the tariff for the payment whose identifier they carry, and not of the person's own. */
export async function chargesToBook(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  items: MatchedItems,
): Promise<FeeToBook[]> {
  const rules = (await liveFeeRules(tx, fund.id)).filter(({ contains }) => contains !== '');
  if (rules.length === 0 || !mayAt(actor, 'reconcile.run', fund)) return [];
  const found: FeeToBook[] = [];
  for (const line of items.rest.lines) {
    if (items.rest.ambiguous.has(line.index)) continue;
    const paid =
      line.externalId === null ? undefined : await findExecution(tx, fund.id, identifierKey(line.externalId));
    if (paid?.executorId === actor.userId || paid?.requesterId === actor.userId) continue;
    const rule = ruleForCharge(rules, line, paid?.amountMinor ?? null);
    if (rule === null) continue;
    found.push({
      line: line.index,
      amountMinor: -line.amountMinor,
      rule: rule.ref,
      paymentId: paid?.paymentId ?? null,
      executionId: paid?.id ?? null,
      valueDate: items.line(line.index).bookedOn,
    });
  }
  return found;
}

/** Posts fees to the fund's book, each as an entry and an event of its own; by the line that each is of. */
export async function postFees(
  tx: Tx,
  actor: Actor,
  lockedFund: Row<'funds'>,
  fees: readonly FeeToBook[],
): Promise<{ fund: Row<'funds'>; posted: ReadonlyMap<number, PostedFee> }> {
  let fund = lockedFund;
  const posted = new Map<number, PostedFee>();
  for (const fee of fees) {
    const { entry, ...after } = await postEntry(
      tx,
      fund,
      {
        type: 'debit',
        kind: 'fee',
        amountMinor: fee.amountMinor,
        valueDate: fee.valueDate,
        ...(fee.paymentId === null ? {} : { paymentId: fee.paymentId }),
        ...(fee.executionId === null ? {} : { executionId: fee.executionId }),
        description: `Fee of the bank or M-Pesa, by rule ${fee.rule}`,
        createdBy: actor.userId,
      },
      {
        actor: actor.username,
        action: 'fee.booked',
        subject: fund.code,
        origin: actor.origin,
        payload: { fund: fund.code, amount_minor: fee.amountMinor, currency: fund.currency, rule: fee.rule },
      },
    );
    ({ fund } = after);
    posted.set(fee.line, {
      entryId: entry.id,
      told: { ref: entry.ref, kind: 'fee', valueDate: entry.valueDate, deltaMinor: -fee.amountMinor, payment: null },
    });
  }
  return { fund, posted };
}
