import { findAttemptByToken } from '../store/attempts.ts';
import { keepMessage } from '../store/gateway-messages.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { applyEvidence, type Applied, type Reader } from './receive-evidence.ts';

/** Something that was reported to an address; `token` is null for one that was given to nobody. */
export interface Reported {
  readonly token: string | null;
  readonly body: string;
  readonly remote: string;
}

/** Whether results of some order are reported under this token. */
export const isResultToken = async (store: Store, token: string): Promise<boolean> =>
  (await store.read((tx) => findAttemptByToken(tx, token))) !== undefined;

/** Keeps a report as it came, once however often it comes: from then on it is not lost. */
export async function keepReport(store: Store, { token, body, remote }: Reported): Promise<Row<'gatewayMessages'>> {
  return store.write(async (tx) => {
    const attempt = token === null ? undefined : await findAttemptByToken(tx, token);
    const { message } = await keepMessage(tx, {
      gateway: attempt?.gateway ?? 'daraja',
      source: 'callback',
      // The same answer to a later question is another message: what proved nothing then may prove something now.
      externalId: sha256Hex(`${token ?? ''} ${attempt?.looks ?? 0} ${body}`),
      attemptId: attempt?.id ?? null,
      raw: body,
      remote,
    });
    return message;
  });
}

/** Applies a report that was kept. */
export const applyReport = (store: Store, message: Row<'gatewayMessages'>, reader: Reader): Promise<Applied> =>
  applyEvidence(store, message.id, reader);
