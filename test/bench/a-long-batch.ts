import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import type { Actor } from '../../src/domain/access.ts';
import type { GatewayResult } from '../../src/domain/gateway-result.ts';
import type { Mail } from '../../src/gateways/mail.ts';
import { approveBatch } from '../../src/operations/approve-batch.ts';
import { batchCode } from '../../src/operations/batch-code.ts';
import { createBatch } from '../../src/operations/create-batch.ts';
import type { OfficeDay } from '../../src/operations/judge-execution.ts';
import { runBatch } from '../../src/operations/run-batch.ts';
import { sendCodeFor } from '../../src/operations/send-code.ts';
import type { Sending } from '../../src/operations/send-attempt.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { reportsApplier, reportsKeeper } from '../../src/operations/take-report.ts';
import { verifyCodeFor } from '../../src/operations/verify-code.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchFile } from '../support/a-batch.ts';
import { codeIn, PEPPER } from '../support/an-office.ts';
import { actorOf } from '../support/people.ts';

export const ORIGIN = { ipAddress: null, userAgent: 'bench' };

/** Lets an office pay M-Pesa through Daraja at an address. */
export async function payByDaraja(store: Store, baseUrl = 'https://gateway.example.org'): Promise<void> {
  await setGateway(store, await actorOf(store, 'root-admin'), {
    ...{ method: 'mpesa', kind: 'daraja', reason: null },
    typed: {
      ...{ baseUrl, shortCode: '600000', initiator: 'office' },
      resultUrl: 'https://office.example.org/results',
    },
  });
}

/** A gateway in this process, which takes every order at once. */
export function aTakingRail(): Sending {
  let count = 0;
  return {
    ...{ origin: ORIGIN, pause: async () => undefined, breathe: () => sleep(1) },
    openRail: async () => ({
      send: async () => ({ kind: 'accepted', conversation: `AG_${(count += 1)}`, raw: '{"ResponseCode":"0"}' }),
      ask: async () => ({ kind: 'unknown', reason: 'not asked', raw: null }),
    }),
  };
}

interface Paying {
  readonly store: Store;
  readonly office: { readonly executor: Actor };
  readonly dayAt: (now: Date) => OfficeDay;
}

/** A batch of so many payments by M-Pesa from the first fund, approved, with its code given; its id. */
export async function aReadyBatch({ store, office: { executor }, dayAt }: Paying, rows: number): Promise<string> {
  const file = batchFile(
    Array.from({ length: rows }, (_, at) => ({ method: 'mpesa' as const, destination: `07${10_000_000 + at}` })),
  );
  const { view } = await createBatch(store, await actorOf(store, 'amina'), { file, fund: 'F001', title: null });
  const { id, ref } = view.batch;
  await approveBatch(store, await actorOf(store, 'brian'), { batch: ref, hash: null, reason: null });
  const mails: Mail[] = [];
  const subject = batchCode(id);
  await sendCodeFor(store, { send: async (mail) => void mails.push(mail) }, executor, {
    ...{ subject, dayAt, pepper: PEPPER, dryRun: false, randomInt: (below) => randomInt(below) },
    deadlineText: (at) => at.toISOString(),
  });
  await verifyCodeFor(store, executor, { subject, code: codeIn(mails[0]), pepper: PEPPER });
  return id;
}

/** Runs a batch as the command does. Throws when a row is not in flight. */
export async function payBatch(
  { store, office, dayAt }: Paying,
  batchId: string,
  sending: Sending = aTakingRail(),
): Promise<void> {
  const { results } = await runBatch(store, office.executor, {
    ...{ batchId, act: 'execute', dayAt, stopOnError: false, dryRun: false },
    ...{ stopped: () => false, clock: () => performance.now(), tell: () => undefined, sending: () => sending },
    pause: () => sleep(3 + randomInt(3)),
  });
  const other = results.find(({ state }) => state !== 'in_flight');
  if (other !== undefined) throw new Error(`a row is ${other.state}: ${other.problem}`);
}

/** So many reports come together. */
const REPORTS_AT_ONCE = 20;

/** Everything that is in flight is reported as paid, kept and posted, as `listen` does it. */
export async function reportAll(store: Store, dayAt: (now: Date) => OfficeDay): Promise<void> {
  const reader = { read: ({ raw }: { raw: string }) => JSON.parse(raw) as GatewayResult, dayAt, origin: ORIGIN };
  const open = await store.read((tx) =>
    tx.db
      .select({ attempt: tx.t.paymentAttempts, payment: tx.t.payments })
      .from(tx.t.paymentAttempts)
      .innerJoin(tx.t.payments, eq(tx.t.payments.id, tx.t.paymentAttempts.paymentId))
      .where(eq(tx.t.paymentAttempts.state, 'accepted')),
  );
  const [keep, apply] = [reportsKeeper(store), reportsApplier(store, reader)];
  for (let from = 0; from < open.length; from += REPORTS_AT_ONCE)
    await Promise.all(
      open.slice(from, from + REPORTS_AT_ONCE).map(async ({ attempt, payment }) => {
        const body = JSON.stringify(resultOf(attempt, payment));
        const report = { token: attempt.resultToken, about: 'result', body, remote: '127.0.0.1' } as const;
        const { outcome } = await apply(await keep(report));
        if (outcome !== 'applied') throw new Error(`the report was ${outcome}`);
      }),
    );
}

/** What a gateway says that has paid an order. */
export const resultOf = (attempt: Row<'paymentAttempts'>, payment: Row<'payments'>): GatewayResult => ({
  ...{ key: attempt.idempotencyKey, conversation: null, code: '0', description: '', outcome: 'paid', stops: false },
  ...{ reference: `R${attempt.idempotencyKey.replaceAll('-', '')}`, amountMinor: payment.amountMinor, currency: null },
  ...{ receiver: payment.destination, feeMinor: null, completedAt: null },
});
