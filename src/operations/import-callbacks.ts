import { requireAbility, type Actor } from '../domain/access.ts';
import { requirePerson } from '../domain/token.ts';
import { getPaymentRowOfAttempt } from '../store/attempts.ts';
import { messageViews, type MessageView } from '../store/odd-messages.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Store } from '../store/store.ts';
import { receiveEvidence, rehearseEvidence, type Applied, type Reader } from './receive-evidence.ts';

/** What came of an imported result, with the payment it is about and who settled it since. */
export interface Imported extends Pick<Applied, 'outcome'>, Omit<MessageView, 'fundId'> {}

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
    imported.push({ ...(await namesOf(store, applied)), outcome: applied.outcome });
  }
  return imported;
}

/** A rehearsal has kept nothing: then only what was there before has names. */
async function namesOf(store: Store, { message }: Applied): Promise<Omit<MessageView, 'fundId'>> {
  const { attemptId } = message;
  return store.read(async (tx) => {
    const [kept] = await messageViews(tx, [message.id]);
    if (kept !== undefined) return kept;
    const payment = attemptId === null ? null : (await getPaymentRowOfAttempt(tx, attemptId)).ref;
    return { message, payment, settledBy: null, confirmedBy: null };
  });
}
