import { alertLimits, compare } from '../domain/alert.ts';
import { findCauses, insertAlert, lockOpenAlerts, resolveAlerts } from '../store/alerts.ts';
import { addressesOf } from '../store/notify.ts';
import { putLetters } from '../store/outbox.ts';
import { getPolicy } from '../store/policies.ts';
import type { Store } from '../store/store.ts';
import { lockOffice } from '../store/office.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { getFund } from '../store/funds.ts';

/**
 * Raises an alert for what somebody has to look at, each once, and resolves those of which the cause is gone. The CFOs of the fund get
 * a letter when one is raised. Answers how many of each.
 */
export async function raiseAlerts(store: Store): Promise<{ readonly raised: number; readonly resolved: number }> {
  return store.write(async (tx) => {
    // One at a time: two that look at once would raise the same.
    await lockOffice(tx);
    const limits = alertLimits((await getPolicy(tx)).terms);
    const { raise, resolve } = compare(await lockOpenAlerts(tx), await findCauses(tx, limits));
    await resolveAlerts(
      tx,
      resolve.map(({ id }) => id),
    );
    for (const cause of raise) await tellOf(tx, await insertAlert(tx, cause));
    return { raised: raise.length, resolved: resolve.length };
  });
}

async function tellOf(tx: Tx, { ref, message, fundId }: Row<'alerts'>): Promise<void> {
  const { fund } = await getFund(tx, fundId);
  const to = await addressesOf(tx, ['cfo'], { payment: undefined, fund });
  const text = [
    message,
    '',
    `To say that you have seen it: treasury alert ack ${ref}`,
    'It is resolved by itself when its cause is gone.',
    '',
  ].join('\n');
  await putLetters(
    tx,
    to.map((address) => ({ to: address, subject: `${ref}: ${message}`.slice(0, 150), text })),
    { ownTry: false },
  );
}
