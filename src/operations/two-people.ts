import { belongsTo, type Actor, type Place } from '../domain/access.ts';
import { decidersOf, type Deciders, type Shown } from '../domain/change.ts';
import { Problem } from '../domain/problem.ts';
import { canonicalJson, recordOfficeEvent, rowDigest, type Happening } from '../store/audit-chain.ts';
import { findPending, getChangeView, hasPaid, insertChange, type ChangeView } from '../store/changes.ts';
import { putLetters } from '../store/outbox.ts';
import { findHolders } from '../store/payers.ts';
import { getUser } from '../store/people.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { changeLetters } from './change-letters.ts';

/** On whose word something is done: one person's or, confirmed, that of two. */
export interface Authority {
  /** Whose act it is. */
  readonly actor: Actor;
  /** The change that somebody else has just confirmed; null for what one person may do alone. */
  readonly confirmed: { readonly change: Row<'changes'>; readonly by: Actor } | null;
}

/** What one person does alone. */
export const alone = (actor: Actor): Authority => ({ actor, confirmed: null });

/** An event of an act: by whom it is done now and, when two people made it, on which change and whose proposal. */
export function happeningBy(
  { actor, confirmed }: Authority,
  what: Pick<Happening, 'action' | 'subject' | 'payload'>,
): Happening {
  if (confirmed === null) return { actor: actor.username, origin: actor.origin, ...what };
  const { by, change } = confirmed;
  const payload = { ...what.payload, change: change.ref, proposed_by: actor.username };
  return { actor: by.username, origin: by.origin, ...what, payload };
}

/** What a confirmed change did, for people. */
export interface Applied {
  readonly lines: readonly string[];
  /** Commands to go on with. */
  readonly next: readonly string[];
}

/**
 * What can be proposed. Everything runs in the transaction that confirms: `present` first, which locks what it reads and is
 * compared with what was shown when it was proposed, then `apply`, under the proposer's roles as they are now.
 */
export interface ChangeKind {
  /** `user.roles`: the noun and what changes of it. */
  readonly kind: string;
  /** Whether it changes a person: then that person is told by mail, and their sessions and live codes end. */
  readonly ofPerson: boolean;
  /** Whether it takes a CFO even where there is none, so that two approvers may not do it instead. */
  readonly cfoOnly?: true;
  /** What `before` would be now. */
  present(tx: Tx, change: Row<'changes'>): Promise<Shown>;
  apply(tx: Tx, authority: Authority, change: Row<'changes'>): Promise<Applied>;
  /** Ids of people besides the subject whose own doing it is. */
  readonly concerned?: (tx: Tx, change: Row<'changes'>) => Promise<string[]>;
}

export interface Proposal {
  readonly kind: ChangeKind;
  /** Username, fund code or reference: what people know the thing by. */
  readonly subject: string;
  readonly subjectUserId: string | null;
  /** Where it counts; null is the whole office. */
  readonly place: Place | null;
  /** What people see; no secrets. */
  readonly before: Shown;
  readonly after: Shown;
  /** What `apply` needs and nobody sees; a secret only hashed or encrypted. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
  /** Addresses that are told, now and when it is decided. */
  readonly tell?: readonly string[];
}

/** A change that waits for somebody else, and who that may be. */
export interface Proposed {
  readonly proposed: ChangeView;
  readonly deciders: Deciders;
}

/** Whether an operation's answer is a proposal instead of something done. */
export const isProposed = (answer: object): answer is Proposed => 'proposed' in answer;

/** Whether what opens doors needs two people by now: once the office has executed its first payment. */
export const needsTwo = (tx: Tx): Promise<boolean> => hasPaid(tx);

/** The private part of a change, as its kind made it. Proved by the digest in the audit trail before anything is applied. */
export const payloadOf = <Payload>(change: Row<'changes'>): Payload => JSON.parse(change.payload) as Payload;

/** The person whom a change is about. */
export function subjectOf(change: Row<'changes'>): string {
  if (change.subjectUserId === null) throw new Error(`${change.ref} is about nobody`);
  return change.subjectUserId;
}

/**
 * Keeps a change until somebody else confirms it; nothing else is changed. The caller holds the locks of what it is about.
 * Throws conflict CHANGE_PENDING while another change of the kind is pending for the same thing.
 */
