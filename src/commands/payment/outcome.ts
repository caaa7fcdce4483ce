import { stepsInFlight } from '../../domain/in-flight.ts';
import { formatAmount } from '../../domain/money.ts';
import { Problem } from '../../domain/problem.ts';
import { fundBeforeAfter } from '../../documents/execution.ts';
import { executionDocument, paymentDocument } from '../../documents/payment.ts';
import { ledgerEntryDocument } from '../../documents/ledger-entry.ts';
import { replenishmentDocument } from '../../documents/replenishment.ts';
import type { Executed } from '../../operations/execute-payment.ts';
import type { PaidOut } from '../../operations/post-payment.ts';
import type { PaymentView } from '../../store/payment-views.ts';
import type { Row } from '../../store/tables.ts';
import { visible } from '../../terminal/clean.ts';
import type { Result } from '../command.ts';

interface Moment {
  readonly executor: string;
  readonly now: Date;
}

/** A payment that was made: voucher, balance before and after, and the request that it may have raised. */
export function paidResult(
  before: PaymentView,
  paid: PaidOut,
  { executor, now, removed = [] }: Moment & Partial<Pick<Executed, 'removed'>>,
): Result {
  const otpVerifiedBy = paid.execution.otpVerifiedBy === null ? null : executor;
  const view: PaymentView = {
    ...before,
    payment: paid.payment,
    execution: paid.execution,
    executor,
    executionExecutor: executor,
    otpVerifiedBy,
  };
  const { payment, execution, fund, fundBefore } = paid;
  const money = (minor: number) => formatAmount(minor, payment.currency);
  return {
    data: {
      payment: paymentDocument(view, now),
      execution: executionDocument(execution, { executor, otpVerifiedBy }),
      fund: fundBeforeAfter(fundBefore, fund),
      ledger_entry: ledgerEntryDocument({
        entry: paid.entry,
        fundCode: fund.code,
        currency: fund.currency,
        paymentRef: payment.ref,
        executionRef: execution.ref,
      }),
      replenishment:
        paid.replenishment === null
          ? null
          : replenishmentDocument({ request: paid.replenishment, fundCode: fund.code, currency: fund.currency }),
    },
    human: {
      lines: [
        `Paid ${money(payment.amountMinor)} to ${visible(payment.payee)}.`,
        voucherLine(execution),
        `${payment.ref}: ${before.payment.status} > success`,
        ...removed.map(removedLine),
        `Fund ${fund.code}: ${money(fundBefore.balanceMinor)} > ${money(fund.balanceMinor)}`,
        ...(paid.replenishment === null
          ? []
          : [
              `The fund is below its reorder level: ${paid.replenishment.ref} asks for ${money(paid.replenishment.requestedMinor)}.`,
            ]),
      ],
      next: [`treasury payment show ${payment.ref}`],
    },
  };
}

/** The schedule of what was cancelled, or executed before its time. */
export const removedLine = ({ ref, status }: Row<'schedules'>): string => `${ref}: ${status} > removed`;

/** Cash has no reference but its voucher number. */
const voucherLine = ({ voucherNumber, gatewayReference }: PaidOut['execution']): string =>
  gatewayReference === voucherNumber
    ? `Voucher ${voucherNumber}.`
    : `Voucher ${voucherNumber}, reference ${gatewayReference}.`;

/** A payment of which the outcome is open: exit 8, never pay again. */
export function inFlightResult(
  { before, attempt, fund, removed }: Extract<Executed, { state: 'executing' }>,
  { executor, now }: Moment,
): Result {
  const { payment } = before;
  const view = { ...before, payment: { ...payment, status: 'executing' }, executor, attempt };
  const money = formatAmount(payment.amountMinor, payment.currency);
  return {
    data: {
      payment: paymentDocument(view, now),
      execution: null,
      fund: fundBeforeAfter(fund, fund),
      ledger_entry: null,
      replenishment: null,
    },
    exitCode: 8,
    warnings: [`The outcome of ${payment.ref} is open: ${money} is reserved. Never pay it again.`],
    human: {
      lines: [
        `${payment.ref}: ${payment.status} > executing (attempt ${attempt.ref})`,
        ...removed.map(removedLine),
        ...toDoLines(attempt, { money, payment }),
      ],
      next: stepsInFlight({ ref: payment.ref, fund: fund.code, carrier: attempt }),
    },
  };
}

/** What the operator does now: by hand they pay in the app; a rail carries it itself. */
function toDoLines(
  { gateway, state }: Row<'paymentAttempts'>,
  { money, payment }: { readonly money: string; readonly payment: Row<'payments'> },
): string[] {
  const to = `${visible(payment.destination)} (${visible(payment.payee)})`;
  if (gateway === 'manual')
    return [`Pay ${money} to ${to} in the ${appOf(payment.method)}, once, then give its reference.`];
  if (gateway === 'bankfile') return [`${money} to ${to} goes into the next file for the bank.`];
  return [STATES[state]?.(money, to) ?? `${money} to ${to} is under way.`];
}

/** The app in which a person pays by hand. */
export const appOf = (method: string): string => (method === 'mpesa' ? 'M-Pesa app' : "bank's app");

const STATES: Readonly<Record<string, (money: string, to: string) => string>> = {
  reserved: (money, to) => `${money} is reserved and will be sent to ${to}.`,
  accepted: (money, to) => `M-Pesa has taken the order: ${money} to ${to}. Whether it was paid is not known yet.`,
  unknown: (money, to) => `Whether M-Pesa has taken the order (${money} to ${to}) is not known.`,
};

/** A payment that its gateway refused for certain: known not paid, exit 9. */
export const refusedByGateway = (
  { payment }: PaymentView,
  { reason, payment: after }: { readonly reason: string; readonly payment: Row<'payments'> },
): Problem =>
  new Problem('external', 'GATEWAY_REFUSED', `${payment.ref} was not paid: ${reason}.`, {
    unchanged: `The money is free again; ${payment.ref} is failed (${after.retryCount} of ${after.maxRetries} attempts).`,
    fix:
      after.retryCount < after.maxRetries
        ? `treasury payment retry ${payment.ref}`
        : `treasury payment cancel ${payment.ref}`,
  });
