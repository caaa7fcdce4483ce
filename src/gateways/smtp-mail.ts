import type { SendMailOptions, SentMessageInfo } from 'nodemailer';
import { Problem } from '../domain/problem.ts';
import type { Mail, Mailer } from './mail.ts';

/** A mail server as `smtp://user@host:port` or `smtps://` names it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  /** TLS from the first byte; otherwise the upgrade is demanded, but from a server on this machine. */
  readonly implicitTls: boolean;
}

const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 20_000;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** Sends mail through a server. Certificates are always verified; NODE_EXTRA_CA_CERTS names those of one's own. */
export const smtpMailer = (server: MailServer, login: { from: string; password: string | null }): Mailer => ({
  send: async (mail) => {
    const { createTransport } = (await import('nodemailer')).default;
    const transport = createTransport({
      host: server.host,
      port: server.port,
      secure: server.implicitTls,
      requireTLS: !server.implicitTls && !LOOPBACK.test(server.host),
      ...(server.user === null ? {} : { auth: { user: server.user, pass: login.password ?? '' } }),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      greetingTimeout: GREETING_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      tls: { minVersion: 'TLSv1.2' },
    });
    try {
      const sent: SentMessageInfo = await transport.sendMail(messageOf(mail, login.from));
      if ((sent.rejected ?? []).length > 0) throw new Error('the recipient was refused');
    } catch (error) {
      throw mailFailed(`${server.host}:${server.port}`, error, login.password);
    } finally {
      transport.close();
    }
  },
});

/** A mail as nodemailer takes it: one recipient, whatever the address holds, and headers of one line. */
export const messageOf = (mail: Mail, from: string): SendMailOptions => ({
  from: oneLine(from),
  to: { name: '', address: oneLine(mail.to) },
  subject: oneLine(mail.subject),
  text: mail.text,
  html: mail.html,
  textEncoding: 'quoted-printable',
  disableFileAccess: true,
  disableUrlAccess: true,
});

const oneLine = (text: string): string => text.replaceAll(/[\r\n\0]+/g, ' ');

const LONGEST_REASON = 200;

/** What a server or disk said, without a code or password that it may have repeated. */
export const mailFailed = (where: string, reason: unknown, password: string | null = null): Problem => {
  const said = reason instanceof Error ? reason.message : String(reason);
  const known = password === null || password === '' ? said : said.replaceAll(password, '(left out)');
  const text = oneLine(known.replaceAll(/(?<!\d)\d{6}(?!\d)/g, '(left out)')).slice(0, LONGEST_REASON);
  return new Problem('external', 'MAIL_FAILED', `The mail could not be handed over at ${where}: ${text}`, {
    unchanged: 'Nothing was sent.',
    retryable: true,
  });
};
