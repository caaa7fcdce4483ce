import { belongsTo, type Actor } from '../domain/access.ts';
import { copyRefusal } from '../domain/kept-head.ts';
import { Problem, type Check } from '../domain/problem.ts';
import type { AuditFault, AuditProof } from '../store/audit-proof.ts';
import type { ChainHead } from '../store/audit-records.ts';
import type { FoundHead } from '../store/audit-heads.ts';
import { getFund, listFundBooks, resolveFund } from '../store/funds.ts';
import { proveAudit } from '../store/prove-audit.ts';
import type { Store } from '../store/store.ts';
import { findHeads } from './find-heads.ts';

/** More faults than this are not listed. */
const MOST_FAULTS = 50;

/** A trail that is whole, and where the heads stand that somebody kept. */
export interface VerifiedAudit extends AuditProof {
  readonly heads: readonly FoundHead[];
}

/**
 * Recomputes every link of the audit chains and compares every ledger entry and execution with what its event recorded.
 * Throws integrity AUDIT_BROKEN, which names the first bad one and lists up to fifty; DATABASE_BEHIND or DATABASE_DIFFERS when
 * it lacks heads that this machine has kept; HEAD_UNKNOWN when it lacks one of `heads`.
 */
export async function verifyAudit(
  store: Store,
  actor: Actor,
  request: { readonly fund: string | null; readonly heads: readonly string[] },
): Promise<VerifiedAudit> {
  const proof = await proveAudit(store, await wantedChains(store, actor, request.fund));
  const faults = faultsOf(proof);
  const [first] = faults;
  if (first === undefined) {
    await refuseOldCopy(store);
    return { ...proof, heads: await findHeads(store, request.heads, proof.chains) };
  }
  throw new Problem('integrity', 'AUDIT_BROKEN', brokenMessage(first, faults.length), {
    unchanged: 'Nothing was changed. Keep a copy of the database as it is, and do not pay until it is cleared up.',
    fix: 'treasury doctor',
    checks: faults.map(faultCheck),
  });
}

/** A trail can be whole and still be yesterday's. */
const refuseOldCopy = (store: Store): Promise<void> =>
  store.read(async (tx) => {
    await tx.guard.look(tx);
    const missing = await tx.guard.missingHeads(tx);
    if (missing.length > 0) throw copyRefusal(missing);
  });

/** All faults of a proof, in the order of the chains. */
export const faultsOf = (proof: AuditProof): AuditFault[] =>
  [...proof.chains.flatMap((chain) => chain.faults), ...proof.strays].slice(0, MOST_FAULTS);

const brokenMessage = (first: AuditFault, count: number): string => {
  const others = count === 1 ? '' : ` ${count === MOST_FAULTS ? `${count} or more` : count} faults in all.`;
  return `The audit trail is broken in chain ${first.chain}: ${first.message}.${others}`;
};

/** A fault as a failing check, so that it is listed like every other. */
export const faultCheck = (fault: AuditFault): Check => ({
  id: 'audit',
  ok: false,
  code: fault.code,
  message: `${fault.chain}: ${fault.message}.`,
  fix: null,
  facts: { chain: fault.chain, seq: fault.seq, subject: fault.subject },
});

/** The chains that a person may see: the office's, and those of funds in their companies; or the one that was asked for. */
async function wantedChains(store: Store, actor: Actor, fund: string | null): Promise<(head: ChainHead) => boolean> {
  return store.read(async (tx) => {
    if (fund !== null) {
      const { fund: only } = await getFund(tx, await resolveFund(tx, fund, actor.grants));
      return (head) => head.fund?.id === only.id;
    }
    const rows = await listFundBooks(tx);
    const hidden = new Set(rows.filter((row) => !belongsTo(actor, row.companyId)).map((row) => row.id));
    return (head) => head.fund === null || !hidden.has(head.fund.id);
  });
}