export async function propose(tx: Tx, actor: Actor, proposal: Proposal): Promise<Proposed> {
  const { kind, tell = [], before, after, payload, ...said } = proposal;
  const pending = await findPending(tx, kind.kind, proposal.subject);
  if (pending !== undefined) throw alreadyPending(pending);
  const change = await insertChange(tx, {
    ...said,
    kind: kind.kind,
    before: canonicalJson(before),
    after: canonicalJson(after),
    payload: canonicalJson({ ...payload, tell }),
    proposedBy: actor.userId,
  });
  await recordOfficeEvent(tx, {
    actor: actor.username,
    action: 'change.proposed',
    subject: change.ref,
    origin: actor.origin,
    payload: {
      kind: kind.kind,
      about: change.subject,
      before,
      after,
      reason: change.reason,
      digest: termsDigest(change),
    },
  });
  await putLetters(tx, changeLetters({ change, tell, what: 'proposed', by: actor.username }));
  return { proposed: await getChangeView(tx, change.id), deciders: await findDeciders(tx, kind, change) };
}

/** SHA-256 of everything of a change that never changes; the event of its proposal carries it. */
export const termsDigest = (change: Row<'changes'>): string =>
  rowDigest({ ...change, status: 'pending', decidedBy: null, decidedAt: null, decidedReason: null });

/** People whom a change concerns: its subject, and whoever else its kind names. */
export async function concernedBy(tx: Tx, kind: ChangeKind, change: Row<'changes'>): Promise<string[]> {
  const others = (await kind.concerned?.(tx, change)) ?? [];
  return change.subjectUserId === null ? others : [change.subjectUserId, ...others];
}

/** Who may confirm a change now. */
export async function findDeciders(tx: Tx, kind: ChangeKind, change: Row<'changes'>): Promise<Deciders> {
  const holders = await findRoleHolders(tx, change);
  const concerned = await concernedBy(tx, kind, change);
  return decidersOf({ proposedBy: change.proposedBy, concerned, ...holders, cfoOnly: kind.cfoOnly === true });
}

/** Enabled CFOs and approvers whose roles cover a change's place. */
export async function findRoleHolders(tx: Tx, change: Row<'changes'>) {
  const place = change.companyId === null ? null : { ...change, companyId: change.companyId };
  return { cfos: await findHolders(tx, ['cfo'], place), approvers: await findHolders(tx, ['approver'], place) };
}

/**
 * The proposer with the roles they hold now; none when they are disabled. Throws forbidden PROPOSER_LEFT when none of these
 * belongs to the company of the change: what it is about does not even exist for them.
 */
export async function proposerOf(tx: Tx, change: Row<'changes'>, confirmer: Actor): Promise<Actor> {
  const { user, grants: held } = await getUser(tx, change.proposedBy);
  const { id: userId, username, email, phone, disabledAt } = user;
  const grants = disabledAt === null ? held : [];
  if (change.companyId !== null && !belongsTo({ grants }, change.companyId)) throw proposerLeft(change, username);
  return { userId, username, email, phone, grants, origin: confirmer.origin };
}

const proposerLeft = ({ ref }: Row<'changes'>, proposer: string): Problem =>
  new Problem('forbidden', 'PROPOSER_LEFT', `${proposer}, who proposed ${ref}, holds no role there any more.`, {
    unchanged: 'Nothing was changed; the change is still pending.',
    fix: `treasury change reject ${ref}, and have somebody else propose it`,
  });

const alreadyPending = (pending: Row<'changes'>): Problem =>
  new Problem(
    'conflict',
    'CHANGE_PENDING',
    `${pending.ref} is proposed for ${pending.subject} already and waits to be confirmed.`,
    {
      unchanged: 'Nothing was changed or proposed.',
      fix: `treasury change show ${pending.ref}`,
      retryable: false,
    },
  );

/** The refusal of a change that no longer fits what it is about. */
export const changedMeanwhile = (change: Row<'changes'>, why: string): Problem =>
  new Problem('conflict', 'CHANGE_OUTDATED', `${change.ref} cannot be confirmed any more: ${why}.`, {
    unchanged: 'Nothing was changed; the change is still pending.',
    fix: `treasury change reject ${change.ref}, and propose it anew`,
    retryable: false,
  });
