import type { GatewayResult } from '../../src/domain/gateway-result.ts';
import type { Order, Question, Rail, Reply } from '../../src/gateways/rail.ts';
import { receiveEvidence, type Applied, type Said } from '../../src/operations/receive-evidence.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import type { Sending } from '../../src/operations/send-attempt.ts';
import { findAttempt } from '../../src/store/attempts.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import type { PayingOffice } from './an-office.ts';

const ORIGIN = { ipAddress: null, userAgent: 'the tests' };

/** A rail under a test's control: it remembers what it was sent and asked, and answers as it is told. */
export interface FakeRail {
  readonly sending: Sending;
  readonly orders: Order[];
  readonly questions: Question[];
  readonly pauses: number[];
  /** What it answers to each order; the last answer counts for all that follow. */
  answers: Reply[];
  /** Strikes while an order is under way. */
  during: (() => Promise<void>) | null;
}

/** What a gateway says when it takes an order. */
export const accepted = (conversation = 'AG_1'): Reply => ({
  kind: 'accepted',
  conversation,
  raw: '{"ResponseCode":"0"}',
});

/** A rail for the attempts of an office. */
export function aRail(): FakeRail {
  const rail: FakeRail = {
    sending: {
      openRail: async (): Promise<Rail> => ({
        send: async (order) => {
          rail.orders.push(order);
          await rail.during?.();
          return (rail.answers.length > 1 ? rail.answers.shift() : rail.answers[0]) ?? accepted();
        },
        ask: async (question) => {
          rail.questions.push(question);
          return accepted('AG_Q');
        },
      }),
      pause: async (milliseconds) => void rail.pauses.push(milliseconds),
      origin: ORIGIN,
    },
    orders: [],
    questions: [],
    pauses: [],
    answers: [accepted()],
    during: null,
  };
  return rail;
}

/** Lets an office pay M-Pesa through Daraja. */
export async function payByDaraja(
  { store, people, person }: PayingOffice,
  typed: Readonly<Record<string, string>> = {},
): Promise<void> {
  const admin = await person(`admin${(admins += 1)}`, ['admin']);
  const answer = await setGateway(store, admin, {
    method: 'mpesa',
    kind: 'daraja',
    typed: {
      baseUrl: 'https://sandbox.example.org',
      shortCode: '600000',
      initiator: 'treasury',
      resultUrl: 'https://office.example.org/results',
      ...typed,
    },
    reason: null,
  });
  if (isProposed(answer))
    await confirmChange(store, people.esther, { change: answer.proposed.change.ref, reason: null });
}
let admins = 0;

/** A result as a gateway's callback says it, for one attempt. */
export const resultOf = (
  attempt: Row<'paymentAttempts'>,
  payment: Row<'payments'>,
  said: Partial<GatewayResult> = {},
): GatewayResult => ({
  key: attempt.idempotencyKey,
  conversation: null,
  code: '0',
  description: 'The service request is processed successfully.',
  outcome: 'paid',
  stops: false,
  reference: `R${(receipts += 1)}`,
  amountMinor: payment.amountMinor,
  currency: null,
  receiver: payment.destination,
  feeMinor: null,
  completedAt: null,
  ...said,
});
let receipts = 0;

/** Lets a gateway say something, which the office keeps and applies. */
export async function say(
  { store, dayAt }: PayingOffice,
  result: GatewayResult,
  {
    externalId = `message ${(messages += 1)}`,
    source = 'callback',
    remote = '127.0.0.1',
    attemptId,
  }: Partial<Pick<Said, 'externalId' | 'source' | 'remote' | 'attemptId'>> = {},
): Promise<Applied> {
  const addressed = attemptId === undefined ? await attemptOf(store, result.key) : attemptId;
  return receiveEvidence(
    store,
    { gateway: 'daraja', source, externalId, raw: JSON.stringify(result), remote, attemptId: addressed },
    reader(dayAt),
  );
}
let messages = 0;

const attemptOf = async (store: Store, key: string | null): Promise<string | null> =>
  (await store.read((tx) => findAttempt(tx, 'daraja', { key, conversation: null })))?.id ?? null;

/** Reads messages as `say` writes them. */
export const reader = (dayAt: PayingOffice['dayAt']) => ({
  read: ({ raw }: { readonly raw: string }) => JSON.parse(raw) as GatewayResult,
  dayAt,
  origin: ORIGIN,
});
