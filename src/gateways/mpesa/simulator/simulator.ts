import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '../access-token.ts';
import { call } from '../post-json.ts';
import { isCredential, orderRefusal, questionRefusal, type Refusal } from './checks.ts';
import {
  answerBody,
  balanceBody,
  wrongCredentialBody,
  conversationOf,
  receiptOf,
  refusedAmount,
  resultBody,
  type TakenOrder,
} from './orders.ts';
import { SCENARIOS, USUAL, type Reported } from './scenarios.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly seed: number;
  readonly shortCode: string;
  readonly now: () => Date;
  /** Does something after so many milliseconds; a test turns its own clock. */
  readonly later: (milliseconds: number, work: () => Promise<void>) => void;
}

/** What a client must know of a simulator. */
export interface SimulatorCredentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly initiatorPassword: string;
  /** PEM of the public key under which the password is sent. */
  readonly certificate: string;
}

/** A payment that was made. */
export interface SimulatedPayment {
  readonly key: string;
  readonly receipt: string;
  readonly amount: number;
  readonly receiver: string;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  readonly credentials: SimulatorCredentials;
  /** What it has really paid, in its order: never twice for one key. */
  readonly paid: readonly SimulatedPayment[];
  /** How many access tokens were given. */
  readonly tokensGiven: number;
  /** Access tokens that were given are good for nothing any more. */
  expireTokens(): void;
  close(): Promise<void>;
}

/** Wrong credentials in a row after which the initiator is locked. */
const MOST_WRONG = 3;
const TOKEN_SECONDS = 3599;
const LARGEST_BODY = 64 * 1024;
const REPORT_DEADLINE_MS = 10_000;

