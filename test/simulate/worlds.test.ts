import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, test } from 'vitest';
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

describe.concurrent('what a gateway paid is what the books say', () => {
  test('in 1,000 worlds on sqlite', { timeout: 15 * MINUTES }, async () => {
    const { text, exitCode } = await simulate('--seed', '1', '--worlds', '1000');
    expect({ text, exitCode }).toMatchObject({ exitCode: 0 });
    // The worlds are not empty ones.
    const total = JSON.parse(text) as Record<string, number>;
    expect(total['paid']).toBeGreaterThan(3000);
    expect(total['suspended']).toBeGreaterThan(50);
    expect(total['crashes']).toBeGreaterThan(1000);
  });

  test('in 50 worlds on postgres', { timeout: 15 * MINUTES }, async () => {
    const { text, exitCode } = await simulate('--seed', '1', '--worlds', '50', '--postgres', inject('postgresUrl'));
    expect({ text, exitCode }).toMatchObject({ exitCode: 0 });
  });
});

describe('a step of the protocol that is broken on purpose is noticed', () => {
  test.each(Object.keys(SABOTAGES))('%s', { timeout: 5 * MINUTES }, async (name) => {
    const { text, exitCode } = await simulate('--seed', '1', '--worlds', '200', '--jobs', '1', '--sabotage', name);
    expect({ text, exitCode }, 'nothing was noticed').toMatchObject({ exitCode: 1 });
    expect(text).toMatch(/^world \d+: /);
  });
});
