import { expect, test } from 'vitest';
import { tell } from '../../src/gateways/webhook.ts';

test('why an address was not reached is told in its own words, also where it has no code', async () => {
  const notice = { id: 'evt', body: '{}', secret: Buffer.alloc(32), now: new Date(0) };
  // Port 1 is one that no browser, and no fetch, connects to.
  expect(await tell({ ...notice, url: 'http://127.0.0.1:1/' })).toBe('not reached (bad port)');
});
