import { done } from '../support/changes.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Actor } from '../../src/domain/access.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { termsDigest } from '../../src/operations/judge-requisition.ts';
import { openStore, migrateStore } from '../../src/store/open.ts';
import { newIdentities, newId } from '../../src/store/references.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { actorOf, anOfficeWithAdmin, aPerson } from '../support/people.ts';

/** An office with open funds and approved requisitions, each with one pending cash payment that needs no code. */
export interface BenchOffice {
  readonly url: string;
  readonly executor: Actor;
  readonly fundIds: readonly string[];
  /** Payments take the funds in turn. */
  readonly paymentIds: readonly string[];
}

export interface OfficeSize {
  readonly funds: number;
  readonly payments: number;
  /** The amount of every payment; without one they differ. */
  readonly amountMinor?: number;
  /** What each fund opens with. */
  readonly opening?: string;
  /** How payments are made; cash without one. */
  readonly method?: 'cash' | 'mpesa';
}

const ROWS_AT_ONCE = 200;
const AMOUNT_MINOR = 12_500;

/** Runs `work` with a directory on the disk that temporary files lie on, removed afterwards. */
export async function inScratch<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'treasury-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Sets up an office in an empty database: people and funds by the operations, requisitions and payments inserted in bulk. */
export async function aBenchOffice(url: string, size: OfficeSize): Promise<BenchOffice> {
  const clock = () => new Date();
  await migrateStore(url, { now: clock(), create: true, onlyLook: false });
  const store = await openStore(url, { clock });
  try {
    const admin = await anOfficeWithAdmin(store);
    for (const [name, roles] of [
      ['amina', 'requester'],
      ['brian', 'approver'],
      ['carol', 'cashier'],
      ['david', 'treasurer'],
    ] as const) {
      await aPerson(store, admin, name, { roles });
    }
    const [amina, brian, carol, david] = await Promise.all(
      ['amina', 'brian', 'carol', 'david'].map((name) => actorOf(store, name)),
    );
    if (amina === undefined || brian === undefined || carol === undefined || david === undefined)
      throw new Error('nobody came');
    const fundIds: string[] = [];
    for (let at = 1; at <= size.funds; at += 1)
      fundIds.push(await aFund(store, david, `F${String(at).padStart(3, '0')}`, size.opening));
    const paymentIds: string[] = [];
    for (let start = 0; start < size.payments; start += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, size.payments - start);
      paymentIds.push(
        ...(await store.write((tx) =>
          addPayments(tx, {
            ...{ amina, brian, carol, fundIds, start, count },
            ...{ amountMinor: size.amountMinor, method: size.method ?? 'cash' },
          }),
        )),
      );
    }
    return { url, executor: carol, fundIds, paymentIds };
  } finally {
    await store.close();
  }
}

async function aFund(store: Store, treasurer: Actor, code: string, opening = '900000000'): Promise<string> {
  const { view } = await done(
    createFund(store, treasurer, {
      draft: {
        code,
        name: `Fund ${code}`,
        opening,
        reorderLevel: '1000',
        otpThreshold: '1000000',
        autoReplenish: true,
      },
      place: { company: 'ACME' },
      currency: null,
    }),
  );
  return view.fund.id;
}

interface Batch {
  readonly amina: Actor;
  readonly brian: Actor;
  readonly carol: Actor;
  readonly fundIds: readonly string[];
  readonly start: number;
  readonly count: number;
  readonly amountMinor?: number | undefined;
  readonly method: 'cash' | 'mpesa';
}

async function addPayments(tx: Tx, batch: Batch): Promise<string[]> {
  const [company] = await tx.db.select({ id: tx.t.companies.id }).from(tx.t.companies);
  if (company === undefined) throw new Error('the office has no company');
  const requisitionIdentities = await newIdentities(tx, 'requisitions', batch.count);
  const paymentIdentities = await newIdentities(tx, 'payments', batch.count);
  const requisitions = requisitionIdentities.map((identity, at) =>
    requisitionRow(tx, { ...identity, at: batch.start + at, companyId: company.id }, batch),
  );
  await tx.db.insert(tx.t.requisitions).values(requisitions);
  await tx.db.insert(tx.t.requisitionApprovals).values(
    requisitions.map((requisition) => ({
      id: newId(),
      requisitionId: requisition.id,
      revision: 1,
      approverId: batch.brian.userId,
      decision: 'approved',
      reason: null,
      termsDigest: termsDigest(requisition),
      createdAt: tx.now,
    })),
  );
  const payments = paymentIdentities.map((identity, at) =>
    paymentRow(identity, requisitions[at], batch, batch.start + at),
  );
  await tx.db.insert(tx.t.payments).values(payments);
  return payments.map((payment) => payment.id);
}

function requisitionRow(
  tx: Tx,
  own: { id: string; ref: string; at: number; companyId: string },
  batch: Batch,
): Row<'requisitions'> {
  return {
    id: own.id,
    ref: own.ref,
    number: `REQ-2000-${String(own.at + 1).padStart(5, '0')}`,
    requestedBy: batch.amina.userId,
    companyId: own.companyId,
    regionId: null,
    branchId: null,
    payee: `Supplier ${own.at % 997} Ltd`,
    payeeKey: `supplier ${own.at % 997} ltd`,
    destinationKey: batch.method === 'cash' ? `COUNTER${own.at}` : phoneOf(own.at),
    currency: 'KES',
    amountMinor: batch.amountMinor ?? AMOUNT_MINOR + (own.at % 5000),
    method: batch.method,
    destination: batch.method === 'cash' ? `counter ${own.at}` : phoneOf(own.at),
    purpose: `Delivery ${own.at}`,
    category: null,
    status: 'approved',
    revision: 1,
    decidedReason: null,
    createdAt: tx.now,
  };
}

/** A phone of each payment's own. */
const phoneOf = (at: number): string => `2547${String(10_000_000 + at)}`;

function paymentRow(
  identity: { id: string; ref: string },
  requisition: Row<'requisitions'> | undefined,
  batch: Batch,
  at: number,
): Row<'payments'> {
  const fundId = batch.fundIds[at % batch.fundIds.length];
  if (requisition === undefined || fundId === undefined) throw new Error('a payment needs a requisition and a fund');
  const { currency, amountMinor, method, destination, destinationKey, payee, createdAt } = requisition;
  return {
    ...identity,
    requisitionId: requisition.id,
    fundId,
    currency,
    amountMinor,
    method,
    destination,
    payee,
    status: 'pending',
    requesterId: batch.amina.userId,
    createdBy: batch.carol.userId,
    executorId: null,
    otpRequired: false,
    retryCount: 0,
    maxRetries: 3,
    lastError: null,
    scheduledFor: null,
    createdAt,
    executedAt: null,
    destinationKey,
  };
}
