import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { NO_RAIL } from '../../src/store/attempts.ts';
import { candidates, newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import type { BenchOffice } from './an-office.ts';
import { openBulk } from './bulk.ts';

const ROWS_AT_ONCE = 5_000;
const OPENING_MINOR = 90_000_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** The month that is paid and stated, well in the past. */
const FIRST_DAY = Date.parse('2026-09-01T06:00:00.000Z');
const DAYS = 30;

/** The receipt of a payment by its place: ten capitals and digits, never twice. */
export const receiptOf = (at: number): string => `S${at.toString(36).toUpperCase().padStart(9, '0')}`;
const amountOf = (at: number): number => 10_000 + (at % 5_000) * 100;
const instantOf = (at: number, all: number): Date =>
  new Date(FIRST_DAY + Math.floor((at / all) * DAYS) * DAY_MS + (at % 40_000) * 1000);

/** Adds payments that were made through M-Pesa in one month from the office's only fund: requisition, payment, attempt, execution and debit of each. */
export async function fillPaidMonth(
  office: BenchOffice,
  people: { requester: string; company: string },
  count: number,
): Promise<void> {
  const [fundId = ''] = office.fundIds;
  const bulk = await openBulk(office.url);
  let [balanceMinor, sum] = [OPENING_MINOR, 0];
  for (let start = 0; start < count; start += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count - start) }, (_, index) => {
      const at = start + index;
      balanceMinor -= amountOf(at);
      sum += amountOf(at);
      return paid(office, { ...people, fundId }, { at, when: instantOf(at, count), balanceMinor });
    });
    await bulk.insert(
      'requisitions',
      rows.map((row) => row.requisition),
    );
    await bulk.insert(
      'payments',
      rows.map((row) => row.payment),
    );
    await bulk.insert(
      'paymentAttempts',
      rows.map((row) => row.attempt),
    );
    await bulk.insert(
      'paymentExecutions',
      rows.map((row) => row.execution),
    );
    await bulk.insert(
      'ledgerEntries',
      rows.map((row) => row.entry),
    );
  }
  await bulk.insert('ledgerTotals', [{ fundId, type: 'debit', kind: 'payment', entries: count, amountMinor: sum }]);
  await bulk.run(`update funds set balance_minor = ${balanceMinor}, entry_seq = ${count + 1} where id = '${fundId}'`);
  await bulk.close();
}

interface Paid {
  readonly requisition: Row<'requisitions'>;
  readonly payment: Row<'payments'>;
  readonly attempt: Row<'paymentAttempts'>;
  readonly execution: Row<'paymentExecutions'>;
  readonly entry: Row<'ledgerEntries'>;
}

const identity = (table: 'requisitions' | 'payments' | 'paymentAttempts' | 'paymentExecutions' | 'ledgerEntries') => {
  const id = newId();
  return { id, ref: candidates(id, table)[1] };
};

function paid(
  office: BenchOffice,
  { fundId, requester, company }: { fundId: string; requester: string; company: string },
  { at, when, balanceMinor }: { at: number; when: Date; balanceMinor: number },
): Paid {
  const executor = office.executor.userId;
  const terms = { payee: `Supplier ${at % 997} Ltd`, destination: `2547${String(at % 100_000_000).padStart(8, '0')}` };
  const money = { currency: 'KES', amountMinor: amountOf(at), method: 'mpesa' };
  const requisition: Row<'requisitions'> = {
    ...identity('requisitions'),
    ...{ ...terms, ...money, payeeKey: '', destinationKey: terms.destination },
    ...{ number: `REQ-2026-${String(at + 1).padStart(7, '0')}`, requestedBy: requester },
    ...{ companyId: company, regionId: null, branchId: null, purpose: 'Delivery', category: null },
    ...{ status: 'paid', revision: 1, decidedReason: null, createdAt: when },
  };
  const payment: Row<'payments'> = {
    ...identity('payments'),
    ...{ ...terms, ...money, requisitionId: requisition.id, fundId, status: 'success', requesterId: requester },
    ...{ createdBy: executor, executorId: executor, otpRequired: false, retryCount: 0, maxRetries: 3 },
    ...{ lastError: null, scheduledFor: null, createdAt: when, executedAt: when },
    destinationKey: requisition.destinationKey,
  };
  const made = { gateway: 'manual', gatewayAccount: 'mpesa', gatewayReference: receiptOf(at), challengeId: null };
  const attempt: Row<'paymentAttempts'> = {
    ...identity('paymentAttempts'),
    ...NO_RAIL,
    ...{
      ...made,
      paymentId: payment.id,
      number: 1,
      state: 'paid',
      idempotencyKey: `${payment.id}:1`,
      requestHash: 'x',
    },
    ...{ executorId: executor, reservedMinor: money.amountMinor, error: null, evidence: null },
    ...{ createdAt: when, sentAt: null, closedAt: when, policyVersion: 0 },
  };
  const execution: Row<'paymentExecutions'> = {
    ...identity('paymentExecutions'),
    ...{ ...made, paymentId: payment.id, attemptId: attempt.id, fundId, requesterId: requester, executorId: executor },
    ...{
      amountMinor: money.amountMinor,
      currency: 'KES',
      gatewayStatus: 'paid',
      otpVerifiedAt: null,
      otpVerifiedBy: null,
    },
    ...{
      ipAddress: null,
      userAgent: 'bench',
      voucherNumber: `PV-F001-2026-${String(at + 1).padStart(7, '0')}`,
      createdAt: when,
    },
  };
  const entry: Row<'ledgerEntries'> = {
    ...identity('ledgerEntries'),
    ...{
      fundId,
      seq: at + 2,
      type: 'debit',
      kind: 'payment',
      amountMinor: money.amountMinor,
      balanceAfterMinor: balanceMinor,
    },
    ...{
      valueDate: when.toISOString().slice(0, 10),
      paymentId: payment.id,
      executionId: execution.id,
      replenishmentId: null,
    },
    ...{
      reversesId: null,
      description: `${execution.voucherNumber} ${terms.payee}: Delivery`,
      createdBy: executor,
      createdAt: when,
    },
  };
  return { requisition, payment, attempt, execution, entry };
}

const HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.\n';

/** Writes the month's statement as the M-Pesa portal gives it, newest first: a line for every payment. */
export async function writeMonth(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(HEADER);
  let balance = OPENING_MINOR;
  for (let at = 0; at < count; at += 1) balance -= amountOf(at);
  let text = '';
  for (let at = count - 1; at >= 0; at -= 1) {
    const time = new Date(instantOf(at, count).getTime() + 3 * 60 * 60 * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ');
    const phone = `2547${String(at % 100_000_000).padStart(8, '0')}`;
    text += `${receiptOf(at)},${time},${time},Business Payment to Customer,Completed,,-${decimal(amountOf(at))},${decimal(balance)},true,Business Payment to Customer via API,${phone} - SUPPLIER,,\n`;
    balance += amountOf(at);
    if (text.length > 1_000_000) {
      if (!out.write(text)) await once(out, 'drain');
      text = '';
    }
  }
  out.end(text);
  await once(out, 'finish');
}

const decimal = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
