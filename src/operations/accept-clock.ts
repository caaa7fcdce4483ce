import { requireAbility, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { judgeClock, laterOf, type ClockVerdict } from '../domain/clock.ts';
import { inWords } from '../domain/duration.ts';
import { quantity } from '../domain/quantity.ts';
import { CLOCK_ACCEPTED, recordFundEvent, recordOfficeEvent } from '../store/audit-chain.ts';
import { voidEveryCode } from '../store/challenges.ts';
import { insertClockAcceptance } from '../store/clock-acceptances.ts';
import { lockEveryFund } from '../store/funds.ts';
import { newestEventAt } from '../store/guard-questions.ts';
import { endAllSessions } from '../store/sessions.ts';
import { revokeEnded } from '../store/tokens.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { lockOfficeAs } from './manage-office.ts';
import {
  alone,
  changedMeanwhile,
  happeningBy,
  needsTwo,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

/** A clock that the office goes by from now on; nothing had to be done where it agreed with the newest event. */
export interface AcceptedClock {
  readonly verdict: ClockVerdict;
  readonly clock: Date;
  readonly newestAt: Date | null;
  readonly codesVoided: number;
  readonly sessionsEnded: number;
}

/**
 * Makes the office go on from this machine's clock although the newest event contradicts it: one event in every chain, the only
 * one with which its times may go back. All codes are void, all sessions end, and tokens that were over stay so: nothing lives again. A
 * change for two once the office has paid. Throws forbidden for anyone but an admin.
 */
export async function acceptClock(
  store: Store,
  admin: Actor,
  request: { readonly reason: string },
): Promise<AcceptedClock | Proposed> {
  const reason = usableReason(request.reason);
  const accept = async (tx: Tx): Promise<AcceptedClock | Proposed> => {
    requireAbility(admin, 'office.manage');
    const newestAt = await newestEventAt(tx);
    const { clock } = tx.guard;
    const verdict = judgeClock({ clock, newestAt });
    if (newestAt === null || verdict === 'right') return { verdict, clock, newestAt, codesVoided: 0, sessionsEnded: 0 };
    if (!(await needsTwo(tx))) return applyAcceptance(tx, alone(admin), reason);
    return propose(tx, admin, {
      kind: clockAcceptance,
      subject: 'clock',
      subjectUserId: null,
      place: null,
      before: { newest_event: newestAt.toISOString() },
      after: { goes_on_from: clock.toISOString(), off_by: inWords(clock.getTime() - newestAt.getTime()), verdict },
      payload: {},
      reason,
    });
  };
  return store.write(accept, { waives: ['clock'] });
}

export const clockAcceptance: ChangeKind = {
  kind: 'guard.clock',
  ofPerson: false,
  present: async (tx): Promise<Shown> => ({ newest_event: (await newestEventAt(tx))?.toISOString() ?? null }),
  apply: async (tx, authority, change) => {
    const { clock } = tx.guard;
    const proposed = JSON.parse(change.after) as { goes_on_from: string };
    // Since then the clock has only gone on, by no more than an office may be silent.
    if (judgeClock({ clock, newestAt: new Date(proposed.goes_on_from) }) !== 'right')
      throw changedMeanwhile(change, `this machine's clock says ${clock.toISOString()} now`);
    const accepted = await applyAcceptance(tx, authority, change.reason);
    return { lines: [acceptedLine(accepted)], next: ['treasury login --user NAME', 'treasury guard show'] };
  },
};

/** What an acceptance did, for people. */
export const acceptedLine = ({ codesVoided, sessionsEnded }: AcceptedClock): string =>
  `${quantity(codesVoided, 'code is', 'codes are')} void, ${quantity(sessionsEnded, 'session has', 'sessions have')} ended: everybody logs in again.`;

async function applyAcceptance(tx: Tx, authority: Authority, reason: string | null): Promise<AcceptedClock> {
  // Every chain goes on from here, so every fund is locked, in their order, and then the office.
  const funds = await lockEveryFund(tx);
  const office = await lockOfficeAs(tx, authority.actor);
  const newestAt = newestOf([office, ...funds]);
  const verdict = judgeClock({ clock: tx.guard.clock, newestAt });
  tx.guard.acceptClock();
  const { actor, confirmed } = authority;
  await insertClockAcceptance(tx, { newestAt, userId: actor.userId, changeId: confirmed?.change.id ?? null });
  const codesVoided = await voidEveryCode(tx);
  const sessionsEnded = await endAllSessions(tx);
  const tokensEnded = await revokeEnded(tx, newestAt);
  const payload = {
    clock: tx.now,
    newest_event: newestAt,
    off_by_ms: tx.now.getTime() - newestAt.getTime(),
    codes_voided: codesVoided,
    sessions_ended: sessionsEnded,
    tokens_ended: tokensEnded,
    reason,
  };
  const happening = happeningBy(authority, { action: CLOCK_ACCEPTED, subject: 'clock', payload });
  await recordOfficeEvent(tx, happening);
  for (const fund of funds) await recordFundEvent(tx, fund, happening);
  return { verdict, clock: tx.now, newestAt, codesVoided, sessionsEnded };
}

function newestOf(heads: readonly Pick<Row<'funds'>, 'headAt'>[]): Date {
  const [first, ...others] = heads.flatMap(({ headAt }) => (headAt === null ? [] : [headAt]));
  if (first === undefined) throw new Error('a clock is off although nothing has happened yet');
  return others.reduce((newest, at) => laterOf(newest, at), first);
}
