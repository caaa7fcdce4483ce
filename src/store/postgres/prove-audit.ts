import { gt, sql } from 'drizzle-orm';
import { fundChain, OFFICE_CHAIN } from '../audit-chain.ts';
import { proveChain, unknownChain, type AuditFault, type AuditProof, type ChainProof } from '../audit-proof.ts';
import type { ChainHead } from '../audit-records.ts';
import type { Tx } from '../transaction.ts';
import { batchedSource } from './audit-source.ts';
import { scanAudit } from './scan-audit.ts';

/** Chains on their way at once: while one waits for the server, another is hashed. */
const LANES = 2;

/**
 * Proves chains. All of them at once go through the fast scan; what that cannot vouch for, and a single fund, is proved chain
 * by chain, a few at once, which names every fault.
 */
export async function provePostgres(tx: Tx, wanted: (head: ChainHead) => boolean): Promise<AuditProof> {
  const all = await readChainHeads(tx);
  const heads = all.filter(wanted);
  const fast = heads.length === all.length ? await scanAudit(tx, heads) : null;
  if (fast !== null) return { chains: fast, strays: [] };
  const source = batchedSource(tx);
  const chains = await inLanes(heads, (head) => proveChain(source, head));
  return { chains, strays: heads.length === all.length ? await findUnknownChains(tx, all) : [] };
}

/** Does `work` for all heads and answers in their order; every one is settled before the first error is raised. */
async function inLanes(
  heads: readonly ChainHead[],
  work: (head: ChainHead) => Promise<ChainProof>,
): Promise<ChainProof[]> {
  const proofs: ChainProof[] = [];
  const waiting = heads.entries();
  const lane = async (): Promise<void> => {
    for (const [at, head] of waiting) proofs[at] = await work(head);
  };
  const settled = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  return proofs;
}

/** Every chain that there should be, the office's own first, then the funds' by code. */
async function readChainHeads(tx: Tx): Promise<ChainHead[]> {
  const { office, funds } = tx.t;
  const offices = await tx.db.select({ headSeq: office.headSeq, headHash: office.headHash }).from(office);
  const rows = await tx.db
    .select({
      id: funds.id,
      code: funds.code,
      entrySeq: funds.entrySeq,
      headSeq: funds.headSeq,
      headHash: funds.headHash,
    })
    .from(funds)
    .orderBy(funds.code);
  return [
    ...offices.map((row) => ({ chain: OFFICE_CHAIN, ...row, fund: null })),
    ...rows.map(({ id, code, entrySeq, headSeq, headHash }) => ({
      chain: fundChain(code),
      headSeq,
      headHash,
      fund: { id, code, entrySeq },
    })),
  ];
}

/** Events in chains that no fund has: each chain is one fault. */
async function findUnknownChains(tx: Tx, known: readonly ChainHead[]): Promise<AuditFault[]> {
  const { auditEvents } = tx.t;
  const names = new Set(known.map((head) => head.chain));
  const faults: AuditFault[] = [];
  // One look into the index for each chain, however many events there are.
  for (let after = ''; ;) {
    const [row] = await tx.db
      .select({ chain: sql<string | null>`min(${auditEvents.chain})` })
      .from(auditEvents)
      .where(gt(auditEvents.chain, after));
    if (typeof row?.chain !== 'string') return faults;
    if (!names.has(row.chain)) faults.push(unknownChain(row.chain));
    after = row.chain;
  }
}
