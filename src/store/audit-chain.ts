import { eq, sql } from 'drizzle-orm';
import { canonicalJson, linkHash } from './audit-hash.ts';
import { bound, preparedChange, type Tx } from './transaction.ts';

export { canonicalJson, GENESIS, linkHash, rowDigest } from './audit-hash.ts';

export const OFFICE_CHAIN = 'office';

/** A fund's chain is named by its code, which never changes. */
export const fundChain = (code: string): string => `fund:${code}`;

export interface Happening {
  /** Username, or `system` for what nobody asked for. */
  readonly actor: string;
  /** `payment.executed`: the noun and what happened to it. */
  readonly action: string;
  /** The reference or code of the thing. */
  readonly subject: string;
  readonly origin?: { readonly ipAddress: string | null; readonly userAgent: string };
  /** Figures before and after, linked references, digests of rows. Never a secret. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface Head {
  readonly headSeq: number;
  readonly headHash: string;
  /** When its newest event happened; null before the first. */
  readonly headAt: Date | null;
}

/** The one event whose chain may go back in time with it: somebody has accepted the clock. */
export const CLOCK_ACCEPTED = 'clock.accepted';

export interface Link {
  readonly chain: string;
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly body: string;
  /** The head that the chain has with this link. */
  readonly head: Head;
}

/** The event that follows a head. Pure: the caller stores it together with the new head. */
export function nextLink(chain: string, head: Head, now: Date, happening: Happening): Link {
  if (head.headAt !== null && now < head.headAt && happening.action !== CLOCK_ACCEPTED)
    throw new Error(`${happening.action} at ${now.toISOString()} is older than the head of ${chain}`);
  const seq = head.headSeq + 1;
  const body = canonicalJson({
    at: now,
    actor: happening.actor,
    action: happening.action,
    subject: happening.subject,
    ip_address: happening.origin?.ipAddress ?? null,
    user_agent: happening.origin?.userAgent ?? null,
    payload: happening.payload ?? {},
  });
  const hash = linkHash(chain, seq, head.headHash, body);
  const next = { headSeq: seq, headHash: hash, headAt: now };
  return { chain, seq, previousHash: head.headHash, hash, body, head: next };
}

/** Stores one link of a chain. */
export function insertLink(tx: Tx, { chain, seq, previousHash, hash, body }: Link): Promise<number> {
  tx.guard.extend({ chain, seq, hash });
  return storeLink(tx, { chain, seq, previousHash, hash, body });
}

const storeLink = preparedChange('insert_audit_event', (tx) =>
  tx.db.insert(tx.t.auditEvents).values({
    chain: bound(tx.t.auditEvents.chain, 'chain'),
    seq: bound(tx.t.auditEvents.seq, 'seq'),
    previousHash: bound(tx.t.auditEvents.previousHash, 'previousHash'),
    hash: bound(tx.t.auditEvents.hash, 'hash'),
    body: bound(tx.t.auditEvents.body, 'body'),
  }),
);

/** Records what happened to the office itself: people, places, settings, requisitions. Locks the office's row. */
export async function recordOfficeEvent(tx: Tx, ...happenings: readonly Happening[]): Promise<void> {
  const { office } = tx.t;
  const [row] = await tx.engine.lock(
    tx.db.select({ headSeq: office.headSeq, headHash: office.headHash, headAt: office.headAt }).from(office),
    office,
  );
  if (row === undefined) throw new Error('the office has not been set up');
  tx.guard.see(tx, OFFICE_CHAIN, row);
  const head = await appendLinks(tx, OFFICE_CHAIN, row, happenings);
  await tx.db
    .update(office)
    .set(head)
    .where(sql`true`);
}

/** Records what happened to a fund or to what it pays. The caller holds the fund's lock and tells its present head; answers the new one. */
export async function recordFundEvent(
  tx: Tx,
  fund: Head & { readonly id: string; readonly code: string },
  ...happenings: readonly Happening[]
): Promise<Head> {
  const head = await appendLinks(tx, fundChain(fund.code), fund, happenings);
  await tx.db.update(tx.t.funds).set(head).where(eq(tx.t.funds.id, fund.id));
  return head;
}

async function appendLinks(tx: Tx, chain: string, start: Head, happenings: readonly Happening[]): Promise<Head> {
  let head = start;
  for (const happening of happenings) {
    const link = nextLink(chain, head, tx.now, happening);
    await insertLink(tx, link);
    ({ head } = link);
  }
  return { headSeq: head.headSeq, headHash: head.headHash, headAt: head.headAt };
}
