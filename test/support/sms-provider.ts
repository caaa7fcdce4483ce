import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the provider was asked. */
export interface AskedForSms {
  readonly path: string;
  readonly key: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

/** How it behaves: with a code for each text, an HTTP status and body, no answer at all, or a broken connection. */
export type Behaviour =
  | { readonly code: number; readonly status: string }
  | { readonly http: number; readonly body: string }
  | 'silent'
  | 'broken';

/** A messaging provider on this machine, as Africa's Talking answers. */
export interface SmsProvider {
  readonly url: string;
  readonly asked: AskedForSms[];
  behaviour: Behaviour;
  close(): Promise<void>;
}

/** Starts one that takes everything. */
export async function startSmsProvider(): Promise<SmsProvider> {
  const asked: AskedForSms[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ path: `${request.method} ${request.url}`, key: request.headers['apikey']?.toString(), form });
      const { behaviour } = provider;
      if (behaviour === 'silent') return;
      if (behaviour === 'broken') return void request.socket.destroy();
      response.setHeader('content-type', 'application/json');
      if ('http' in behaviour) return void response.writeHead(behaviour.http).end(behaviour.body);
      const { code: statusCode, status } = behaviour;
      const recipient = { statusCode, number: form['to'], status, cost: 'KES 0.8000', messageId: 'ATXid_1' };
      response.writeHead(201).end(JSON.stringify({ SMSMessageData: { Message: 'Sent', Recipients: [recipient] } }));
    });
  });
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
  const provider: SmsProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behaviour: { code: 101, status: 'Success' },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
  return provider;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
