import { mayAt, type Actor } from '../domain/access.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { byHandRefusalKind, type Reconciler } from '../domain/reconciliation/by-hand.ts';
import { RULE_VERSION, SCORES } from '../domain/reconciliation/facts.ts';
import { insertMatch, insertReconciliation, type Match } from '../store/matches.ts';
import { matchesDigest } from '../store/match-digest.ts';
import { closeExplainedLines } from '../store/open-lines.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import { newId, newIdentity, numberedReference } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

// What all matching by hand has in common: who may, how it is refused, and how one pair is stored.

/** A line and an entry that a person tied to each other, or parted. */
export interface HandMatch {
  readonly match: Match;
  readonly line: string | null;
  readonly entry: string;
  readonly payment: string | null;
  readonly fund: Row<'funds'>;
  readonly amountMinor: number;
  readonly before: string | null;
  readonly after: string | null;
}

/** Statuses of payments that have a debit. */
export const PAID: ReadonlySet<string> = new Set(['success', 'reconciled', 'reversed']);

/** The person as somebody who reconciles this payment, and who could do it instead. */
export async function reconciler(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  payment: Row<'payments'> | null,
): Promise<Reconciler> {
  const involved = [payment?.requesterId, payment?.executorId];
  const others = await findPeopleWhoMay(tx, 'reconcile.run', fund);
  return {
    username: actor.username,
    isRequester: actor.userId === payment?.requesterId,
    isExecutor: actor.userId === payment?.executorId,
    mayHere: mayAt(actor, 'reconcile.run', fund),
    others: others.filter(({ id }) => !involved.includes(id) && id !== actor.userId).map(({ username }) => username),
  };
}

/** Throws forbidden or refused with every failing check; does nothing when all pass. */
export function refuseFailingMatch(what: string, checks: readonly Check[], code: string, unchanged: string): void {
  const failing = checks.filter(({ ok }) => ok === false);
  const [first] = failing;
  if (first === undefined) return;
  const fix = failing.find((check) => check.fix?.command)?.fix?.command;
  const who = [...new Set(failing.flatMap((check) => check.fix?.who ?? []))];
  throw new Problem(
    byHandRefusalKind(checks),
    failing.length === 1 && first.code !== null ? first.code : code,
    `${what}. ${failing.map(({ message }) => message).join(' ')}`,
    { unchanged, checks, fix: who.length > 0 ? `ask ${who.join(', ')}` : (fix ?? 'treasury reconcile unmatched') },
  );
}

export interface PairToStore {
  readonly fund: Row<'funds'>;
  readonly lineId: string | null;
  /** The entry, and what was adjusted of it since. */
  readonly entryIds: readonly [string, ...string[]];
  readonly statementId: string | null;
  readonly pass: 'by_hand' | 'amount_differs';
}

/** Stores what a person ties together, as a run of its own; answers the match of the entry itself. */
export async function storePair(tx: Tx, actor: Actor, wish: PairToStore): Promise<Match> {
  const { fund, lineId, entryIds, statementId, pass } = wish;
  const run = await newIdentity(tx, 'reconciliations');
  await insertReconciliation(tx, {
    ...run,
    ...{ fundId: fund.id, statementId, mode: 'hand', ruleVersion: RULE_VERSION, matches: 1 },
    digest: matchesDigest([{ pass, lineIds: lineId === null ? [] : [lineId], entryIds }]),
    ...{ createdBy: actor.userId, createdAt: tx.now },
  });
  const made = entryIds.map((entryId, at) => ({
    ...{ id: newId(), ref: numberedReference('matches', run.ref, at + 1), reconciliationId: run.id, groupSeq: 1 },
    // Without a line there is nothing that could be matched twice.
    ...{ lineId, linePart: lineId === null ? 1 : at + 1, entryId, entryPart: 1, pass, score: SCORES[pass] },
    ...{ reasons: JSON.stringify([pass]), matchedBy: actor.userId, createdAt: tx.now },
  }));
  for (const match of made) await insertMatch(tx, match);
  if (lineId !== null) await closeExplainedLines(tx, fund.id);
  const [first] = made;
  if (first === undefined) throw new Error('a match of nothing');
  return { ...first, undoneBy: null, undoneAt: null, undoneReason: null };
}
