import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { startSimulator } from '../../src/gateways/mpesa/simulator/simulator.ts';

// A process that is Daraja for batches.ts: it takes orders over HTTP, checks them as the real one does, and reports nothing.

export interface SimulatorStart {
  /** Where the secrets of the office are to lie. */
  readonly gatewaysDirectory: string;
}

const [{ gatewaysDirectory }] = (await once(process, 'message')) as [SimulatorStart];
const simulator = await startSimulator({
  ...{ host: '127.0.0.1', port: 0, seed: 1, shortCode: '600000' },
  now: () => new Date(),
  later: () => undefined,
});
const { certificate, consumerKey, consumerSecret, initiatorPassword } = simulator.credentials;
mkdirSync(gatewaysDirectory, { recursive: true, mode: 0o700 });
writeFileSync(path.join(gatewaysDirectory, 'certificate.pem'), certificate, { mode: 0o600 });
writeFileSync(
  path.join(gatewaysDirectory, 'daraja.toml'),
  Object.entries({
    consumer_key: consumerKey,
    consumer_secret: consumerSecret,
    initiator_password: initiatorPassword,
    certificate: 'certificate.pem',
  })
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join(''),
  { mode: 0o600 },
);
process.send?.({ url: simulator.url });
await once(process, 'disconnect');
await simulator.close();
