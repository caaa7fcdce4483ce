import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, test } from 'vitest';
import { cases } from '../support/seed.ts';
import { SABOTAGES } from './sabotages.ts';

/**
 * Whole worlds, each from a seed: people, cron and listeners that crash at any step, against a gateway that loses, doubles, delays and
 * lies. After each, what the gateway paid is what the books say, and every invariant holds. `npm run simulate -- --seed N --worlds M`
 * plays any of them again.
 */
const MAIN = path.join(import.meta.dirname, 'main.ts');
const MINUTES = 60_000;

const simulate = async (
  ...args: string[]
): Promise<{ readonly text: string; readonly exitCode: number | undefined }> => {
  const { stdout, exitCode } = await execa('node', [MAIN, ...args], { preferLocal: true, reject: false });
  return { text: stdout, exitCode };
};

const ON_SQLITE = cases(500);
const ON_POSTGRES = cases(25);

describe.concurrent('what a gateway paid is what the books say', () => {
  test(`in ${ON_SQLITE} worlds on sqlite`, { timeout: 60 * MINUTES }, async () => {
    const { text, exitCode } = await simulate('--seed', '1', '--worlds', `${ON_SQLITE}`);
    expect({ text, exitCode }).toMatchObject({ exitCode: 0 });
    // The worlds are not empty ones.
    const total = JSON.parse(text) as Record<string, number>;
    expect(total['paid']).toBeGreaterThan(3 * ON_SQLITE);
    expect(total['suspended']).toBeGreaterThan(0.05 * ON_SQLITE);
    expect(total['crashes']).toBeGreaterThan(ON_SQLITE);
  });

  test(`in ${ON_POSTGRES} worlds on postgres`, { timeout: 60 * MINUTES }, async () => {
    const server = inject('postgresUrl');
    const { text, exitCode } = await simulate('--seed', '1', '--worlds', `${ON_POSTGRES}`, '--postgres', server);
    expect({ text, exitCode }).toMatchObject({ exitCode: 0 });
  });
});

test('each step of the protocol that is broken on purpose is noticed', { timeout: 30 * MINUTES }, async () => {
  const names = Object.keys(SABOTAGES);
  const broken = names.flatMap((name) => ['--sabotage', name]);
  const { text, exitCode } = await simulate('--seed', '1', '--worlds', '200', ...broken);
  const noticed = names.filter((name) => text.includes(`${name}:\nworld `));
  expect(noticed).toEqual(names);
  expect(exitCode).toBe(0);
});
