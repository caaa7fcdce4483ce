import { chmodSync, chownSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { openStore } from '../../src/store/open.ts';
import { copyOfDatabase } from '../support/databases.ts';
import { allScopes } from '../../src/domain/token.ts';
import { anApp } from '../support/an-app.ts';
import { rawConnection } from '../support/raw.ts';
import { aTamperer } from '../support/tampering.ts';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf, type Answer } from './documents.ts';

/** What somebody inside may try alone once the office has paid; each is refused or waits for another person. */
describe.each(DIALECTS)('somebody inside, alone, on %s', (dialect) => {
  let office: DemoOffice;

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    await run('carol', 0, 'payment', 'execute', await office.ready(), '--yes');
  });
  afterAll(() => office.close());

  /** Runs a command that must end with this exit code; its JSON answer is one that the schema allows. */
  async function run(person: Person | null, exit: number, ...args: readonly string[]) {
    const ran = await office.as(person, [...args, '--json'], { input: 'another horse battery' });
    expect(ran.exitCode, `${person}$ ${args.join(' ')}\n${ran.stdout}`).toBe(exit);
    return answerOf(ran);
  }

  /** The change that a command only proposed. */
  async function proposed(person: Person, ...args: readonly string[]): Promise<string> {
    const answer = await run(person, 0, ...args);
    expect(answer).toMatchObject({ schema: 'treasury.change/1', data: { status: 'pending', proposed_by: person } });
    return (answer.data as { ref: string }).ref;
  }

  /** Whose codes came from an app gets them by mail again, as the tests that follow expect. */
  async function byMailAgain(person: Person, recoveryCode = ''): Promise<void> {
    const file = join(office.home, 'passwords', person);
    const disable = ['user', 'totp', 'disable', '--password-file', file, '--code-stdin', '--json'];
    const ran = await office.as(person, disable, { input: recoveryCode });
    expect(ran.exitCode, ran.stdout).toBe(0);
  }

  const reject = (change: string) => run('esther', 0, 'change', 'reject', change);

  test('an admin makes a cashier and logs in as them: they cannot pay', async () => {
    const email = 'puppet@acme.example';
    const named = ['--email', email, '--name', 'Puppet', '--role', 'cashier', '--company', 'ACME'];
    const added = await run('root-admin', 0, 'user', 'add', 'puppet', ...named, '--password-stdin');
    expect(added.data).toMatchObject({ roles: [], pending_change: expect.stringMatching(/^chg_/) as string });
    const puppet = { TREASURY_SESSION_FILE: join(office.home, 'sessions', 'puppet') };
    const login = ['login', '--user', 'puppet', '--password-stdin', '--json'];
    expect((await office.as(null, login, { env: puppet, input: 'another horse battery' })).exitCode).toBe(0);
    const ref = await office.payment();
    for (const args of [
      ['payment', 'execute', ref, '--yes'],
      ['payment', 'otp', ref, '--send'],
      ['change', 'confirm', (added.data as { pending_change: string }).pending_change, '--yes'],
    ])
      // A person without a role belongs to no company: its changes do not exist for them.
      expect([3, 5]).toContain((await errorOf(await office.as(null, [...args, '--json'], { env: puppet }))).exit_code);
    await run('root-admin', 5, 'change', 'confirm', (added.data as { pending_change: string }).pending_change, '--yes');
  });

  test('an admin gives themselves, or a puppet that exists, a role that pays', async () => {
    await run('root-admin', 5, 'user', 'role', 'root-admin', '--role', 'cashier');
    await proposed('root-admin', 'user', 'role', 'faith', '--role', 'cashier', '--company', 'ACME');
    expect((await run('faith', 0, 'whoami')).data).toMatchObject({ roles: ['auditor'] });
  });

  test('an admin leads a cashier’s codes to another mailbox: the next one still goes to hers, and both are told', async () => {
    const change = await proposed('root-admin', 'user', 'edit', 'carol', '--email', 'thief@evil.example');
    await run('carol', 0, 'payment', 'otp', await office.payment(), '--send');
    const told = office.mails().filter((mail) => mail.includes(change));
    expect(told.map((mail) => /^To: (.*)$/m.exec(mail)?.[1])).toEqual(['carol@acme.example', 'thief@evil.example']);
    const codes = office.mails().filter((mail) => /^Subject: Your code/m.test(mail));
    expect(codes.every((mail) => !mail.includes('thief@evil.example'))).toBe(true);
    await reject(change);
  });

  test('an admin resets a cashier’s password: hers still is the one that lets in', async () => {
    const change = await proposed('root-admin', 'user', 'password', 'carol', '--password-stdin');
    const session = { TREASURY_SESSION_FILE: join(office.home, 'sessions', 'thief') };
    const login = (input: string) =>
      office.as(null, ['login', '--user', 'carol', '--password-stdin', '--json'], { env: session, input });
    expect((await login('another horse battery')).exitCode).toBe(4);
    expect((await login(readFileSync(join(office.home, 'passwords', 'carol'), 'utf8'))).exitCode).toBe(0);
    await reject(change);
  });

  test('an admin leads all mail elsewhere', async () => {
    const change = await proposed('root-admin', 'config', 'set', 'office.mail_url', 'smtp://mail.evil.example');
    expect((await run('carol', 0, 'config', 'get', 'office.mail_url')).data).toMatchObject({
      value: `file:${join(office.home, 'outbox')}`,
    });
    await reject(change);
  });

  test('a treasurer lifts a threshold, pays without a code, and lowers it again', async () => {
    const change = await proposed('david', 'fund', 'edit', 'PETTY', '--otp-threshold', '1,000,000');
    expect(await run('david', 4, 'payment', 'execute', await office.payment(), '--yes')).toMatchObject({
      error: { code: 'PAYMENT_NOT_EXECUTABLE' },
    });
    await run('david', 5, 'change', 'confirm', change, '--yes');
    await reject(change);
  });

  test('a treasurer says that what was paid was not, to pay it again', async () => {
    const ref = await office.ready({ method: 'mpesa' });
    await run('carol', 8, 'payment', 'execute', ref, '--yes');
    await run('carol', 5, 'payment', 'resolve', ref, '--not-paid', '--reason', 'not in the app', '--yes');
    const change = await proposed(
      'david',
      'payment',
      'resolve',
      ref,
      '--not-paid',
      '--reason',
      'not in the app',
      '--yes',
    );
    for (const args of [['retry'], ['cancel'], ['execute', '--yes']])
      await run('carol', 8, 'payment', args[0] ?? '', ref, ...args.slice(1));
    await run('david', 5, 'change', 'confirm', change, '--yes');
    await run('carol', 5, 'change', 'confirm', change, '--yes');
    await reject(change);
    await run('carol', 0, 'payment', 'resolve', ref, '--gateway-reference', 'SKJ9X2M9QR');
  });

  test('a treasurer reverses what was paid, to pay it again', async () => {
    const requisition = await office.requisition({ amount: '700.00' });
    const create = ['payment', 'create', '--requisition', requisition.number, '--fund', 'PETTY'];
    const { ref } = (await run('carol', 0, ...create)).data as { ref: string };
    await run('carol', 0, 'payment', 'otp', ref, '--send');
    const code = office.newestCode();
    expect(
      (await office.as('carol', ['payment', 'otp', ref, '--verify', '--code-stdin'], { input: code })).exitCode,
    ).toBe(0);
    await run('carol', 0, 'payment', 'execute', ref, '--yes');
    const change = await proposed('david', 'payment', 'reverse', ref, '--reason', 'wrong Jane', '--yes');
    await run('carol', 6, ...create);
    await run('esther', 0, 'change', 'confirm', change, '--yes');
    expect(await run('carol', 6, ...create)).toMatchObject({ error: { code: 'PAYMENT_NOT_CREATABLE' } });
    // Only when another approves it again is there something to pay.
    await run('amina', 5, 'requisition', 'approve', requisition.number);
    await run('brian', 0, 'requisition', 'approve', requisition.number);
    await run('carol', 0, ...create);
    await run('carol', 6, ...create);
  });

  test('somebody uses another’s session file: no file of others is taken, and a stolen secret leaves no key behind', async () => {
    const stolen = join(office.home, 'sessions', 'stolen');
    copyFileSync(join(office.home, 'sessions', 'esther'), stolen);
    const using = (args: readonly string[], input = '') =>
      office.as(null, [...args, '--json'], { env: { TREASURY_SESSION_FILE: stolen }, input });
    chmodSync(stolen, 0o640);
    expect(await errorOf(await using(['fund', 'list']))).toMatchObject({ code: 'SECRET_FILE_EXPOSED', exit_code: 4 });
    chmodSync(stolen, 0o600);
    if (process.getuid?.() === 0) {
      chownSync(stolen, 12_345, 0);
      expect(await errorOf(await using(['fund', 'list']))).toMatchObject({ code: 'SECRET_FILE_FOREIGN', exit_code: 4 });
      chownSync(stolen, 0, 0);
    }
    // Whoever has the secret is Esther, until she ends it; the trail keeps from where, and no token outlives it.
    const key = join(office.home, 'stolen.token');
    const token = ['token', 'create', 'mine', '--scope', 'books:read', '--out', key, '--password-stdin'];
    expect(await errorOf(await using(token, 'guessed horse battery'))).toMatchObject({ code: 'LOGIN_FAILED' });
    expect(existsSync(key)).toBe(false);
    const change = await proposed('david', 'fund', 'edit', 'MPESA', '--payment-limit', '80,000');
    expect((await using(['change', 'reject', change])).exitCode).toBe(0);
    const [event] = (await run('faith', 0, 'audit', 'log', '--subject', change, '--action', 'change.rejected'))
      .data as { actor: string; user_agent: string }[];
    expect(event).toMatchObject({
      actor: 'esther',
      user_agent: expect.stringMatching(/host=\S+ os_user=\S+ tty=none/) as string,
    });
  });

  test('a cashier uses a key that worked for another payment, or another’s key: neither pays, and the first is not paid twice', async () => {
    const [paid, next] = [await office.ready(), await office.ready()];
    const pay = (person: Person, ref: string, exit: number) =>
      run(person, exit, 'payment', 'execute', ref, '--yes', '--idempotency-key', 'november');
    expect(await pay('carol', paid, 0)).toMatchObject({ meta: { replayed: false } });
    expect(await pay('carol', next, 7)).toMatchObject({ error: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect((await run('carol', 0, 'payment', 'show', next)).data).toMatchObject({ status: 'pending' });
    expect(await pay('carol', paid, 0)).toMatchObject({ meta: { replayed: true } });
    // The name of a key gives nobody else its answer: Amina requested this payment.
    expect(await pay('amina', paid, 5)).toMatchObject({ error: { code: 'ROLE_MISSING' } });
    expect(await pay('grace', paid, 6)).toMatchObject({ error: { code: 'PAYMENT_NOT_EXECUTABLE' } });
    const history = (await run('faith', 0, 'payment', 'history', paid)).data as { action: string }[];
    expect(history.filter(({ action }) => action === 'payment.executed')).toHaveLength(1);
  });

  test('a token pays, asks for a code, approves or confirms, whatever its scopes', async () => {
    const keys = new Map<Person, string>();
    for (const person of ['brian', 'carol', 'esther'] as const) {
      const file = join(office.home, `${person}.token`);
      const args = ['token', 'create', 'every', '--scope', allScopes().join(','), '--out', file, '--password-stdin'];
      const password = readFileSync(join(office.home, 'passwords', person), 'utf8');
      expect((await office.as(person, args, { input: password })).exitCode).toBe(0);
      keys.set(person, file);
    }
    const change = await proposed('david', 'fund', 'edit', 'MPESA', '--payment-limit', '70,000');
    const ready = await office.ready();
    const line =
      'requisition create --payee Jane --amount 100 --purpose Taxi --method cash --to Jane --branch WESTLANDS';
    const requisition = ((await run('amina', 0, ...line.split(' '))).data as { ref: string }).ref;
    for (const [person, ...args] of [
      ['carol', 'payment', 'execute', ready, '--yes'],
      ['carol', 'payment', 'otp', ready, '--send'],
      ['brian', 'requisition', 'approve', requisition],
      ['esther', 'change', 'confirm', change, '--yes'],
      ['esther', 'token', 'list'],
    ] as const) {
      const ran = await office.as(person, [...args, '--json'], {
        env: { TREASURY_TOKEN_FILE: keys.get(person) ?? '' },
      });
      expect(await errorOf(ran), args.join(' ')).toMatchObject({ code: 'TOKEN_SCOPE', exit_code: 5 });
    }
    await reject(change);
  });

  test('somebody with the database alters what waits to be confirmed', async () => {
    const change = await proposed('david', 'fund', 'edit', 'MPESA', '--payment-limit', '90,000');
    const tamperer = await aTamperer(office.url, dialect);
    const forged = `update changes set payload = replace(payload, '90,000', '90,000,000') where ref = '${change}'`;
    await tamperer.during(['changes'], forged, [], async () => {
      expect(await run('esther', 11, 'change', 'confirm', change, '--yes')).toMatchObject({
        error: { code: 'CHANGE_ALTERED' },
      });
    });
    await tamperer.close();
    await reject(change);
  });

  test('somebody with the database takes a guard away: the next who would write says which, and writes nothing', async () => {
    const guard = 'ledger_entries_no_update';
    const ref = await office.ready();
    const owner = await rawConnection(office.url, dialect);
    await owner.run(`drop trigger ${guard}${dialect === 'sqlite' ? '' : ' on ledger_entries'}`);
    await owner.close();
    const fault = `trigger ${guard} of ledger_entries is missing`;
    expect(await run('carol', 11, 'payment', 'execute', ref, '--yes')).toMatchObject({
      error: { code: 'SCHEMA_ALTERED', faults: [fault], fix: 'treasury migrate --repair' },
    });
    await run('carol', 0, 'payment', 'show', ref);
    const doctor = await run(null, 11, 'doctor');
    expect(doctor.error?.checks).toContainEqual(
      expect.objectContaining({ id: 'schema', code: 'BROKEN', fix: { command: 'treasury migrate --repair', who: [] } }),
    );
    const asOwner = { env: { TREASURY_DATABASE_URL: office.url } };
    const repaired = await answerOf(await office.as(null, ['migrate', '--repair', '--json'], asOwner));
    expect(repaired.data).toMatchObject({ repair: { repaired: [fault], left: [] } });
    await run('carol', 0, 'payment', 'execute', ref, '--yes');
  });

  test('somebody takes a guard away, rewrites what it guards, and puts it back: the audit trail tells', async () => {
    const tamperer = await aTamperer(office.url, dialect);
    const rewritten = "update ledger_entries set description = 'to somebody else' where seq = 2";
    await tamperer.during(['ledger_entries'], rewritten, [], async () => {
      // The schema is as released again, so whoever writes sees nothing of it.
      await run('carol', 0, 'payment', 'otp', await office.payment(), '--send');
      expect(await run('faith', 11, 'audit', 'verify')).toMatchObject({ error: { code: 'AUDIT_BROKEN' } });
    });
    await tamperer.close();
  });

  test('somebody enrols an app of their own with a stolen session: it takes the password, and the owner is told', async () => {
    const stolen = { TREASURY_SESSION_FILE: join(office.home, 'sessions', 'david') };
    const enroll = (args: readonly string[], input: string) =>
      office.as(null, ['user', 'totp', 'enroll', ...args, '--json'], { env: stolen, input });
    expect(await errorOf(await enroll(['--password-stdin'], 'another horse battery'))).toMatchObject({
      code: 'LOGIN_FAILED',
      exit_code: 4,
    });
    expect(await errorOf(await enroll(['--confirm', '--code-stdin'], '123456'))).toMatchObject({
      code: 'TOTP_NOT_BEGUN',
    });
    expect((await run('david', 0, 'whoami')).data).toMatchObject({ totp: { enrolled: false } });
    // Whoever has the password as well is seen: David is told.
    const begun = await enroll(['--password-stdin'], readFileSync(join(office.home, 'passwords', 'david'), 'utf8'));
    const { uri } = (await answerOf(begun)).data as { uri: string };
    const confirmed = await enroll(['--confirm', '--code-stdin'], anApp(uri).codeAt(new Date()));
    const { recovery_codes: recoveryCodes } = (await answerOf(confirmed)).data as { recovery_codes: string[] };
    const told = office.mails().filter((mail) => mail.includes('Your codes come from an app now'));
    expect(told.map((mail) => /^To: (.*)$/m.exec(mail)?.[1])).toEqual(['david@acme.example']);
    await byMailAgain('david', recoveryCodes[0]);
  });

  test('an admin disables another’s app alone, to have the codes mailed: it waits for another person', async () => {
    const { app, recoveryCodes } = await office.enrolled('carol');
    const change = await proposed('root-admin', 'user', 'totp', 'disable', 'carol', '--reason', 'phone lost');
    const ref = await office.payment();
    const codes = () => office.mails().filter((mail) => /^Subject: Your code for payment/m.test(mail)).length;
    const before = codes();
    expect((await run('carol', 0, 'payment', 'otp', ref, '--send')).data).toMatchObject({ channel: 'totp' });
    expect(codes()).toBe(before);
    await run('root-admin', 5, 'change', 'confirm', change, '--yes');
    await run('carol', 5, 'change', 'confirm', change, '--yes');
    await reject(change);
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin', '--json'];
    const right = await office.as('carol', verify, { input: app.codeAt(new Date()) });
    expect(right.exitCode, right.stdout).toBe(0);
    await byMailAgain('carol', recoveryCodes[0]);
  });

  test('somebody swaps the pepper for one they know: codes are blocked, logins are not, and replacing it takes two', async () => {
    const file = join(office.home, 'pepper');
    const [kept, known] = [readFileSync(file, 'utf8'), `${Buffer.alloc(32, 1).toString('base64')}\n`];
    const ref = await office.payment();
    await run('carol', 0, 'payment', 'otp', ref, '--send');
    writeFileSync(file, known);
    for (const args of [['--send'], ['--verify', '--code-stdin']])
      expect(await run('carol', 6, 'payment', 'otp', ref, ...args)).toMatchObject({
        error: { code: 'PEPPER_MISMATCH' },
      });
    await run('carol', 0, 'whoami');
    // Proposed as the new one it still waits, and the fingerprint that is to be confirmed is seen.
    writeFileSync(`${file}.next`, known, { mode: 0o600 });
    const change = await proposed('root-admin', 'pepper', 'replace', '--reason', 'lost');
    await run('root-admin', 5, 'change', 'confirm', change, '--yes');
    await run('carol', 6, 'payment', 'otp', ref, '--send');
    await reject(change);
    rmSync(`${file}.next`);
    writeFileSync(file, kept);
    await run('carol', 0, 'payment', 'otp', ref, '--send');
  });

  /** A policy that was only proposed. */
  async function proposedPolicy(text: string): Promise<string> {
    const ran = await office.as('root-admin', ['policy', 'set', '-', '--reason', 'board', '--json'], { input: text });
    expect(ran.exitCode, ran.stdout).toBe(0);
    return ((await answerOf(ran)).data as { ref: string }).ref;
  }
  const ONE = '[[approval]]\napprovers = 1\n';

  test('an admin lowers what the policy asks, to have something paid, and would raise it again', async () => {
    const ref = await office.ready({}, 'grace');
    await run('esther', 0, 'change', 'confirm', await proposedPolicy('[[approval]]\napprovers = 2\n'), '--yes');
    const lower = await proposedPolicy(ONE);
    const refused = await run('grace', 6, 'payment', 'execute', ref, '--yes');
    expect(refused.error?.checks?.find(({ ok }) => ok === false)).toMatchObject({ code: 'APPROVALS_MISSING' });
    for (const person of ['root-admin', 'carol', 'david'] as const)
      await run(person, 5, 'change', 'confirm', lower, '--yes');
    await reject(lower);
    expect((await run('faith', 0, 'policy', 'explain', ref)).data).toMatchObject({
      decided: null,
      now: { policy: 1, passed: false },
    });
    await run('esther', 0, 'change', 'confirm', await proposedPolicy(ONE), '--yes');
    await run('grace', 0, 'payment', 'execute', ref, '--yes');
    // By which version it was judged stays with the payment for good.
    expect((await run('faith', 0, 'policy', 'explain', ref)).data).toMatchObject({
      decided: { policy: 2, passed: true },
    });
  });

  test('somebody approves in two roles what takes two people', async () => {
    const both = ['user', 'role', 'musa', '--role', 'approver,cfo', '--company', 'ACME'];
    await run('esther', 0, 'change', 'confirm', await proposed('root-admin', ...both), '--yes');
    const login = ['login', '--user', 'musa', '--password-stdin', '--json'];
    expect((await office.as('musa', login, { input: PASSWORD })).exitCode).toBe(0);
    const two = await proposedPolicy('[[approval]]\napprovers = 2\nroles = ["cfo"]\n');
    await run('esther', 0, 'change', 'confirm', two, '--yes');
    const wish = ['--payee', 'Jane', '--amount', '100', '--purpose', 'Taxi', '--method', 'cash', '--to', 'Jane'];
    const created = await run('amina', 0, 'requisition', 'create', ...wish, '--branch', 'WESTLANDS');
    const { number } = created.data as { number: string };
    expect((await run('musa', 0, 'requisition', 'approve', number)).data).toMatchObject({
      status: 'submitted',
      approval: { given: 1, needed: 2, may_approve: ['brian', 'esther'] },
    });
    expect(await run('musa', 5, 'requisition', 'approve', number)).toMatchObject({
      error: { code: 'DECIDED_ALREADY' },
    });
    expect((await run('brian', 0, 'requisition', 'approve', number)).data).toMatchObject({ status: 'approved' });
    await run('esther', 0, 'change', 'confirm', await proposedPolicy(ONE), '--yes');
  });

  test('somebody imports requisitions that are approved already: there is no such column, and none is', async () => {
    const file = join(office.home, 'approved.csv');
    const header = 'payee,amount,purpose,method,destination,company,region,branch,category';
    writeFileSync(file, `${header},status\nJane,100,Taxi,cash,Jane,,,WESTLANDS,,approved\n`);
    expect(await run('amina', 2, 'requisition', 'import', file)).toMatchObject({ error: { code: 'IMPORT_INVALID' } });
    writeFileSync(file, `${header}\nJane,100,Taxi,cash,Jane,,,WESTLANDS,approved\n`);
    const [one] = (await run('amina', 0, 'requisition', 'import', file)).data as { number: string; status: string }[];
    expect(one).toMatchObject({ status: 'submitted', approvals: [] });
    await run('carol', 6, 'payment', 'create', '--requisition', one?.number ?? '', '--fund', 'PETTY');
  });

  test('after all this the books and the trail are whole', async () => {
    for (const proof of ['ledger', 'audit']) await run('faith', 0, proof, 'verify');
  });
});

