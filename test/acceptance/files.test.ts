import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, type DemoOffice, type Person } from './demo-office.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { errorOf } from './documents.ts';

/** Every file that somebody can name: what is wrong with it is said in words, nothing was done, and what to give instead is told. */
let office: DemoOffice;
let files: string;
beforeAll(async () => {
  office = await aDemoOffice('sqlite');
  files = join(office.home, 'files');
  mkdirSync(join(files, 'directory'), { recursive: true });
  writeFileSync(join(files, 'empty'), '');
});
afterAll(() => office.close());

const READ: readonly (readonly [Person | null, (file: string) => readonly string[]])[] = [
  ['david', (file) => ['statement', 'show', file]],
  ['david', (file) => ['reconcile', file, '--fund', 'MPESA']],
  ['david', (file) => ['reconcile', 'apply', file]],
  ['amina', (file) => ['batch', 'create', file, '--fund', 'MPESA']],
  ['amina', (file) => ['requisition', 'import', file]],
  ['root-admin', (file) => ['policy', 'set', file, '--reason', 'a new year']],
  ['root-admin', (file) => ['policy', 'test', file, '--since', '2026-01-01']],
  ['carol', (file) => ['payment', 'import-callback', file]],
  ['david', (file) => ['bankfile', 'import', file]],
  [null, (file) => ['login', '--user', 'carol', '--password-file', file]],
];

const WRITTEN: readonly (readonly [Person, (file: string) => readonly string[]])[] = [
  ['carol', (file) => ['payment', 'list', '--out', file]],
  ['david', (file) => ['statement', 'list', '--out', file]],
];

const RAW = /\bE[A-Z]{4,}\b|\bbug\b/;

async function refusedFor(person: Person | null, args: readonly string[]): Promise<string> {
  const error = await errorOf(await office.as(person, [...args, '--json']));
  const what = `${args.join(' ')}: ${JSON.stringify(error)}`;
  expect(error.exit_code, what).toBe(2);
  expect(error.message, what).not.toMatch(RAW);
  expect(error, what).toMatchObject({
    unchanged: expect.stringMatching(/./) as string,
    fix: expect.stringMatching(/./) as string,
  });
  return error.message;
}

describe.each(READ.map(([person, args]) => [args('FILE').join(' '), person, args] as const))(
  '%s',
  (_, person, args) => {
    test('says that there is no such file, and that it is a directory', async () => {
      expect(await refusedFor(person, args(join(files, 'none')))).toContain('there is no such file');
      expect(await refusedFor(person, args(join(files, 'directory')))).toContain('it is a directory');
      expect(await refusedFor(person, args(join(files, 'empty', 'below')))).toContain(
        'a part of its path is no directory',
      );
    });

    test('an empty file is no bug', async () => {
      const error = await errorOf(await office.as(person, [...args(join(files, 'empty')), '--json']));
      expect([2, 4, 6, 7], JSON.stringify(error)).toContain(error.exit_code);
      expect(error.message).not.toMatch(RAW);
    });
  },
);

describe.each(WRITTEN.map(([person, args]) => [args('FILE').join(' '), person, args] as const))(
  '%s',
  (_, person, args) => {
    test('says why nothing can be written there', async () => {
      expect(await refusedFor(person, args(join(files, 'directory')))).toContain('it is a directory');
      expect(await refusedFor(person, args(join(files, 'none', 'out')))).toContain('there is no such directory');
    });
  },
);

describe('standard output on a full disk', () => {
  const ran = async (person: Person, line: string) => {
    const run = await execa('sh', ['-c', `"${process.execPath}" "${TOOL}" ${line}`], {
      env: { ...toolEnvironment(office.home), ...office.environment(person) },
      extendEnv: false,
      cwd: files,
      reject: false,
    });
    return { exit: run.exitCode, said: run.stderr };
  };

  test.each(['fund list', 'fund list --json', 'fund list --format csv', '--help', '--version', 'version'])(
    'is said in words where nothing was to be done (%s)',
    async (line) => {
      const { exit, said } = await ran('carol', `${line} > /dev/full`);
      expect(exit, said).toBe(2);
      expect(said).toContain('Error: Standard output cannot be written: the disk is full.');
      expect(said).toContain('df -h');
      expect(said).not.toMatch(RAW);
    },
  );

  test.each(['', '--json'])(
    'is a warning where something was done, and the answer goes to stderr (%s)',
    async (how) => {
      const { exit, said } = await ran('david', `fund freeze PETTY --reason count ${how} > /dev/full`);
      expect(exit, said).toBe(0);
      expect(said).toMatch(how === '' ? /Fund PETTY|PETTY/ : /"ok":true/);
      if (how === '')
        expect(said).toContain(
          'Warning: Standard output cannot be written: the disk is full. The command was carried out',
        );
      await ran('esther', `fund unfreeze PETTY`);
    },
  );

  test('of standard error ends nothing: only talk is lost', async () => {
    expect(await ran('carol', 'fund list --limit 1 2> /dev/full > /dev/null')).toMatchObject({ exit: 0 });
    expect(await ran('carol', 'fund show NONE 2> /dev/full')).toMatchObject({ exit: 3 });
    expect(await ran('carol', 'fund list > /dev/full 2>&1')).toMatchObject({ exit: 2 });
  });

  test('is no reader that has had enough: that stays quiet', async () => {
    for (const line of ['fund list', 'fund list --json', 'help', '--version'])
      expect(await ran('carol', `${line} | true`)).toEqual({ exit: 0, said: '' });
  });
});

test('a drop folder into which nothing can be moved fails its job, and does not end the worker', async () => {
  const folder = join(files, 'drop');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.csv'), 'Dear treasurer,\n');
  utimesSync(join(folder, 'a.csv'), new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
  // Where its directory would be lies a file, too new to be looked at.
  writeFileSync(join(folder, 'failed'), '');
  const add = ['schedule', 'add', 'reconcile', folder, '--fund', 'MPESA', '--cron', '0 5 * * *'];
  await office.data('david', add);
  await office.store.write(async (tx) => void (await tx.db.update(tx.t.schedules).set({ nextAt: tx.now })));
  const run = await office.as('david', ['worker', 'run', '--once', '--json']);
  expect(run.exitCode, run.stdout + run.stderr).toBe(12);
  expect(run.stdout).toContain('failed cannot be written: another file of that name is there');
  expect(existsSync(join(folder, 'a.csv'))).toBe(true);
});
