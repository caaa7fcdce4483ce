import { NO_FIGURES } from '../../../src/domain/bank-file/file-figures.ts';
import { reportedResults } from '../../../src/domain/bank-file/reported-results.ts';
import type {
  FiledOrder,
  ReportedPart,
  ReportedStatus,
  ReportedTransfer,
  StatusReport,
} from '../../../src/domain/bank-file/status-report.ts';

/** The orders of the file M1. */
export const ORDERS: readonly FiledOrder[] = ['A', 'B'].map((key) => ({
  key,
  uetr: `uetr-${key.toLowerCase()}`,
  account: '1101234567',
  receiver: 'KCB:1101-234-567',
}));

/** What the file M1 comes to. */
export const FIGURES = { count: 2, sumMinor: 120_000, currency: 'KES' };

export const status = (code: string, ...reasons: string[]): ReportedStatus => ({ position: 1, code, reasons });
/** The same on a line of the file. */
export const on = (position: number, code: string): ReportedStatus => ({ ...status(code), position });
/** What is said of order A, where nothing else is said. */
export const transfer = (change: Partial<ReportedTransfer> = {}): ReportedTransfer => ({
  position: 1,
  key: 'A',
  uetr: null,
  status: null,
  amount: null,
  account: null,
  bankReference: null,
  ...change,
});
export const part = (change: Partial<ReportedPart> = {}): ReportedPart => ({
  id: 'M1',
  status: null,
  figures: NO_FIGURES,
  transfers: [],
  ...change,
});
export const report = (change: Partial<StatusReport> = {}): StatusReport => ({
  id: 'R1',
  originalMessageId: 'M1',
  originalFormat: 'pain.001.001.09',
  group: null,
  figures: NO_FIGURES,
  parts: [],
  ...change,
});
/** The results of reports that came together. */
export const resultsOf = (...reports: StatusReport[]) =>
  reportedResults(reports.map((one) => ({ report: one, orders: ORDERS, file: FIGURES }))).flatMap(
    ({ results }) => results,
  );
/** What became of each order, and by which code. */
export const outcomes = (...reports: StatusReport[]) =>
  resultsOf(...reports).map(({ key, outcome, code }) => [key, outcome, code]);
/** A report that says this of transfers alone. */
export const ofTransfers = (...transfers: ReportedTransfer[]) => report({ parts: [part({ transfers })] });
