import { requireAbility, type Actor } from '../domain/access.ts';
import { requirePerson } from '../domain/token.ts';
import { getPaymentRowOfAttempt } from '../store/attempts.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Store } from '../store/store.ts';
import { receiveEvidence, rehearseEvidence, type Applied, type Reader } from './receive-evidence.ts';

/** What came of an imported result, and the payment it is about. */
export interface Imported extends Applied {
  readonly payment: string | null;
}

/**
 * Takes results that somebody hands over as they were received. They are hints as any other: what does not fit changes nothing. The
 * same text again is the same message. Throws forbidden for who may not settle payments.
 */
export async function importCallbacks(
  store: Store,
  actor: Actor,
  { texts, dryRun }: { readonly texts: readonly string[]; readonly dryRun: boolean },
  reader: Reader,
): Promise<Imported[]> {
  requirePerson(actor);
  requireAbility(actor, 'payment.resolve');
  const receive = dryRun ? rehearseEvidence : receiveEvidence;
  const imported: Imported[] = [];
  for (const raw of texts) {
    const applied = await receive(
      store,
      { gateway: 'daraja', source: 'import', externalId: sha256Hex(raw), raw, remote: actor.username, attemptId: null },
      reader,
    );
    imported.push({ ...applied, payment: await paymentOf(store, applied) });
  }
  return imported;
}

async function paymentOf(store: Store, { message: { attemptId } }: Applied): Promise<string | null> {
  if (attemptId === null) return null;
  return (await store.read((tx) => getPaymentRowOfAttempt(tx, attemptId))).ref;
}
