import type { GatewayResult } from '../domain/gateway-result.ts';
import type { ReportedTransfer, StatusReport } from '../domain/bank-file/status-report.ts';
import type { BankFileView, ShownOrder } from '../store/bank-file-views.ts';
import type { FiledAttempt } from '../store/bank-files.ts';
import type { Row } from '../store/tables.ts';
import { money } from './money.ts';

/** A file for the bank as scripts see it; `file` is where it was written, null in a rehearsal. */
export const bankFileDocument = (
  row: Row<'bankFiles'>,
  more: {
    readonly fund: string;
    readonly orders: readonly FiledAttempt[];
    readonly file: string | null;
    readonly again: boolean;
    readonly left: number;
  },
) => ({
  id: row.id,
  ref: row.ref,
  message_id: row.messageId,
  fund: more.fund,
  format: row.format,
  layout: row.layout,
  layout_version: row.layoutVersion,
  pay_on: row.payOn,
  account: row.gatewayAccount,
  count: row.orders,
  ...money('total', row.sumMinor, row.currency),
  currency: row.currency,
  sha256: row.contentDigest,
  file: more.file,
  exported_before: more.again,
  waiting: more.left,
  created_at: row.createdAt.toISOString(),
  payments: more.orders.map(({ attempt, payment }) => ({
    payment: payment.ref,
    key: attempt.idempotencyKey,
    payee: payment.payee,
    destination: payment.destination,
    ...money('amount', payment.amountMinor, payment.currency),
    status: payment.status,
  })),
});

const orderOf = ({ number, attempt, payment, said }: ShownOrder) => ({
  number,
  payment: payment.ref,
  key: attempt.idempotencyKey,
  payee: payment.payee,
  destination: payment.destination,
  ...money('amount', payment.amountMinor, payment.currency),
  currency: payment.currency,
  attempt: attempt.state,
  status: payment.status,
  said:
    said === null
      ? null
      : {
          message: said.message.ref,
          at: said.message.receivedAt.toISOString(),
          code: said.result?.code ?? null,
          reason: said.result?.description ?? null,
          outcome: said.result?.outcome ?? null,
          applied: said.message.outcome,
        },
});
export type BankFileOrderDocument = ReturnType<typeof orderOf>;

/** A file that was written for the bank, as scripts see it later; its payments where they were asked for, null in a list. */
export const bankFileRecordDocument = (
  { file, fund, creator, paid, failed }: BankFileView,
  orders: readonly ShownOrder[] | null,
) => ({
  id: file.id,
  ref: file.ref,
  message_id: file.messageId,
  fund: fund.code,
  format: file.format,
  layout: file.layout,
  layout_version: file.layoutVersion,
  pay_on: file.payOn,
  account: file.gatewayAccount,
  count: file.orders,
  paid,
  failed,
  open: file.orders - paid - failed,
  ...money('total', file.sumMinor, file.currency),
  currency: file.currency,
  sha256: file.contentDigest,
  created_by: creator,
  created_at: file.createdAt.toISOString(),
  payments: orders?.map(orderOf) ?? null,
});
export type BankFileRecordDocument = ReturnType<typeof bankFileRecordDocument>;

interface Reported {
  readonly report: StatusReport;
  readonly file: Row<'bankFiles'> | null;
  readonly fundCode: string | null;
  readonly known: boolean;
  readonly results: readonly {
    readonly payment: Row<'payments'>;
    readonly result: GatewayResult;
    readonly applied: { readonly outcome: string; readonly detail: string | null };
  }[];
  readonly strays: readonly ReportedTransfer[];
}

/** What a file of a bank's reports said, and what came of it. */
export function bankReportDocument(sha256: string, reports: readonly Reported[]) {
  const results = reports.flatMap((report) => report.results);
  const applied = (outcome: string) =>
    results.filter((one) => one.result.outcome === outcome && ['applied', 'repeated'].includes(one.applied.outcome))
      .length;
  const [paid, failed] = [applied('paid'), applied('failed')];
  const odd = results.filter((one) => ['contradicts', 'unmatched'].includes(one.applied.outcome)).length;
  return {
    sha256,
    imported_before: reports.some(({ known }) => known),
    reports: reports.map(reportOf),
    summary: {
      paid,
      failed,
      open: results.length - paid - failed - odd,
      odd,
      strays: reports.reduce((sum, { strays }) => sum + strays.length, 0),
      unknown_files: reports.filter(({ file }) => file === null).length,
    },
  };
}
export type BankReportDocument = ReturnType<typeof bankReportDocument>;

const reportOf = ({ report, file, fundCode, results, strays }: Reported) => ({
  report: report.id,
  message_id: report.originalMessageId,
  bank_file: file?.ref ?? null,
  fund: fundCode,
  group_status: report.group?.code ?? null,
  results: results.map(({ payment, result, applied }) => ({
    payment: payment.ref,
    key: result.key,
    code: result.code,
    reason: result.description,
    outcome: result.outcome,
    applied: applied.outcome,
    detail: applied.detail,
    status: payment.status,
    ...money('amount', payment.amountMinor, payment.currency),
    currency: payment.currency,
  })),
  strays: strays.map(({ position, key, uetr, status }) => ({ line: position, key, uetr, code: status?.code ?? null })),
});
