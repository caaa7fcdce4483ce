import path from 'node:path';
import type { Places } from '../commands/context.ts';
import { Problem } from '../domain/problem.ts';
import { isRail, type DarajaSettings } from '../domain/rail.ts';
import { lookAtDarajaSecrets, readDarajaSecrets, type FoundSecrets } from '../gateways/daraja-secrets.ts';
import { openDaraja, type Daraja } from '../gateways/mpesa/open-daraja.ts';
import type { Rail, Reply } from '../gateways/rail.ts';
import type { Row } from '../store/tables.ts';

/** How long one call to Daraja may take; shorter than a lease. */
const DEADLINE_MS = 30_000;

interface Machine {
  readonly places: Pick<Places, 'gatewaysDirectory'>;
  readonly now: () => Date;
}

const secretsFile = ({ gatewaysDirectory }: Machine['places']): string => path.join(gatewaysDirectory, 'daraja.toml');

/** Opens the rail of a gateway's settings with this machine's secrets. Throws refused GATEWAY_SECRETS_MISSING or GATEWAY_SECRETS_UNUSABLE. */
export async function openRail(gateway: Row<'gateways'>, machine: Machine): Promise<Rail> {
  if (!isRail(gateway.kind)) throw new Error(`${gateway.method} is paid by hand`);
  if (gateway.kind === 'daraja') return openOfficeDaraja(gateway, machine);
  throw new Problem('refused', 'GATEWAY_TAKES_FILES', 'The bank takes files: nothing is sent to it from here.', {
    unchanged: 'Nothing was sent.',
    fix: 'treasury bankfile export --help',
  });
}

/** Whether Daraja takes the credentials of this machine; its answer goes to an address that no order has. */
export async function tryDaraja(gateway: Row<'gateways'>, machine: Machine): Promise<Reply> {
  const { resultUrl } = JSON.parse(gateway.body) as DarajaSettings;
  const daraja = await openOfficeDaraja(gateway, machine);
  return daraja.check(`${resultUrl}/balance`);
}

async function openOfficeDaraja(gateway: Row<'gateways'>, { places, now }: Machine): Promise<Daraja> {
  const secrets = await readDarajaSecrets(secretsFile(places));
  return openDaraja(JSON.parse(gateway.body) as DarajaSettings, secrets, {
    tokenFile: path.join(places.gatewaysDirectory, 'daraja.token'),
    deadlineMs: DEADLINE_MS,
    now: () => now().getTime(),
  });
}

/** What this machine has of Daraja's secrets. */
export const lookAtSecrets = (places: Machine['places']): Promise<FoundSecrets> =>
  lookAtDarajaSecrets(secretsFile(places));

/** What this machine lacks of Daraja's secrets, or cannot use: names and files, with what is wrong. */
export async function missingSecrets(places: Machine['places']): Promise<readonly string[]> {
  const found = await lookAtSecrets(places);
  return 'faults' in found ? found.faults.map(({ says }) => says) : [];
}