/** Starts a Daraja of our own: the same addresses, fields, checks and troubles, and no money. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const state = new State(options);
  const server = createServer((request, response) => void state.serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    port,
    credentials: state.credentials,
    paid: state.paid,
    get tokensGiven() {
      return state.tokensGiven;
    },
    expireTokens: () => state.tokens.clear(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

type Body = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: object | string } | 'reset';

class State {
  readonly credentials: SimulatorCredentials;
  readonly paid: SimulatedPayment[] = [];
  /** Until when each is good, in milliseconds. */
  readonly tokens = new Map<string, number>();
  tokensGiven = 0;
  readonly #options: SimulatorOptions;
  readonly #key: KeyObject;
  readonly #orders = new Map<string, TakenOrder>();
  readonly #calls = new Map<string, number>();
  #wrong = 0;
  #count = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#key = privateKey;
    this.credentials = {
      consumerKey: randomBytes(12).toString('hex'),
      consumerSecret: randomBytes(12).toString('hex'),
      initiatorPassword: randomBytes(9).toString('base64url'),
      certificate: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const answer = text === null ? refused(TOO_LARGE) : this.#answer(request, bodyOf(text));
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    const page = typeof answer.body === 'string';
    response.writeHead(answer.status, { 'content-type': page ? 'text/html' : 'application/json' });
    response.end(page ? answer.body : JSON.stringify(answer.body));
  }

  #answer(request: IncomingMessage, body: Body): Answer {
    const { pathname } = new URL(request.url ?? '/', 'http://simulator');
    if (pathname === '/oauth/v1/generate') return this.#generate(request);
    const work = {
      '/mpesa/b2c/v3/paymentrequest': 'pay',
      '/mpesa/transactionstatus/v1/query': 'status',
      '/mpesa/accountbalance/v1/query': 'balance',
    }[pathname];
    if (work === undefined)
      return refused({ status: 404, errorCode: '404.001.01', errorMessage: 'Resource not found' });
    if (request.method !== 'POST')
      return refused({ status: 404, errorCode: '404.001.04', errorMessage: 'Invalid Authentication Header' });
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((this.tokens.get(token) ?? 0) <= this.#options.now().getTime()) return refused(BAD_TOKEN);
    if (!(request.headers['content-type'] ?? '').startsWith('application/json'))
      return refused({ status: 400, errorCode: '400.002.02', errorMessage: 'Bad Request - Invalid InitiatorName' });
    return work === 'pay' ? this.#pay(body) : this.#question(work, body);
  }

  #generate(request: IncomingMessage): Answer {
    const { consumerKey, consumerSecret } = this.credentials;
    const expected = `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return { status: 400, body: {} };
    const token = randomBytes(14).toString('hex');
    this.tokens.set(token, this.#options.now().getTime() + TOKEN_SECONDS * 1000);
    this.tokensGiven += 1;
    return { status: 200, body: { access_token: token, expires_in: String(TOKEN_SECONDS) } };
  }

  #pay(body: Body): Answer {
    const refusal = orderRefusal(body, this.#options.shortCode);
    if (refusal !== null) return refused(refusal);
    const key = String(body['OriginatorConversationID']);
    const receiver = String(body['PartyB']);
    const scenario = SCENARIOS.get(receiver) ?? USUAL;
    if (this.#orders.has(key)) return refused(DUPLICATE);
    const calls = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, calls);
    const trouble = scenario.calls === undefined || calls <= scenario.calls ? scenario.call : undefined;
    if (trouble === 'busy')
      return refused({ status: 500, errorCode: '500.003.02', errorMessage: 'Spike arrest violation' });
    if (trouble === 'token') return refused(BAD_TOKEN);
    if (trouble === 'reset') return 'reset';
    const order = this.#take({ key, receiver, scenario }, body);
    if (trouble === 'duplicate') return refused(DUPLICATE);
    if (trouble === 'lost') return 'reset';
    if (trouble === 'html') return { status: 503, body: '<html><body>Service Unavailable</body></html>' };
    return accepted(order.conversation, key);
  }

  #take({ key, receiver, scenario }: Pick<TakenOrder, 'key' | 'receiver' | 'scenario'>, body: Body): TakenOrder {
    const { seed, now, later } = this.#options;
    const number = (this.#count += 1);
    const takenAt = now();
    const amount = Number(body['Amount']);
    const refusedWith = this.#early(body, amount, { receiver, scenario });
    const order: TakenOrder = {
      ...{ key, receiver, scenario, takenAt },
      conversation: conversationOf(seed, number, takenAt),
      receipt: receiptOf(seed, number),
      ...{ amount, refusedWith },
      resultUrl: String(body['ResultURL']),
      lateUrl: String(body['QueueTimeOutURL']),
    };
    this.#orders.set(key, order);
    if (refusedWith !== null) {
      later(500, () => this.#report(order, { afterMs: 0, code: refusedWith }));
      return order;
    }
    if (scenario.pays) this.paid.push({ key, receipt: order.receipt, amount: order.amount, receiver });
    for (const report of scenario.reports) later(report.afterMs, () => this.#report(order, report));
    return order;
  }

  /** What fails before the scenario is looked at: a wrong credential, which locks the third time, amounts beyond limits or float. */
  #early(body: Body, amount: number, { receiver, scenario }: Pick<TakenOrder, 'receiver' | 'scenario'>): number | null {
    if (!this.#isOurs(body)) return this.#wrong >= MOST_WRONG ? 8006 : 2001;
    return refusedAmount({ amount, receiver, scenario }, this.paid);
  }

  /** Whether a call carries the initiator's password; three wrong ones in a row lock it, and then none is right any more. */
  #isOurs(body: Body): boolean {
    if (this.#wrong >= MOST_WRONG) return false;
    const right = isCredential(body['SecurityCredential'], this.credentials.initiatorPassword, this.#key);
    this.#wrong = right ? 0 : this.#wrong + 1;
    return right;
  }

  #question(work: string, body: Body): Answer {
    const refusal = questionRefusal(body, this.#options.shortCode);
    if (refusal !== null) return refused(refusal);
    const conversation = conversationOf(this.#options.seed, (this.#count += 1), this.#options.now());
    const url = String(body['ResultURL']);
    if (!this.#isOurs(body)) {
      this.#options.later(500, () => report(url, wrongCredentialBody(conversation)));
    } else if (work === 'status') {
      const { OriginalConversationID: named } = body;
      const order =
        (typeof named === 'string' ? this.#orders.get(named) : undefined) ??
        [...this.#orders.values()].find(({ receipt }) => receipt === body['TransactionID']);
      if (order?.scenario.answers !== false)
        this.#options.later(500, () => report(url, answerBody(order, { conversation })));
    } else {
      this.#options.later(500, () => report(url, balanceBody(conversation)));
    }
    return accepted(conversation, `Q-${conversation}`);
  }

  #report(order: TakenOrder, reported: Reported): Promise<void> {
    return report(
      reported.late === true ? order.lateUrl : order.resultUrl,
      resultBody(order, reported, this.#options.now()),
    );
  }
}

const TOO_LARGE: Refusal = { status: 400, errorCode: '400.002.05', errorMessage: 'Invalid Request Payload' };
const BAD_TOKEN: Refusal = { status: 404, errorCode: '404.001.03', errorMessage: 'Invalid Access Token' };
const DUPLICATE: Refusal = {
  status: 500,
  errorCode: '500.002.1001',
  errorMessage: 'Duplicate OriginatorConversationID.',
};

const refused = ({ status, ...error }: Refusal): Answer => ({
  status,
  body: { requestId: randomBytes(8).toString('hex'), ...error },
});

const accepted = (conversation: string, key: string): Answer => ({
  status: 200,
  body: {
    ConversationID: conversation,
    OriginatorConversationID: key,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  },
});

/** Reports once: Daraja does not come again. */
async function report(url: string, body: object): Promise<void> {
  await call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    deadlineMs: REPORT_DEADLINE_MS,
  });
}

async function textOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > LARGEST_BODY) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
