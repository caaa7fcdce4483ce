import { formatAmount } from '../../domain/money.ts';
import { fundBeforeAfter } from '../../documents/execution.ts';
import { executionDocument, paymentDocument } from '../../documents/payment.ts';
import { ledgerEntryDocument } from '../../documents/ledger-entry.ts';
import { replenishmentDocument } from '../../documents/replenishment.ts';
import type { Executed } from '../../operations/execute-payment.ts';
import type { PaidOut } from '../../operations/post-payment.ts';
import type { PaymentView } from '../../store/payments.ts';
import { visible } from '../../terminal/clean.ts';
import type { Result } from '../command.ts';

interface Moment {
  readonly executor: string;
  readonly now: Date;
}

/** A payment that was made: voucher, balance before and after, and the request that it may have raised. */
export function paidResult(before: PaymentView, paid: PaidOut, { executor, now }: Moment): Result {
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
        `Voucher ${execution.voucherNumber}, ${execution.gateway} reference ${execution.gatewayReference}.`,
        `${payment.ref}: ${before.payment.status} > success`,
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

/** A payment of which the outcome is open: exit 8, never pay again. */
export function inFlightResult(
  { before, attempt, fund }: Extract<Executed, { state: 'executing' }>,
  { executor, now }: Moment,
): Result {
  const { payment } = before;
  const view = { ...before, payment: { ...payment, status: 'executing' }, executor };
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
        `Pay ${money} to ${visible(payment.destination)} (${visible(payment.payee)}) in the ${payment.method} app, once, then give its reference.`,
      ],
      next: [`treasury payment resolve ${payment.ref} --gateway-reference REFERENCE`],
    },
  };
}
