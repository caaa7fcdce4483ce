import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSmtp, type SmtpFault, type SmtpOptions, type TestSmtpServer } from '../support/smtp-server.ts';
import { aDemoOffice, codeIn, type DemoOffice } from './demo-office.ts';
import { errorOf } from './documents.ts';

const MAIL_PASSWORD = 'smtp horse battery staple';

interface MailingOffice extends DemoOffice {
  readonly server: TestSmtpServer;
}

/** An office that sends its mail through a real server of its own. */
async function aMailingOffice(
  options: SmtpOptions,
  scheme: 'smtp' | 'smtps' = 'smtp',
  user = '',
): Promise<MailingOffice> {
  const server = await startSmtp(options);
  const office = await aDemoOffice('sqlite', { mailUrl: `${scheme}://${user}localhost:${server.port}` });
  writeFileSync(join(office.home, 'ca.pem'), server.ca);
  writeFileSync(join(office.home, 'mail-password'), `${MAIL_PASSWORD}\n`, { mode: 0o600 });
  const close = async (): Promise<void> => {
    await Promise.all([office.close(), server.close()]);
  };
  return { ...office, server, close };
}

const send = (office: MailingOffice, ref: string, env: Record<string, string> = {}) =>
  office.as('carol', ['payment', 'otp', ref, '--send', '--json'], {
    env: { NODE_EXTRA_CA_CERTS: join(office.home, 'ca.pem'), ...env },
  });

const verify = (office: MailingOffice, ref: string, code: string) =>
  office.as('carol', ['payment', 'otp', ref, '--verify', '--code-stdin', '--json'], { input: code });

describe('a code goes out by SMTP', () => {
  test.each([
    ['in the clear on this machine', { tls: 'none' }, 'smtp', false],
    ['with STARTTLS', { tls: 'starttls' }, 'smtp', true],
    ['with TLS from the first byte', { tls: 'implicit' }, 'smtps', true],
  ] as const)('%s, to the executor alone, and is good', async (_, options, scheme, secure) => {
    const office = await aMailingOffice(options, scheme);
    try {
      const ref = await office.payment({ payee: '<b>Jane</b> & Sons', amount: '12,500.00' });
      const sent = await send(office, ref);
      expect(sent.exitCode, sent.stdout).toBe(0);
      const mail = await office.server.waitForMessage();
      expect(mail.envelope).toEqual({ from: 'treasury@acme.example', recipients: ['carol@acme.example'], secure });
      expect(mail.subject).toBe(`Your code for payment ${ref}`);
      const text = mail.text ?? '';
      for (const part of ['KES 12,500.00', '<b>Jane</b> & Sons', ref, 'Valid until', 'Audit head', 'Do not share'])
        expect(text).toContain(part);
      expect(mail.html).toContain('&lt;b&gt;Jane&lt;/b&gt; &amp; Sons');
      const code = codeIn(text);
      expect(sent.stdout + sent.stderr).not.toContain(code);
      expect((await verify(office, ref, code)).exitCode).toBe(0);
      expect((await verify(office, ref, code)).exitCode).toBe(4);
    } finally {
      await office.close();
    }
  });

  test('with a login whose password lies in a file', async () => {
    const office = await aMailingOffice(
      { tls: 'starttls', auth: { user: 'treasury', password: MAIL_PASSWORD } },
      'smtp',
      'treasury@',
    );
    try {
      const ref = await office.payment();
      expect(await errorOf(await send(office, ref))).toMatchObject({ code: 'MAIL_PASSWORD_MISSING', exit_code: 2 });
      writeFileSync(join(office.home, 'wrong'), 'wrong horse battery', { mode: 0o600 });
      const refused = await send(office, ref, { TREASURY_MAIL_PASSWORD_FILE: join(office.home, 'wrong') });
      expect(await errorOf(refused)).toMatchObject({ code: 'MAIL_FAILED', exit_code: 9 });
      expect(refused.stdout).not.toContain('wrong horse');
      const sent = await send(office, ref, { TREASURY_MAIL_PASSWORD_FILE: join(office.home, 'mail-password') });
      expect(sent.exitCode, sent.stdout).toBe(0);
      expect((await verify(office, ref, codeIn((await office.server.waitForMessage()).text ?? ''))).exitCode).toBe(0);
    } finally {
      await office.close();
    }
  });
});

