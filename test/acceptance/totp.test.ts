import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApp, type App } from '../support/an-app.ts';
import { readQrCode } from '../support/read-qr-code.ts';
import { aDemoOffice, DIALECTS, notThe, PASSWORD, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

/** Nobody listens there: whoever needs mail fails. */
const NO_MAIL = 'smtp://127.0.0.1:1';
const STEP_MS = 30_000;

interface Enrolment {
  readonly state: string;
  readonly enrolled: boolean;
  readonly secret: string | null;
  readonly uri: string | null;
  readonly recovery_codes: readonly string[] | null;
  readonly recovery_codes_left: number;
}

/** The code that an app shows after those of the present step: it is taken already, and is certainly not used. */
const nextCode = (app: App): string => app.codeAt(new Date(Date.now() + STEP_MS));
const codeNow = (app: App): string => app.codeAt(new Date());

describe.each(DIALECTS)('codes from an app, where no mail goes, on %s', (dialect) => {
  let office: DemoOffice;
  let app: App;
  let recoveryCodes: readonly string[];
  beforeAll(async () => {
    office = await aDemoOffice(dialect, { mailUrl: NO_MAIL });
  });
  afterAll(() => office.close());

  async function run(person: Person, exit: number, args: readonly string[], input?: string) {
    const ran = await office.as(person, [...args, '--json'], input === undefined ? {} : { input });
    expect(ran.exitCode, `${person}$ ${args.join(' ')}\n${ran.stdout}`).toBe(exit);
    return answerOf(ran);
  }

  test('an app is enrolled in two steps by a script, and the person is told as soon as mail goes', async () => {
    const begin = ['user', 'totp', 'enroll', '--password-stdin'];
    const begun = (await run('carol', 0, begin, PASSWORD)).data as Enrolment;
    expect(begun).toMatchObject({ state: 'pending', enrolled: false, recovery_codes: null });
    expect(begun.uri).toContain(`secret=${begun.secret}`);
    app = anApp(begun.uri ?? '');
    const confirm = ['user', 'totp', 'enroll', '--confirm', '--code-stdin'];
    expect(await run('carol', 4, confirm, notThe(codeNow(app)))).toMatchObject({ error: { code: 'OTP_INVALID' } });
    const answer = await run('carol', 0, confirm, codeNow(app));
    const done = answer.data as Enrolment;
    expect(done).toMatchObject({ state: 'enrolled', enrolled: true, secret: null, uri: null, recovery_codes_left: 10 });
    expect(answer.warnings.join(' ')).toContain('the letters wait');
    recoveryCodes = done.recovery_codes ?? [];
    expect(recoveryCodes).toHaveLength(10);
    for (const show of [['whoami'], ['user', 'show', 'carol']])
      expect((await run('carol', 0, show)).data).toMatchObject({ totp: { enrolled: true, recovery_codes_left: 10 } });
  });

  test('a payment is made with a code of the app: no mail is opened, and each code counts once', async () => {
    const ref = await office.payment();
    expect((await run('carol', 0, ['payment', 'otp', ref, '--send'])).data).toMatchObject({
      payment: ref,
      required: true,
      channel: 'totp',
      sent: false,
      sent_to: null,
      verified: false,
    });
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin'];
    const code = nextCode(app);
    expect((await run('carol', 0, verify, code)).data).toMatchObject({ channel: 'totp', verified: true });
    const paid = (await run('carol', 0, ['payment', 'execute', ref, '--yes'])).data as { execution: object };
    expect(paid.execution).toMatchObject({ otp_verified_by: 'carol', otp_verified_at: expect.any(String) as string });
    const next = await office.payment();
    await run('carol', 0, ['payment', 'otp', next, '--send']);
    expect(await run('carol', 4, ['payment', 'otp', next, '--verify', '--code-stdin'], code)).toMatchObject({
      error: { code: 'OTP_INVALID' },
    });
    const history = (await run('faith', 0, ['payment', 'history', ref])).data as { action: string; payload: object }[];
    const codes = history.filter(({ action }) => action.startsWith('otp.'));
    expect(codes).toMatchObject([{ payload: { channel: 'totp' } }, { payload: { channel: 'totp', by: 'app' } }]);
  });

  test('a recovery code pays too, once, and says how many are left', async () => {
    const ref = await office.payment();
    await run('carol', 0, ['payment', 'otp', ref, '--send']);
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin'];
    const answer = await run('carol', 0, verify, recoveryCodes[0]);
    expect(answer.warnings.join(' ')).toContain('9 are left');
    await run('carol', 0, ['payment', 'execute', ref, '--yes']);
    const next = await office.payment();
    await run('carol', 0, ['payment', 'otp', next, '--send']);
    await run('carol', 4, ['payment', 'otp', next, '--verify', '--code-stdin'], recoveryCodes[0]);
    expect((await run('carol', 0, ['user', 'totp', 'recovery', '--status'])).data).toMatchObject({
      state: 'enrolled',
      recovery_codes_left: 9,
      recovery_codes: null,
    });
  });

  test('one code for two payments in two processes at once: one of them is paid', async () => {
    await run('grace', 0, ['whoami']);
    const { app: hers } = await office.enrolled('grace');
    const [one, two] = [await office.payment(), await office.payment({ method: 'mpesa' })];
    for (const ref of [one, two]) await run('grace', 0, ['payment', 'otp', ref, '--send']);
    const code = codeNow(hers);
    const runs = await Promise.all(
      [one, two].map((ref) =>
        office.as('grace', ['payment', 'otp', ref, '--verify', '--code-stdin', '--json'], { input: code }),
      ),
    );
    expect(runs.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 4]);
  });

  test('its owner disables it with a recovery code and the password; both cannot come by standard input', async () => {
    const both = ['user', 'totp', 'disable', '--password-stdin', '--code-stdin'];
    expect(await run('carol', 2, both, PASSWORD)).toMatchObject({ error: { code: 'FLAGS_CONTRADICT' } });
    const disable = [
      'user',
      'totp',
      'disable',
      '--password-file',
      join(office.home, 'passwords', 'carol'),
      '--code-stdin',
    ];
    expect((await run('carol', 0, disable, recoveryCodes[5])).data).toMatchObject({ state: 'none', enrolled: false });
    const ref = await office.payment();
    expect(await run('carol', 9, ['payment', 'otp', ref, '--send'])).toMatchObject({ error: { exit_code: 9 } });
    expect(await run('carol', 6, disable, recoveryCodes[6])).toMatchObject({ error: { code: 'TOTP_NOT_ENROLLED' } });
  });

  test('the books and the trail are whole', async () => {
    for (const proof of ['ledger', 'audit']) await run('faith', 0, [proof, 'verify']);
  });
});

