import type { Actor } from '../domain/access.ts';
import { statusAfter } from '../domain/requisition.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getRequisitionView, updateRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import { usableReason, type Decided } from './decide-requisition.ts';
import { lockForAct } from './judge-requisition.ts';

/** Cancels a requisition for good: its requester, or an approver. Refused while one of its payments is open. */
export async function cancelRequisition(
  store: Store,
  actor: Actor,
  request: { readonly requisition: string; readonly reason: string | null },
): Promise<Decided> {
  const reason = usableReason(request.reason);
  return store.write(async (tx) => {
    const requisition = await lockForAct(tx, actor, request.requisition, 'cancel');
    const status = statusAfter('cancel');
    await updateRequisition(tx, requisition.id, { status, decidedReason: reason });
    await recordOfficeEvent(tx, {
      actor: actor.username,
      action: 'requisition.cancelled',
      subject: requisition.ref,
      origin: actor.origin,
      payload: { number: requisition.number, reason, status_before: requisition.status, status_after: status },
    });
    return { before: requisition.status, view: await getRequisitionView(tx, requisition.id), progress: null };
  });
}
