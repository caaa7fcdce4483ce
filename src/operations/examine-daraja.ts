import { advice, fine, type Finding } from '../domain/finding.ts';
import type { DarajaSettings } from '../domain/rail.ts';
import { saysOf, type FoundSecrets } from '../gateways/daraja-secrets.ts';
import { gatewayInForce } from '../store/gateways.ts';
import { countInFlight } from '../store/open-matters.ts';
import type { Store } from '../store/store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ENDS_SOON_DAYS = 14;
/** Its certificate ended in 2016 and is in use (RAILS 1.2). */
const SANDBOX = 'sandbox.safaricom.co.ke';

/**
 * Whether this machine has what it takes to pay by Daraja and to ask about what was paid: every fault of the secrets is a finding of
 * its own, and none tells a secret. Where nothing is paid by Daraja and nothing is in flight there, nothing is looked at.
 */
export async function examineDaraja(
  store: Store,
  { lookAtSecrets, now }: { readonly lookAtSecrets: () => Promise<FoundSecrets>; readonly now: Date },
): Promise<Finding[]> {
  const { gateway, inFlight } = await store.read(async (tx) => ({
    gateway: await gatewayInForce(tx, 'mpesa'),
    inFlight: await countInFlight(tx, 'daraja'),
  }));
  const pays = gateway?.kind === 'daraja';
  if (!pays && inFlight === 0) return [fine('daraja', 'Nothing is paid by Daraja.')];
  const found = await lookAtSecrets();
  if ('faults' in found) {
    const whatFor = pays
      ? 'M-Pesa is paid by Daraja'
      : `Daraja must still be asked about what is in flight (${inFlight})`;
    return found.faults.map((fault) =>
      advice('daraja', `${whatFor}, which this machine cannot do: ${saysOf(fault)}.`, fault.fix),
    );
  }
  const ending = pays && !inSandbox(JSON.parse(gateway.body) as DarajaSettings) ? endOf(found, now) : null;
  return [ending ?? fine('daraja', 'The secrets for Daraja are there.')];
}

const inSandbox = ({ baseUrl }: DarajaSettings): boolean => URL.parse(baseUrl)?.hostname === SANDBOX;

/** A certificate that has ended, or is about to; M-Pesa may take it for longer, so nothing but the doctor looks at its end. */
function endOf(
  { certificateFile, certificateEndsAt: endsAt }: Extract<FoundSecrets, { secrets: unknown }>,
  now: Date,
): Finding | null {
  if (endsAt === null || endsAt.getTime() - now.getTime() > ENDS_SOON_DAYS * DAY_MS) return null;
  const ended = endsAt.getTime() < now.getTime();
  return advice(
    'daraja',
    `The certificate of M-Pesa in ${certificateFile} ${ended ? 'has ended' : 'ends'} (${endsAt.toISOString()}).`,
    `save the present one of M-Pesa's portal as ${certificateFile}, then: treasury gateway test mpesa`,
  );
}
