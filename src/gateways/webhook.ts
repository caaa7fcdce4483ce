import { createHmac, randomBytes } from 'node:crypto';
import { seal, unseal } from './sealed-secret.ts';

const SECRET_BYTES = 32;
const PREFIX = 'whsec_';
const USE = 'treasury webhook secret v1';
/** An address that has not answered by then has failed. */
const DEADLINE_MS = 10_000;

/** A new secret for one address. */
export const newWebhookSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** A secret as whoever is told types it into their library. */
export const webhookSecretText = (secret: Buffer): string => PREFIX + secret.toString('base64');

/** A webhook's secret as the database keeps it, sealed under the pepper. */
export const sealWebhookSecret = (
  secret: Buffer,
  { pepper, webhookId }: { pepper: Buffer; webhookId: string },
): string => seal(secret, { pepper, use: USE, owner: webhookId });

/** The secret that was sealed for a webhook; null when it was sealed for another, under another pepper, or altered since. */
export const openWebhookSecret = (
  sealed: string,
  { pepper, webhookId }: { pepper: Buffer; webhookId: string },
): Buffer | null => unseal(sealed, { pepper, use: USE, owner: webhookId, bytes: SECRET_BYTES });

/** One thing that an address is told. */
export interface Notice {
  readonly url: string;
  /** The same at every try, so that who is told can leave out what they know. */
  readonly id: string;
  readonly body: string;
  readonly secret: Buffer;
  readonly now: Date;
}

/** The headers of the Standard Webhooks scheme: HMAC-SHA-256 over id, time in seconds and body. */
export function signedHeaders({ id, body, secret, now }: Omit<Notice, 'url'>): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** Tells an address; answers why it was not taken, null when it was. No redirects are followed, and the answer is not read. */
export async function tell(notice: Notice): Promise<string | null> {
  try {
    const answer = await fetch(notice.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'treasury', ...signedHeaders(notice) },
      body: notice.body,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) return null;
    return answer.status >= 300 && answer.status < 400
      ? `it answered ${answer.status}, and redirects are not followed`
      : `it answered ${answer.status}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${DEADLINE_MS / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return `not reached (${error.message})`;
  return `not reached (${'code' in cause ? String(cause.code) : cause.message})`;
}
