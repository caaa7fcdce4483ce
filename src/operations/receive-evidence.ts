import type { Actor, Origin } from '../domain/access.ts';
import {
  judgeEvidence,
  type AttemptFacts,
  type Evidence,
  type Provenance,
  type ReceiptUse,
} from '../domain/evidence.ts';
import type { GatewayResult } from '../domain/gateway-result.ts';
import { normalReference } from '../domain/payment.ts';
import { isRail, termsOf, type DarajaSettings } from '../domain/rail.ts';
import { attemptById, findAttempt } from '../store/attempts.ts';
import { lockDossier, type Dossier } from '../store/execution-facts.ts';
import {
  concludeMessage,
  keepMessage,
  lockMessage,
  openContradiction,
  waitingMessages,
} from '../store/gateway-messages.ts';
import { gatewayOfAccount } from '../store/gateways.ts';
import { getUserRow } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { findSuspense } from '../store/suspense.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { failAttempt } from './fail-attempt.ts';
import type { OfficeDay } from './judge-execution.ts';
import { openedSuspense } from './open-suspense.ts';
import { postFeeOf } from './post-gateway-fee.ts';
import { executorOf } from './resolve-payment.ts';
import { settlePaid } from './settle-paid.ts';
import type { PaidOut } from './post-payment.ts';

/** Something that a gateway said, before anybody has read it. */
export interface Said {
  readonly gateway: string;
  readonly source: 'reply' | 'callback' | 'query' | 'import' | 'file';
  /** What makes it the same when it comes again. */
  readonly externalId: string;
  readonly raw: string;
  /** Where it came from, as the network says, recorded and not believed; of what a person brings, who. */
  readonly remote: string | null;
  /** The attempt that it was addressed to, where its way says so. */
  readonly attemptId: string | null;
}

/** Who applies evidence, and how it is read; both are asked for again when a crash came between. */
export interface Reader {
  /** What a message says; null when nobody can tell. */
  readonly read: (message: Pick<Row<'gatewayMessages'>, 'gateway' | 'source' | 'raw'>) => GatewayResult | null;
  readonly dayAt: (now: Date) => OfficeDay;
  readonly origin: Origin;
}

/** What came of a message, with what was posted when it proved a payment. */
export interface Applied {
  readonly message: Row<'gatewayMessages'>;
  readonly outcome: 'applied' | 'repeated' | 'noted' | 'unmatched' | 'contradicts';
  readonly detail: string | null;
  readonly attempt: Row<'paymentAttempts'> | null;
  readonly paid: PaidOut | null;
}

/**
 * Takes what a gateway said: kept as it came first, then applied in a transaction of its own. The same thing again changes nothing.
 * Only a hint until it fits (SAFETY section 2): what does not fit stays open for somebody to look at.
 */
export async function receiveEvidence(store: Store, said: Said, reader: Reader): Promise<Applied> {
  const { message } = await store.write((tx) => keepMessage(tx, said));
  return applyEvidence(store, message.id, reader);
}

/** The same as a rehearsal, which keeps nothing between two transactions: kept and applied in one. */
export const rehearseEvidence = (store: Store, said: Said, reader: Reader): Promise<Applied> =>
  store.write(async (tx) => applyLocked(tx, (await keepMessage(tx, said)).message.id, reader));

/** Applies what was kept, once; again it tells what came of it then. */
export async function applyEvidence(store: Store, messageId: string, reader: Reader): Promise<Applied> {
  return store.write(async (tx) => applyLocked(tx, messageId, reader));
}

/** Applies what was kept and not applied, as a crash came between; answers how many. */
export async function applyWaiting(store: Store, reader: Reader): Promise<Applied[]> {
  const waiting = await store.read((tx) => waitingMessages(tx, AT_ONCE));
  const applied: Applied[] = [];
  for (const { id } of waiting) applied.push(await applyEvidence(store, id, reader));
  return applied;
}

const AT_ONCE = 1000;