/** What somebody may try with the machine: its clock, and copies of the database; both people needed to put it right can log in. */
describe.each(DIALECTS)('somebody with the machine, on %s', (dialect) => {
  let office: DemoOffice;
  beforeEach(async () => {
    office = await aDemoOffice(dialect);
  });
  afterEach(() => office.close());

  /** Runs a command that must end with this exit code; on another database when one is named. */
  async function run(person: Person, exit: number, args: readonly string[], database = office.url) {
    const ran = await office.as(person, [...args, '--json'], { env: { TREASURY_DATABASE_URL: database } });
    expect(ran.exitCode, `${person}$ ${args.join(' ')}\n${ran.stdout}`).toBe(exit);
    return answerOf(ran);
  }
  async function logIn(person: Person, database = office.url): Promise<void> {
    const password = ['--password-file', join(office.home, 'passwords', person)];
    await run(person, 0, ['login', '--user', person, ...password], database);
  }
  const newChange = (answer: Answer): string => (answer.data as { ref: string }).ref;

  test('restores yesterday’s copy and pays again: refused until two people have accepted the copy', async () => {
    const requisition = await office.requisition({ amount: '900.00' });
    const create = (fund: string) => ['payment', 'create', '--requisition', requisition.number, '--fund', fund];
    const { ref } = (await run('carol', 0, create('PETTY'))).data as { ref: string };
    await run('carol', 0, ['payment', 'otp', ref, '--send']);
    const code = { input: office.newestCode() };
    expect((await office.as('carol', ['payment', 'otp', ref, '--verify', '--code-stdin'], code)).exitCode).toBe(0);
    const yesterday = await copyOfDatabase(office.url);
    await run('carol', 0, ['payment', 'execute', ref, '--yes']);

    const again = await run('carol', 11, ['payment', 'execute', ref, '--yes'], yesterday);
    expect(again.error).toMatchObject({ code: 'DATABASE_BEHIND', checks: [{ id: 'copy', ok: false }] });
    for (const args of [
      ['payment', 'explain', ref],
      ['payment', 'otp', ref, '--send'],
      // As nothing of it was paid as far as the copy knows, another fund might pay it.
      create('MPESA'),
    ])
      expect((await run('carol', 11, args, yesterday)).error).toMatchObject({ code: 'DATABASE_BEHIND' });
    await run('faith', 11, ['audit', 'verify'], yesterday);
    expect((await run('faith', 11, ['doctor'], yesterday)).error?.checks).toContainEqual(
      expect.objectContaining({ id: 'copy', ok: false, code: 'BROKEN' }),
    );
    const seen = await run('faith', 10, ['guard', 'show'], yesterday);
    expect(seen.data).toMatchObject({
      heads: expect.arrayContaining([expect.objectContaining({ verdict: 'missing' })]) as object,
    });

    const accept = ['guard', 'accept', 'copy', '--reason', 'disk lost; reconciled'];
    for (const person of ['carol', 'david', 'root-admin'] as const) await run(person, 5, accept, yesterday);
    const change = newChange(await run('esther', 0, accept, yesterday));
    await run('esther', 5, ['change', 'confirm', change, '--yes'], yesterday);
    await run('carol', 11, ['payment', 'execute', ref, '--yes'], yesterday);
    await run('olga', 0, ['change', 'confirm', change, '--yes'], yesterday);
    await run('faith', 0, ['guard', 'show'], yesterday);
    await run('faith', 0, ['audit', 'verify'], yesterday);
    // Now the office goes on with the copy, and the database that was left behind is the one that is refused.
    await run('carol', 0, ['payment', 'execute', ref, '--yes'], yesterday);
    expect((await run('carol', 11, create('MPESA'))).error?.code).toMatch(/^DATABASE_/);
  });

  test('turns the clock back to use a code again: refused until an admin and another have accepted the clock', async () => {
    await run('carol', 0, ['payment', 'execute', await office.ready(), '--yes']);
    const ref = await office.ready();
    const late = await openStore(office.url, { clock: () => new Date(Date.now() + 60 * 60_000) });
    await freezeFund(late, await office.actor('david'), { fund: 'PETTY', reason: 'counting' });
    await late.close();
    for (const args of [
      ['payment', 'execute', ref, '--yes'],
      ['payment', 'explain', ref],
      ['payment', 'otp', ref, '--send'],
    ]) {
      const { error } = await run('carol', 7, args);
      expect(error).toMatchObject({ code: 'CLOCK_BEHIND', unchanged: 'Nothing was changed.' });
      expect(error?.fix).toContain('treasury guard accept clock --reason REASON');
      expect(error?.checks).toMatchObject([{ id: 'clock', facts: { newest_event: expect.any(String) as string } }]);
    }
    expect((await run('faith', 10, ['doctor'])).data).toContainEqual(
      expect.objectContaining({ id: 'clock', status: 'advice' }),
    );
    expect((await run('faith', 10, ['guard', 'show'])).data).toMatchObject({ clock: { verdict: 'behind' } });

    const accept = ['guard', 'accept', 'clock', '--reason', 'the clock ran ahead'];
    await run('esther', 5, accept);
    await logIn('root-admin');
    const change = newChange(await run('root-admin', 0, accept));
    await run('root-admin', 5, ['change', 'confirm', change, '--yes']);
    await logIn('esther');
    await run('esther', 0, ['change', 'confirm', change, '--yes']);
    // Everybody has to log in again, and the code of before is void.
    await run('carol', 4, ['payment', 'explain', ref]);
    for (const person of ['carol', 'faith', 'esther', 'david'] as const) await logIn(person);
    const unfreeze = newChange(await run('david', 0, ['fund', 'unfreeze', 'PETTY', '--reason', 'counted']));
    await run('esther', 0, ['change', 'confirm', unfreeze, '--yes']);
    const { error } = await run('carol', 4, ['payment', 'execute', ref, '--yes']);
    expect(error?.checks).toContainEqual(expect.objectContaining({ id: 'otp', ok: false, code: 'OTP_REQUIRED' }));
    await run('faith', 0, ['guard', 'show']);
    for (const proof of ['ledger', 'audit']) await run('faith', 0, [proof, 'verify']);
  });

  test('turns the clock ahead, or the office was closed for a week: nothing is written before it is accepted', async () => {
    const tamperer = await aTamperer(office.url, dialect);
    const past = dialect === 'sqlite' ? 'head_at - 691200000' : "head_at - interval '8 days'";
    for (const table of ['office', 'funds']) await tamperer.run(`update ${table} set head_at = ${past}`);
    await tamperer.close();
    const wish = ['--payee', 'Jane', '--amount', '9', '--purpose', 'Taxi', '--method', 'cash', '--to', 'Jane'];
    await run('amina', 7, ['requisition', 'create', ...wish, '--branch', 'WESTLANDS']);
    const { error } = await run('david', 7, ['fund', 'freeze', 'PETTY']);
    expect(error).toMatchObject({ code: 'CLOCK_AHEAD', message: expect.stringContaining('8 d') as string });
    await run('carol', 0, ['fund', 'list']);
    await logIn('root-admin');
    // Nobody has been paid yet: one person is enough.
    await run('root-admin', 0, ['guard', 'accept', 'clock', '--reason', 'closed over Christmas']);
    await logIn('david');
    await run('david', 0, ['fund', 'freeze', 'PETTY']);
  });

  test('hides what was done: the head in an old mail is found, or missed', async () => {
    const ref = await office.payment();
    await run('carol', 0, ['payment', 'otp', ref, '--send']);
    const head =
      /^Audit head:\s+([0-9a-f]{64})\s*$/m.exec((office.mails().at(-1) ?? '').replaceAll(/=\r?\n/g, ''))?.[1] ?? '';
    const verify = (wanted: string) => ['audit', 'verify', '--head', wanted];
    const found = await run('faith', 0, verify(head));
    expect(found.data).toMatchObject({ heads: [{ head, chain: 'fund:PETTY', since: 1 }] });
    expect((await run('faith', 0, [...verify(head.slice(0, 12)), '--fund', 'PETTY'])).data).toMatchObject({
      heads: [{ head }],
    });
    const unknown = `${head.slice(0, 63)}${head.endsWith('0') ? '1' : '0'}`;
    for (const args of [verify(unknown), [...verify(head), '--fund', 'MPESA'], verify(`${head},${unknown}`)])
      expect((await run('faith', 11, args)).error).toMatchObject({ code: 'HEAD_UNKNOWN' });
    await run('faith', 2, verify(head.slice(0, 11)));
    expect(
      (await run('faith', 0, ['audit', 'verify', '--head', head, '--head', head.toUpperCase()])).data,
    ).toMatchObject({
      heads: [{ head }],
    });
  });
});
