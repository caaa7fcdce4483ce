import { mayAt, type Actor } from '../domain/access.ts';
import { isDay } from '../domain/day.ts';
import { normalReference } from '../domain/payment.ts';
import { identifierKey, isIdentifier } from '../domain/reconciliation/evidence.ts';
import type { LineFacts } from '../domain/reconciliation/facts.ts';
import { ruleForCharge } from '../domain/reconciliation/fee-rule.ts';
import type { ToldEntry } from '../domain/reconciliation/outcome.ts';
import { feesOfPayments, looseFees, type LooseFee } from '../store/booked-fees.ts';
import { executionsUnder } from '../store/executions-by-reference.ts';
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
  /** ISO day; null where the line has no day of the calendar. */
  readonly valueDate: string | null;
  /** The fee that was booked for this line before; null when it is to be booked now. */
  readonly booked: LooseFee | null;
}

/** A fee that is in the book now. */
export interface PostedFee {
  readonly entryId: string;
  readonly told: ToldEntry;
}

type Execution = Row<'paymentExecutions'>;

/**
 * The charges among the open lines that rules allow: within what the tariff leaves for the payment whose identifier they carry, and
 * not of the person's own. What may be a payment's own line, or may belong to two payments, is left to people.
 */
export async function chargesToBook(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  items: MatchedItems,
): Promise<FeeToBook[]> {
  if (!mayAt(actor, 'reconcile.run', fund)) return [];
  const rules = await liveFeeRules(tx, fund.id);
  const lines = items.rest.lines.filter(
    (line) => ruleForCharge(rules, line, null) !== null && !mayBePayment(items, line),
  );
  if (lines.length === 0) return [];
  const paidBy = await paymentsNamed(tx, fund, lines);
  const fees = await feesSoFar(tx, paidBy, items);
  const loose = await looseOnes(tx, fund.id, items);
  const found: FeeToBook[] = [];
  for (const line of lines) {
    const executions = paidBy.get(line.index) ?? [];
    const [paid = null] = executions;
    if (executions.length > 1 || executions.some((one) => isOwn(actor, one))) continue;
    const amountMinor = -line.amountMinor;
    const feesMinor = paid === null ? 0 : (fees.get(paid.paymentId) ?? 0);
    const earlier = loose.get(items.line(line.index).id ?? '');
    const booked = earlier?.amountMinor === amountMinor ? earlier : null;
    const limit = paid === null ? null : { paidMinor: paid.amountMinor, feesMinor: booked === null ? feesMinor : 0 };
    const rule = ruleForCharge(rules, line, limit);
    if (rule === null) continue;
    if (paid !== null && booked === null) fees.set(paid.paymentId, feesMinor + amountMinor);
    const [paymentId, executionId] = [paid?.paymentId ?? null, paid?.id ?? null];
    found.push({
      ...{ line: line.index, amountMinor, rule: rule.ref, paymentId, executionId, booked },
      valueDate: valueDateOf(items, line.index),
    });
  }
  return found;
}

const isOwn = ({ userId }: Actor, { executorId, requesterId }: Execution): boolean =>
  executorId === userId || requesterId === userId;

/** The day of a line as a fee that it shows is valued; null where the bank says one that the calendar does not have. */
export function valueDateOf(items: MatchedItems, line: number): string | null {
  const { bookedOn } = items.line(line);
  return isDay(bookedOn) ? bookedOn : null;
}

/** Whether a line is tied, or may be the line of something else than a fee: then its text alone does not make it a charge. */
const mayBePayment = (items: MatchedItems, { index, isCharge }: LineFacts): boolean =>
  items.rest.ambiguous.has(index) ||
  (!isCharge && (items.rest.candidates.get(index) ?? []).some(({ entry }) => items.entry(entry).kind !== 'fee'));