/** The same as a part of a transaction: for a rehearsal, in which nothing is kept between two. */
export async function applyLocked(tx: Tx, messageId: string, reader: Reader): Promise<Applied> {
  const waiting = await lockMessage(tx, messageId);
  if (waiting.outcome !== 'waiting') return told(waiting, { attempt: null, paid: null });
  const result = reader.read(waiting);
  if (result === null) return conclude(tx, waiting, { outcome: 'unmatched', detail: 'nobody can read it' });
  const named = await attemptOf(tx, waiting, result);
  if (named === undefined)
    return conclude(tx, waiting, { outcome: 'unmatched', detail: `no order of ours has the key ${result.key ?? '-'}` });
  // Only the gateway was told where to report it: whoever reports it elsewhere is somebody else.
  if ((waiting.source === 'callback' || waiting.source === 'query') && waiting.attemptId === null)
    return conclude(tx, waiting, {
      outcome: 'unmatched',
      detail: 'it was reported to an address that was given to nobody',
    });
  if (waiting.attemptId !== null && waiting.attemptId !== named.id)
    return conclude(tx, waiting, {
      outcome: 'contradicts',
      detail: `it was addressed to another order than ${named.ref}`,
    });
  return applyTo(tx, { waiting, result, named, reader });
}

/** The attempt that a message is about: an answer to a question is about whom it was asked of, even where it names nobody. */
async function attemptOf(
  tx: Tx,
  { gateway, source, attemptId }: Row<'gatewayMessages'>,
  result: GatewayResult,
): Promise<Row<'paymentAttempts'> | undefined> {
  const addressed = source === 'query' && result.key === null && attemptId !== null;
  return addressed ? attemptById(tx, attemptId) : findAttempt(tx, gateway, result);
}

interface Addressed {
  readonly waiting: Row<'gatewayMessages'>;
  readonly result: GatewayResult;
  /** Its attempt, not yet locked. */
  readonly named: Row<'paymentAttempts'>;
  readonly reader: Reader;
}

async function applyTo(tx: Tx, { waiting, result, named, reader }: Addressed): Promise<Applied> {
  const day = reader.dayAt(tx.now);
  const reference = result.reference === null ? null : normalReference(result.reference);
  const dossier = await lockDossier(tx, {
    paymentId: named.paymentId,
    executorId: named.executorId,
    dayStart: day.start,
    splittingStart: day.start,
    gatewayReference: reference,
  });
  // Locked with its payment: nobody else changes it now.
  const attempt = (await attemptById(tx, named.id)) ?? named;
  const evidence = judgeEvidence(
    factsOf(attempt, dossier),
    { ...result, reference },
    {
      terms: await termsOfAttempt(tx, attempt),
      now: tx.now,
      provenance: await provenanceOf(tx, waiting, attempt),
      receipt: await useOf(tx, attempt, { reference, uses: dossier.figures.referenceUses }),
    },
  );
  return carryOut(tx, { waiting, result, dossier, attempt, evidence, reader, day });
}

/** How a message came here; what people bring carries their name. */
async function provenanceOf(
  tx: Tx,
  { source, remote }: Row<'gatewayMessages'>,
  { id, executorId }: Row<'paymentAttempts'>,
): Promise<Provenance> {
  const brought = source === 'import' || source === 'file';
  const byExecutor = brought && (await getUserRow(tx, executorId)).username === remote;
  const disputedBy = brought ? await openContradiction(tx, id) : null;
  return { source: source as Provenance['source'], byExecutor, disputedBy };
}

/** Who has a receipt already. */
async function useOf(
  tx: Tx,
  attempt: Row<'paymentAttempts'>,
  { reference, uses }: { readonly reference: string | null; readonly uses: number },
): Promise<ReceiptUse> {
  if (reference === null || reference === attempt.gatewayReference) return 'new';
  if (uses > 0) return 'taken';
  const item = await findSuspense(tx, attempt.gateway, reference);
  if (item === undefined) return 'new';
  return item.attemptId === attempt.id ? 'held' : 'taken';
}

const factsOf = (attempt: Row<'paymentAttempts'>, { payment }: Dossier): AttemptFacts => ({
  state: attempt.state,
  conversation: attempt.conversation,
  gatewayReference: attempt.gatewayReference,
  sentAt: attempt.sentAt,
  amountMinor: payment.amountMinor,
  currency: payment.currency,
  receiver: payment.destination,
});

