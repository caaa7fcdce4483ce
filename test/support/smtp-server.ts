import { simpleParser, type ParsedMail } from 'mailparser';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerEnvelope, type SMTPServerOptions } from 'smtp-server';
import { TEST_CERTIFICATE, TEST_KEY } from './certificates.ts';

/**
 * What goes wrong: `refuse-recipient` answers RCPT with 550; `hang` accepts the connection and never says a word;
 * `refuse-data` answers the finished message with 554; `drop-after-data` takes the message and cuts the line unanswered.
 */
export type SmtpFault = 'refuse-recipient' | 'hang' | 'drop-after-data' | 'refuse-data';

export interface SmtpOptions {
  /** `starttls` offers the upgrade, `implicit` speaks TLS from the first byte; `none` is the default. */
  readonly tls?: 'starttls' | 'implicit' | 'none';
  /** When given, the server takes no mail without this login. */
  readonly auth?: { readonly user: string; readonly password: string };
  readonly fault?: SmtpFault;
}

/** A message as the server got it; `envelope` says to whom it really went, whatever its headers claim. */
export interface ReceivedMail extends ParsedMail {
  readonly envelope: { readonly from: string; readonly recipients: readonly string[]; readonly secure: boolean };
}

export interface TestSmtpServer {
  readonly host: string;
  readonly port: number;
  /** Every message taken, oldest first, that of `drop-after-data` included. */
  readonly messages: ReceivedMail[];
  /** The certificate that a client has to trust, PEM. */
  readonly ca: string;
  /** The next message not yet waited for; each is given once, in order of arrival. Throws when none comes in time. */
  waitForMessage(timeoutMs?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/** Starts a real SMTP server on a free port of 127.0.0.1. */
export async function startSmtp(options: SmtpOptions = {}): Promise<TestSmtpServer> {
  const inbox = openInbox();
  const sockets = new Map<number | undefined, Socket>();
  const server = new SMTPServer({
    ...transportOptions(options.tls ?? 'none'),
    ...loginOptions(options.auth),
    disabledCommands: disabledCommands(options),
    onConnect: (_session, answer) => (options.fault === 'hang' ? undefined : answer()),
    onRcptTo: (_address, _session, answer) =>
      answer(options.fault === 'refuse-recipient' ? refusal(550, 'No such mailbox here') : null),
    onData: (stream, session, answer) => {
      if (options.fault === 'refuse-data') {
        stream.resume().once('end', () => answer(refusal(554, 'Message refused')));
        return;
      }
      void simpleParser(stream).then((mail) => {
        inbox.receive({ ...mail, envelope: envelopeOf(session.envelope, session.secure) });
        if (options.fault === 'drop-after-data') sockets.get(session.remotePort)?.destroy();
        else answer();
      }, answer);
    },
  });
  // Clients that leave in the middle are what some tests are about: their errors are not the server's.
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    messages: inbox.messages,
    ca: TEST_CERTIFICATE,
    waitForMessage: inbox.wait,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
}

function transportOptions(tls: 'starttls' | 'implicit' | 'none'): SMTPServerOptions {
  return {
    secure: tls === 'implicit',
    disableReverseLookup: true,
    key: TEST_KEY,
    cert: TEST_CERTIFICATE,
    closeTimeout: 1000,
  };
}

function disabledCommands({ tls, auth }: SmtpOptions): string[] {
  return [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(auth === undefined ? ['AUTH'] : [])];
}

function loginOptions(auth: SmtpOptions['auth']): SMTPServerOptions {
  if (auth === undefined) return { authOptional: true };
  return {
    allowInsecureAuth: true,
    onAuth: (given, _session, answer) => {
      if (given.username === auth.user && given.password === auth.password) answer(null, { user: auth.user });
      else answer(refusal(535, 'Login failed'));
    },
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function envelopeOf({ mailFrom, rcptTo }: SMTPServerEnvelope, secure: boolean): ReceivedMail['envelope'] {
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
    secure,
  };
}

interface Inbox {
  readonly messages: ReceivedMail[];
  receive(mail: ReceivedMail): void;
  wait(timeoutMs?: number): Promise<ReceivedMail>;
}

function openInbox(): Inbox {
  const messages: ReceivedMail[] = [];
  const arrivals = new EventTarget();
  let given = 0;
  return {
    messages,
    receive: (mail) => {
      messages.push(mail);
      arrivals.dispatchEvent(new Event('mail'));
    },
    wait: async (timeoutMs = 60_000) => {
      const place = given++;
      const timeout = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const mail = messages[place];
        if (mail !== undefined) return mail;
        await once(arrivals, 'mail', { signal: timeout }).catch(() => {
          given -= 1;
          throw new Error(`No mail number ${place + 1} within ${timeoutMs} ms; ${messages.length} came.`);
        });
      }
    },
  };
}
