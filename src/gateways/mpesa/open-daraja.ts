import { callError } from '../../domain/mpesa/daraja-codes.ts';
import type { DarajaSettings } from '../../domain/rail.ts';
import type { DarajaSecrets } from '../daraja-secrets.ts';
import type { Order, Question, Rail, Reply } from '../rail.ts';
import { bodyOf, tokenSource } from './access-token.ts';
import { call, type Called } from './post-json.ts';
import { securityCredential } from './security-credential.ts';

export interface DarajaOptions {
  /** Where the token lies that all processes of this machine share. */
  readonly tokenFile: string;
  readonly deadlineMs: number;
  readonly now: () => number;
}

/** Daraja, and what `gateway test` asks of it. */
export interface Daraja extends Rail {
  /** Gets a token and asks for the balance, to be reported to this address: whether the credentials are taken. Moves no money. */
  check(resultUrl: string): Promise<Reply>;
}

const PATHS = {
  pay: '/mpesa/b2c/v3/paymentrequest',
  status: '/mpesa/transactionstatus/v1/query',
  balance: '/mpesa/accountbalance/v1/query',
} as const;

/** What the gateway sends results to, behind the address of an order. */
const LATE = '/late';
const ASKED = '/asked';

/** The longest remark that Daraja takes. */
const LONGEST_REMARK = 100;

/** M-Pesa B2C over Daraja v3 (Daraja portal, August 2026). */
export function openDaraja(settings: DarajaSettings, secrets: DarajaSecrets, options: DarajaOptions): Daraja {
  const { baseUrl, shortCode, initiator } = settings;
  const tokens = tokenSource({ baseUrl, ...options }, secrets);
  const post = async (path: string, fields: object): Promise<Reply> => {
    const credential = credentialOf(secrets);
    if (credential === null) return { kind: 'not_sent', reason: 'the certificate holds no public key' };
    const body = { ...fields, SecurityCredential: credential };
    for (const fresh of [false, true]) {
      const found = await tokens.token(fresh);
      if ('reason' in found) return { kind: 'not_sent', reason: found.reason };
      const called = await call(`${baseUrl}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${found.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        deadlineMs: options.deadlineMs,
      });
      const reply = replyOf(withoutSecrets(called, [found.token, credential]));
      if (reply !== 'token') return reply;
    }
    return { kind: 'rejected', code: '401', reason: 'the access token is not taken', stops: true, raw: '' };
  };
  return {
    send: async (order) => ofOrder(await post(PATHS.pay, paymentOf(order, settings)), order),
    ask: (question) =>
      post(PATHS.status, {
        Initiator: initiator,
        CommandID: 'TransactionStatusQuery',
        ...namedIn(question, settings),
        PartyA: shortCode,
        IdentifierType: '4',
        // A question that timed out says nothing about the order: it goes where answers go.
        ResultURL: `${question.resultUrl}${ASKED}`,
        QueueTimeOutURL: `${question.resultUrl}${ASKED}`,
        Remarks: 'Status',
        Occasion: 'Status',
      }),
    check: (resultUrl) =>
      post(PATHS.balance, {
        Initiator: initiator,
        CommandID: 'AccountBalance',
        PartyA: shortCode,
        IdentifierType: '4',
        ...addressesOf(resultUrl, resultUrl),
        Remarks: 'Balance',
      }),
  };
}

/** What was received, without a secret that it repeats: replies are kept and shown. */
const withoutSecrets = (called: Called, secrets: readonly string[]): Called =>
  called.kind === 'answered'
    ? { ...called, text: secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), called.text) }
    : called;

/** A reply that speaks of another order says nothing about this one. */
function ofOrder(reply: Reply, { key }: Order): Reply {
  if (reply.kind !== 'accepted') return reply;
  const { OriginatorConversationID: named } = bodyOf(reply.raw);
  if (named === undefined || named === key) return reply;
  return { kind: 'unknown', reason: 'the reply speaks of another order', raw: reply.raw };
}

/** The password as it is sent; null where the PEM holds no key. */
function credentialOf({ initiatorPassword, certificate }: DarajaSecrets): string | null {
  try {
    return securityCredential(initiatorPassword, certificate);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

const addressesOf = (resultUrl: string, base: string) => ({
  QueueTimeOutURL: `${base}${LATE}`,
  ResultURL: resultUrl,
});

/** B2C spells it `Occassion`; every other call has one s. */
const paymentOf = (order: Order, { initiator, command, shortCode }: DarajaSettings) => ({
  OriginatorConversationID: order.key,
  InitiatorName: initiator,
  CommandID: command,
  // Whole shillings: what has cents was refused before.
  Amount: order.amountMinor / 100,
  PartyA: shortCode,
  PartyB: order.destination,
  Remarks: plain(order.remarks),
  ...addressesOf(order.resultUrl, order.resultUrl),
  Occassion: plain(order.remarks),
});

/** What Daraja asks a question by: its receipt, where there is one, else our own key. */
const namedIn = ({ key, receipt }: Question, { statusField }: DarajaSettings) =>
  receipt === null ? { [statusField]: key } : { TransactionID: receipt };

/** Two to a hundred plain characters. */
const plain = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9 ._-]/g, ' ')
    .trim()
    .slice(0, LONGEST_REMARK)
    .padEnd(2, '.');

/** What a call came to: `token` where only another access token is needed. */
function replyOf(called: Called): Reply | 'token' {
  if (called.kind === 'not_sent') return { kind: 'not_sent', reason: called.reason };
  if (called.kind === 'lost') return { kind: 'unknown', reason: called.reason, raw: null };
  const { status, text: raw } = called;
  const body = bodyOf(raw);
  const { ResponseCode: response, ConversationID: conversation, errorCode, errorMessage } = body;
  if (status === 200 && String(response) === '0' && typeof conversation === 'string' && conversation !== '')
    return { kind: 'accepted', conversation, raw };
  // Turned away by what stands before the gateway.
  if (status === 429) return { kind: 'busy', reason: 'HTTP 429', raw };
  if (typeof errorCode !== 'string') return { kind: 'unknown', reason: `HTTP ${status} without a code`, raw };
  const reason = typeof errorMessage === 'string' ? errorMessage : '';
  const what = callError(errorCode);
  switch (what) {
    case 'token':
      return 'token';
    case 'busy':
      return { kind: 'busy', reason: `${errorCode} ${reason}`, raw };
    case 'rejected':
    case 'stops':
      // Who we are is the same for every order.
      return {
        kind: 'rejected',
        code: errorCode,
        reason,
        stops: what === 'stops' || /SecurityCredential|Initiator/.test(reason),
        raw,
      };
    case 'unknown':
      return { kind: 'unknown', reason: `${errorCode} ${reason}`, raw };
  }
}
