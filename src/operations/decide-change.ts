import { requireWithinReach, type Actor } from '../domain/access.ts';
import {
  completes,
  decidersOf,
  decisionChecks,
  decisionRefusalKind,
  whoConfirms,
  type ChangeAct,
  type DecisionFacts,
  type Deciders,
} from '../domain/change.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { canonicalJson, recordOfficeEvent } from '../store/audit-chain.ts';
import {
  confirmationsOf,
  decideChange,
  getChangeView,
  insertConfirmation,
  lockChange,
  proposalEvent,
  resolveChange,
  type ChangeView,
} from '../store/changes.ts';
import { putLetters } from '../store/outbox.ts';
import { getUserRow } from '../store/people.ts';
import type { Waiver } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { kindOf, waivedFor } from './change-kinds.ts';
import { changeLetters } from './change-letters.ts';
import { usableReason } from './decide-requisition.ts';
import { shutOut } from './shut-out.ts';
import {
  changedMeanwhile,
  concernedBy,
  findRoleHolders,
  payloadOf,
  proposerOf,
  termsDigest,
  type Applied,
  type ChangeKind,
} from './two-people.ts';

export interface DecisionRequest {
  /** A reference or id. */
  readonly change: string;
  readonly reason: string | null;
}

export interface DecidedChange {
  readonly view: ChangeView;
  /** What the last confirmation did; null while another is needed, and for rejections. */
  readonly applied: Applied | null;
  readonly deciders: Deciders;
}

interface Case {
  readonly change: Row<'changes'>;
  readonly kind: ChangeKind;
  readonly facts: DecisionFacts;
}

