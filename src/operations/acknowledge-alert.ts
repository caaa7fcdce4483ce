import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { acknowledge, getAlert, lockAlert, resolveAlert, type AlertView } from '../store/alerts.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import type { Store } from '../store/store.ts';

/** Says that a person has seen an alert; a second time changes nothing. Throws refused ALERT_RESOLVED when its cause is gone. */
export async function acknowledgeAlert(
  store: Store,
  actor: Actor,
  request: { readonly alert: string; readonly reason: string | null },
): Promise<{ readonly view: AlertView; readonly changed: boolean }> {
  requirePerson(actor);
  return store.write(async (tx) => {
    const id = await resolveAlert(tx, request.alert, actor.grants);
    const { alert } = await getAlert(tx, id);
    const fund = await lockFund(tx, alert.fundId);
    requireAbilityAt(actor, 'schedule.manage', fund);
    const { ref, resolvedAt, acknowledgedAt } = await lockAlert(tx, id);
    if (resolvedAt !== null)
      throw new Problem('refused', 'ALERT_RESOLVED', `${ref} is resolved: its cause is gone.`, {
        unchanged: 'It is as it was.',
        fix: 'treasury alert list',
      });
    const changed = acknowledgedAt === null;
    if (changed) {
      await acknowledge(tx, id, actor.userId);
      const { username, origin } = actor;
      const payload = { kind: alert.kind, about: alert.subject, reason: request.reason };
      await recordFundEvent(tx, fund, { actor: username, action: 'alert.acknowledged', subject: ref, origin, payload });
    }
    return { view: await getAlert(tx, id), changed };
  });
}
