import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const inline = { deps: { inline: ['drizzle-orm'] } };

/** Most of the time a test waits for a process or a server, so even two cores do two at once. */
const AT_ONCE = Math.max(2, availableParallelism() - 1);

/** Crowds of processes and kills need the machine for themselves. */
const CROWDS = ['test/acceptance/{crowd,guessing,kill,kill-reconcile,rails}.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          setupFiles: ['test/support/seed.ts'],
          name: 'rules',
          maxWorkers: AT_ONCE,
          include: ['test/{commands,domain,terminal,gateways,server,statements,tidy,documents}/**/*.test.ts'],
          testTimeout: 120_000,
          isolate: false,
          server: inline,
        },
      },
      {
        test: {
          setupFiles: ['test/support/seed.ts', 'test/support/known-passwords.ts'],
          name: 'store',
          maxWorkers: AT_ONCE,
          include: ['test/{store,operations,model,simulate}/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // The databases of each test are its own, and to load the tool anew for each file takes a quarter of all work.
          isolate: false,
          server: inline,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          setupFiles: ['test/support/seed.ts', 'test/support/known-passwords.ts'],
          name: 'acceptance',
          maxWorkers: AT_ONCE,
          include: ['test/acceptance/**/*.test.ts'],
          exclude: CROWDS,
          sequence: { groupOrder: 1 },
          globalSetup: ['test/support/global-setup.ts'],
          server: inline,
          testTimeout: 300_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          setupFiles: ['test/support/seed.ts', 'test/support/known-passwords.ts'],
          name: 'crowds',
          include: CROWDS,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          globalSetup: ['test/support/global-setup.ts'],
          server: inline,
          testTimeout: 300_000,
          hookTimeout: 240_000,
        },
      },
    ],
    coverage: { include: ['src/domain/**'], thresholds: { branches: 100 } },
  },
});
