import { execa } from 'execa';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildIfStale, PROJECT } from '../support/build.ts';
import { toolEnvironment } from '../support/tool.ts';
import { aDemoOffice } from './demo-office.ts';

// An installation of its own, because what is kept lies beside the build.
const installation = mkdtempSync(path.join(os.tmpdir(), 'treasury-installed-'));
const compiled = path.join(installation, 'dist', '.compiled');

beforeAll(async () => {
  await buildIfStale();
  for (const part of ['bin', 'dist', 'drizzle', 'package.json']) {
    const isKept = (file: string) => path.basename(file) === '.compiled';
    cpSync(path.join(PROJECT, part), path.join(installation, part), {
      recursive: true,
      filter: (file) => !isKept(file),
    });
  }
  symlinkSync(path.join(PROJECT, 'node_modules'), path.join(installation, 'node_modules'));
});
afterAll(() => rmSync(installation, { recursive: true, force: true }));

const settings = async () => {
  const tool = path.join(installation, 'bin', 'treasury.js');
  const env = toolEnvironment(installation);
  return (await execa(process.execPath, [tool, 'config', 'list'], { env, extendEnv: false, reject: false })).stdout;
};

/** Where it is kept: by the version of Node, and by the name of the file that holds the hash of all others. */
const folder = (): string => {
  const [node = ''] = readdirSync(compiled);
  const builds = readdirSync(path.join(compiled, node));
  expect(builds).toEqual([entry()]);
  return path.join(compiled, node, ...builds);
};

const entry = (): string => {
  const [name = ''] = readdirSync(path.join(installation, 'dist')).filter((file) => /^app-[\w-]{8}\.cjs$/.test(file));
  expect(readFileSync(path.join(installation, 'dist', 'main.cjs'), 'utf8')).toContain(`"${name}"`);
  return name;
};

const kept = (): string[] => readdirSync(folder()).map((file) => path.join(folder(), file));

const codeKept = (): string[] => kept().filter((file) => file.endsWith('.code'));

test('compiled code is kept at the first run of a command, and never in halves', async () => {
  const first = await settings();
  expect(first).toContain('database_url');
  expect(kept().map((file) => path.basename(file).replace(/-.{8}\.cjs/, ''))).toEqual(
    expect.arrayContaining(['config-list', 'frame.code']),
  );
  expect(kept().filter((file) => /\.\d+$/.test(file))).toEqual([]);
  const before = codeKept().map((file) => readFileSync(file));
  expect(await settings()).toBe(first);
  expect(codeKept().map((file) => readFileSync(file))).toEqual(before);
});

test('kept code that is nonsense, empty, or of another file is not used', async () => {
  const good = await settings();
  const [one = '', two = ''] = codeKept();
  for (const nonsense of ['', 'nonsense', readFileSync(one).subarray(0, 1000), readFileSync(two)]) {
    for (const file of codeKept()) writeFileSync(file, nonsense);
    expect(await settings()).toBe(good);
  }
});

test('where nothing can be kept everything works', async () => {
  const good = await settings();
  rmSync(compiled, { recursive: true });
  writeFileSync(compiled, 'in the way');
  expect(await settings()).toBe(good);
});

test('the shortest commands run planned statements: none of what puts SQL together is loaded', async () => {
  const office = await aDemoOffice('sqlite');
  const tool = path.join(installation, 'bin', 'treasury.js');
  const run = (...args: readonly string[]) =>
    execa(process.execPath, [tool, ...args], { env: office.environment('carol'), extendEnv: false });
  try {
    rmSync(compiled, { recursive: true, force: true });
    await run('payment', 'execute', await office.ready(), '--yes');
    await run('fund', 'list');
    await run('status');
    expect(kept().map((file) => path.basename(file))).toEqual(expect.arrayContaining(['payment-execute', 'fund-list']));
    expect(codeKept().filter((file) => path.basename(file).startsWith('drizzle-'))).toEqual([]);
    // Another list needs it.
    await run('payment', 'list');
    expect(codeKept().filter((file) => path.basename(file).startsWith('drizzle-'))).toHaveLength(1);
  } finally {
    await office.close();
  }
});
