import { defineConfig } from 'vitest/config';

const inline = { deps: { inline: ['drizzle-orm'] } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'rules',
          include: ['test/{domain,terminal,gateways,tidy,documents}/**/*.test.ts'],
          isolate: false,
          server: inline,
        },
      },
      {
        test: {
          name: 'store',
          include: ['test/{store,operations}/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          server: inline,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          // Crowds of processes and kills need the machine for themselves.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          globalSetup: ['test/support/global-setup.ts'],
          server: inline,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: { include: ['src/domain/**'], thresholds: { branches: 100 } },
  },
});
