import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOOL, toolEnvironment, treasury } from '../support/tool.ts';
import { lineDifferences, withPlaceholders } from '../support/transcript-lines.ts';

const README = join(import.meta.dirname, '..', '..', 'README.md');

let home: string;
let first: string;

/** Plays the demo as a newcomer does and gives all that is printed. */
async function played(name: string): Promise<string> {
  const run = await treasury(['demo', '--dir', join(home, name)], { home, env: { COLUMNS: '100' } });
  expect(run.exitCode, run.stderr).toBe(0);
  return `${run.stdout}${run.stderr}`.replaceAll(join(home, name), '/tmp/treasury-demo');
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'treasury-demo-'));
  first = await played('one');
}, 240_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the demo', () => {
  test('prints what the README shows of it', () => {
    const [, tour] = /<!-- tour -->\n```\w*\n(.*?)```\n<!-- \/tour -->/s.exec(readFileSync(README, 'utf8')) ?? [];
    const shown = (tour ?? '').trimEnd().split('\n');
    expect(shown.length).toBeGreaterThan(30);
    const differences = lineDifferences(['…', ...shown.map(withPlaceholders), '…'], first.split('\n'));
    expect(differences.filter((line) => !line.startsWith(' '))).toEqual([]);
  });

  test('can be gone on with from cron, as the README shows it', async () => {
    const [, block = ''] = /<!-- cron -->\n```sh\n(.*?)```\n<!-- \/cron -->/s.exec(readFileSync(README, 'utf8')) ?? [];
    const lines = block
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('crontab'));
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'treasury token create',
      '0 7 *',
      'treasury token revoke',
    ]);
    const office = join(home, 'one');
    copyFileSync(join(office, 'passwords', 'david'), join(home, 'david.password'));
    writeFileSync(join(home, 'treasury'), `#!/bin/sh\nexec "${process.execPath}" "${TOOL}" "$@"\n`, { mode: 0o700 });
    writeFileSync(join(home, 'mail'), '#!/bin/sh\necho "$@" >> "$HOME/sent"\n', { mode: 0o700 });
    const david = { TREASURY_HOME: office, TREASURY_SESSION_FILE: join(office, 'sessions', 'david') };
    for (const line of lines) {
      const cron = /^(?:\S+ ){5} ?(?=TREASURY)/.test(line);
      // Cron's own shell has no session.
      const env = cron ? { TREASURY_HOME: office, TREASURY_SESSION_FILE: join(office, 'sessions', 'nobody') } : david;
      const ran = await execa('sh', ['-c', line.replace(/^(?:\S+ +){5}(?=TREASURY)/, '')], {
        env: { ...toolEnvironment(home, env), PATH: `${home}:${process.env['PATH'] ?? ''}` },
        extendEnv: false,
        cwd: home,
        reject: false,
      });
      expect(ran.exitCode, `${line}\n${ran.stdout}${ran.stderr}`).toBe(0);
    }
    expect(existsSync(join(home, 'sent'))).toBe(false);
    expect(statSync(join(home, 'low-funds.token')).mode & 0o077).toBe(0);
  });

  test('tells the same story for the same seed', async () => {
    const lines = (text: string): string[] => text.split('\n').map(withPlaceholders);
    expect(lines(await played('two'))).toEqual(lines(first));
  }, 240_000);

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stopped by %s it says that half an office is left, and shows no more', async (signal, exitCode) => {
    const office = join(home, signal);
    const child = execa(process.execPath, [TOOL, 'demo', '--dir', office], {
      env: toolEnvironment(home, {}),
      extendEnv: false,
      reject: false,
    });
    child.stderr.once('data', () => child.kill(signal));
    const ended = await child;
    expect(ended.exitCode, ended.stderr).toBe(exitCode);
    expect(ended.stderr.trimEnd().split('\n').slice(-3)).toEqual([
      'Error: Interrupted.',
      `Half an office lies in ${office}.`,
      `Fix: rm -r ${office}`,
    ]);
    expect(ended.stdout).toBe('');
  });

  test('leaves an office that each of its people can go on with', async () => {
    const office = join(home, 'one');
    for (const person of readdirSync(join(office, 'passwords'))) {
      const env = { TREASURY_HOME: office };
      const password = join(office, 'passwords', person);
      const login = await treasury(['login', '--user', person, '--password-file', password], { home, env });
      expect(login.exitCode, login.stderr).toBe(0);
      expect((await treasury(['whoami', '--json'], { home, env })).json<{ data: object }>().data).toMatchObject({
        username: person,
      });
    }
  });
});