/** Whether somebody could confirm a change now. */
export async function couldConfirm(tx: Tx, actor: Actor, change: string): Promise<boolean> {
  try {
    await openCase(tx, actor, change, 'confirm');
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** Throws what confirming or rejecting now would be refused with; answers the change, and changes nothing. */
export async function judgeDecision(
  store: Store,
  actor: Actor,
  request: { change: string; act: ChangeAct },
): Promise<ChangeView> {
  return store.read(async (tx) => {
    const found = await openCase(tx, actor, request.change, request.act);
    if (request.act === 'confirm') await requireAsProposed(tx, found);
    return getChangeView(tx, found.change.id);
  });
}

/**
 * Confirms a change and, when nobody else is needed, applies it in the same transaction. Throws forbidden for the proposer, whom
 * it concerns, and who has no role for it; conflict CHANGE_OUTDATED when what it is about has moved since; integrity
 * CHANGE_ALTERED when it is not what was proposed.
 */
export async function confirmChange(store: Store, actor: Actor, request: DecisionRequest): Promise<DecidedChange> {
  const reason = usableReason(request.reason);
  const waives = await waivedBy(store, actor, request.change);
  const confirm = async (tx: Tx): Promise<DecidedChange> => {
    const found = await openCase(tx, actor, request.change, 'confirm');
    await requireAsProposed(tx, found);
    const { change, facts } = found;
    await insertConfirmation(tx, change.id, actor.userId);
    const applied = completes(facts) ? await complete(tx, actor, found, reason) : await agree(tx, actor, found, reason);
    return { view: await getChangeView(tx, change.id), applied, deciders: decidersOf(facts) };
  };
  return store.write(confirm, { waives });
}

/** Rejects a change, which its proposer may too: nothing of it happens. Throws as `confirmChange` does. */
export async function rejectChange(store: Store, actor: Actor, request: DecisionRequest): Promise<DecidedChange> {
  const reason = usableReason(request.reason);
  const waives = await waivedBy(store, actor, request.change);
  const reject = async (tx: Tx): Promise<DecidedChange> => {
    const { change, facts } = await openCase(tx, actor, request.change, 'reject');
    await decideChange(tx, change.id, { status: 'rejected', decidedBy: actor.userId, decidedReason: reason });
    await recordDecision(tx, actor, change, { action: 'change.rejected', reason });
    await tellDecided(tx, actor, change, 'rejected');
    return { view: await getChangeView(tx, change.id), applied: null, deciders: decidersOf(facts) };
  };
  return store.write(reject, { waives });
}

/** A change's kind never changes, so it can be asked for before. */
async function waivedBy(store: Store, actor: Actor, named: string): Promise<readonly Waiver[]> {
  requirePerson(actor);
  return store.read(async (tx) => {
    const { change } = await getChangeView(tx, await resolveChange(tx, named, actor.grants));
    return waivedFor(change.kind);
  });
}

async function openCase(tx: Tx, actor: Actor, named: string, act: ChangeAct): Promise<Case> {
  requirePerson(actor);
  const change = await lockChange(tx, await resolveChange(tx, named, actor.grants));
  const { companyId } = change;
  if (companyId !== null) requireWithinReach(actor, { ...change, companyId });
  const kind = await kindOf(change.kind);
  const confirmations = await confirmationsOf(tx, [change.id]);
  const facts: DecisionFacts = {
    act,
    change: {
      ref: change.ref,
      status: change.status,
      decidedBy: change.decidedBy === null ? null : (await getUserRow(tx, change.decidedBy)).username,
    },
    actor: { id: actor.userId, username: actor.username },
    confirmedBy: confirmations.map(({ userId }) => userId),
    proposedBy: change.proposedBy,
    concerned: await concernedBy(tx, kind, change),
    ...(await findRoleHolders(tx, change)),
    cfoOnly: kind.cfoOnly === true,
  };
  const checks = decisionChecks(facts);
  if (checks.some((check) => check.ok === false)) throw refusal(facts, checks);
  return { change, kind, facts };
}

function refusal(facts: DecisionFacts, checks: readonly Check[]): Problem {
  const failing = checks.filter((check) => check.ok === false);
  const [first] = failing;
  const { act, change } = facts;
  const kind = decisionRefusalKind(checks);
  const command = failing.find((check) => typeof check.fix?.command === 'string')?.fix?.command;
  return new Problem(
    kind,
    failing.length === 1 && first?.code ? first.code : 'CHANGE_DECISION_REFUSED',
    failing.length === 1 && first !== undefined
      ? first.message
      : `${change.ref} cannot be ${act}ed by ${facts.actor.username}: ${failing.length} checks fail.`,
    {
      unchanged: `Nothing was ${act}ed; the change is as it was.`,
      checks,
      fix:
        kind === 'forbidden'
          ? `ask ${whoConfirms(decidersOf(facts))}`
          : (command ?? `treasury change show ${change.ref}`),
    },
  );
}

/** What is confirmed must be what was proposed, and what it is about must be as it was then. */
async function requireAsProposed(tx: Tx, { change, kind }: Case): Promise<void> {
  const body = await proposalEvent(tx, change.ref);
  if (body === undefined || !body.includes(`"digest":"${termsDigest(change)}"`)) {
    throw new Problem(
      'integrity',
      'CHANGE_ALTERED',
      `${change.ref} is not what was proposed: somebody has altered it in the database.`,
      {
        unchanged: 'Nothing was confirmed.',
        fix: 'treasury audit verify; find out who has access to the database',
      },
    );
  }
  const present = await kind.present(tx, change);
  if (canonicalJson(present) !== change.before)
    throw changedMeanwhile(change, `${change.subject} is not as it was when this was proposed`);
}

/** The last confirmation: the change is confirmed, then done, on the word of two people. */
async function complete(tx: Tx, actor: Actor, { change, kind }: Case, reason: string | null): Promise<Applied> {
  await decideChange(tx, change.id, { status: 'confirmed', decidedBy: actor.userId, decidedReason: reason });
  const proposer = await proposerOf(tx, change, actor);
  const applied = await kind.apply(tx, { actor: proposer, confirmed: { change, by: actor } }, change);
  const ended = kind.ofPerson && change.subjectUserId !== null ? await shutOut(tx, change.subjectUserId) : {};
  const confirmations = (await confirmationsOf(tx, [change.id])).map(({ username }) => username);
  await recordDecision(tx, actor, change, {
    action: 'change.confirmed',
    reason,
    more: { proposed_by: proposer.username, confirmations, ...ended },
  });
  await tellDecided(tx, actor, change, 'confirmed');
  return applied;
}

/** A confirmation that is not enough yet. */
async function agree(tx: Tx, actor: Actor, { change }: Case, reason: string | null): Promise<null> {
  await recordDecision(tx, actor, change, { action: 'change.agreed', reason });
  return null;
}

const recordDecision = (
  tx: Tx,
  actor: Actor,
  change: Row<'changes'>,
  { action, reason, more = {} }: { action: string; reason: string | null; more?: Record<string, unknown> },
): Promise<void> =>
  recordOfficeEvent(tx, {
    actor: actor.username,
    action,
    subject: change.ref,
    origin: actor.origin,
    payload: { kind: change.kind, about: change.subject, reason, ...more },
  });

async function tellDecided(
  tx: Tx,
  actor: Actor,
  change: Row<'changes'>,
  what: 'confirmed' | 'rejected',
): Promise<void> {
  const { tell } = payloadOf<{ tell: string[] }>(change);
  await putLetters(tx, changeLetters({ change, tell, what, by: actor.username }));
}
