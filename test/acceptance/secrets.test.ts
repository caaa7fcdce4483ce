import { execa } from 'execa';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApp } from '../support/an-app.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice } from './demo-office.ts';
import { answerOf } from './documents.ts';
import { scratchDirectory } from '../support/scratch.ts';

const strace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Every file below a directory, by its path from there. */
const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));

const contentsOf = (directory: string, folder: string): string[] =>
  readdirSync(join(directory, folder)).map((name) => readFileSync(join(directory, folder, name), 'utf8').trim());

/** The forms in which a pepper could leak. */
function formsOf(pepper: string): string[] {
  const bytes = Buffer.from(pepper, 'base64');
  return [pepper, bytes.toString('hex'), bytes.toString('base64url'), bytes.toString('latin1')];
}

/** A code as a figure of its own; six digits inside a hash are none. */
const standsIn = (text: string, code: string): boolean => new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`).test(text);

/** The bytes of a base 32 text (RFC 4648). */
function base32Bytes(text: string): number[] {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}

describe('the whole story of the demo', () => {
  /** A folder of this test alone, and the office in it. */
  let folder: string;
  let directory: string;
  let printed: string;
  let commands: string;

  beforeAll(async () => {
    folder = scratchDirectory('treasury-demo-');
    directory = join(folder, 'office');
    const trace = join(folder, 'trace');
    const line = [process.execPath, TOOL, 'demo', '--seed', '7', '--json', '--dir', directory];
    const watched = strace
      ? ['strace', '-f', '--seccomp-bpf', '-e', 'trace=execve', '-s', '9999', '-o', trace, ...line]
      : line;
    const [file = '', ...args] = watched;
    const run = await execa(file, args, {
      env: toolEnvironment(folder),
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
    });
    const ended = { exitCode: run.exitCode ?? -1, stdout: run.stdout, stderr: run.stderr };
    await answerOf({ ...ended, json: <T>() => JSON.parse(run.stdout) as T });
    expect(ended.exitCode).toBe(0);
    printed = run.stdout + run.stderr;
    commands = strace ? readFileSync(trace, 'utf8') : '';
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('nothing of it is readable by others', () => {
    for (const file of filesIn(directory))
      expect((statSync(join(directory, file)).mode & 0o077).toString(8), file).toBe('0');
    expect(statSync(directory).mode & 0o077).toBe(0);
  });

  test('passwords, tokens and the pepper are nowhere but in their own files', () => {
    const secrets = [
      ...contentsOf(directory, 'passwords'),
      ...contentsOf(directory, 'sessions'),
      ...formsOf(readFileSync(join(directory, 'pepper'), 'utf8').trim()),
    ];
    expect(secrets.length).toBeGreaterThan(15);
    const elsewhere = filesIn(directory).filter((file) => !/^(?:passwords|sessions)\/|^pepper$/.test(file));
    expect(elsewhere).toContain('treasury.db');
    for (const secret of secrets) {
      expect(printed).not.toContain(secret);
      expect(commands).not.toContain(secret);
      for (const file of elsewhere)
        expect(readFileSync(join(directory, file)).includes(Buffer.from(secret, 'latin1')), file).toBe(false);
    }
  });

  test('a code is in its own mail only, and in no command line', () => {
    const mails = contentsOf(directory, 'outbox');
    expect(mails.length).toBeGreaterThan(2);
    if (strace) expect(commands).toContain('--code-stdin');
    const others = filesIn(directory).filter((file) => !file.startsWith('outbox/'));
    for (const [at, mail] of mails.entries()) {
      const code = /^(\d{6})\s*$/m.exec(mail)?.[1] ?? 'none';
      expect(code).toMatch(/^\d{6}$/);
      expect(standsIn(printed, code)).toBe(false);
      expect(standsIn(commands, code)).toBe(false);
      for (const [other, text] of mails.entries()) if (other !== at) expect(standsIn(text, code)).toBe(false);
      for (const file of others)
        expect(standsIn(readFileSync(join(directory, file), 'latin1'), code), file).toBe(false);
    }
  });

  test('its books hold', async () => {
    const environment = { ...toolEnvironment(directory), TREASURY_SESSION_FILE: join(directory, 'sessions', 'faith') };
    for (const proof of ['ledger', 'audit']) {
      const run = await execa(process.execPath, [TOOL, proof, 'verify'], {
        env: environment,
        extendEnv: false,
        reject: false,
      });
      expect(run.exitCode, run.stdout + run.stderr).toBe(0);
    }
  });
});

describe.each(DIALECTS)('what errors and the database say on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  test('a password is not repeated, whatever goes wrong with it', async () => {
    const secret = 'Sw0rdfish-0f-the-sea';
    const calls = [
      ['carol', ['login', '--user', 'carol', '--password-stdin']],
      ['carol', ['login', '--user', "carol'--", '--password-stdin']],
      ['root-admin', ['user', 'add', 'zoe', '--email', 'z', '--name', 'Z', '--role', 'pope', '--password-stdin']],
      ['root-admin', ['user', 'password', 'nobody', '--password-stdin']],
      ['carol', ['payment', 'otp', 'pay_zzzzzz', '--verify', '--code-stdin']],
    ] as const;
    for (const [person, args] of calls) {
      for (const more of [
        ['--debug', '--verbose'],
        ['--json', '--debug'],
      ]) {
        const { stdout, stderr, exitCode } = await office.as(person, [...args, ...more], { input: secret });
        expect(exitCode, args.join(' ')).toBeGreaterThan(1);
        expect(stdout + stderr).not.toContain(secret);
      }
    }
  });

  test('the database holds hashes only', async () => {
    const ref = await office.payment();
    await office.data('carol', ['payment', 'otp', ref, '--send']);
    const code = office.newestCode();
    await office.data('carol', ['payment', 'otp', ref, '--verify', '--code-stdin'], code);
    await office.data('carol', ['payment', 'execute', ref, '--yes']);
    const rows = await office.store.read(async (tx) => {
      const found: object[] = [];
      for (const table of Object.values(tx.t)) found.push(...(await tx.db.select().from(table)));
      return JSON.stringify(found);
    });
    const pepper = readFileSync(join(office.home, 'pepper'), 'utf8').trim();
    for (const secret of [PASSWORD, ...contentsOf(office.home, 'sessions'), ...formsOf(pepper)])
      expect(rows).not.toContain(secret);
    expect(standsIn(rows, code)).toBe(false);
    const seen = await office.as('faith', ['payment', 'history', ref, '--json']);
    expect(standsIn(seen.stdout, code)).toBe(false);
  });

  test('the secret of an app, its recovery codes and the pepper are in the answer that makes them, and nowhere else', async () => {
    const commands: string[] = [];
    const outputs: string[] = [];
    /** Runs a command as Grace, watched: what it starts with which arguments, and everything that it prints. */
    const run = async <Data>(args: readonly string[], input = ''): Promise<Data> => {
      const trace = join(office.home, '..', `${basename(office.home)}-trace`);
      const line = [process.execPath, TOOL, ...args, '--json', '--verbose', '--debug'];
      const [file = '', ...rest] = strace
        ? ['strace', '-f', '--seccomp-bpf', '-e', 'trace=execve', '-s', '9999', '-o', trace, ...line]
        : line;
      const env = toolEnvironment(office.home, office.environment('grace'));
      const ran = await execa(file, rest, { env, extendEnv: false, reject: false, input });
      if (strace) commands.push(readFileSync(trace, 'utf8'));
      rmSync(trace, { force: true });
      outputs.push(ran.stdout + ran.stderr);
      return (JSON.parse(ran.stdout) as { data: Data }).data;
    };
    const file = join(office.home, 'passwords', 'grace');
    const enroll = ['user', 'totp', 'enroll'];
    const begun = await run<{ secret: string; uri: string }>([...enroll, '--password-stdin'], PASSWORD);
    const app = anApp(begun.uri);
    const enrolled = await run<{ recovery_codes: string[] }>(
      [...enroll, '--confirm', '--code-stdin'],
      app.codeAt(new Date()),
    );
    const renew = ['user', 'totp', 'recovery', '--password-file', file, '--code-stdin'];
    const renewed = await run<{ recovery_codes: string[] }>(renew, app.codeAt(new Date(Date.now() + 30_000)));
    const [own, rest] = [outputs.splice(0), outputs];
    const ref = await office.payment();
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin'];
    await run(['payment', 'otp', ref, '--send']);
    await run(verify, renewed.recovery_codes[0]);
    await run(verify, renewed.recovery_codes[0]);
    await run(['payment', 'history', ref]);
    await run(['whoami']);
    await run(['user', 'show', 'grace']);
    await run(['user', 'totp', 'recovery', '--status']);
    await run(['user', 'totp', 'disable', '--password-file', file, '--code-stdin'], renewed.recovery_codes[1]);
    await office.data('root-admin', ['pepper', 'replace', '--reason', 'seen']);
    await run(['pepper', 'show']);
    for (const args of [['audit', 'log', '--limit', '0'], ['user', 'list'], ['change', 'list'], ['doctor']])
      rest.push((await office.as('faith', [...args, '--json'])).stdout);

    const codes = [...enrolled.recovery_codes, ...renewed.recovery_codes];
    const secrets = [
      ...[begun.secret, Buffer.from(base32Bytes(begun.secret)).toString('hex')],
      ...codes.flatMap((code) => [code, code.replaceAll('-', ''), code.toLowerCase()]),
    ];
    const peppers = ['pepper', 'pepper.next'].flatMap((name) =>
      formsOf(readFileSync(join(office.home, name), 'utf8').trim()),
    );
    expect(own[0]).toContain(begun.secret);
    expect([own[1], own[2]].join('')).not.toContain(begun.secret);
    expect(codes.every((code) => own.some((text) => text.includes(code)))).toBe(true);
    const rows = await office.store.read(async (tx) => {
      const found: object[] = [];
      for (const table of Object.values(tx.t)) found.push(...(await tx.db.select().from(table)));
      return JSON.stringify(found);
    });
    const places = filesIn(office.home).filter((name) => !/^(?:passwords|sessions)\/|^pepper(?:\.next)?$/.test(name));
    for (const secret of [...secrets, ...peppers]) {
      for (const text of [...rest, ...commands, rows]) expect(text).not.toContain(secret);
      for (const name of places)
        expect(readFileSync(join(office.home, name)).includes(Buffer.from(secret, 'latin1')), name).toBe(false);
    }
    for (const pepper of peppers) for (const text of own) expect(text).not.toContain(pepper);
  });

  test('a password inside a database URL is not repeated', async () => {
    const url = 'postgres://treasury:Sw0rdfish@127.0.0.1:1/treasury';
    for (const args of [
      ['fund', 'list'],
      ['config', 'list'],
      ['migrate'],
      ['config', 'set', 'database_url', url],
      ['doctor'],
      ['--debug', 'fund', 'list'],
    ]) {
      const { stdout, stderr } = await office.as('carol', args, { env: { TREASURY_DATABASE_URL: url } });
      expect(stdout + stderr, args.join(' ')).not.toContain('Sw0rdfish');
    }
  });
});