describe('enrolling at a terminal', () => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice('sqlite');
  });
  afterAll(() => office.close());

  /** What was shown to the app: the URI, put together again where the terminal broke it. */
  const uriOn = (screen: string): string => {
    const [, text = ''] = /(otpauth:\/\/[\s\S]*?)\n\s*\n/.exec(screen) ?? [];
    return text.replaceAll(/\s/g, '');
  };

  test.each([
    ['david', 44],
    ['esther', 100],
  ] as const)('%s at %i columns: QR code, secret, first code, recovery codes', async (person, columns) => {
    const session = office.terminal(person, ['user', 'totp', 'enroll'], { columns, rows: 60 });
    await session.waitFor('Your current password', 30_000);
    session.type(PASSWORD);
    session.press('enter');
    await session.waitFor(/First code of your app \(\d+:\d\d left\)/, 30_000);
    const shown = session.screen();
    expect(shown).toMatch(/[▀▄█]{3}/);
    expect(shown).not.toContain('resend');
    expect(shown).not.toContain(PASSWORD);
    const app = anApp(uriOn(shown));
    expect(readQrCode(shown.split('\n').filter((line) => /[▀▄█]{3}/.test(line)))).toBe(uriOn(shown));
    const secret = /secret=([A-Z2-7]{32})/.exec(uriOn(shown))?.[1] ?? 'none';
    expect(shown.replaceAll(/\s/g, '')).toContain(`${secret}otpauth`);
    session.type(notThe(codeNow(app)));
    session.press('enter');
    await session.waitFor('That is not a valid code', 30_000);
    await session.waitFor(/First code of your app \(\d+:\d\d left\)/, 30_000);
    session.type(codeNow(app));
    session.press('enter');
    expect((await session.exit).exitCode, session.screen()).toBe(0);
    const end = session.screen().slice(shown.length);
    expect(end.match(/[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}/g)).toHaveLength(10);
    // The record of a prompt holds every key; each of its frames fits.
    const lines = session
      .screen()
      .split('\n')
      .filter((line) => !/Your current password|First code/.test(line));
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    expect(stringWidth('First code of your app (10:00 left): 123456')).toBeLessThanOrEqual(44);
    expect(office.mails().some((mail) => mail.includes('Your codes come from an app now'))).toBe(true);
  });

  test('too narrow for the QR code, or without colours: secret and URI alone, and why', async () => {
    for (const [options, why] of [
      [{ columns: 30 }, 'does not fit into 30 columns'],
      [{ columns: 100, env: { NO_COLOR: '1' } }, 'without colours'],
    ] as const) {
      const session = office.terminal('faith', ['user', 'totp', 'enroll'], { rows: 60, ...options });
      await session.waitFor('Your current password', 30_000);
      session.type(PASSWORD);
      session.press('enter');
      await session.waitFor(/First code/, 30_000);
      expect(session.screen()).not.toMatch(/[▀▄█]{3}/);
      expect(session.screen().replaceAll('\n', ' ')).toContain(why);
      expect(uriOn(session.screen())).toMatch(/^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}/);
      session.type('q');
      session.press('enter');
      expect((await session.exit).exitCode).toBe(130);
      expect(session.screen()).toContain('The app is not enrolled.');
    }
    expect(await office.data('faith', ['whoami'])).toMatchObject({ totp: { enrolled: false } });
  });

  test('payment execute asks for a code of the app, offers no mail, and takes a recovery code', async () => {
    const { app, recoveryCodes } = await office.enrolled('carol');
    const mails = office.mails().length;
    for (const [wrong, right] of [
      ['r', codeNow(app)],
      [notThe(codeNow(app)), recoveryCodes[0] ?? ''],
    ] as const) {
      const session = office.terminal('carol', ['payment', 'execute', await office.payment()]);
      await session.waitFor(/Code from your app \(\d:\d\d left\)/, 30_000);
      expect(session.screen()).not.toContain('resend');
      session.type(wrong);
      session.press('enter');
      await session.waitFor(wrong === 'r' ? 'six digits or a recovery code' : 'That is not a valid code', 30_000);
      await session.waitFor(/Code from your app \(\d:\d\d left\)/, 30_000);
      session.type(right);
      session.press('enter');
      await session.waitFor('(y/N)', 30_000);
      session.type('y');
      session.press('enter');
      expect((await session.exit).exitCode, session.screen()).toBe(0);
    }
    expect(office.mails().length).toBe(mails);
  });
});

