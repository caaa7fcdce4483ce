import { requireAbility, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import type { KeptHead, MissingHead } from '../domain/kept-head.ts';
import { OFFICE_CHAIN, recordOfficeEvent } from '../store/audit-chain.ts';
import { COPY_ACCEPTED, lostOf } from '../store/guard-questions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

/** Heads that are accepted as lost; none where the database lacks nothing that this machine has kept. */
export interface AcceptedCopy {
  readonly missing: readonly MissingHead[];
}

/**
 * Makes the office go on with a database that lacks heads which this machine has kept, after reconciling: an event names each of
 * them. A change for two once the office has paid, and whenever a fund's events are lost: an old copy cannot tell what has been
 * paid. Throws forbidden for anyone but a CFO.
 */
export async function acceptCopy(
  store: Store,
  cfo: Actor,
  request: { readonly reason: string },
): Promise<AcceptedCopy | Proposed> {
  const reason = usableReason(request.reason);
  const accept = async (tx: Tx): Promise<AcceptedCopy | Proposed> => {
    requireAbility(cfo, 'copy.accept');
    const missing = await tx.guard.missingHeads(tx);
    if (missing.length === 0) return { missing };
    const ofFunds = missing.some(({ chain }) => chain !== OFFICE_CHAIN);
    if (!ofFunds && !(await needsTwo(tx))) return applyAcceptance(tx, alone(cfo), { missing, reason });
    return propose(tx, cfo, {
      kind: copyAcceptance,
      subject: 'copy',
      subjectUserId: null,
      place: null,
      before: shownKept(missing),
      after: Object.fromEntries(missing.map(({ chain, presentSeq }) => [chain, `ends at event ${presentSeq}`])),
      payload: { missing: missing.map(({ chain, seq, hash }) => ({ chain, seq, hash })) },
      reason,
    });
  };
  return store.write(accept, { waives: ['clock', 'copy'] });
}

const shownKept = (missing: readonly MissingHead[]): Shown =>
  Object.fromEntries(missing.map(({ chain, seq, hash }) => [chain, `event ${seq}, ${hash.slice(0, 12)}`]));

type Named = KeptHead & { readonly chain: string };

export const copyAcceptance: ChangeKind = {
  kind: 'guard.copy',
  ofPerson: false,
  // What is still lost of what was: nothing, when the newest database is back.
  present: async (tx, change) => shownKept(await lostOf(tx, payloadOf<{ missing: Named[] }>(change).missing)),
  apply: async (tx, authority, change) => {
    requireAbility(authority.actor, 'copy.accept');
    const missing = await lostOf(tx, payloadOf<{ missing: Named[] }>(change).missing);
    await applyAcceptance(tx, authority, { missing, reason: change.reason });
    return { lines: [], next: ['treasury guard show'] };
  },
};

async function applyAcceptance(
  tx: Tx,
  authority: Authority,
  { missing, reason }: { missing: readonly MissingHead[]; reason: string | null },
): Promise<AcceptedCopy> {
  const lost = missing.map(({ chain, seq, hash, presentSeq }) => ({ chain, seq, hash, present_seq: presentSeq }));
  const payload = { missing: lost, reason };
  await recordOfficeEvent(tx, happeningBy(authority, { action: COPY_ACCEPTED, subject: 'copy', payload }));
  return { missing };
}
