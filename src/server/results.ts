import { serve, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { allowance } from './allowance.ts';

/** A result that a gateway reports: to which address it came, as it was received. */
export interface Report {
  /** The last part of the address: 32 hexadecimal digits that only the gateway was told; null where it has none. */
  readonly token: string | null;
  /** Which of its addresses it was: of the result, of answers to questions, of what timed out in the gateway's queue, or of balances. */
  readonly about: 'result' | 'answer' | 'late' | 'balance';
  readonly body: string;
  /** As the network says; what a proxy claims is not asked. */
  readonly remote: string;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Whether an address was given to a gateway. */
  readonly known: (token: string) => Promise<boolean>;
  /** Keeps a report for good; it is answered once this has resolved, and with 503 when it fails. */
  readonly keep: (report: Report) => Promise<void>;
  readonly now: () => number;
  /** Told why a report was not kept. */
  readonly failed: (error: unknown) => void;
}

export interface Listener {
  readonly port: number;
  /** Takes nothing more, answers what has come, and ends; who has not said everything some seconds later is cut off. */
  close(): Promise<void>;
}

/** A result is a few kilobytes. */
const LARGEST_BODY = 64 * 1024;
/** Reports to addresses that nobody was given: so many at once from one machine, then so many a second. */
const STRANGERS = { atOnce: 20, perSecond: 1 };

/** So long a report may take to come in while nothing more is taken. */
const LATE_MS = 3000;

/** What Safaricom takes as an answer. */
const TAKEN = { ResultCode: 0, ResultDesc: 'Accepted' };

/**
 * Listens for what gateways report: POST to any address that ends in the token of an order (or in `/asked` or `/late` behind it). Each report
 * is kept before it is answered, and answered before it is applied. A body that is too large is 413, strangers who come too often 429.
 */
export async function listenForResults(options: ListenerOptions): Promise<Listener> {
  const strangers = allowance(STRANGERS, options.now);
  const app: App = new Hono();
  app.use(bodyLimit({ maxSize: LARGEST_BODY, onError: (c) => c.json({ error: 'too large' }, 413) }));
  app.post('*', async (c) => {
    const remote = c.env.incoming.socket.remoteAddress ?? 'unknown';
    const { token, about } = addressIn(new URL(c.req.url).pathname);
    const known = token !== null && (await options.known(token));
    if (!known && !strangers.take(remote)) return c.json({ error: 'too many' }, 429);
    await options.keep({ token: known ? token : null, about, body: await c.req.text(), remote });
    return c.json(TAKEN);
  });
  app.notFound((c) => c.json({ error: 'not found' }, 404));
  // Whoever reports comes again; why it failed is no business of theirs, but of whoever runs this.
  app.onError((error, c) => {
    options.failed(error);
    return c.json({ error: 'try again' }, 503);
  });
  return started(app, options);
}

type App = Hono<{ Bindings: HttpBindings }>;

const ABOUT = { asked: 'answer', late: 'late' } as const;

/** What the end of an address says. */
function addressIn(path: string): Pick<Report, 'token' | 'about'> {
  if (path.endsWith('/balance')) return { token: null, about: 'balance' };
  const [, token = null, way] = /\/([0-9a-f]{32})(?:\/(asked|late))?$/.exec(path) ?? [];
  return { token, about: way === 'asked' || way === 'late' ? ABOUT[way] : 'result' };
}

async function started(app: App, { host, port }: ListenerOptions): Promise<Listener> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => resolve(info.port));
  server.once('error', reject);
  return {
    port: await promise,
    close: () =>
      new Promise((closed, failed) => {
        const late = setTimeout(() => void ('closeAllConnections' in server && server.closeAllConnections()), LATE_MS);
        server.close((error) => {
          clearTimeout(late);
          if (error === undefined) closed();
          else failed(error);
        });
      }),
  };
}
