import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lookAtDarajaSecrets } from '../../src/gateways/daraja-secrets.ts';
import { examineDaraja } from '../../src/operations/examine-daraja.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { payByDaraja } from '../support/a-rail.ts';
import { aPayingOffice, DAY, type PayingOffice } from '../support/an-office.ts';
import { RSA_CERTIFICATE, TEST_CERTIFICATE } from '../support/certificates.ts';
import { eachDatabase } from '../support/databases.ts';

/** What must never be told. */
const SECRETS = ['key-of-acme', 'consumer-hush', 'initiator-hush'] as const;

eachDatabase((open) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'treasury-daraja-'));
  const file = path.join(folder, 'daraja.toml');
  const pem = path.join(folder, 'mpesa.pem');
  let office: PayingOffice;

  const whole = {
    consumer_key: SECRETS[0],
    consumer_secret: SECRETS[1],
    initiator_password: SECRETS[2],
    certificate: 'mpesa.pem',
  };
  const write = (change: Partial<Record<keyof typeof whole, string>> = {}, mode = 0o600): void => {
    const lines = Object.entries({ ...whole, ...change }).map(([name, value]) => `${name} = "${value}"\n`);
    writeFileSync(file, lines.join(''));
    chmodSync(file, mode);
  };
  const says = async (now = office.clock.now): Promise<string[]> => {
    const findings = await examineDaraja(office.store, { lookAtSecrets: () => lookAtDarajaSecrets(file), now });
    for (const finding of findings) {
      expect(finding.id).toBe('daraja');
      for (const secret of SECRETS) expect(JSON.stringify(finding)).not.toContain(secret);
    }
    return findings.flatMap(({ status, message, fix }) => (status === 'ok' ? [] : [`${message} | ${fix}`]));
  };
  const byHand = async (): Promise<void> => {
    const { store, people, person } = office;
    const request = { method: 'mpesa', kind: 'manual', typed: {}, reason: 'test' };
    const answer = await setGateway(store, await person('by-hand-admin', ['admin']), request);
    if (isProposed(answer))
      await confirmChange(store, people.esther, { change: answer.proposed.change.ref, reason: null });
  };

  beforeAll(async () => {
    office = await aPayingOffice(open);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    rmSync(file, { recursive: true, force: true });
    writeFileSync(pem, RSA_CERTIFICATE);
  });

  test('where nothing is paid by Daraja, nobody needs its secrets', async () => {
    writeFileSync(file, 'nonsense =', { mode: 0o644 });
    expect(await says()).toEqual([]);
  });

  describe('where M-Pesa is paid by Daraja, it is said', () => {
    beforeAll(() => payByDaraja(office));

    test('nothing, when everything is there', async () => {
      write();
      expect(await says()).toEqual([]);
    });

    test('that the file is missing, and what belongs into it', async () => {
      expect(await says()).toEqual([
        `M-Pesa is paid by Daraja, which this machine cannot do: ${file} is missing. | write consumer_key, consumer_secret, initiator_password, certificate into ${file}, then chmod 600 ${file}`,
      ]);
    });

    test.skipIf(process.platform === 'win32')('that others can read it, whichever of them', async () => {
      for (const mode of [0o640, 0o604, 0o620]) {
        write({}, mode);
        expect(await says()).toEqual([
          expect.stringMatching(
            /: .*daraja\.toml can be read by others on this machine\. \| chmod 600 .*daraja\.toml$/,
          ),
        ]);
      }
    });

    test('that it is no file, cannot be read, or is too long to be one', async () => {
      mkdirSync(file);
      expect(await says()).toEqual([expect.stringMatching(/daraja\.toml is no file\. \| write consumer_key/)]);
      rmSync(file, { recursive: true });
      write({ consumer_key: 'k'.repeat(16 * 1024) });
      expect(await says()).toEqual([expect.stringMatching(/has more than 16384 bytes\. \| write/)]);
      const beyond = path.join(pem, 'daraja.toml');
      const findings = await examineDaraja(office.store, {
        ...{ lookAtSecrets: () => lookAtDarajaSecrets(beyond), now: office.clock.now },
      });
      expect(findings).toMatchObject([
        { status: 'advice', message: expect.stringContaining('cannot be read (ENOTDIR)') as string },
      ]);
    });

    test('that it is no TOML, without a word of it', async () => {
      writeFileSync(file, `consumer_secret = ${SECRETS[1]}`, { mode: 0o600 });
      expect(await says()).toEqual([expect.stringMatching(/daraja\.toml is no TOML\. \| write consumer_key/)]);
    });

    test('each name that is missing, empty or no text', async () => {
      writeFileSync(file, `consumer_key = " "\nconsumer_secret = 7\ncertificate = "mpesa.pem"\n`, { mode: 0o600 });
      expect(await says()).toEqual(
        ['consumer_key', 'consumer_secret', 'initiator_password'].map(
          (name) =>
            `M-Pesa is paid by Daraja, which this machine cannot do: ${name} is missing. | write ${name} = "..." into ${file}`,
        ),
      );
    });

    test('that the certificate is missing, or is none that carries the password', async () => {
      write();
      rmSync(pem);
      expect(await says()).toEqual([
        expect.stringMatching(/mpesa\.pem is missing\. \| save the certificate .*mpesa\.pem$/),
      ]);
      const pair = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
      const spki = { type: 'spki', format: 'pem' } as const;
      const unfit = [
        ['nonsense', 'is no certificate with an RSA key'],
        [RSA_CERTIFICATE.slice(0, 300), 'is no certificate with an RSA key'],
        [TEST_CERTIFICATE, 'is no certificate with an RSA key'],
        [pair(2048).privateKey.export({ type: 'pkcs8', format: 'pem' }), 'holds a private key'],
        [pair(512).publicKey.export(spki), null],
      ] as const;
      for (const [text, why] of unfit) {
        writeFileSync(pem, text);
        if (why === null) expect(await says()).toEqual([]);
        else expect(await says(), why).toEqual([expect.stringContaining(`mpesa.pem ${why}`)]);
      }
      // A key of 512 bits carries 53 bytes.
      write({ initiator_password: SECRETS[2].padEnd(53, '#') });
      expect(await says()).toEqual([]);
      write({ initiator_password: SECRETS[2].padEnd(54, '#') });
      expect(await says()).toEqual([expect.stringContaining('has too small a key for the initiator_password')]);
    });

    test('everything at once', async () => {
      write({ consumer_key: '' }, 0o644);
      writeFileSync(pem, 'nonsense');
      const found = (await says()).map((text) => /cannot do: (.*)\. \|/.exec(text)?.[1]?.replaceAll(`${folder}/`, ''));
      expect(found).toEqual([
        'daraja.toml can be read by others on this machine',
        'consumer_key is missing',
        'mpesa.pem is no certificate with an RSA key',
      ]);
    });

    test('from two weeks before its end that the certificate ends, and that it has', async () => {
      write();
      const end = Date.parse('2030-01-01T00:00:00.000Z');
      expect(await says(new Date(end - 14 * DAY - 1))).toEqual([]);
      expect(await says(new Date(end - 14 * DAY))).toEqual([
        expect.stringMatching(
          /mpesa\.pem ends \(2030-01-01T00:00:00\.000Z\)\. \| save .*: treasury gateway test mpesa$/,
        ),
      ]);
      expect(await says(new Date(end))).toEqual([expect.stringContaining(' ends (')]);
      expect(await says(new Date(end + 1))).toEqual([expect.stringContaining(' has ended (')]);
    });

    test('but not of the sandbox, whose certificate is used long after its end', async () => {
      write();
      await payByDaraja(office, { baseUrl: 'https://sandbox.safaricom.co.ke' });
      expect(await says(new Date('2030-01-02T00:00:00.000Z'))).toEqual([]);
      await payByDaraja(office);
    });
  });

  test('who pays by hand again needs the secrets for as long as an order is in flight', async () => {
    await payByDaraja(office);
    const fund = await office.fund();
    const payment = await office.payment(fund, { method: 'mpesa', amount: '300' });
    await office.execute(payment);
    await byHand();
    expect(await says()).toEqual([
      expect.stringContaining('Daraja must still be asked about what is in flight (1), which this machine cannot do:'),
    ]);
  });
});
