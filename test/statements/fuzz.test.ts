import { expect, test } from 'vitest';
import { fuzzStatements } from '../fuzz/statements.ts';

const COUNT = 5_000;

test(
  `${COUNT} broken statements are read or refused, in linear time and bounded memory`,
  { timeout: 300_000 },
  async () => {
    const before = process.memoryUsage().rss;
    const report = await fuzzStatements({ count: COUNT, seed: 20_261_128 });
    expect(report.read + report.refused).toBe(COUNT);
    // Neither all of them nor none: else the mutations would test nothing.
    expect(report.read).toBeGreaterThan(COUNT / 20);
    expect(report.refused).toBeGreaterThan(COUNT / 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
  },
);
