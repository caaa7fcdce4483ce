import type { Actor } from '../domain/access.ts';
import type { Store } from '../store/store.ts';
import { decideRequisition, type Decided } from './decide-requisition.ts';

/** Rejects a requisition, with the reason that its requester will read. */
export const rejectRequisition = (
  store: Store,
  actor: Actor,
  request: { readonly requisition: string; readonly reason: string },
): Promise<Decided> => decideRequisition(store, actor, { ...request, decision: 'reject' });
