import { simpleParser } from 'mailparser';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import type { Mail } from '../../src/gateways/mail.ts';
import { openMailer } from '../../src/gateways/open-mailer.ts';
import { type SmtpOptions, startSmtp, type TestSmtpServer } from '../support/smtp-server.ts';

const CODE = '482913';
const mail: Mail = {
  to: 'carol@acme.example',
  subject: 'Your code for payment pay_7f3k2m',
  text: `Your one-time code is\n\n${CODE}\n\nPayee: Åsa Müller\n`,
  html: `<p>${CODE}</p>`,
};
const now = () => new Date('2026-10-18T06:06:03.950Z');

let directory: string;
const servers: TestSmtpServer[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'treasury-mail-'));
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: SmtpOptions = {}): Promise<TestSmtpServer> {
  const server = await startSmtp(options);
  servers.push(server);
  return server;
}

const send = async (url: string, what: Partial<Mail> = {}, password?: string): Promise<void> => {
  const passwordFile = password === undefined ? null : path.join(directory, 'password');
  if (passwordFile !== null) writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const mailer = await openMailer({ url, from: 'Treasury <treasury@acme.example>', passwordFile, now });
  await mailer.send({ ...mail, ...what });
};

const problemOf = async (sending: Promise<void>): Promise<Problem> => {
  const error: unknown = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw new Error('a Problem was expected', { cause: error });
};

/** Trusts the test's authority as NODE_EXTRA_CA_CERTS does, for as long as `work` takes. */
async function trusting<T>(ca: string, work: () => Promise<T>): Promise<T> {
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, ca]);
  try {
    return await work();
  } finally {
    tls.setDefaultCACertificates(before);
  }
}

describe('through a server', () => {
  test('a mail goes to its one recipient, with the code alone on a line', async () => {
    const server = await serve();
    await send(`smtp://${server.host}:${server.port}`);
    const received = await server.waitForMessage();
    expect(received.envelope).toEqual({ from: 'treasury@acme.example', recipients: [mail.to], secure: false });
    expect(received.text?.split('\n')).toContain(CODE);
    expect(received.html).toContain(CODE);
  });

  test('an address with a comma in it adds no recipient', async () => {
    const server = await serve();
    const url = `smtp://${server.host}:${server.port}`;
    // Whether such a mail is sent to a strange mailbox or refused: the thief gets none.
    await send(url, { to: 'carol@acme.example, thief@evil.example' }).catch(() => undefined);
    for (const { envelope } of server.messages) expect(envelope.recipients).not.toContain('thief@evil.example');
  });

  test('line breaks in subject and address add no header', async () => {
    const server = await serve();
    await send(`smtp://${server.host}:${server.port}`, { subject: 'Code\r\nBcc: thief@evil.example\r\n\r\nbody' });
    const received = await server.waitForMessage();
    expect(received.envelope.recipients).toEqual([mail.to]);
    expect(received.headers.has('bcc')).toBe(false);
    expect(received.text).not.toMatch(/^body/);
  });

  test('the upgrade to TLS is used where it is offered, with a certificate that is trusted', async () => {
    const server = await serve({ tls: 'starttls' });
    await trusting(server.ca, () => send(`smtp://${server.host}:${server.port}`));
    expect((await server.waitForMessage()).envelope.secure).toBe(true);
  });

  test('TLS from the first byte', async () => {
    const server = await serve({ tls: 'implicit' });
    await trusting(server.ca, () => send(`smtps://${server.host}:${server.port}`));
    expect((await server.waitForMessage()).envelope.secure).toBe(true);
  });

  test.each(['starttls', 'implicit'] as const)('a certificate nobody vouches for is refused (%s)', async (kind) => {
    const server = await serve({ tls: kind });
    const scheme = kind === 'implicit' ? 'smtps' : 'smtp';
    const problem = await problemOf(send(`${scheme}://${server.host}:${server.port}`));
    expect(problem).toMatchObject({ kind: 'external', code: 'MAIL_FAILED' });
    expect(server.messages).toHaveLength(0);
  });

  test('the user of the URL logs in with the password of the file', async () => {
    const server = await serve({ auth: { user: 'jane@acme', password: 'correct horse' } });
    await send(`smtp://jane%40acme@${server.host}:${server.port}`, {}, 'correct horse');
    expect(server.messages).toHaveLength(1);
  });

  test('a wrong password fails without being repeated', async () => {
    const server = await serve({ auth: { user: 'jane', password: 'correct horse' } });
    const problem = await problemOf(send(`smtp://jane@${server.host}:${server.port}`, {}, 'battery staple'));
    expect(problem).toMatchObject({ kind: 'external', code: 'MAIL_FAILED' });
    expect(problem.message).not.toContain('battery');
  });

  test('a user without a password file is refused before anything is sent', async () => {
    const problem = await problemOf(send('smtp://jane@mail.acme.example'));
    expect(problem).toMatchObject({ kind: 'usage', code: 'MAIL_PASSWORD_MISSING' });
  });

  test.each(['refuse-recipient', 'refuse-data', 'drop-after-data'] as const)('%s is a failure', async (fault) => {
    const server = await serve({ fault });
    const problem = await problemOf(send(`smtp://${server.host}:${server.port}`));
    expect(problem).toMatchObject({ kind: 'external', code: 'MAIL_FAILED' });
    expect(problem.message).toContain(`${server.host}:${server.port}`);
    expect(problem.message).not.toContain(CODE);
  });

  test('a server that is not there is a failure with its address', async () => {
    const { host, port, close } = await startSmtp();
    await close();
    const problem = await problemOf(send(`smtp://${host}:${port}`));
    expect(problem).toMatchObject({ kind: 'external', code: 'MAIL_FAILED' });
    expect(problem.message).toContain(`${host}:${port}`);
  });

  test('a server that never says a word is given up', { timeout: 120_000 }, async () => {
    const server = await serve({ fault: 'hang' });
    expect(await problemOf(send(`smtp://${server.host}:${server.port}`))).toMatchObject({ code: 'MAIL_FAILED' });
  });

  test.each(['http://mail.example', 'smtp:', 'mail.example', '', 'file:'])('%o is no way to send mail', async (url) => {
    expect(await problemOf(send(url))).toMatchObject({ kind: 'usage', code: 'MAIL_URL_INVALID' });
  });
});

describe('into files', () => {
  test('each mail is one file that only its owner reads, named by its time', async () => {
    const outbox = path.join(directory, 'outbox');
    await send(`file:${outbox}`);
    await send(`file:${outbox}`);
    const files = readdirSync(outbox);
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(file).toMatch(/^2026-10-18T06-06-03\.950Z-[0-9a-f]{8}\.eml$/);
      expect(statSync(path.join(outbox, file)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(outbox).mode & 0o777).toBe(0o700);
  });

  test('the file is a mail, and its code stands alone on a line of the file itself', async () => {
    await send(`file:${directory}`);
    const text = readFileSync(path.join(directory, readdirSync(directory)[0] ?? ''), 'utf8');
    expect(text.split('\n')).toContain(CODE);
    const parsed = await simpleParser(text);
    expect(parsed.subject).toBe(mail.subject);
    expect(parsed.text).toContain('Åsa Müller');
    expect(parsed.date?.toISOString()).toBe('2026-10-18T06:06:03.000Z');
  });

  test('a directory that cannot be is a failure', async () => {
    writeFileSync(path.join(directory, 'taken'), '');
    const problem = await problemOf(send(`file:${path.join(directory, 'taken', 'outbox')}`));
    expect(problem).toMatchObject({ kind: 'external', code: 'MAIL_FAILED' });
  });
});
