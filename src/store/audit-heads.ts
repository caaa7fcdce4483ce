import { and, inArray, like } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A head that somebody kept, where it stands in its chain, and how many events came after it. */
export interface FoundHead {
  readonly head: string;
  readonly chain: string;
  readonly seq: number;
  readonly at: string | null;
  readonly since: number;
}

/** An event by what it is found with. */
export type FoundLink = Pick<Row<'auditEvents'>, 'chain' | 'seq' | 'hash' | 'at'>;

/** Events of some chains whose hash begins so; two at most, as one is enough and two are too many. Reads every event. */
export function findLinks(tx: Tx, beginning: string, chains: readonly string[]): Promise<FoundLink[]> {
  const { auditEvents: events } = tx.t;
  return tx.db
    .select({ chain: events.chain, seq: events.seq, hash: events.hash, at: events.at })
    .from(events)
    .where(and(like(events.hash, `${beginning}%`), inArray(events.chain, [...chains])))
    .limit(2);
}
