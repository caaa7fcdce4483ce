import type { Actor } from '../domain/access.ts';
import type { Store } from '../store/store.ts';
import { decideRequisition, type Decided } from './decide-requisition.ts';

/** Approves a requisition as it stands. Throws forbidden to its requester, refused when it is not submitted. */
export const approveRequisition = (
  store: Store,
  actor: Actor,
  request: { readonly requisition: string; readonly reason: string | null },
): Promise<Decided> => decideRequisition(store, actor, { ...request, decision: 'approve' });
