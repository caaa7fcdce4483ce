import type { AuditProof } from './audit-proof.ts';
import type { ChainHead } from './audit-records.ts';
import type { Store } from './store.ts';

/** Recomputes every link of the chains that `wanted` accepts, and compares every row they vouch for, in one snapshot. */
export async function proveAudit(store: Store, wanted: (head: ChainHead) => boolean): Promise<AuditProof> {
  if (store.dialect === 'sqlite') {
    const { proveSqlite } = await import('./sqlite/prove-audit.ts');
    return proveSqlite(store.location.slice('sqlite:'.length), wanted);
  }
  const { provePostgres } = await import('./postgres/prove-audit.ts');
  return store.read((tx) => provePostgres(tx, wanted));
}
