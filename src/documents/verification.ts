import type { FoundHead } from '../store/audit-heads.ts';
import type { AuditProof } from '../store/audit-proof.ts';
import type { Verdict } from '../store/invariants.ts';

/** What was proved of the books. */
export const ledgerVerificationDocument = (verified: {
  readonly fund: string | null;
  readonly funds: number;
  readonly entries: number;
  readonly verdicts: readonly Verdict[];
}) => ({
  verified: 'ledger' as const,
  fund: verified.fund,
  funds: verified.funds,
  entries: verified.entries,
  rules: verified.verdicts.map(({ invariant }) => ({ id: invariant.id, title: invariant.title })),
});

/** What was proved of the audit trail. */
export const auditVerificationDocument = (
  proof: AuditProof & { readonly heads: readonly FoundHead[] },
  fund: string | null,
) => ({
  verified: 'audit' as const,
  fund,
  events: proof.chains.reduce((sum, chain) => sum + chain.events, 0),
  entries: proof.chains.reduce((sum, chain) => sum + chain.entries, 0),
  executions: proof.chains.reduce((sum, chain) => sum + chain.executions, 0),
  chains: proof.chains.map((chain) => ({
    chain: chain.chain,
    events: chain.events,
    entries: chain.entries,
    executions: chain.executions,
    head: chain.headHash,
  })),
  heads: proof.heads,
});