async function termsOfAttempt(tx: Tx, { gateway, gatewayAccount }: Row<'paymentAttempts'>) {
  if (!isRail(gateway)) throw new Error(`${gateway} is no rail`);
  const settings = await gatewayOfAccount(tx, gateway, gatewayAccount);
  const { quietMs = null } = JSON.parse(settings?.body ?? '{}') as Partial<DarajaSettings>;
  return termsOf(gateway, quietMs ?? QUIET_MS);
}

/** Where no settings say otherwise. */
const QUIET_MS = 24 * 60 * 60 * 1000;

interface Judged extends Omit<Addressed, 'named'> {
  readonly dossier: Dossier;
  readonly attempt: Row<'paymentAttempts'>;
  readonly evidence: Evidence;
  readonly day: OfficeDay;
}

async function carryOut(tx: Tx, judged: Judged): Promise<Applied> {
  const { waiting, attempt, evidence } = judged;
  switch (evidence.step) {
    case 'post': {
      const paid = await post(tx, judged, evidence.reference);
      return conclude(tx, waiting, {
        outcome: 'applied',
        detail: `posted as ${paid.execution.voucherNumber}`,
        attempt,
        paid,
      });
    }
    case 'void':
      await fail(tx, judged, evidence.reason);
      return conclude(tx, waiting, { outcome: 'applied', detail: `failed: ${evidence.reason}`, attempt });
    case 'suspend': {
      const item = await openedSuspense(tx, judged, evidence);
      return conclude(tx, waiting, { outcome: 'applied', detail: `${evidence.detail}; held as ${item.ref}`, attempt });
    }
    case 'contradict':
      return conclude(tx, waiting, { outcome: 'contradicts', detail: evidence.detail, attempt });
    case 'repeat':
      return conclude(tx, waiting, { outcome: 'repeated', detail: evidence.detail, attempt });
    case 'note':
      return conclude(tx, waiting, { outcome: 'noted', detail: evidence.detail, attempt });
  }
}

/** Nobody asked for it: the gateway said so. */
const theOffice = (executor: Actor): Actor => ({ ...executor, username: 'system' });

async function post(
  tx: Tx,
  { waiting, result, dossier, attempt, reader, day }: Judged,
  reference: string,
): Promise<PaidOut> {
  const executor = await executorOf(tx, attempt.executorId, reader);
  const poster = theOffice(executor);
  const paid = await settlePaid(
    tx,
    { dossier, attempt, executor },
    { poster, reference, evidence: `${waiting.ref}: ${result.code}`, day },
  );
  const { feeMinor } = result;
  return feeMinor === null || feeMinor === 0 ? paid : postFeeOf(tx, paid, { feeMinor, message: waiting.ref, poster });
}

async function fail(tx: Tx, { waiting, dossier, attempt, reader, result }: Judged, reason: string): Promise<void> {
  const { payment, fund } = dossier;
  await failAttempt(
    tx,
    { payment, fund, attempt },
    {
      lastError: reason,
      error: reason,
      evidence: `${waiting.ref}: ${result.code}`,
      happening: {
        actor: 'system',
        action: 'payment.failed',
        origin: reader.origin,
        payload: { policy: attempt.policyVersion, error: reason, gateway: attempt.gateway, message: waiting.ref },
      },
    },
  );
}

async function conclude(
  tx: Tx,
  message: Row<'gatewayMessages'>,
  {
    outcome,
    detail,
    attempt = null,
    paid = null,
  }: Pick<Applied, 'outcome' | 'detail'> & Partial<Pick<Applied, 'attempt' | 'paid'>>,
): Promise<Applied> {
  const said = { outcome, detail, attemptId: attempt?.id ?? message.attemptId };
  await concludeMessage(tx, message.id, said);
  return told({ ...message, ...said, appliedAt: tx.now }, { attempt, paid });
}

const told = (message: Row<'gatewayMessages'>, { attempt, paid }: Pick<Applied, 'attempt' | 'paid'>): Applied => ({
  message,
  outcome: message.outcome as Applied['outcome'],
  detail: message.detail,
  attempt,
  paid,
});
