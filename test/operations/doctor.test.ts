import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import { lookAtDarajaSecrets } from '../../src/gateways/daraja-secrets.ts';
import { openSms } from '../../src/gateways/open-sms.ts';
import { pepperFingerprint } from '../../src/gateways/pepper-file.ts';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { examineOffice, type Examination } from '../../src/operations/examine-office.ts';
import { recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, DAY, PEPPER, type PayingOffice } from '../support/an-office.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { OF_SET_UP } from '../support/held-rules.ts';
import { aTamperer, type Tamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'treasury-doctor-'));
  const pepperFile = path.join(folder, 'pepper');
  const headsDirectory = path.join(folder, 'heads');
  const smsFile = path.join(folder, 'sms.toml');
  let office: PayingOffice;
  let tamperer: Tamperer;
  let fund: Row<'funds'>;

  const pepper = (bytes: Buffer, mode = 0o600): void => {
    writeFileSync(pepperFile, `${bytes.toString('base64')}\n`);
    chmodSync(pepperFile, mode);
  };
  const examine = (change: Partial<Examination> = {}): Promise<Finding[]> =>
    examineOffice({
      databaseUrl: office.url,
      pepperFile,
      headsDirectory,
      now: office.clock.now,
      node: '24.21.0',
      openStore: async () => office.store,
      openSms: () => openSms(smsFile),
      lookAtSecrets: () => lookAtDarajaSecrets(path.join(folder, 'daraja.toml')),
      ...change,
    });
  const bad = async (change?: Partial<Examination>): Promise<Finding[]> =>
    (await examine(change)).filter((finding) => finding.status !== 'ok' && !expected.has(finding.id));
  /** What is true of every test's database: they own their tables, their server does not sync, their umask is anybody's, and no event set them up. */
  const expected = new Set(['privileges', 'durability', 'file_modes', ...OF_SET_UP]);

  beforeAll(async () => {
    office = await aPayingOffice(open);
    tamperer = await aTamperer(office.url, dialect);
    fund = await office.fund();
    await office.pay(await office.payment(fund));
    await tamperer.run(
      `update office set mail_url = 'file:${folder}', pepper_fingerprint = '${pepperFingerprint(PEPPER)}'`,
    );
  });
  afterEach(() => pepper(PEPPER));
  beforeAll(() => pepper(PEPPER));
  afterAll(async () => {
    await tamperer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('the doctor', () => {
    test('says when nobody is left who could confirm what takes two people', async () => {
      const { store, people } = office;
      const off = async (username: string) => disableUser(store, people.root, { username });
      await off('esther');
      await off('brian');
      expect(await bad()).toMatchObject([
        { id: 'confirmers', status: 'advice', message: expect.stringContaining('0 CFOs and 1 approver ') as string },
      ]);
      await tamperer.run('update users set disabled_at = null');
    });

    test('names every fault of what cannot be looked at', async () => {
      const found = await bad({ databaseUrl: 'postgres://127.0.0.1/office?sslmod=require&foo' });
      expect(found.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/^This could not be checked: .* "sslmod" is unknown; "foo" is unknown\.$/),
      );
    });

    test('finds nothing wrong with a healthy office, and says what it looked at', async () => {
      expect(await bad()).toEqual([]);
      const looked = (await examine()).map((finding) => finding.id);
      expect(looked).toEqual(
        expect.arrayContaining([
          'node',
          'database',
          'schema',
          'pepper',
          'mail',
          'daraja',
          'audit',
          'confirmers',
          'stuck',
          'outbox',
          'overdrawn',
        ]),
      );
      expect(new Set(looked).size).toBe(looked.length);
    });

    test('gives every finding that is not well a fix, and none to those that are', async () => {
      rmSync(pepperFile);
      for (const finding of await examine()) expect(finding.fix !== null, finding.id).toBe(finding.status !== 'ok');
    });

    test('goes on after checks that fail or cannot be run at all', async () => {
      pepper(Buffer.alloc(32, 8));
      const statement = `update funds set balance_minor = balance_minor + 1 where code = '${fund.code}'`;
      await tamperer.during(['funds'], statement, [], async () => {
        await tamperer.run("update office set mail_url = 'smtp://127.0.0.1:1'");
        const found = await bad();
        await tamperer.run(`update office set mail_url = 'file:${folder}'`);
        expect(found.map(({ id, status }) => [id, status])).toEqual(
          expect.arrayContaining([
            ['pepper', 'advice'],
            ['mail', 'advice'],
            ['balance', 'broken'],
          ]),
        );
        // What comes after them was looked at as well.
        expect((await examine()).map((finding) => finding.id)).toContain('overdrawn');
      });
    });
  });

  describe('the pepper', () => {
    test('that is missing, of another office, damaged or open to others is said', async () => {
      const message = async () => (await bad()).map((finding) => `${finding.id}: ${finding.message} ${finding.fix}`);
      pepper(PEPPER, 0o644);
      expect(await message()).toEqual([expect.stringMatching(/^pepper: Others .* may read .* chmod 600/)]);
      pepper(Buffer.alloc(32, 8));
      expect(await message()).toEqual([expect.stringMatching(/^pepper: .* is not the one/)]);
      pepper(Buffer.alloc(31, 7));
      expect(await message()).toEqual([expect.stringMatching(/^pepper: .* does not hold 32 bytes/)]);
      rmSync(pepperFile);
      expect(await message()).toEqual([expect.stringMatching(/^pepper: .* is missing: .*put your copy of it back/)]);
    });

    test('that was replaced is looked for where it waits, and on the other machines', async () => {
      const next = `${pepperFile}.next`;
      const fresh = Buffer.alloc(32, 9);
      const says = async () => (await bad()).map((finding) => `${finding.id}: ${finding.message} ${finding.fix}`);
      writeFileSync(next, `${fresh.toString('base64')}\n`, { mode: 0o644 });
      chmodSync(next, 0o644);
      expect(await says()).toEqual([
        expect.stringMatching(/^pepper: Others .*pepper\.next\. chmod 600 .*pepper\.next/),
      ]);
      chmodSync(next, 0o600);
      expect(await says()).toEqual([]);
      const at = dialect === 'sqlite' ? office.clock.now.getTime() : office.clock.now.toISOString();
      const set = `update office set pepper_fingerprint = '${pepperFingerprint(fresh)}', pepper_replaced_at = ${dialect === 'sqlite' ? String(at) : `'${at}'`}`;
      await tamperer.during(['office'], set, [], async () => {
        expect(await says()).toEqual([
          expect.stringMatching(/^pepper: .* taken by the next command .* mv .*pepper\.next/),
        ]);
        rmSync(next);
        const elsewhere = new RegExp(`^pepper: .* not the one in force.* fingerprint ${pepperFingerprint(fresh)} `);
        expect(await says()).toEqual([expect.stringMatching(elsewhere)]);
      });
    });
  });

  test('a pepper that cannot be read is said, and not to be replaced', async () => {
    rmSync(pepperFile);
    mkdirSync(pepperFile);
    const found = await bad();
    rmSync(pepperFile, { recursive: true });
    expect(found).toMatchObject([
      { id: 'pepper', status: 'advice', message: expect.stringContaining('cannot be read by this user') as string },
    ]);
    expect(found[0]?.fix).not.toContain('treasury pepper replace');
  });

  test('heads that can be neither read nor kept are said', async () => {
    writeFileSync(headsDirectory, 'no directory');
    const found = await bad();
    rmSync(headsDirectory);
    expect(found).toMatchObject([
      { id: 'heads', status: 'advice', message: expect.stringContaining('(ENOTDIR)') as string },
    ]);
    mkdirSync(headsDirectory);
    expect(await bad()).toEqual([]);
  });

  describe('the settings for SMS', () => {
    const says = async () => (await bad()).map((finding) => `${finding.id}: ${finding.message} ${finding.fix}`);
    const policy = async (text: string): Promise<void> => {
      const { answer } = await setPolicy(office.store, office.people.root, { text, reason: 'test' });
      await agreed(office.store, office.people.esther, Promise.resolve(answer));
    };
    const write = (text: string, mode = 0o600): void => {
      writeFileSync(smsFile, text);
      chmodSync(smsFile, mode);
    };
    const whole = 'provider = "africastalking"\nusername = "acme"\napi_key = "secret-key"\n';

    test('that a policy without SMS does not need are not looked at', async () => {
      await policy('[notify]\npayment_failed = ["cfo"]\n');
      expect(await says()).toEqual([]);
      write('nonsense =', 0o644);
      expect(await says()).toEqual([]);
    });

    test('that the policy needs and that are missing, open to others, unreadable or wrong are said with what to type', async () => {
      await policy('[notify]\npayment_failed = ["cfo"]\nvariance_recorded = ["cfo"]\nsms = ["payment_failed"]\n');
      rmSync(smsFile);
      const [missing = ''] = await says();
      expect(missing).toMatch(
        /^sms: The policy wants SMS \(payment_failed\)\. .* there is no .*sms\.toml\. write provider/,
      );
      write(whole, 0o644);
      expect(await says()).toEqual([expect.stringMatching(/^sms: .* others can read it\. chmod 600 .*sms\.toml$/)]);
      write('username = "acme"\napi_key = "secret-key"\n');
      const [wrong = ''] = await says();
      expect(wrong).toMatch(/^sms: .* provider is not "africastalking"\. write provider/);
      expect(wrong).not.toContain('secret-key');
      rmSync(smsFile);
      mkdirSync(smsFile);
      expect(await says()).toEqual([expect.stringMatching(/^sms: .* it is a directory\. make it a file .*chmod 600 /)]);
      rmSync(smsFile, { recursive: true });
      write(whole);
      expect(await says()).toEqual([]);
      await policy('[notify]\npayment_failed = ["cfo"]\n');
    });
  });

  describe('books that cannot be believed', () => {
    test.each([
      ['a balance', 'funds', 'balance_minor = balance_minor + 1', 'balance'],
      ['a reservation', 'funds', 'reserved_minor = reserved_minor + 1', 'reserved'],
      ['an entry', 'ledger_entries', "description = 'another'", 'audit'],
      ['an execution', 'payment_executions', "gateway_reference = 'ANOTHER'", 'audit'],
    ])('%s that was changed is broken', async (_, table, change, id) => {
      await tamperer.during([table], `update ${table} set ${change}`, [], async () => {
        const found = await bad();
        expect(found.filter((finding) => finding.status === 'broken').map((finding) => finding.id)).toContain(id);
      });
      expect(await bad()).toEqual([]);
    });

    test('a guard that was taken away is broken', async () => {
      const drop =
        dialect === 'sqlite'
          ? 'drop trigger ledger_entries_no_update'
          : 'alter table ledger_entries disable trigger ledger_entries_no_update';
      const guarded = await guards();
      await raw(drop);
      const found = await bad();
      await raw(guarded);
      expect(found).toMatchObject([{ id: 'schema', status: 'broken' }]);
      expect(found[0]?.message).toContain('ledger_entries_no_update');
      expect(await bad()).toEqual([]);
    });

    const raw = async (statement: string): Promise<void> => {
      if (dialect === 'postgres') return tamperer.run(statement);
      const connection = new Database(office.url.slice('sqlite:'.length));
      connection.exec(statement);
      connection.close();
    };
    const guards = async (): Promise<string> => {
      if (dialect === 'postgres') return 'alter table ledger_entries enable trigger ledger_entries_no_update';
      const [row] = await tamperer.rows("select sql from sqlite_schema where name = 'ledger_entries_no_update'");
      return String(row?.['sql']);
    };
  });

  describe('what waits', () => {
    test('messages of more than a day are said by how they go, each with how to learn why', async () => {
      const waiting = ['webhook', 'mail', 'webhook', 'sms'];
      await office.store.write(async (tx) => {
        const common = { payload: '{}', createdAt: tx.now, deliveredAt: null, deliveries: 1, lastError: 'no' };
        const none = { leaseUntil: null, nextAt: null, webhookId: null };
        await tx.db
          .insert(tx.t.outboxMessages)
          .values(waiting.map((topic) => ({ id: newId(), topic, ...common, ...none })));
      });
      const now = new Date(office.clock.now.getTime() + DAY + 1);
      const found = (await bad({ now })).map(({ id, message, fix }) => [id, message, fix]);
      await tamperer.run("update outbox_messages set delivered_at = created_at where last_error = 'no'");
      expect(found).toEqual([
        ['outbox', 'Have waited for more than a day: 1 by mail.', expect.stringContaining('office.mail_url')],
        ['outbox', 'Have waited for more than a day: 1 by SMS.', 'treasury worker run --once says why'],
        ['outbox', 'Have waited for more than a day: 2 for webhooks.', 'treasury webhook list'],
      ]);
      expect(await bad({ now })).toEqual([]);
    });

    test('a difference that no CFO has decided on for more than a day is said, and how to see it', async () => {
      const payment = await office.payment(fund);
      await office.pay(payment);
      const { view } = await recordPaymentVariance(office.store, office.people.david, {
        ...{ paymentId: payment.id, adjusted: '950', reason: 'receipt' },
      });
      const recorded = office.clock.now.getTime();
      const waitingAt = async (milliseconds: number) =>
        (await bad({ now: new Date(recorded + milliseconds) })).map(({ id, message, fix }) => [id, message, fix]);
      expect(await waitingAt(DAY)).toEqual([]);
      expect(await waitingAt(DAY + 1)).toEqual([
        [
          'variances',
          `Have waited for a CFO for more than a day: ${view.variance.ref}.`,
          'treasury variance list --status pending',
        ],
      ]);
      const variances = [view.variance.ref];
      await approveVariances(office.store, office.people.esther, { variances, reason: null });
      expect(await waitingAt(DAY + 1)).toEqual([]);
    });

    test('an outcome that is open for more than a day is said, and where it stands how to settle it', async () => {
      const payment = await office.payment(fund, { method: 'mpesa', amount: '300' });
      await office.execute(payment);
      const started = office.clock.now.getTime();
      const stuckAt = async (milliseconds: number) =>
        (await bad({ now: new Date(started + milliseconds) })).map((finding) => [finding.id, finding.fix]);
      expect(await stuckAt(DAY)).toEqual([]);
      expect(await stuckAt(DAY + 1)).toEqual([['stuck', `treasury payment show ${payment.ref}`]]);
    });
  });

  describe('a database that is not there', () => {
    test('is said, and the pepper is still looked at', async () => {
      pepper(PEPPER, 0o640);
      const databaseUrl =
        dialect === 'sqlite' ? `sqlite:${path.join(folder, 'none.db')}` : 'postgres://nobody@127.0.0.1:1/none';
      const found = await bad({ databaseUrl, openStore: () => Promise.reject(new Error('not reached')) });
      expect(found.map(({ id, status }) => [id, status])).toEqual([
        ['database', 'advice'],
        ['pepper', 'advice'],
      ]);
    });
  });
});
