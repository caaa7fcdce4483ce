import { expect, test } from 'vitest';
import { outcomeOfStatus } from '../../../src/domain/bank-file/status-report.ts';

const IN_PROGRESS = ['RCVD', 'ACTC', 'PATC', 'ACCP', 'ACFC', 'ACPD', 'ACSP', 'ACWC', 'ACWP', 'PDNG'];
const UNKNOWN = ['PART', 'BLCK', 'PRES', 'ACIS', 'NULL', 'acsc', 'XXXX', '', '__proto__'];

test.each([
  ['ACSC', 'paid'],
  ['ACCC', 'paid'],
  ['RJCT', 'failed'],
  ['CANC', 'failed'],
  ...IN_PROGRESS.map((code): [string, string] => [code, 'in_progress']),
  ...UNKNOWN.map((code): [string, string] => [code, 'unknown']),
])('%s is %s', (code, outcome) => {
  expect(outcomeOfStatus(code)).toBe(outcome);
});
