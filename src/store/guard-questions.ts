import { desc, eq, sql } from 'drizzle-orm';
import { laterOf } from '../domain/clock.ts';
import { ALL_FUNDS, lacksHead, type KeptHead, type MissingHead } from '../domain/kept-head.ts';
import type { Head } from './audit-chain.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

// What the guards of a transaction ask the database.

export interface OfficeHead extends Head {
  /** The hash of the first link of the office's chain, by which it is known: no copy changes it. */
  readonly first: string | null;
  /** The links of all funds together. */
  readonly fundEvents: number;
}

/** Those of some heads that the database lacks; `before` says where chains ended to which the transaction itself has added. */
export async function lostOf(
  tx: Tx,
  heads: readonly (KeptHead & { readonly chain: string })[],
  before: ReadonlyMap<string, number> = new Map(),
): Promise<MissingHead[]> {
  const lost: MissingHead[] = [];
  for (const { chain, seq, hash } of heads) {
    if (chain === ALL_FUNDS) continue;
    const presentSeq = Math.min(await lengthOf(tx, chain), before.get(chain) ?? Infinity);
    const linkAtKept = await linkAt(tx, chain, seq);
    if (lacksHead({ seq, hash }, { seq: presentSeq, linkAtKept })) lost.push({ chain, seq, hash, presentSeq });
  }
  return lost;
}

/** The action of the event by which a CFO accepts that kept heads are lost. */
export const COPY_ACCEPTED = 'copy.accepted';

/** Those of lost heads that nobody has accepted as lost. */
export const withoutAccepted = (lost: readonly MissingHead[], accepted: ReadonlySet<string>): MissingHead[] =>
  lost.filter((head) => !accepted.has(nameOf(head)));

const nameOf = ({ chain, seq, hash }: KeptHead & { readonly chain: string }): string => `${chain}/${seq}/${hash}`;

/** Exactly the heads that were accepted as lost: another one of the same chain is another loss. */
export async function acceptedHeads(tx: Tx): Promise<ReadonlySet<string>> {
  const { auditEvents: events } = tx.t;
  const rows = await tx.db.select({ body: events.body }).from(events).where(eq(events.action, COPY_ACCEPTED));
  return new Set(
    rows.flatMap(({ body }) => {
      // What the operation that accepts has written.
      const { payload } = JSON.parse(body) as { payload: { missing: (KeptHead & { chain: string })[] } };
      return payload.missing.map(nameOf);
    }),
  );
}

/** The office's head; none before it is set up. */
export const officeHead: (tx: Tx) => Promise<OfficeHead[]> = preparedRows('guard_office', (tx) => {
  const { office } = tx.t;
  return tx.db
    .select({
      headSeq: office.headSeq,
      headHash: office.headHash,
      headAt: office.headAt,
      first: sql<string | null>`(select hash from audit_events where chain = 'office' and seq = 1)`,
      fundEvents: sql<number>`(select coalesce(sum(head_seq), 0) from funds)`.mapWith(Number),
    })
    .from(office);
});

const linkRows = preparedRows('guard_link', (tx) => {
  const { auditEvents: events } = tx.t;
  return tx.db
    .select({ hash: events.hash })
    .from(events)
    .where(sql`${events.chain} = ${bound(events.chain, 'chain')} and ${events.seq} = ${bound(events.seq, 'seq')}`);
});

/** The hash of a chain's link; null when it has none there. */
export async function linkAt(tx: Tx, chain: string, seq: number): Promise<string | null> {
  const [link] = await linkRows(tx, { chain, seq });
  return link?.hash ?? null;
}

async function lengthOf(tx: Tx, chain: string): Promise<number> {
  const { auditEvents: events } = tx.t;
  const [last] = await tx.db
    .select({ seq: events.seq })
    .from(events)
    .where(eq(events.chain, chain))
    .orderBy(desc(events.seq))
    .limit(1);
  return last?.seq ?? 0;
}

/** When the newest event of all chains happened, as the office goes; null before the first. */
export async function newestEventAt(tx: Tx): Promise<Date | null> {
  const { office, funds } = tx.t;
  const [own] = await tx.db.select({ headAt: office.headAt }).from(office);
  const [of] = await tx.db
    .select({ headAt: funds.headAt })
    .from(funds)
    .where(sql`${funds.headAt} is not null`)
    .orderBy(desc(funds.headAt))
    .limit(1);
  return own?.headAt === null || own === undefined ? (of?.headAt ?? null) : laterOf(own.headAt, of?.headAt ?? null);
}
