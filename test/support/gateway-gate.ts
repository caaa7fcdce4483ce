import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A report of the gateway, as it came: to which path, and what. */
export interface KeptReport {
  readonly path: string;
  readonly body: string;
}

/** Where an order is kept: on its way, not yet read to its end; or taken by the gateway, with the reply on its way. */
export type Kept = 'order' | 'reply';

/** A gate between the tool and a gateway, on both ways: orders and their replies can be kept, and reports wait to be delivered. */
export interface GatewayGate {
  readonly url: string;
  /** Where the gateway is to report. */
  readonly resultUrl: string;
  /** How many orders have come to the gate, and the keys of those that went on to the gateway. */
  readonly orders: number;
  readonly keys: readonly string[];
  /** Waits until the next order is there, and keeps it. Answers what lets it go on. */
  keep(what: Kept): Promise<() => void>;
  /** The next report, in their order; waits for it. */
  report(): Promise<KeptReport>;
  end(): Promise<void>;
}

const PAY = '/mpesa/b2c/v3/paymentrequest';
const RESULTS = '/results';
/** Within this a report that was caused is there. */
const REPORT_MS = 60_000;

interface Plan {
  readonly what: Kept;
  readonly kept: (release: () => void) => void;
}

/** Opens a gate before a gateway. */
export async function openGatewayGate(gateway: () => string): Promise<GatewayGate> {
  const state = new State(gateway);
  const server = createServer((request, response) => void state.serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    resultUrl: `${url}${RESULTS}`,
    get orders() {
      return state.orders;
    },
    keys: state.keys,
    keep: (what) => new Promise((kept) => (state.plan = { what, kept })),
    report: () => state.report(),
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class State {
  plan: Plan | null = null;
  orders = 0;
  readonly keys: string[] = [];
  readonly #gateway: () => string;
  readonly #reports: KeptReport[] = [];
  readonly #awaited: ((report: KeptReport) => void)[] = [];

  constructor(gateway: () => string) {
    this.#gateway = gateway;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith(RESULTS)) {
      this.#keepReport({ path, body: await textOf(request) });
      response.end('{}');
      return;
    }
    const plan = path === PAY ? this.#planned() : null;
    // Only its head has been read.
    if (plan?.what === 'order') await new Promise<void>((release) => plan.kept(release));
    if (request.socket.destroyed) return;
    const body = await textOf(request);
    if (path === PAY)
      this.keys.push((JSON.parse(body) as { OriginatorConversationID: string }).OriginatorConversationID);
    const answer = await fetch(`${this.#gateway()}${path}`, forwarded(request, body)).catch(() => null);
    const text = await answer?.text();
    if (plan?.what === 'reply') await new Promise<void>((release) => plan.kept(release));
    if (answer === null) return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(text);
  }

  #planned(): Plan | null {
    this.orders += 1;
    const { plan } = this;
    this.plan = null;
    return plan;
  }

  #keepReport(report: KeptReport): void {
    const awaited = this.#awaited.shift();
    if (awaited === undefined) this.#reports.push(report);
    else awaited(report);
  }

  report(): Promise<KeptReport> {
    const there = this.#reports.shift();
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the gateway reports nothing')), REPORT_MS);
      this.#awaited.push((report) => {
        clearTimeout(late);
        resolve(report);
      });
    });
  }
}

function forwarded({ headers, method = 'GET' }: IncomingMessage, body: string): RequestInit {
  const { authorization = '', 'content-type': type = 'application/json' } = headers;
  return { method, headers: { authorization, 'content-type': type }, ...(method === 'GET' ? {} : { body }) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
