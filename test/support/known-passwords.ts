import { vi } from 'vitest';

/**
 * Every office that is set up for a test has people of the same password, and each hash would cost a tenth of a second of work: within a
 * test file the same password is hashed once, by the real function. The built tool, which is tested, knows nothing of it.
 */
vi.mock('../../src/gateways/passwords.ts', async (original) => {
  const real = await original<typeof import('../../src/gateways/passwords.ts')>();
  const known = new Map<string, Promise<string>>();
  return {
    ...real,
    hashPassword: (password: string): Promise<string> => {
      const hash = known.get(password) ?? real.hashPassword(password);
      known.set(password, hash);
      return hash;
    },
  };
});