describe('a code that was not handed over is worth nothing', () => {
  test.each<SmtpFault>(['refuse-recipient', 'refuse-data', 'drop-after-data', 'hang'])('%s', async (fault) => {
    const office = await aMailingOffice({ fault });
    try {
      const ref = await office.payment();
      const error = await errorOf(await send(office, ref));
      expect(error).toMatchObject({ code: 'MAIL_FAILED', exit_code: 9, unchanged: 'Nothing was sent.' });
      expect(error.message).not.toMatch(/\b\d{6}\b/);
      expect(await office.data('carol', ['payment', 'show', ref])).toMatchObject({
        status: 'pending',
        otp_sent_at: null,
        otp_verified: false,
      });
      const [arrived] = office.server.messages;
      if (fault === 'drop-after-data') expect(arrived).toBeDefined();
      const code = arrived === undefined ? '123456' : codeIn(arrived.text ?? '');
      expect(await errorOf(await verify(office, ref, code))).toMatchObject({ code: 'OTP_INVALID', exit_code: 4 });
      expect((await office.as('carol', ['payment', 'execute', ref, '--yes'])).exitCode).toBe(4);
    } finally {
      await office.close();
    }
  });

  test("nobody listens, or the certificate is nobody's", async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    const deaf = await aDemoOffice('sqlite', { mailUrl: `smtp://127.0.0.1:${port}` });
    const distrusted = await aMailingOffice({ tls: 'starttls' });
    try {
      const ref = await deaf.payment();
      expect(await errorOf(await deaf.as('carol', ['payment', 'otp', ref, '--send', '--json']))).toMatchObject({
        code: 'MAIL_FAILED',
        exit_code: 9,
      });
      const other = await distrusted.payment();
      const run = await distrusted.as('carol', ['payment', 'otp', other, '--send', '--json']);
      expect(await errorOf(run)).toMatchObject({ code: 'MAIL_FAILED', exit_code: 9 });
      expect(distrusted.server.messages).toEqual([]);
    } finally {
      await Promise.all([deaf.close(), distrusted.close()]);
    }
  });
});

describe('nobody can lead codes elsewhere', () => {
  let office: MailingOffice;
  beforeAll(async () => {
    office = await aMailingOffice({ tls: 'none' });
  });
  afterAll(() => office.close());

  test('the environment of a session is ignored, with a warning', async () => {
    const ref = await office.payment();
    const thief = join(office.home, 'thief');
    const run = await send(office, ref, {
      TREASURY_MAIL_URL: `file:${thief}`,
      TREASURY_MAIL_FROM: 'thief@evil.example',
    });
    const { warnings } = run.json<{ warnings: string[] }>();
    expect(warnings.join(' ')).toMatch(/TREASURY_MAIL_URL is ignored.*TREASURY_MAIL_FROM is ignored/);
    expect((await office.server.waitForMessage()).envelope).toMatchObject({
      from: 'treasury@acme.example',
      recipients: ['carol@acme.example'],
    });
  });

  test.each([
    'eve@evil.example\r\nBcc: all@evil.example',
    'carol@acme.example,eve@evil.example',
    'carol@acme.example>\r\nRCPT TO:<eve@evil.example',
    'Eve <eve@evil.example>',
    'eve@evil.example carol@acme.example',
    '"a@b"@evil.example\0',
    `${'a'.repeat(300)}@evil.example`,
  ])('an address such as %j is refused', async (email) => {
    // A NUL cannot be an argument of a program at all.
    const args = [
      'user',
      'add',
      'eve',
      '--email',
      email.replaceAll('\0', '\u0001'),
      '--name',
      'Eve',
      '--role',
      'cashier',
      '--company',
      'ACME',
      '--password-stdin',
      '--json',
    ];
    expect((await errorOf(await office.as('root-admin', args, { input: 'correct horse battery' }))).exit_code).toBe(2);
  });

  test('the requester is never mailed, whoever asks', async () => {
    const ref = await office.payment({ by: 'grace' });
    const run = await office.as('grace', ['payment', 'otp', ref, '--send', '--json']);
    expect(await errorOf(run)).toMatchObject({ exit_code: 5 });
    await send(office, ref);
    await office.server.waitForMessage();
    expect(office.server.messages.flatMap((mail) => mail.envelope.recipients)).toEqual(
      office.server.messages.map(() => 'carol@acme.example'),
    );
  });
});
