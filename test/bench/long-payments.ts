import { destinationKey, payeeKey } from '../../src/domain/payee-flags.ts';
import { openStore } from '../../src/store/open.ts';
import { NO_RAIL } from '../../src/store/attempts.ts';
import { candidates, newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { actorOf } from '../support/people.ts';
import type { BenchOffice } from './an-office.ts';
import { openBulk } from './bulk.ts';

const ROWS_AT_ONCE = 5_000;
const TWO_YEARS_MS = 730 * 24 * 60 * 60 * 1000;
const METHODS = ['cash', 'mpesa', 'bank'] as const;

interface People {
  readonly company: string;
  readonly amina: string;
  readonly brian: string;
}

/** Adds payments that were executed, evenly over the two years up to now: each with its requisition, approval and attempt. */
export async function fillPayments(office: BenchOffice, payments: number): Promise<void> {
  const people = await peopleOf(office);
  const bulk = await openBulk(office.url);
  const end = Date.now();
  for (let start = 0; start < payments; start += ROWS_AT_ONCE) {
    const made = Array.from({ length: Math.min(ROWS_AT_ONCE, payments - start) }, (_, index) => {
      const at = start + index;
      const executedAt = new Date(end - Math.floor((TWO_YEARS_MS * (payments - at)) / payments));
      return onePayment(office, people, { at, executedAt });
    });
    await bulk.insert(
      'requisitions',
      made.map(({ requisition }) => requisition),
    );
    await bulk.insert(
      'requisitionApprovals',
      made.map(({ approval }) => approval),
    );
    await bulk.insert(
      'payments',
      made.map(({ payment }) => payment),
    );
    await bulk.insert(
      'paymentAttempts',
      made.map(({ attempt }) => attempt),
    );
  }
  await bulk.close();
}

async function peopleOf(office: BenchOffice): Promise<People> {
  const store = await openStore(office.url, { clock: () => new Date() });
  try {
    const [amina, brian] = [await actorOf(store, 'amina'), await actorOf(store, 'brian')];
    const [company] = await store.read((tx) => tx.db.select({ id: tx.t.companies.id }).from(tx.t.companies));
    if (company === undefined) throw new Error('the office has no company');
    return { company: company.id, amina: amina.userId, brian: brian.userId };
  } finally {
    await store.close();
  }
}

interface OnePayment {
  readonly requisition: Row<'requisitions'>;
  readonly approval: Row<'requisitionApprovals'>;
  readonly payment: Row<'payments'>;
  readonly attempt: Row<'paymentAttempts'>;
}

const identity = (table: 'requisitions' | 'payments' | 'paymentAttempts') => {
  const id = newId();
  return { id, ref: candidates(id, table)[1] };
};

function onePayment(office: BenchOffice, people: People, when: { at: number; executedAt: Date }): OnePayment {
  const { at, executedAt } = when;
  const fundId = office.fundIds[at % office.fundIds.length];
  const method = METHODS[at % METHODS.length];
  if (fundId === undefined || method === undefined) throw new Error('the office has no fund');
  const createdAt = new Date(executedAt.getTime() - 60_000);
  const terms = {
    ...{ payee: `Supplier ${at % 997} Ltd`, destination: `account ${at % 4_999}` },
    ...{ currency: 'KES', amountMinor: 12_500 + (at % 5_000) * 100, method },
  };
  const requisition: Row<'requisitions'> = {
    ...identity('requisitions'),
    ...terms,
    ...{ payeeKey: payeeKey(terms.payee), destinationKey: destinationKey(terms.destination) },
    ...{ number: `REQ-2026-${String(at + 1).padStart(6, '0')}`, requestedBy: people.amina },
    ...{ companyId: people.company, regionId: null, branchId: null },
    ...{ purpose: `Delivery ${at}`, category: null, status: 'paid', revision: 1, decidedReason: null, createdAt },
  };
  const payment: Row<'payments'> = {
    ...identity('payments'),
    ...terms,
    ...{ requisitionId: requisition.id, fundId, status: 'success', requesterId: people.amina },
    ...{ createdBy: office.executor.userId, executorId: office.executor.userId, otpRequired: false },
    ...{ retryCount: 0, maxRetries: 3, lastError: null, scheduledFor: null, createdAt, executedAt },
    destinationKey: requisition.destinationKey,
  };
  return {
    requisition,
    payment,
    approval: {
      ...{ id: newId(), requisitionId: requisition.id, revision: 1, approverId: people.brian, decision: 'approved' },
      ...{ reason: null, termsDigest: '0'.repeat(64), createdAt, policyVersion: 0 },
    },
    attempt: {
      ...identity('paymentAttempts'),
      ...NO_RAIL,
      ...{ paymentId: payment.id, number: 1, state: 'paid', idempotencyKey: `${payment.id}:1`, requestHash: 'x' },
      ...{ gateway: 'manual', gatewayAccount: method, gatewayReference: null, executorId: office.executor.userId },
      ...{ challengeId: null, reservedMinor: terms.amountMinor, error: null, evidence: null },
      ...{ createdAt: executedAt, sentAt: null, closedAt: executedAt, policyVersion: 0 },
    },
  };
}