/** The executions that the identifiers of each line name. */
async function paymentsNamed(
  tx: Tx,
  fund: Row<'funds'>,
  lines: readonly LineFacts[],
): Promise<ReadonlyMap<number, readonly Execution[]>> {
  const names = new Map(lines.map((line) => [line.index, namesIn(line)]));
  const executions = await executionsUnder(tx, fund, [...new Set([...names.values()].flat())]);
  const byReference = Map.groupBy(executions, ({ gatewayReference }) => gatewayReference);
  const named = ([index, references]: [number, string[]]): [number, Execution[]] => [
    index,
    [...new Map(references.flatMap((one) => byReference.get(one) ?? []).map((one) => [one.id, one])).values()],
  ];
  return new Map([...names].map(named));
}

/** Identifiers of a line as they are kept with executions: as written, and without the marks that banks add. */
function namesIn({ externalId, isReceipt, references }: LineFacts): string[] {
  const own = externalId === null ? [] : [externalId];
  const isOne = (text: string): boolean => isIdentifier(identifierKey(text));
  const written = [...(isReceipt === true ? own : own.filter(isOne)), ...references.filter(isOne)];
  return [...new Set(written.flatMap((text) => [normalReference(text), identifierKey(text)]))];
}

/** The fees of the named payments that are in the book, or were found within the payments' lines. */
async function feesSoFar(
  tx: Tx,
  paidBy: ReadonlyMap<number, readonly Execution[]>,
  items: MatchedItems,
): Promise<Map<string, number>> {
  const payments = new Set([...paidBy.values()].flat().map(({ paymentId }) => paymentId));
  const fees = await feesOfPayments(tx, [...payments]);
  for (const { fee, entries } of items.rest.found) {
    const [entry] = entries;
    const paymentId = fee === undefined || entry === undefined ? null : items.entry(entry).paymentId;
    if (fee !== undefined && paymentId !== null) fees.set(paymentId, (fees.get(paymentId) ?? 0) + fee.amountMinor);
  }
  return fees;
}

/** Fees that were booked before and lost their line; asked for only when one is open at all. */
async function looseOnes(tx: Tx, fundId: string, { rest }: MatchedItems): Promise<ReadonlyMap<string, LooseFee>> {
  return rest.entries.some(({ kind }) => kind === 'fee') ? looseFees(tx, fundId) : new Map<string, LooseFee>();
}

/** Posts fees to the fund's book, each as an entry and an event of its own; by the line that each is of, with those that were there. */
export async function postFees(
  tx: Tx,
  actor: Actor,
  lockedFund: Row<'funds'>,
  { items, fees }: { readonly items: MatchedItems; readonly fees: readonly FeeToBook[] },
): Promise<{ fund: Row<'funds'>; posted: ReadonlyMap<number, PostedFee>; count: number }> {
  let fund = lockedFund;
  let count = 0;
  const posted = new Map<number, PostedFee>();
  for (const fee of fees) {
    if (fee.booked !== null) {
      posted.set(fee.line, postedFee(fee.booked));
      continue;
    }
    const { entry, ...after } = await postFee(tx, actor, fund, { fee, line: items.line(fee.line).ref });
    ({ fund } = after);
    count += 1;
    posted.set(fee.line, postedFee(entry));
  }
  return { fund, posted, count };
}

const postedFee = ({ id, ref, valueDate, amountMinor }: LooseFee): PostedFee => ({
  entryId: id,
  told: { ref, kind: 'fee', valueDate, deltaMinor: -amountMinor, payment: null },
});

const postFee = (
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  { fee, line }: { readonly fee: FeeToBook; readonly line: string | null },
) =>
  postEntry(
    tx,
    fund,
    {
      type: 'debit',
      kind: 'fee',
      amountMinor: fee.amountMinor,
      // Without a day of its own it counts from today in the office's zone.
      ...(fee.valueDate === null ? {} : { valueDate: fee.valueDate }),
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
      payload: { fund: fund.code, amount_minor: fee.amountMinor, currency: fund.currency, rule: fee.rule, line },
    },
  );
