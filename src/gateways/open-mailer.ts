import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { Mailer } from './mail.ts';
import type { MailServer } from './smtp-mail.ts';

export interface MailOptions {
  /** `smtp://user@host:port`, `smtps://...` or `file:DIR`. */
  readonly url: string;
  readonly from: string;
  /** TREASURY_MAIL_PASSWORD_FILE: the password of the user in the URL. */
  readonly passwordFile: string | null;
  readonly now: () => Date;
}

/** The way to send mail that a URL names; nothing is loaded or connected before the first mail. */
export async function openMailer({ url, from, passwordFile, now }: MailOptions): Promise<Mailer> {
  const directory = mailDirectory(url);
  if (directory !== null) return (await import('./file-mail.ts')).fileMailer(directory, from, now);
  const server = mailServer(url);
  const password = server.user === null ? null : await readPassword(server.user, passwordFile);
  return (await import('./smtp-mail.ts')).smtpMailer(server, { from, password });
}

/** The directory of `file:DIR`, or null for other URLs. */
const mailDirectory = (url: string): string | null => {
  if (!url.startsWith('file:') || url === 'file:') return null;
  return url.startsWith('file://') ? fileURLToPath(url) : path.resolve(url.slice('file:'.length));
};

/** The server of an `smtp://` or `smtps://` URL. Throws usage MAIL_URL_INVALID for anything else. */
const mailServer = (url: string): MailServer => {
  const parsed = URL.parse(url);
  if (parsed === null || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === '') throw invalid(parsed);
  const implicitTls = parsed.protocol === 'smtps:';
  const port = parsed.port === '' ? (implicitTls ? 465 : 587) : Number(parsed.port);
  const user = parsed.username === '' ? null : decodeURIComponent(parsed.username);
  return { host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'), port, user, implicitTls };
};

/** The URL itself is not repeated: somebody may have written a password into it. */
const invalid = (parsed: URL | null): Problem =>
  usage(
    'MAIL_URL_INVALID',
    `A mail URL ${parsed === null ? 'that cannot be read' : quoted(parsed.protocol)} is of no use.`,
    {
      unchanged: 'Nothing was sent.',
      fix: 'write it like smtp://user@mail.example.org:587, smtps://mail.example.org or file:DIR',
    },
  );

async function readPassword(user: string, passwordFile: string | null): Promise<string> {
  if (passwordFile === null) {
    throw usage('MAIL_PASSWORD_MISSING', `Mail is sent as ${user}, and the password of that login is not known.`, {
      unchanged: 'Nothing was sent.',
      fix: 'TREASURY_MAIL_PASSWORD_FILE=FILE',
    });
  }
  const { readSecretFile } = await import('./secret-file.ts');
  return (await readSecretFile(passwordFile)).text;
}
