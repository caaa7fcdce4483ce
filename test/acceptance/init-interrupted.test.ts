import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPostgresDatabase } from '../support/databases.ts';
import { beginTool, stoppingInside } from '../support/begun-tool.ts';
import { toolEnvironment } from '../support/tool.ts';
import { DIALECTS, PASSWORD } from './demo-office.ts';

interface Answer {
  readonly ok: boolean;
  readonly data?: { readonly created: boolean };
  readonly error?: {
    readonly code: string;
    readonly exit_code: number;
    readonly unchanged: string;
    readonly fix: string;
  };
}

describe.each(DIALECTS)('an init that is interrupted on %s', (dialect) => {
  let home: string;
  let env: Record<string, string>;
  let init: readonly string[];
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'treasury-init-'));
    writeFileSync(join(home, 'password'), PASSWORD, { mode: 0o600 });
    const url = dialect === 'sqlite' ? `sqlite:${join(home, 'office.db')}` : await newPostgresDatabase();
    env = toolEnvironment(home, { TREASURY_DATABASE_URL: url });
    const admin = ['--admin', 'root-admin', '--admin-email', 'root@acme.example'];
    const secret = ['--admin-password-file', join(home, 'password')];
    init = ['init', '--company', 'Acme Ltd', '--company-code', 'ACME', ...admin, ...secret, '--json'];
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const pepper = () => join(home, 'pepper');
  const answerOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as Answer;

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s before its office is saved says what it has made, and that there is no office',
    async (signal, code) => {
      rmSync(pepper(), { force: true });
      // Stands where the pepper is written; the database has its tables by then.
      const run = stoppingInside(init, env, { at: 'linked' });
      const goOn = await run.stands;
      run.signal(signal);
      goOn();
      const ended = await run.ended;
      expect([ended.code, ended.signal], ended.stderr).toEqual([code, null]);
      const { error } = answerOf(ended);
      expect(error).toMatchObject({ code: 'INTERRUPTED', exit_code: code });
      expect(error?.unchanged).toContain('No office was set up.');
      // Its tables are of the first run; what is there already was not made by the second one.
      expect(error?.unchanged.includes('the empty tables of ')).toBe(signal === 'SIGINT');
      expect(error?.unchanged).toContain(`the pepper file ${pepper()}`);
      expect(error?.fix).toContain('goes on from there');
      expect(existsSync(pepper())).toBe(true);
    },
  );

  test('does go on from there', async () => {
    expect(answerOf(await beginTool(init, env).ended)).toMatchObject({ ok: true, data: { created: true } });
    expect(answerOf(await beginTool(init, env).ended)).toMatchObject({ ok: true, data: { created: false } });
  });
});