describe.each(DIALECTS)('another pepper on %s', (dialect) => {
  let office: DemoOffice;
  let pepperFile: string;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    pepperFile = join(office.home, 'pepper');
    await office.data('carol', ['payment', 'execute', await office.ready(), '--yes']);
  });
  afterAll(() => office.close());

  const show = async (env: Record<string, string> = {}) =>
    (await answerOf(await office.as('carol', ['pepper', 'show', '--json'], { env }))).data as {
      state: string;
      fingerprint: string | null;
      in_force: string;
      next_fingerprint: string | null;
    };
  const findingOf = async (env: Record<string, string> = {}) => {
    const ran = await office.as('root-admin', ['doctor', '--json'], { env });
    const { data } = await answerOf(ran);
    return (data as { id: string; message: string; fix: string | null }[]).find(({ id }) => id === 'pepper');
  };
  const replace = ['pepper', 'replace', '--reason', 'a copy was lost'];

  test('is rehearsed without a file', async () => {
    const ran = await office.as('root-admin', [...replace, '--dry-run', '--json']);
    expect(ran.exitCode).toBe(0);
    expect(existsSync(`${pepperFile}.next`)).toBe(false);
  });

  test('waits beside the old one until another person confirms; then it is taken by the next command', async () => {
    const { app } = await office.enrolled('carol');
    const old = await show();
    expect(old).toMatchObject({ state: 'in_place', next_fingerprint: null });
    const proposed = await office.as('root-admin', replace);
    expect(proposed.exitCode).toBe(0);
    expect(proposed.stdout).toContain(`${pepperFile}.next`);
    expect(proposed.stdout).toContain('Every other machine');
    expect(statSync(`${pepperFile}.next`).mode & 0o777).toBe(0o600);
    const made = readFileSync(`${pepperFile}.next`, 'utf8');
    const waiting = await show();
    expect(waiting).toMatchObject({ state: 'in_place', fingerprint: old.fingerprint });
    // Asked for again it is refused, and what waits is not written over.
    const again = await office.as('root-admin', [...replace, '--json']);
    expect(await errorOf(again)).toMatchObject({ code: 'CHANGE_PENDING', exit_code: 7 });
    expect(readFileSync(`${pepperFile}.next`, 'utf8')).toBe(made);
    // Another machine, with a copy of the old pepper.
    const elsewhere = { TREASURY_PEPPER_FILE: join(office.home, 'elsewhere') };
    copyFileSync(pepperFile, elsewhere.TREASURY_PEPPER_FILE);
    const ref = await office.payment();
    await office.data('carol', ['payment', 'otp', ref, '--send']);
    const change = await office.newestChange();
    await office.data('esther', ['change', 'confirm', change, '--yes']);
    expect(await show()).toMatchObject({ state: 'new_file_ready', in_force: waiting.next_fingerprint });
    expect((await findingOf())?.fix).toBe(`mv ${pepperFile}.next ${pepperFile}`);
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin', '--json'];
    const stranded = await office.as('carol', verify, { input: codeNow(app), env: elsewhere });
    expect(await errorOf(stranded)).toMatchObject({ code: 'PEPPER_MISMATCH', exit_code: 6 });
    expect(await findingOf(elsewhere)).toMatchObject({
      message: expect.stringContaining('has replaced its pepper') as string,
      fix: expect.stringContaining(`${elsewhere.TREASURY_PEPPER_FILE}.next`) as string,
    });
    // What was awaited from the app is dead, and so is the app.
    expect(await errorOf(await office.as('carol', verify, { input: codeNow(app) }))).toMatchObject({
      code: 'OTP_INVALID',
    });
    expect(existsSync(`${pepperFile}.next`)).toBe(false);
    expect(readFileSync(pepperFile, 'utf8')).toBe(made);
    expect(await show()).toMatchObject({ state: 'in_place', fingerprint: waiting.next_fingerprint });
    // Carried there, it is taken there.
    copyFileSync(pepperFile, `${elsewhere.TREASURY_PEPPER_FILE}.next`);
    const fresh = await office.as('carol', ['payment', 'otp', ref, '--send', '--json'], { env: elsewhere });
    expect(fresh.exitCode, fresh.stdout).toBe(0);
    expect(await show(elsewhere)).toMatchObject({ state: 'in_place', next_fingerprint: null });
    const mailed = await office.as('carol', verify, { input: office.newestCode() });
    expect(mailed.exitCode, mailed.stdout).toBe(0);
    expect(office.mails().some((mail) => mail.includes('Enrol your app again'))).toBe(true);
  });

  test('helps when the old one is lost for good', async () => {
    rmSync(pepperFile);
    expect(await show()).toMatchObject({ state: 'missing', fingerprint: null });
    expect((await findingOf())?.fix).toContain('treasury pepper replace');
    const ref = await office.payment();
    const send = ['payment', 'otp', ref, '--send', '--json'];
    expect(await errorOf(await office.as('carol', send))).toMatchObject({ code: 'PEPPER_MISSING', exit_code: 6 });
    await office.data('root-admin', replace);
    await office.data('esther', ['change', 'confirm', await office.newestChange(), '--yes']);
    expect((await office.as('carol', send)).exitCode).toBe(0);
    expect(await show()).toMatchObject({ state: 'in_place' });
  });

  test('is not the one that somebody put there: codes are blocked, logins are not', async () => {
    const kept = readFileSync(pepperFile, 'utf8');
    writeFileSync(pepperFile, `${Buffer.alloc(32, 1).toString('base64')}\n`);
    const ref = await office.payment();
    const send = await office.as('carol', ['payment', 'otp', ref, '--send', '--json']);
    expect(await errorOf(send)).toMatchObject({ code: 'PEPPER_MISMATCH', exit_code: 6 });
    const login = await office.as('carol', ['login', '--user', 'carol', '--password-stdin'], { input: PASSWORD });
    expect(login.exitCode).toBe(0);
    writeFileSync(pepperFile, 'nonsense');
    expect((await show()).state).toBe('damaged');
    writeFileSync(pepperFile, kept);
    expect((await office.as('carol', ['payment', 'otp', ref, '--send'])).exitCode).toBe(0);
  });
});
